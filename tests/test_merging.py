"""Two cases about one matter made one: nothing is lost, nobody is forgotten, and it can be taken apart again."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from cases import actions, ledger, tallies
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.entries import lay_all
from cases.lifecycle import State
from cases.models import Case, Channel, Decision, Event, FollowUp, Known, Named, Officer, Role
from cases.uploads import Format, Paper
from channels.models import Message
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA_TOWN,
    a_place,
    an_agency,
    make_case,
    make_citizen,
    make_officer,
    now_of,
    on,
    open_case,
)
from tests.desk import buttons, case_url, desk_of, send, text_of
from tests.lives import value
from tests.phone import Phone

pytestmark = pytest.mark.django_db
WHY = "Both are about the card that stopped in May."


@pytest.fixture
def dora() -> Officer:
    return make_officer(name="Dora Zulu", role=Role.SUPERVISOR, clearances=EVERYTHING)


def join(case: Case, stays: Case, by: Officer) -> Case:
    return actions.merge(case=case, by=by, stays=stays, words=WHY)


def texts_to(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, direction="out").order_by("pk").values_list("text", flat=True))


def track(opened: actions.Opened) -> Client:
    """The citizen's own page, opened with number and PIN."""
    client = Client()
    client.post("/track/", {"reference": opened.case.reference, "pin": opened.pin})
    return client


def answer_to(phone: Phone, words: str) -> str:
    phone.text(words)
    return phone.inbox()[-1]


# --- Nothing is lost --------------------------------------------------------------------------------------


def a_full_case(officer: Officer, mark: str, **opening) -> Case:
    """With a word of its own in each place where something can be said or kept."""
    case = make_case(state=State.IN_PROGRESS, officer=officer, words=f"story-{mark}", **opening)
    actions.add_note(case=case, by=officer, words=f"note-{mark}")
    actions.ask_citizen(case=case, by=officer, words=f"question-{mark}")
    actions.add_information(case=case, words=f"answer-{mark}")
    paper = Paper(Format.PHOTO, b"drawn " + mark.encode())
    actions.attach(case=case, by=officer, raw=mark.encode(), paper=paper, words=f"paper-{mark}")
    return now_of(case)


def everything_said(case: Case) -> list[str]:
    return [event.said.text for event in case.events.select_related("said") if hasattr(event, "said")]


def test_after_joining_every_word_sms_file_and_event_of_both_is_read_from_the_one_that_stays(dora):
    stays, case = a_full_case(dora, "one"), a_full_case(dora, "two")
    before = {one: list(one.events.values()) for one in (stays, case)}

    join(case, stays, dora)

    desk = desk_of(dora)
    page = text_of(desk.get(case_url(stays)))
    for one in (stays, case):
        assert list(one.events.values())[: len(before[one])] == before[one], "no event is moved or written anew"
        assert ledger.broken(one.events.select_related("said").order_by("number")) is None
        assert [said for said in everything_said(one) if said not in page] == []
        assert [text for text in texts_to(one) if text not in page and "PIN" not in text] == []
        for paper in one.attachments.all():
            address = reverse("cases:attachment", args=[one.reference, paper.key])
            assert address in desk.get(case_url(stays)).content.decode()
            assert desk.get(address).status_code == 200
    assert page.count(f"in {case}") >= len(before[case]), "each line of the other's history says whose it is"


def test_joined_naively_much_would_be_lost(dora):
    """What one would write without thinking: answered as a duplicate, with a note."""
    stays, case = a_full_case(dora, "one"), a_full_case(dora, "two")
    actions.resolve(case=case, by=dora, decision=Decision.OUT_OF_SCOPE, words=f"Same as {stays}.")
    page = text_of(desk_of(dora).get(case_url(stays)))
    assert [said for said in everything_said(case) if said in page] == []


