"""What people do to cases, told as short stories: opening, working, asking, answering, appealing, and time passing."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from structlog.testing import capture_logs

from cases import actions, clock
from cases.actions import NotAllowed, pin_index
from cases.catalogue import catalogue, changed
from cases.lifecycle import Actor, State
from cases.models import Case, Channel, Citizen, ClosedBy, Decision, Escalation, Known, Referral, Role
from tests.asked import asked
from tests.builders import (
    EVERYTHING,
    KAFUE,
    MONGU,
    a_phone,
    a_place,
    an_agency,
    make_case,
    make_citizen,
    make_officer,
    noon,
    now_of,
    on,
    open_case,
    promise_from_now_on,
)

MONDAY = date(2026, 9, 7)  # and no holiday until October's end


@pytest.fixture
def officer(db):
    return make_officer(clearances=EVERYTHING, name="Mutinta")


@pytest.fixture
def catalogue_anew(db):
    yield
    changed()


def all_at_once(count, act):
    """`act(number)` in so many threads that start together; what each returned, or the refusal it got."""
    barrier = Barrier(count)

    def one(number):
        try:
            barrier.wait()
            return act(number)
        except NotAllowed as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


# --- Who the citizen is --------------------------------------------------------------------------------


def test_the_same_phone_is_the_same_citizen_and_new_facts_fill_gaps_only(db):
    phone = a_phone()
    first = actions.find_or_add_citizen(phone=phone, language="bem")
    again = actions.find_or_add_citizen(phone=phone, name="Bwalya", nrc="333333/10/1", language="en")
    later = actions.find_or_add_citizen(phone=phone, name="Somebody Else", nrc="444444/10/1")

    assert first.pk == again.pk == later.pk
    citizen = Citizen.objects.get()
    assert (citizen.name, citizen.nrc, citizen.language) == ("Bwalya", "333333/10/1", "bem")


def test_a_card_on_record_is_not_taken_over_by_another_phone(db):
    owner = actions.find_or_add_citizen(nrc="333333/10/1", name="Bwalya")
    other = actions.find_or_add_citizen(phone=a_phone(), nrc="333333/10/1")

    assert (other.pk == owner.pk, other.nrc) == (False, None)


def test_two_people_without_phone_and_card_are_two_people(db):
    first, second = (actions.find_or_add_citizen(name=name) for name in ("Bwalya", "Tembo"))

    assert (first.name, second.name, first.pk == second.pk) == ("Bwalya", "Tembo", False)


# --- Opening -------------------------------------------------------------------------------------------


def test_a_case_is_opened_with_its_promise_and_told_to_those_who_listen(db):
    heard = []

    def listen(sender, case, event, **signal):
        heard.append((case.reference, event.kind))

    actions.case_changed.connect(listen)
    try:
        with on(MONDAY):
            opened = open_case(topic="nhima-card-inactive", words="My card does not work.")
    finally:
        actions.case_changed.disconnect(listen)

    case = now_of(opened.case)
    assert (case.state, case.kind, case.agency_id, case.level) == (State.RECEIVED, "complaint", "NHIMA", 1)
    assert (case.opened_on, case.acknowledge_due, case.resolve_due) == (MONDAY, date(2026, 9, 8), date(2026, 9, 10))
    assert case.opened_at == noon(2026, 9, 7)
    assert case.events.get().at == noon(2026, 9, 7)
    assert case.pin_index == pin_index(case.reference, opened.pin)
    assert heard == [(case.reference, "open")]


@pytest.mark.parametrize("channel", Channel)
def test_the_promise_is_the_same_whoever_opened_the_case_and_by_whatever_channel(channel, officer):
    with on(date(2026, 12, 24)):
        by_citizen = open_case(channel=channel).case
        by_officer = open_case(channel=channel, by=officer).case

    assert (by_citizen.acknowledge_due, by_citizen.resolve_due) == (date(2026, 12, 28), date(2026, 12, 31))
    assert (by_officer.acknowledge_due, by_officer.resolve_due) == (date(2026, 12, 28), date(2026, 12, 31))
    assert [case.events.get().actor for case in (by_citizen, by_officer)] == [Actor.CITIZEN, Actor.OFFICER]


def test_late_in_the_evening_it_is_still_that_day_in_lusaka(db):
    with on(MONDAY):
        noon_case = open_case().case
    with clock.at(noon(2026, 9, 7) + timedelta(hours=11)):  # 23:00 there, 21:00 in London
        evening = open_case().case
    with clock.at(noon(2026, 9, 7) + timedelta(hours=13)):  # 01:00 there, still Monday in London
        night = open_case().case

    assert [case.opened_on for case in (noon_case, evening, night)] == [MONDAY, MONDAY, date(2026, 9, 8)]


def test_an_anonymous_case_has_no_citizen_even_if_one_is_given_and_cannot_get_one(db):
    citizen = make_citizen()
    case = open_case(known=Known.ANONYMOUS, citizen=citizen).case

    assert now_of(case).citizen is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(citizen=citizen)


def test_a_bribe_goes_past_the_office_it_is_about(db):
    assert open_case(topic="nhima-bribe").case.agency_id == "ACC"


def test_a_registration_for_several_asks_each_agency_with_a_clock_of_its_own(db):
    with on(MONDAY):
        case = open_case(
            topic="register-worker", also_for=[an_agency(code) for code in ("NHIMA", "NAPSA", "WCFCB")]
        ).case

    asked = list(case.referrals.order_by("agency").values_list("agency", "state", "due"))
    assert asked == [(code, "asked", date(2026, 9, 14)) for code in ("NAPSA", "NHIMA", "WCFCB")]
    assert case.state == State.RECEIVED


@pytest.mark.parametrize(
    ("role", "active"), [(Role.AUDITOR, True), (Role.MANAGER, True), (Role.DESK, False), (Role.AGENCY, False)]
)
def test_who_may_not_take_cases_may_not_open_them_for_others(role, active, db):
    with pytest.raises(NotAllowed):
        open_case(by=make_officer(role=role, active=active))
    assert not Case.objects.exists()


def test_two_cases_never_share_a_reference(db, monkeypatch):
    drawn = iter([7, 7, 7, 8])  # chance repeats itself
    monkeypatch.setattr("cases.reference.secrets.randbelow", lambda below: next(drawn) if below == 10**11 else 1)

    first, second = open_case().case, open_case().case
    assert [case.reference[:-1] for case in (first, second)] == ["00000000007", "00000000008"]


# --- One request, one case -------------------------------------------------------------------------------


def test_the_same_request_gives_the_same_case_for_ever_with_a_pin_that_works(db):
    with on(MONDAY):
        first = open_case(once="sms:at:1", words="My card does not work.")
    with on(MONDAY + timedelta(days=400)):
        again = open_case(once="sms:at:1", words="My card does not work.")

    assert (again.case.pk, Case.objects.count(), again.case.events.count()) == (first.case.pk, 1, 1)
    case = now_of(first.case)
    assert case.pin_index == pin_index(case.reference, again.pin)
    assert (case.opened_on, case.resolve_due) == (MONDAY, date(2026, 9, 10))


def test_a_number_that_somebody_has_is_given_to_nobody_else(db, monkeypatch):
    first = open_case().case.reference
    chance, drawn = secrets.randbelow, iter([int(first[:-1]), 12_345_678_901])  # chance draws the first again
    monkeypatch.setattr(secrets, "randbelow", lambda most: next(drawn) if most == 10**11 else chance(most))
    second = open_case()
    assert second.case.reference[:-1] == "12345678901"
    assert second.case.pin_index == pin_index(second.case.reference, second.pin)


@pytest.mark.django_db(transaction=True)
def test_the_same_request_thirty_times_at_once_makes_one_case():
    citizen = make_citizen()
    catalogue()

    opened = all_at_once(30, lambda _number: open_case(once="ussd:1", citizen=citizen))

    case = Case.objects.get()
    assert {one.case.pk for one in opened} == {case.pk}
    assert case.pin_index in {pin_index(case.reference, one.pin) for one in opened}
    assert [event.kind for event in case.events.all()] == ["open"]


# --- Taking and giving -------------------------------------------------------------------------------------


def naive_take(case, by, barrier):
    """What it looks like without a lock: read, then write."""
    case = Case.objects.get(pk=case.pk)
    free = case.officer_id is None
    barrier.wait()
    if not free:
        raise NotAllowed("taken")
    Case.objects.filter(pk=case.pk).update(state=State.IN_PROGRESS, officer=by)
    return True


@pytest.mark.django_db(transaction=True)
def test_of_fifty_officers_who_take_a_case_at_once_one_has_it_and_the_others_are_told_who():
    officers = [make_officer(name=f"Officer {number}") for number in range(50)]
    catalogue()

    for _round in range(3):
        case = make_case()
        results = all_at_once(50, lambda number, case=case: actions.take(case=case, by=officers[number]))

        owner = now_of(case).officer
        winners = [number for number, result in enumerate(results) if isinstance(result, Case)]
        assert winners == [officers.index(owner)]
        assert sorted(set(map(str, results)) - {str(case)}) == [f"{owner} has already taken this case."]
        assert [event.kind for event in case.events.all()] == ["open", "take"]


@pytest.mark.django_db(transaction=True)
def test_read_then_write_would_tell_all_fifty_that_they_have_it():
    """So the test above does find what it looks for."""
    officers = [make_officer() for _number in range(50)]
    case, barrier = make_case(), Barrier(50)

    results = all_at_once(50, lambda number: naive_take(case, officers[number], barrier))

    assert results == [True] * 50


def test_taking_it_twice_is_refused_politely(officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)

    with pytest.raises(NotAllowed, match=r"This cannot be done now: the case is “in progress”"):
        actions.take(case=case, by=officer)


def test_whoever_is_given_a_case_has_it_and_whoever_gave_it_may_not_answer_it(officer):
    colleague = make_officer(name="Chola")
    case = make_case()
    actions.hand_over(case=case, by=officer, to=colleague, words="You know this clinic.")

    case = now_of(case)
    assert (case.state, case.officer, case.acknowledged_at is not None) == (State.IN_PROGRESS, colleague, True)
    with pytest.raises(NotAllowed, match="Ask Chola or a supervisor"):
        actions.resolve(case=case, by=officer, decision=Decision.UPHELD, words="It works.")


@pytest.mark.parametrize(
    "to",
    [
        {"place": MONGU},  # does not see the case: it is in Lusaka
        {"agency": "NAPSA", "role": Role.AGENCY},
        {"active": False},
        {"role": Role.AUDITOR},  # sees it and cannot work on it
        {"role": Role.MANAGER},
    ],
)
def test_a_case_is_not_given_to_somebody_who_cannot_answer_it(to, officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)

    with pytest.raises(NotAllowed, match=r"may not (see|work on) this case"):
        actions.hand_over(case=case, by=officer, to=make_officer(**to))
    assert now_of(case).officer == officer


# --- Putting it where it belongs -----------------------------------------------------------------------------


def sorted_to(topic, case, by, place=MONGU):
    return actions.sort(case=case, by=by, topic=catalogue().topics[topic], place=a_place(place), words="It is theirs.")


def test_a_case_put_where_it_belongs_is_that_agencys_with_its_words_and_waits_to_be_taken(officer):
    case = open_case(topic="other-enquiry", place=None, words="My pension does not come.", channel=Channel.SMS).case
    sorted_to("napsa-claim-late", case, officer)

    case = now_of(case)
    assert (case.topic_id, case.kind, case.agency_id, case.place_id) == (
        "napsa-claim-late",
        "complaint",
        "NAPSA",
        MONGU,
    )
    assert (case.sensitivity, case.priority, case.words, case.sealed_words) == (
        "open",
        3,
        "My pension does not come.",
        None,
    )
    assert (case.state, case.officer) == (State.RECEIVED, None)
    event = case.events.last()
    assert event.data == {
        "topic": "napsa-claim-late", "place": MONGU, "agency": "NAPSA", "old_topic": "other-enquiry", "old_place": None,
        "sensitivity": "open", "acknowledge_due": case.acknowledge_due.isoformat(),
        "stands": {"state": "received", "owner": None, "due": case.resolve_due.isoformat(), "days": 0},
    }  # fmt: skip
    assert event.said.text == "It is theirs."


def test_what_turns_out_to_be_private_is_sealed_from_then_on(officer):
    case = sorted_to("violence", open_case(words="He beats me.").case, officer)

    assert (now_of(case).open_words, now_of(case).sealed_words) == ("", "He beats me.")


def test_a_bribe_told_as_something_else_goes_past_the_office_it_is_about(officer):
    assert sorted_to("nhima-bribe", open_case().case, officer).agency_id == "ACC"


@pytest.mark.parametrize(
    ("topic", "after", "due"),
    [
        ("napsa-claim-late", 0, date(2026, 9, 10)),  # three working days instead of seven
        ("napsa-claim-late", 7, date(2026, 9, 15)),  # on the fifth of them: the next working day, not last week
        ("staff-conduct", 0, date(2026, 9, 16)),  # thirty instead of seven: what was promised stays promised
        ("napsa-claim-late", 40, date(2026, 9, 16)),  # late already, and no less so
    ],
)
def test_a_promise_once_told_is_not_made_later_and_an_earlier_one_can_be_kept(topic, after, due, officer):
    with on(MONDAY):
        case = open_case(topic="other-enquiry", place=None).case
    assert case.resolve_due == date(2026, 9, 16)
    with on(MONDAY + timedelta(days=after)):
        sorted_to(topic, case, officer)

    assert now_of(case).resolve_due == due


def test_whoever_has_a_case_keeps_it_where_they_can_answer_for_it_and_gives_it_up_where_they_cannot(db):
    nhima = make_officer(role=Role.AGENCY, agency="NHIMA")
    case = make_case(state=State.IN_PROGRESS, officer=nhima)

    sorted_to("nhima-wait", case, nhima)
    assert (now_of(case).state, now_of(case).officer) == (State.IN_PROGRESS, nhima)
    sorted_to("napsa-wait", case, nhima)
    assert (now_of(case).state, now_of(case).officer, now_of(case).acknowledged_at is None) == (
        State.RECEIVED,
        None,
        False,
    )


def test_a_colleagues_case_is_not_sorted_away_under_their_hands(officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)

    with pytest.raises(NotAllowed, match="Ask Mutinta or a supervisor"):
        sorted_to("napsa-wait", case, make_officer())
    assert sorted_to("napsa-wait", case, make_officer(role=Role.SUPERVISOR)).agency_id == "NAPSA"


def test_the_citizen_is_told_who_answers_now(officer):
    case = sorted_to("napsa-claim-late", open_case(topic="other-enquiry", place=None).case, officer)

    text = case.messages.get(notice="sort").text
    assert text == f"{case} is now with NAPSA pension. We promised an answer by {case.resolve_due:%d/%m/%Y}."


def test_a_case_is_not_sorted_to_where_it_lies_nor_by_who_only_reads(officer):
    case = open_case(place=MONGU).case
    with pytest.raises(NotAllowed, match="It is there already"):
        sorted_to("nhima-card-inactive", case, officer)
    for role in (Role.AUDITOR, Role.MANAGER):
        with pytest.raises(NotAllowed):
            sorted_to("napsa-wait", case, make_officer(role=role))
    assert case.events.count() == 1


def test_an_agency_asked_for_its_part_is_not_asked_any_more_when_all_of_it_is_theirs(officer):
    case = open_case(topic="register-worker", also_for=[an_agency("NHIMA"), an_agency("NAPSA")]).case
    sorted_to("register-nhima", case, officer)

    assert dict(case.referrals.values_list("agency", "state")) == {"NHIMA": "recalled", "NAPSA": "asked"}


# --- Asking the citizen: the clock stands still --------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "asked", "answered", "waiting", "due"),
    [
        # Three working days promised. Asked on day one, answered two working days later.
        ("2026-09-07", "2026-09-08", "2026-09-10", "2026-09-24", "2026-09-14"),
        ("2026-09-07", "2026-09-08", "2026-09-08", "2026-09-24", "2026-09-10"),  # the same day: nothing lost
        ("2026-09-04", "2026-09-05", "2026-09-06", "2026-09-23", "2026-09-09"),  # over a weekend: nothing either
        ("2026-09-07", "2026-09-11", "2026-09-15", "2026-09-10", "2026-09-10"),  # missed, and no question mends that
        ("2026-09-07", "2026-09-08", "2026-12-01", "2026-09-24", "2026-09-24"),  # for ever: ten days and no more
        ("2026-08-10", "2026-08-12", "2026-08-14", "2026-08-28", "2026-08-17"),  # over the election: one day
        ("2026-04-01", "2026-04-02", "2026-04-08", "2026-04-22", "2026-04-10"),  # over Easter: the 7th and the 8th
        ("2026-12-24", "2026-12-28", "2027-01-04", "2027-01-15", "2027-01-06"),  # over two holidays: 30, 31, 4
    ],
)
def test_waiting_moves_the_date_to_the_latest_it_can_become_and_the_answer_to_what_it_is(
    opened, asked, answered, waiting, due, officer
):
    with on(date.fromisoformat(opened)):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
    with on(date.fromisoformat(asked)):
        case = actions.ask_citizen(case=case, by=officer, words="Which clinic?")
    assert now_of(case).resolve_due == date.fromisoformat(waiting)
    with on(date.fromisoformat(answered)):
        actions.add_information(case=case, words="The one in Mongu.")

    case = now_of(case)
    assert (case.state, case.resolve_due, case.waiting_since) == (
        State.IN_PROGRESS,
        date.fromisoformat(due),
        None,
    )


def test_several_pauses_add_up_to_the_cap_and_not_beyond(officer):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer, topic="nhima-wait")
    for week in range(4):  # four pauses of three working days each
        with on(MONDAY + timedelta(weeks=week)):
            actions.ask_citizen(case=case, by=officer, words="Which clinic?")
        with on(MONDAY + timedelta(weeks=week, days=3)):
            actions.add_information(case=case, words="The one in Mongu.")

    assert (now_of(case).days_paused, now_of(case).resolve_due) == (10, date(2026, 9, 30))


@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_PROGRESS, State.REFERRED, State.RESOLVED])
def test_a_citizens_comment_moves_no_date(state, officer):
    with on(MONDAY):
        case = make_case(state=state, officer=officer)
    before = {name: getattr(now_of(case), name) for name in ("state", "resolve_due", "acknowledge_due", "resolved_at")}
    with on(MONDAY + timedelta(days=9)):
        actions.add_information(case=case, words="And it is urgent.")

    assert {name: getattr(now_of(case), name) for name in before} == before
    assert case.events.last().said.text == "And it is urgent."


@pytest.mark.parametrize("opening", [{"known": Known.ANONYMOUS}, {"by_card": True}])
def test_nobody_can_be_asked_who_left_no_number(opening, officer):
    if opening.pop("by_card", False):
        opening["citizen"] = actions.find_or_add_citizen(nrc="555555/10/1")
    case = make_case(state=State.IN_PROGRESS, officer=officer, **opening)

    with pytest.raises(NotAllowed, match="There is no phone number to ask"):
        actions.ask_citizen(case=case, by=officer, words="Which clinic?")
    assert now_of(case).state == State.IN_PROGRESS


def test_who_hides_their_number_can_still_be_asked(officer):
    case = make_case(state=State.WAITING, officer=officer, known=Known.HIDDEN)

    assert actions.last_question(case).said.text == "Which clinic was it?"


def test_a_standard_changed_midway_changes_no_promise_that_was_made(officer, catalogue_anew):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
    promise_from_now_on(topic="nhima-card-inactive", resolve_days=20)
    with on(MONDAY + timedelta(days=1)):
        actions.ask_citizen(case=case, by=officer, words="Which clinic?")
    with on(MONDAY + timedelta(days=2)):
        actions.add_information(case=case, words="The one in Mongu.")
        new = make_case()

    assert now_of(case).resolve_due == date(2026, 9, 11)  # 3 and 1, not 20 and 1
    assert new.resolve_due == date(2026, 10, 7)


# --- Words are needed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_what_is_said_to_somebody_may_not_be_empty(words, officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)
    attempts = [
        lambda: actions.ask_citizen(case=case, by=officer, words=words),
        lambda: actions.add_note(case=case, by=officer, words=words),
        lambda: actions.refer(case=case, by=officer, agency=an_agency("ACC"), words=words),
        lambda: actions.resolve(case=case, by=officer, decision=Decision.UPHELD, words=words),
        lambda: actions.add_information(case=case, words=words),
    ]

    for attempt in attempts:
        with pytest.raises(NotAllowed, match=r"^Please write"):
            attempt()
    assert (now_of(case).state, case.events.count()) == (State.IN_PROGRESS, 2)


# --- Another agency ----------------------------------------------------------------------------------------------


@pytest.fixture
def referred(officer):
    with on(MONDAY):
        return make_case(state=State.REFERRED, officer=officer)


@pytest.fixture
def commissioner(db):
    return make_officer(role=Role.AGENCY, agency="HRC")


def answer(case, by, state, words="As you asked.", referral=None):
    return actions.answer_referral(
        case=case, by=by, referral=referral or case.referrals.get(), state=state, words=words
    )


@pytest.mark.parametrize("state", ["declined", "returned", "done"])
def test_the_asked_agency_answers_and_the_case_comes_back(state, referred, commissioner):
    assert referred.referrals.get().due == date(2026, 9, 14)
    answer(referred, commissioner, state)

    assert (now_of(referred).state, referred.referrals.get().state) == (State.IN_PROGRESS, state)
    assert now_of(referred).resolve_due == date(2026, 9, 10)  # the citizen's clock went on


def test_an_agency_that_accepts_still_owes_the_answer(referred, commissioner):
    answer(referred, commissioner, "accepted", words="")
    assert now_of(referred).state == State.REFERRED
    answer(referred, commissioner, "done")

    assert now_of(referred).state == State.IN_PROGRESS


def test_an_agency_that_declines_says_why_and_sees_the_case_no_more(referred, commissioner):
    with pytest.raises(NotAllowed, match="Please write down the reason"):
        answer(referred, commissioner, "declined", words=" ")
    assert referred in Case.objects.visible_to(commissioner)
    answer(referred, commissioner, "declined")

    assert referred not in Case.objects.visible_to(commissioner)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ({"agency": "NHIMA", "role": Role.AGENCY}, "Only Human Rights Commission can answer this."),
        ({"role": Role.AUDITOR}, "Only Human Rights Commission can answer this."),
        ({"role": Role.MANAGER}, "Only Human Rights Commission can answer this."),
        ({"agency": "NAPSA", "role": Role.AGENCY}, "You may not do this."),
        ({"place": MONGU}, "You may not do this."),
    ],
)
def test_nobody_else_answers_for_the_asked_agency(by, refusal, referred):
    with pytest.raises(NotAllowed, match=refusal):
        answer(referred, make_officer(**by), "done")
    assert referred.referrals.get().state == "asked"


def test_two_answers_to_one_question_are_one(referred, commissioner):
    as_the_second_saw_it = referred.referrals.get()
    answer(referred, commissioner, "done")

    with pytest.raises(NotAllowed, match=r"This was answered already."):
        answer(referred, make_officer(), "returned", referral=as_the_second_saw_it)
    assert referred.referrals.get().state == "done"


@pytest.mark.parametrize("state", ["asked", "perhaps", ""])
def test_only_an_answer_is_an_answer(state, referred, commissioner):
    with pytest.raises(NotAllowed, match=r"Please choose an answer."):
        answer(referred, commissioner, state)


def test_a_referral_of_another_case_opens_nothing(referred, officer, commissioner):
    other = make_case(state=State.REFERRED, officer=officer)

    with pytest.raises(Referral.DoesNotExist):
        answer(referred, commissioner, "done", referral=other.referrals.get())


def test_an_agency_is_asked_once_and_never_itself(officer):
    case = open_case(topic="register-worker", also_for=[an_agency("NHIMA")]).case
    case = actions.take(case=case, by=officer)

    for code, refusal in (("NHIMA", "was asked already"), ("MCDSS", "is with this agency already")):
        with pytest.raises(NotAllowed, match=refusal):
            actions.refer(case=case, by=officer, agency=an_agency(code), words="Please register him.")
    assert now_of(case).state == State.IN_PROGRESS


def test_an_agency_that_helps_may_tell_and_answer_but_not_take_the_case_over(commissioner, referred):
    waiting = open_case(also_for=[an_agency("HRC")]).case
    attempts = [
        lambda: actions.take(case=waiting, by=commissioner),
        lambda: actions.hand_over(case=referred, by=commissioner, to=commissioner),
        lambda: actions.hand_over(case=waiting, by=make_officer(), to=commissioner),
    ]

    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    actions.add_note(case=waiting, by=commissioner, words="We know this clinic.")


# --- Answering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["", "perhaps", Decision.WITHDRAWN])
def test_an_answer_needs_a_decision_that_an_officer_can_take(decision, officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)

    with pytest.raises(NotAllowed, match=r"Please choose a decision."):
        actions.resolve(case=case, by=officer, decision=decision, words="It works.")


def test_an_answered_case_has_a_decision_and_words_and_is_late_no_more(officer):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
    with on(MONDAY + timedelta(days=30)):
        assert case in Case.objects.overdue(date(2026, 10, 7))
        actions.resolve(case=case, by=officer, decision=Decision.UPHELD, words=" It works again. ")

    case = now_of(case)
    assert (case.state, case.decision, case.resolved_at) == (State.RESOLVED, "upheld", noon(2026, 10, 7))
    assert actions.answer_words(case) == "It works again."


def test_an_answer_that_was_contested_is_the_answer_no_more(officer):
    case = actions.dispute(case=make_case(state=State.RESOLVED, officer=officer))
    assert actions.answer_words(now_of(case)) == ""

    actions.withdraw(case=case)
    assert actions.answer_words(now_of(case)) == ""
    assert case not in Case.objects.overdue(date(2026, 10, 8))


@pytest.mark.parametrize(
    ("end", "closed_by"),
    [
        (lambda case, officer: actions.confirm(case=case), ClosedBy.CITIZEN),
        (lambda case, officer: actions.close(case=case, by=officer), ClosedBy.AGENCY),
        (lambda case, officer: actions.close_silent(noon(2026, 12, 1)), ClosedBy.SILENCE),
        (lambda case, officer: actions.appeal(case=case, words="No.", channel=Channel.SMS), ClosedBy.APPEALED),
    ],
)
def test_who_closed_a_case_is_on_record(end, closed_by, officer):
    with on(MONDAY):
        case = make_case(state=State.RESOLVED, officer=officer)
        end(case, officer)

    assert (now_of(case).state, now_of(case).closed_by) == (State.CLOSED, closed_by)


def test_the_days_a_case_lay_answered_do_not_count_when_the_citizen_disputes(officer):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
    with on(date(2026, 9, 9)):
        actions.resolve(case=case, by=officer, decision=Decision.NOT_UPHELD, words="We find no mistake.")
    with on(date(2026, 9, 18)):  # it lay for 7 working days
        actions.dispute(case=case, words="But the clinic still refuses me.")

    case = now_of(case)
    assert (case.state, case.officer, case.decision, case.resolved_at) == (State.IN_PROGRESS, officer, "", None)
    assert (case.days_answered, case.times_disputed, case.resolve_due) == (7, 1, date(2026, 9, 21))
    with on(date(2026, 9, 18)):  # asked now, the latest date counts from there
        actions.ask_citizen(case=case, by=officer, words="On which day?")
    assert now_of(case).resolve_due == date(2026, 10, 5)


def test_who_withdraws_while_we_wait_leaves_no_clock_standing(officer):
    with on(MONDAY):
        case = make_case(state=State.WAITING, officer=officer)
    with on(MONDAY + timedelta(days=2)):
        actions.withdraw(case=case)

    case = now_of(case)
    assert (case.state, case.decision, case.closed_by) == (State.CLOSED, "withdrawn", ClosedBy.WITHDRAWN)
    assert (case.waiting_since, case.days_paused) == (None, 2)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_a_rating_is_from_one_to_five(stars, officer):
    case = make_case(state=State.RESOLVED, officer=officer)
    with pytest.raises(NotAllowed, match="from 1 to 5"):
        actions.rate(case=case, stars=stars)
    actions.rate(case=case, stars=5)

    assert now_of(case).rating == 5


# --- Appealing --------------------------------------------------------------------------------------------------------


def test_an_appeal_is_a_linked_case_one_level_up_with_its_own_clock(officer):
    with on(MONDAY):
        case = make_case(state=State.RESOLVED, officer=officer, known=Known.HIDDEN)
    with on(MONDAY + timedelta(days=7)):
        opened = actions.appeal(case=case, words="Please let another look.", channel=Channel.WEB)

    appeal = now_of(opened.case)
    assert (appeal.appeal_of, appeal.level, appeal.state, appeal.officer) == (case, 2, State.RECEIVED, None)
    assert (appeal.resolve_due, appeal.words) == (date(2026, 9, 17), "Please let another look.")
    assert (appeal.citizen, appeal.known, appeal.channel) == (case.citizen, Known.HIDDEN, Channel.WEB)
    assert (now_of(case).state, now_of(case).closed_by) == (State.CLOSED, ClosedBy.APPEALED)


def test_who_decided_does_not_decide_the_appeal(officer):
    supervisor = make_officer(role=Role.SUPERVISOR, name="Nkonde")
    case = make_case(state=State.RESOLVED, officer=officer)
    appeal = actions.appeal(case=case, words="No.", channel=Channel.SMS).case

    for attempt in (
        lambda: actions.take(case=appeal, by=officer),
        lambda: actions.hand_over(case=appeal, by=supervisor, to=officer),
        lambda: actions.hand_over(case=appeal, by=officer, to=supervisor),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    actions.add_note(case=appeal, by=officer, words="I decided so because of the list.")
    actions.take(case=appeal, by=supervisor)
    assert now_of(appeal).officer == supervisor


def test_a_case_is_appealed_once_and_the_same_request_gets_the_same_answer(officer):
    case = make_case(state=State.RESOLVED, officer=officer)
    first = actions.appeal(case=case, words="No.", channel=Channel.SMS, once="sms:at:9")
    again = actions.appeal(case=case, words="No.", channel=Channel.SMS, once="sms:at:9")

    assert again.case == first.case
    with pytest.raises(NotAllowed, match=r"You have appealed already."):
        actions.appeal(case=case, words="No!", channel=Channel.SMS, once="sms:at:10")


@pytest.mark.django_db(transaction=True)
def test_the_same_appeal_ten_times_at_once_is_one_appeal():
    case = make_case(state=State.RESOLVED)

    appeals = all_at_once(10, lambda _n: actions.appeal(case=case, words="No.", channel=Channel.SMS, once="sms:1"))

    assert {opened.case.pk for opened in appeals} == {Case.objects.get(appeal_of=case).pk}


def test_there_is_nothing_to_appeal_against_in_what_one_withdrew(officer):
    case = make_case()
    actions.withdraw(case=case)

    with pytest.raises(NotAllowed, match="You withdrew this case"):
        actions.appeal(case=case, words="No.", channel=Channel.SMS)


# --- Codes ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def codes():
    issued = []

    def keep(sender, case, code, **signal):
        issued.append(code)

    actions.code_issued.connect(keep)
    yield issued
    actions.code_issued.disconnect(keep)


def test_a_code_opens_its_own_case_once_and_within_ten_minutes(db, codes):
    case, other = make_case(), make_case()
    with on(MONDAY):
        actions.issue_code(case=case)
        (code,) = codes
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        tried = [
            actions.use_code(case=one, code=digits) for one, digits in ((other, code), (case, wrong), (case, code))
        ]
        tried.append(actions.use_code(case=case, code=code))
        actions.issue_code(case=case)
    with on(MONDAY + timedelta(days=1)):
        tried.append(actions.use_code(case=case, code=codes[-1]))

    assert tried == [False, False, True, False, False]


# --- Time passes -----------------------------------------------------------------------------------------------------------


def test_a_case_is_late_by_time_alone_the_day_after_its_date_with_nothing_written(db):
    with on(MONDAY):
        case = make_case()
    row = Case.objects.values().get()

    assert list(Case.objects.overdue(date(2026, 9, 10))) == []
    assert list(Case.objects.overdue(date(2026, 9, 11))) == [case]
    assert Case.objects.values().get() == row


@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_PROGRESS, State.REFERRED])
def test_a_late_case_moves_up_once_a_level_with_or_without_an_officer(state, officer):
    """NHIMA's ladder has three levels of its own; each has five working days, and the day after the next one is asked.

    Above them is the High Court, where nobody's case goes by itself.
    """
    with on(MONDAY):
        case = make_case(state=state, officer=officer)
    levels = {}
    for day in (date(2026, 9, 7) + timedelta(days=days) for days in range(60)):
        with on(day):
            moved = actions.escalate_overdue(noon(day.year, day.month, day.day))
            moved += actions.escalate_overdue(noon(day.year, day.month, day.day))  # a second worker's turn
        if moved:
            levels[day] = (moved, now_of(case).level)

    assert levels == {date(2026, 9, 11): (1, 2), date(2026, 9, 19): (1, 3)}
    assert list(case.escalations.values_list("level", "body")) == [
        (2, "Health Complaints Committee"),
        (3, "NHIMA Board"),
    ]
    assert [event.data["level"] for event in case.events.filter(kind="escalate")] == [2, 3]
    assert now_of(case).state == state


def test_a_sweep_leaves_alone_what_it_cannot_move(db):
    with on(MONDAY):
        for _number in range(3):
            make_case()
    for day in (date(2026, 9, 11), date(2026, 9, 19)):
        assert actions.escalate_overdue(noon(day.year, day.month, day.day)) == 3

    with asked() as statements:
        assert actions.escalate_overdue(noon(2026, 12, 1)) == 0
    # They are at the top: looked for once, and none of them is locked.
    assert len(statements) == 1


def test_what_waits_for_the_citizen_moves_up_only_when_the_pause_is_used_up(officer):
    with on(MONDAY):
        case = make_case(state=State.WAITING, officer=officer)

    assert actions.escalate_overdue(noon(2026, 9, 24)) == 0
    assert actions.escalate_overdue(noon(2026, 9, 25)) == 1
    assert now_of(case).level == 2


def test_a_case_whose_clock_was_stopped_since_the_sweep_listed_it_stays(officer):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
        actions.ask_citizen(case=case, by=officer, words="Which clinic?")

    assert actions.escalate(case=case, today=date(2026, 9, 11)) is False


def test_a_supervisor_may_move_a_case_up_before_it_is_late_and_a_desk_officer_may_not(officer):
    with on(MONDAY):
        case = make_case()
        with pytest.raises(NotAllowed):
            actions.escalate(case=case, today=MONDAY, by=officer)
        assert actions.escalate(case=case, today=MONDAY, by=make_officer(role=Role.SUPERVISOR)) is True

    assert now_of(case).level == 2


@contextmanager
def one_that_stumbles(bad: Case):
    """Whatever happens to this case breaks in the middle of its transaction."""

    def stumble(sender, case, event, **signal):
        if case.pk == bad.pk:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO cases_place SELECT * FROM cases_place")

    actions.case_changed.connect(stumble)
    try:
        yield
    finally:
        actions.case_changed.disconnect(stumble)


@pytest.mark.parametrize("sweep", [actions.escalate_overdue, actions.close_silent])
def test_one_bad_case_does_not_stop_the_run_and_the_log_does_not_say_whose_it_was(sweep, officer):
    state = State.RECEIVED if sweep is actions.escalate_overdue else State.RESOLVED
    with on(MONDAY):
        cases = [make_case(state=state, officer=officer, words="My name is Bwalya.") for _number in range(5)]

    with one_that_stumbles(cases[2]), capture_logs() as log:
        moved = sweep(noon(2026, 12, 1))

    assert moved == 4
    untouched = now_of(cases[2])
    assert (untouched.level, untouched.state, untouched.events.last().kind) == (1, state, cases[2].events.last().kind)
    assert [line for line in log if line["log_level"] == "error"] == [
        {
            "event": "sweep_failed",
            "log_level": "error",
            "what": "escalate" if state == State.RECEIVED else "lapse",
            "case": cases[2].pk,
            "error": "IntegrityError",
        }
    ]


def naive_sweep(cases: list[Case]) -> None:
    """All in one go, as one would write it first."""
    with transaction.atomic():
        for case in cases:
            actions.escalate(case=case, today=date(2026, 12, 1))


def test_a_run_in_one_go_would_be_stopped_by_one_bad_case(officer):
    """So the test above finds what it looks for: the bad case is in the middle, and none has moved."""
    with on(MONDAY):
        cases = [make_case() for _number in range(5)]

    with one_that_stumbles(cases[2]), pytest.raises(IntegrityError):
        naive_sweep(cases)

    assert {now_of(case).level for case in cases} == {1}


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_move_every_late_case_up_once():
    with on(MONDAY):
        cases = [make_case() for _number in range(12)]
    catalogue()

    moved = all_at_once(4, lambda _number: actions.escalate_overdue(noon(2026, 10, 1)))

    assert sum(moved) == 12
    assert Escalation.objects.count() == 12
    assert [case.events.filter(kind="escalate").count() for case in cases] == [1] * 12


def test_silence_closes_an_answered_case_after_fourteen_days_and_a_comment_does_not_put_it_off(officer):
    with on(MONDAY):
        case = make_case(state=State.RESOLVED, officer=officer)
    with on(MONDAY + timedelta(days=13)):
        actions.add_information(case=case, words="Thank you.")

    assert actions.close_silent(noon(2026, 9, 21)) == 0  # fourteen days to the minute
    assert actions.close_silent(noon(2026, 9, 22)) == 1
    assert (now_of(case).state, now_of(case).closed_by) == (State.CLOSED, ClosedBy.SILENCE)
    assert case.events.last().actor == Actor.SYSTEM


# --- All or nothing ----------------------------------------------------------------------------------------------------------


def test_when_whoever_listens_fails_nothing_happened(officer):
    case = make_case(state=State.IN_PROGRESS, officer=officer)

    def fail(sender, **signal):
        raise RuntimeError("no paper")

    actions.case_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.resolve(case=case, by=officer, decision=Decision.UPHELD, words="It works.")
        with pytest.raises(RuntimeError), transaction.atomic():
            open_case(place=KAFUE, once="sms:1")
    finally:
        actions.case_changed.disconnect(fail)

    assert (now_of(case).state, case.events.count(), Case.objects.count()) == (State.IN_PROGRESS, 2, 1)


def test_a_case_is_taken_back_from_an_agency_that_does_not_answer(officer):
    case = make_case(state=State.REFERRED, officer=officer)
    with pytest.raises(NotAllowed):
        actions.recall(case=case, by=officer, words=" ")

    actions.recall(case=case, by=officer, words="They have not answered for two weeks.")

    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "recalled")
    asked = make_officer(role=Role.AGENCY, agency="HRC")
    with pytest.raises(NotAllowed):
        actions.answer_referral(
            case=case, by=asked, referral=case.referrals.get(), state="done", words="Late, but done."
        )