def test_both_histories_say_who_joined_them_and_why_and_each_page_leads_to_the_other(dora):
    stays, case = make_case(), make_case()
    join(case, stays, dora)
    there, here = desk_of(dora).get(case_url(stays)), desk_of(dora).get(case_url(case))
    assert f"Joined: {case} was joined into this one" in text_of(there)
    assert f"Joined into {stays}." in text_of(here)
    assert case_url(stays) in here.content.decode()
    assert case_url(case) in there.content.decode()
    assert [text_of(page).count(WHY) for page in (there, here)] >= [1, 1]
    assert buttons(here) == {"inform", "unmerge"}, "all else is done where the work goes on"


def test_the_search_still_finds_the_number_and_says_what_became_of_it(dora):
    stays, case = make_case(), make_case()
    join(case, stays, dora)
    found = desk_of(dora).post("/desk/cases/", {"q": case.reference[:8]})
    assert "Joined into another case" in text_of(found)
    assert desk_of(dora).post("/desk/cases/", {"q": case.reference})["Location"] == case_url(case)


# --- The people behind --------------------------------------------------------------------------------------


def test_a_citizen_who_told_twice_is_led_by_both_numbers_to_the_one_that_stays(dora):
    citizen = make_citizen()
    one, two = open_case(citizen=citizen, words="My card is dead."), open_case(citizen=citizen, words="The card again.")
    join(two.case, one.case, dora)

    said = f"{two.case} and {one.case} are one matter. We go on with {one.case}."
    assert said in texts_to(two.case)[-1]
    page = text_of(track(two).get("/track/case/"))
    assert said in page
    assert "We have it. An officer will look at it." in page
    assert [words in page for words in ("My card is dead.", "The card again.")] == [True, True]
    phone = Phone(citizen.phone)
    assert "one matter" in answer_to(phone, two.case.reference)
    phone.dial()
    menu = phone.choose("English", "My cases")
    assert (f"..{one.case.reference[-4:]}" in menu, f"..{two.case.reference[-4:]}" in menu) == (True, False)
    answer_to(phone, f"{two.case.reference} It rained on it and now it is worse than before")
    assert everything_said(one.case)[-1].startswith("It rained")


def test_a_citizen_who_told_twice_gets_one_answer_and_one_question(dora):
    citizen = make_citizen()
    stays, case = make_case(citizen=citizen), make_case(citizen=citizen)
    join(case, stays, dora)
    actions.take(case=stays, by=dora)
    before = len(texts_to(case))
    actions.resolve(case=stays, by=dora, decision=Decision.UPHELD, words="It works again.")
    assert (len(texts_to(case)), now_of(case).state) == (before, State.CLOSED)
    Phone(citizen.phone).text(f"{case.reference} YES")
    assert [now_of(one).closed_by for one in (stays, case)] == ["citizen", "merged"]


def test_another_citizen_keeps_the_number_learns_nothing_of_the_first_and_has_a_last_word_of_their_own(dora):
    one, two = open_case(words="story-one"), open_case(words="story-two")
    stays, case = one.case, two.case
    join(case, stays, dora)
    assert "Your number stays the same." in texts_to(case)[-1]
    actions.take(case=stays, by=dora)
    actions.ask_citizen(case=stays, by=dora, words="question-one")

    page = text_of(track(two).get("/track/case/"))
    assert "An officer is working on it." in page
    assert "story-two" in page
    for secret in ("story-one", "question-one", stays.reference, str(stays), "Withdraw"):
        assert secret not in page
    phone = Phone(case.citizen.phone)
    assert "An officer is working on it." in answer_to(phone, case.reference)
    phone.text(f"{case.reference} My neighbour has the same since yesterday")
    assert everything_said(case)[-1].startswith("My neighbour")
    assert "My neighbour has the same" not in text_of(track(one).get("/track/case/"))
    assert "My neighbour has the same" in text_of(desk_of(dora).get(case_url(stays)))

    actions.add_information(case=stays, words="The one in Mongu.")
    form = text_of(desk_of(dora).get(case_url(stays)))
    assert "1 other citizen reads the same words, and says for themselves if it is solved: name nobody." in form
    actions.resolve(case=stays, by=dora, decision=Decision.UPHELD, words="It works again.")
    assert [
        texts_to(each)[-1].startswith(f"{each}: You were right. It works again. Is it solved?")
        for each in (stays, case)
    ] == [True, True]
    phone.text("NO, still dead here")
    assert (now_of(stays).state, now_of(case).state, now_of(case).merged_into) == (
        State.RESOLVED,
        State.IN_PROGRESS,
        None,
    )
    actions.confirm(case=stays)
    assert now_of(case).state == State.IN_PROGRESS


def test_another_answer_after_not_solved_reaches_who_was_answered_along_once_each(dora):
    stays, waits, content, contests, alone = (make_case() for _ in range(5))
    for one in (waits, content, contests, alone):
        join(one, stays, dora)

    def answer(decision, words):
        before = [len(texts_to(one)) for one in (waits, content, contests, alone)]
        actions.resolve(case=stays, by=dora, decision=decision, words=words)
        return [len(texts_to(one)) - had for one, had in zip((waits, content, contests, alone), before, strict=True)]

    actions.take(case=stays, by=dora)
    assert answer(Decision.UPHELD, "It works again.") == [1, 1, 1, 1]
    actions.confirm(case=content)
    actions.appeal(case=contests, words="Look again.", channel=Channel.SMS)
    actions.dispute(case=alone)
    actions.dispute(case=stays)
    form = text_of(desk_of(dora).get(case_url(stays)))
    assert "2 other citizens read the same words" in form
    assert answer(Decision.PARTLY_UPHELD, "A new card comes by post.") == [1, 1, 0, 0]
    for one in (waits, content):
        assert texts_to(one)[-1].startswith(f"{one}: You were partly right. A new card comes by post. Is it solved?")
        assert (now_of(one).state, now_of(one).decision) == (State.RESOLVED, Decision.PARTLY_UPHELD)
        assert ledger.broken(one.events.select_related("said").order_by("number")) is None
    assert not FollowUp.objects.filter(case=content).exists(), "how the first answer did is asked no more"
    actions.confirm(case=content)
    assert FollowUp.objects.filter(case=content).exists()
    assert [now_of(one).state for one in (contests, alone)] == [State.CLOSED, State.IN_PROGRESS]

    actions.dispute(case=stays)
    assert answer(Decision.PARTLY_UPHELD, " A new card comes by post.") == [0, 0, 0, 0], "the same is no news"
    actions.dispute(case=stays)
    actions.name_officer(case=stays, by=dora, officer=make_officer(), words="The citizen says so.")
    assert answer(Decision.UPHELD, "The clerk was wrong.") == [0, 0, 0, 0], "it is a matter about staff by now"


def test_what_changes_on_appeal_is_told_to_who_was_answered_along_and_what_stands_is_not(dora):
    stays, content, alone = (make_case() for _ in range(3))
    for one in (content, alone):
        join(one, stays, dora)
    actions.take(case=stays, by=dora)
    actions.resolve(case=stays, by=dora, decision=Decision.NOT_UPHELD, words="It is old, that is all.")
    actions.confirm(case=content)
    actions.appeal(case=alone, words="Look again.", channel=Channel.SMS)

    def appeal(contested: Case) -> Case:
        return actions.appeal(case=now_of(contested), words="It is not so.", channel=Channel.SMS).case

    def decide(appealed: Case, decision: Decision, words: str) -> list[int]:
        """Of whom the officer reads that they read along, and what each of the two others was sent."""
        judge, had = (
            make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING),
            [len(texts_to(one)) for one in (content, alone)],
        )
        actions.take(case=appealed, by=judge)
        form = text_of(desk_of(judge).get(case_url(appealed)))
        actions.resolve(case=appealed, by=judge, decision=decision, words=words)
        sent = [len(texts_to(one)) - before for one, before in zip((content, alone), had, strict=True)]
        return [form.count("If this changes the answer, 1 other citizen reads the same words: name nobody."), *sent]

    first = appeal(stays)
    assert decide(first, Decision.NOT_UPHELD, "The office was right.") == [1, 0, 0]
    assert now_of(content).state == State.CLOSED
    second = appeal(first)
    assert decide(second, Decision.PARTLY_UPHELD, "A new card comes by post.") == [1, 1, 0]
    assert texts_to(content)[-1].startswith(
        f"{content}: You were partly right. A new card comes by post. Is it solved?"
    )
    assert (now_of(content).state, now_of(content).decision) == (State.RESOLVED, Decision.PARTLY_UPHELD)
    assert ledger.broken(content.events.select_related("said").order_by("number")) is None
    third = appeal(second)
    assert decide(third, Decision.NOT_UPHELD, "The second word stands.") == [1, 0, 0], (
        "the answer they have still holds"
    )
    assert [now_of(one).outcome for one in (stays, first, second)] == [Decision.PARTLY_UPHELD] * 3
    fourth = appeal(third)
    head = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    actions.name_officer(case=fourth, by=head, officer=make_officer(), words="The citizen says so.")
    assert decide(fourth, Decision.UPHELD, "The clerk was wrong.") == [0, 0, 0], "it is a matter about staff by now"


def test_one_phone_with_two_cards_is_two_people(dora):
    citizen = make_citizen()
    cards = [f'{{"nrc": "00000{number}/99/1"}}' for number in (1, 2)]
    stays, case = (make_case(citizen=citizen, topic="register-napsa", form=form) for form in cards)
    join(case, stays, dora)
    assert "Your number stays the same." in texts_to(case)[-1]


@pytest.mark.parametrize("known", [Known.HIDDEN, Known.ANONYMOUS])
def test_who_hides_is_told_apart_even_from_themselves(known, dora):
    citizen = make_citizen()
    stays = make_case(citizen=citizen)
    opened = open_case(citizen=citizen, known=known)
    page = preview(dora, opened.case, stays)
    assert "It is another citizen" in text_of(page)
    join(opened.case, stays, dora)
    assert stays.reference not in text_of(track(opened).get("/track/case/"))


def test_who_stays_withdraws_for_themselves_alone(dora):
    stays, case = make_case(), make_case(state=State.IN_PROGRESS, officer=dora)
    join(case, stays, dora)
    actions.withdraw(case=stays)
    assert (now_of(stays).state, now_of(case).state, now_of(case).officer) == (State.CLOSED, State.IN_PROGRESS, dora)
    assert "on its own again" in texts_to(case)[-1]


# --- Promises, figures, time --------------------------------------------------------------------------------


def test_the_earlier_promise_counts_whichever_stays_and_a_missed_one_stays_missed(dora):
    with on(date(2026, 3, 2)):
        early, late = make_case(), make_case()
    with on(date(2026, 3, 4)):
        new, newer, other = (make_case() for _ in range(3))
        promised = now_of(early).resolve_due
        join(early, new, dora)
        assert (now_of(new).resolve_due, now_of(early).resolve_due) == (promised, promised)
        join(newer, other, dora)
        assert now_of(other).resolve_due == now_of(newer).resolve_due
        actions.take(case=new, by=dora)
        actions.ask_citizen(case=new, by=dora, words="Which clinic?")
    with on(date(2026, 3, 5)):
        actions.add_information(case=new, words="The one in Mongu.")
        assert now_of(new).resolve_due == catalogue().calendar.add(promised, 1), "a pause of one day moves it by one"
    with on(promised + timedelta(days=7)):
        fresh = make_case()
        join(late, fresh, dora)
        assert now_of(fresh).is_late(catalogue().today())


def test_figures_count_two_received_and_one_open(dora):
    stays, case = make_case(), make_case()
    tallies.keep_up()
    assert (value("received"), value("open_now")) == (2, 2)
    join(case, stays, dora)
    tallies.keep_up()
    assert (value("received"), value("open_now"), value("acknowledged")) == (2, 1, 1)
    actions.unmerge(case=case, by=dora, words="Her sister's card.")
    tallies.keep_up()
    assert (value("received"), value("open_now")) == (2, 2)
    join(case, stays, dora)
    actions.take(case=stays, by=dora)
    actions.resolve(case=stays, by=dora, decision=Decision.UPHELD, words="It works again.")
    tallies.keep_up()
    assert (value("open_now"), value("resolved"), value("acknowledged")) == (0, 2, 2)
    assert tallies.recount() == []


def test_the_worklist_shows_one_of_them(dora):
    stays, case = make_case(), make_case()
    join(case, stays, dora)
    page = text_of(desk_of(dora).get("/desk/"))
    assert (str(stays) in page, str(case) in page) == (True, False)


# --- What is refused, what is seen first, and what is undone -----------------------------------------------------


def _with_a_helper(by: Officer) -> tuple[Case, Case]:
    return tuple(make_case(topic="register-worker", also_for=[an_agency("NAPSA")]) for _ in range(2))


def _disputed(by: Officer) -> tuple[Case, Case]:
    case = make_case(state=State.RESOLVED)
    return actions.dispute(case=case, words="No."), make_case()


def _appeal(by: Officer) -> tuple[Case, Case]:
    before = make_case(state=State.RESOLVED)
    return actions.appeal(case=before, words="Look again.", channel=Channel.SMS).case, make_case()


def _named(by: Officer) -> tuple[Case, Case]:
    pair = make_case(topic="staff-conduct"), make_case(topic="staff-conduct", citizen=make_citizen())
    Case.objects.filter(pk=pair[1].pk).update(citizen=pair[0].citizen_id)
    Named.objects.create(case=pair[0], officer=make_officer())
    return pair


def _joined_already(by: Officer) -> tuple[Case, Case]:
    return make_case(), join(make_case(), make_case(), by)


def _moved_up(by: Officer) -> tuple[Case, Case]:
    case = make_case()
    Case.objects.filter(pk=case.pk).update(level=2)
    return case, make_case()


REFUSED = {
    "different agencies": lambda by: (make_case(), make_case(topic="napsa-claim-late")),
    "sensitive in another way": lambda by: (make_case(), make_case(topic="nhima-facility")),
    "each citizen keeps a case of their own": lambda by: (
        make_case(topic="staff-conduct"),
        make_case(topic="staff-conduct"),
    ),
    "different places": lambda by: (make_case(), make_case(place=KAFUE)),
    "answered already": lambda by: (make_case(), make_case(state=State.RESOLVED)),
    "this cannot be done now": lambda by: (make_case(state=State.RESOLVED), make_case()),
    "an appeal is decided on its own": _appeal,
    "not about the same officers": _named,
    "a right over data": lambda by: (make_case(topic="data-see"), make_case(topic="data-see")),
    "another agency was asked": _with_a_helper,
    "needs an answer of its own": _disputed,
    "moved up further": _moved_up,
    "is joined into": _joined_already,
    "one that you may see": lambda by: (make_case(),) * 2,
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_does_not_fit_is_refused_with_a_sentence_and_nothing_is_changed(sentence, dora):
    case, stays = REFUSED[sentence](dora)
    before = [list(one.events.values()) for one in (case, stays)], list(Case.objects.order_by("pk").values())
    with pytest.raises(NotAllowed) as refusal:
        join(case, stays, dora)
    assert sentence in str(refusal.value).lower()
    assert ([list(one.events.values()) for one in (case, stays)], list(Case.objects.order_by("pk").values())) == before


def test_a_registration_is_joined_with_a_registration_only(dora):
    case, stays = make_case(topic="register-napsa"), make_case(topic="napsa-wait")
    for one, other in ((case, stays), (stays, case)):
        with pytest.raises(NotAllowed, match="registration only"):
            join(one, other, dora)


def test_a_case_that_says_no_place_may_join_one_that_does_and_not_the_other_way_round(dora):
    placed, unplaced = make_case(), make_case(place=None)
    with pytest.raises(NotAllowed, match="different places"):
        join(placed, unplaced, dora)
    join(unplaced, placed, dora)


def test_what_a_colleague_owns_is_joined_by_a_supervisor():
    bob, carol = (make_officer(role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN) for _ in range(2))
    stays, case = make_case(state=State.IN_PROGRESS, officer=carol), make_case()
    with pytest.raises(NotAllowed, match=f"Ask {carol} or a supervisor"):
        join(case, stays, bob)
    with pytest.raises(NotAllowed, match=f"Ask {carol} or a supervisor"):
        join(stays, case, bob)
    join(case, stays, make_officer(role=Role.SUPERVISOR))


def preview(officer: Officer, case: Case, stays: Case, **more):
    seen = case.events.count()
    return send(officer, case, "merge", seen=seen, number=str(stays), words=WHY, **more)


def test_what_will_happen_is_shown_first_and_done_only_after_a_yes_to_that_very_case(dora):
    stays, other, case = make_case(), make_case(), make_case()
    page = preview(dora, case, stays)
    assert (page.status_code, now_of(case).is_joined) == (200, False)
    for sentence in (
        f"The work goes on in {stays}, with nobody yet.",
        "another citizen",
        "It can be taken apart again",
    ):
        assert sentence in text_of(page)
    assert f'name="merge-sure" value="{stays.reference}"' in page.content.decode()
    assert preview(dora, case, other, sure=stays.reference).status_code == 200, "another one was typed in the meantime"
    assert not now_of(case).is_joined
    done = preview(dora, case, stays, sure=stays.reference)
    assert (done.status_code, done["Location"]) == (303, case_url(stays))
    again = send(dora, case, "merge", seen=1, number=str(stays), words=WHY, sure=stays.reference)
    assert (again.status_code, Event.objects.filter(kind="merge", case=case).count()) == (303, 1), "sent twice is once"
    assert preview(dora, case, other).status_code == 409


def test_taken_apart_it_goes_on_by_itself_as_it_was(dora):
    stays, case = make_case(), make_case(state=State.IN_PROGRESS, officer=dora)
    promised = now_of(case).resolve_due
    join(case, stays, dora)
    done = send(dora, case, "unmerge", seen=3, words="It is her sister's card.")
    assert done.status_code == 303
    now = now_of(case)
    assert (now.state, now.officer, now.resolve_due, now.merged_into, now.decision) == (
        State.IN_PROGRESS,
        dora,
        promised,
        None,
        "",
    )
    for one in (stays, case):
        assert "It is her sister's card." in text_of(desk_of(dora).get(case_url(one)))
        assert ledger.broken(one.events.select_related("said").order_by("number")) is None
    assert "Joined into this" not in text_of(desk_of(dora).get(case_url(stays)))
    assert "on its own again" in texts_to(case)[-1]
    with pytest.raises(NotAllowed):
        actions.unmerge(case=case, by=dora, words="Again.")


def test_taken_apart_it_is_free_where_its_owner_may_have_it_no_longer(dora):
    alice = make_officer(place=LUSAKA_TOWN)
    stays, case = make_case(), make_case(state=State.IN_PROGRESS, officer=alice)
    join(case, stays, dora)
    Officer.objects.filter(pk=alice.pk).update(place=KAFUE)

    now = actions.unmerge(case=case, by=dora, words="It is her sister's card.")
    assert (now.state, now.officer) == (State.RECEIVED, None)


# --- What goes along -----------------------------------------------------------------------------------------


def test_what_was_joined_before_goes_along_and_is_told_once(dora):
    first, second, third = (make_case() for _ in range(3))
    join(first, second, dora)
    told = len(texts_to(first))
    join(second, third, dora)
    assert {one.merged_into for one in (now_of(first), now_of(second))} == {third}
    assert len(texts_to(first)) == told
    page = text_of(desk_of(dora).get(case_url(third)))
    assert [f"Joined into this: {one}" in page for one in (first, second)] == [True, True]


def test_put_elsewhere_or_about_an_officer_all_of_it_is(dora):
    stays, case = make_case(), make_case()
    join(case, stays, dora)
    actions.sort(case=stays, by=dora, topic=catalogue().topics["napsa-wait"], place=a_place(KAFUE), words="Not here.")
    assert [(now_of(one).agency_id, now_of(one).place_id) for one in (stays, case)] == [("NAPSA", KAFUE)] * 2
    emma = make_officer(role=Role.AGENCY, agency="NAPSA", place=KAFUE)
    assert str(case) in text_of(desk_of(emma).get(case_url(stays)))
    actions.name_officer(case=stays, by=dora, officer=emma, words="The citizen says so.")
    assert [Case.objects.visible_to(emma).filter(pk=one.pk).exists() for one in (stays, case)] == [False, False]
    actions.unname_officer(case=stays, by=dora, officer=emma, words="It was somebody else.")
    assert [now_of(one).sensitivity for one in (stays, case)] == ["open", "open"]


def test_who_sees_only_one_of_them_does_not_learn_of_the_other(dora):
    stays, case = make_case(), make_case(place=None)
    join(case, stays, dora)
    elsewhere = make_officer(role=Role.AGENCY, agency="NHIMA", place=KAFUE)
    page = desk_of(elsewhere).get(case_url(case))
    assert "Joined into another case." in text_of(page)
    for secret in (str(stays), WHY):
        assert secret not in text_of(page)


def test_reading_the_one_that_stays_is_reading_what_was_joined_into_it(dora):
    citizen = make_citizen()
    stays, case = (make_case(topic="staff-conduct", citizen=citizen) for _ in range(2))
    join(case, stays, dora)
    reader = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    desk_of(reader).get(case_url(stays))
    assert [one.events.filter(kind="read", officer=reader).count() for one in (stays, case)] == [1, 1]


# --- A quiet hint --------------------------------------------------------------------------------------------


def test_what_sounds_the_same_is_offered_and_nothing_else(dora):
    case = make_case(words="The clinic in Chawama refused my card twice in May.")
    same = make_case(words="Chawama clinic refused my card again, it was in May!")
    make_case(words="My employer never paid for me.")
    make_case(words="Chawama clinic refused my card again, it was in May!", topic="napsa-wait")
    about_her = make_case(words="Chawama clinic refused my card again, it was in May!")
    Named.objects.create(case=about_her, officer=dora)
    lay_all()
    page = text_of(desk_of(dora).get(case_url(case)))
    assert "Sounds like the same matter" in page
    assert str(same) in page
    assert page.count("Chawama clinic refused") == 1


# --- Two officers at once ---------------------------------------------------------------------------------------


def test_two_officers_who_join_crosswise_at_once_make_one_join_and_no_circle(transactional_db):
    officers = [make_officer(role=Role.SUPERVISOR) for _ in range(2)]
    pairs = [(make_case(), make_case()) for _ in range(4)]
    answers: list[tuple[int, ...]] = []

    def go(number: int) -> None:
        desk = desk_of(officers[number])
        for pair in pairs:
            here, there = pair if number else pair[::-1]
            typed = {"number": there.reference, "words": WHY, "sure": there.reference, "seen": 1}
            start.wait()
            answer = desk.post(
                case_url(here), {"step": "merge", **{f"merge-{name}": value for name, value in typed.items()}}
            )
            answers.append((here.pk, answer.status_code))
        connections.close_all()

    start = threading.Barrier(2)
    threads = [threading.Thread(target=go, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, two in pairs:
        joined = [now_of(case).merged_into_id for case in (one, two)]
        assert sorted(filter(None, joined)) in ([one.pk], [two.pk]), "exactly one of them stays"
    assert sorted(status for _case, status in answers) == [303] * 4 + [409] * 4


def test_without_the_locks_they_would_go_round_in_a_circle(db):
    one, two = make_case(), make_case()
    naive_one, naive_two = now_of(one), now_of(two)  # both read before either writes
    naive_one.merge(two)
    naive_two.merge(one)
    naive_one.save()
    naive_two.save()
    assert now_of(one).merged_into == two
    assert now_of(two).merged_into == one


def test_the_database_itself_refuses_what_is_joined_into_itself_or_open(db):
    case, stays = make_case(), make_case()
    for wrong in ({"merged_into": stays}, {"closed_by": "merged"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**wrong)
