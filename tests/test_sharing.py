"""Between agencies: what another agency is shown, on whose word, what the citizen is told, and how the rest is tried for."""

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases import actions, sharing
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.finding import cases_of
from cases.forms.beside import the_other, visible_links
from cases.forms.between import answerable
from cases.lifecycle import State
from cases.models import Attachment, Case, Citizen, Disclosure, Officer, Permit, Referral, Role, Share
from cases.permissions import may_know_who
from cases.reference import spoken
from cases.uploads import Format
from cases.views.case_joined import joined_cases, other_cases
from cases.views.case_page import Look, the_registration
from channels.models import Message
from tests.builders import EVERYTHING, LUSAKA_TOWN, MONGU, an_agency, make_case, make_citizen, make_officer, now_of
from tests.desk import case_url, desk_of, text_of
from tests.phone import Phone

NUMBER, NAME, CARD = "+260971234567", "Canarina Banda", "987654/32/1"
# What each part holds that no other does.
CANARIES = {
    Share.WORDS: "the clinic in Chilenje sent me away",
    Share.WHO: NAME,
    Share.NRC: CARD,
    Share.FORM: "Trading",
    Share.STORY: "Was it the old card?",
    sharing.OFFICE: "She seems honest to me",
}


@pytest.fixture
def alice(db) -> Officer:
    return make_officer(name="Alice", agency="NHIMA", role=Role.AGENCY, clearances=["private"])


@pytest.fixture
def nora(db) -> Officer:
    return make_officer(name="Nora", agency="NAPSA", role=Role.AGENCY, clearances=EVERYTHING)


@pytest.fixture
def head(db) -> Officer:
    return make_officer(name="Head", agency="NHIMA", role=Role.AGENCY_HEAD, clearances=["private"])


def a_story(alice: Officer, topic: str = "nhima-card-inactive") -> Case:
    """A case of NHIMA's with something in every part."""
    citizen = make_citizen(phone=NUMBER, nrc=CARD, name=NAME)
    form = json.dumps({"name": NAME, "nrc": CARD, "work": "trading"})
    case = make_case(topic=topic, citizen=citizen, form=form, words=CANARIES[Share.WORDS])
    case = actions.take(case=case, by=alice)
    actions.add_note(case=case, by=alice, words=CANARIES[sharing.OFFICE])
    case = actions.ask_citizen(case=case, by=alice, words=CANARIES[Share.STORY])
    return actions.add_information(case=case, words="Yes, the old one.")


def refer(case: Case, by: Officer, *shared: str, agency: str = "NAPSA", words: str = "Does he pay?") -> Case:
    consent = Permit.DESK if shared else Permit.NOTHING
    return actions.refer(case=case, by=by, agency=an_agency(agency), words=words, shared=shared, consent=consent)


def send(officer: Officer, case: Case, step: str, **typed: Any) -> Any:
    fields = {f"{step}-{name}": value for name, value in {"seen": case.events.count(), **typed}.items()}
    return desk_of(officer).post(case_url(case), {"step": step, **fields})


def seen_in(text: str) -> set[str]:
    return {part for part, canary in CANARIES.items() if canary in text}


# --- Each agency sees its part ------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [None, Share.WORDS, Share.WHO, Share.NRC, Share.FORM, Share.STORY])
def test_the_page_shows_what_was_shared_and_not_one_part_more(part, alice, nora):
    case = refer(a_story(alice), alice, *filter(None, [part]))

    assert seen_in(text_of(desk_of(nora).get(case_url(case)))) == {*filter(None, [part])}
    assert seen_in(text_of(desk_of(alice).get(case_url(case)))) == set(CANARIES)  # at home nothing is missing
    assert "Does he pay?" in text_of(desk_of(nora).get(case_url(case)))


def everything_nora_can_open(nora: Officer, case: Case) -> dict[str, str]:
    """Every door of the desk at which something of a case is told, pushed as hard as an officer can."""
    desk, found = desk_of(nora), {}
    for query in ("", "?state=referred", f"?reference={case.reference}", "?group=asked", "?group=referred"):
        found[f"/desk/{query}"] = desk.get(f"/desk/{query}")
    for typed in (case.reference, NUMBER, CARD, NAME):
        found[f"search {typed}"] = desk.post("/desk/cases/", {"q": typed}, follow=True)
    found["known"] = desk.post("/desk/new/known/", {"phone": NUMBER, "nrc": CARD})
    found["case"] = desk.get(case_url(case))
    for step in ("note", "inform", "come_back", "refer", "hand_over", "consent", "agree", "resolve", "recall"):
        found[step] = send(nora, case, step, words="")  # refused forms come back on the whole page
    return {name: text_of(page) for name, page in found.items()}


def test_an_agency_that_was_shown_nothing_gets_at_nothing_by_any_door(alice, nora):
    case = refer(a_story(alice), alice)

    for door, text in everything_nora_can_open(nora, case).items():
        assert seen_in(text) - _typed_by_herself(door) == set(), door


def test_the_same_doors_are_known_to_bite(alice, nora):
    """Shown everything, the same walk does find it: so what it did not find above was hidden, and not missed."""
    case = refer(a_story(alice), alice, *Share)
    found = set().union(*map(seen_in, everything_nora_can_open(nora, case).values()))

    assert found == set(Share) - {Share.ATTACHMENTS}


@pytest.mark.parametrize("door", ["data", "dossier"])
def test_rights_over_data_are_served_at_home_only(door, nora):
    """These pages tell all that is on record, so an agency that was asked about one does not get in."""
    at_the_ministry = make_officer(agency="MCDSS", clearances=["private"])
    citizen = make_citizen(phone=NUMBER, nrc=CARD, name=NAME)
    case = make_case(topic="data-see", state=State.IN_PROGRESS, officer=at_the_ministry, citizen=citizen)
    refer(case, at_the_ministry, Share.WORDS)
    address = case_url(case) + f"{door}/"

    assert desk_of(nora).get(address).status_code in (404, 405)
    assert desk_of(nora).post(address).status_code == 404
    assert desk_of(at_the_ministry).post(address).status_code in (200, 303, 409)


def test_a_paper_of_all_that_is_held_leaves_out_the_cases_of_other_houses(alice):
    """The ministry was asked about NHIMA's case; what it prints for the citizen is its own."""
    at_the_ministry = make_officer(agency="MCDSS", clearances=["private"])
    theirs = a_story(alice)
    refer(theirs, alice, Share.WORDS, agency="MCDSS")
    to_see, to_erase = (
        make_case(topic=topic, state=State.IN_PROGRESS, officer=at_the_ministry, citizen=theirs.citizen)
        for topic in ("data-see", "data-erase")
    )
    listed = text_of(desk_of(at_the_ministry).get(case_url(to_erase) + "data/"))
    assert [str(one) in listed for one in (to_see, to_erase, theirs)] == [True, True, False]

    assert desk_of(at_the_ministry).post(case_url(to_see) + "dossier/").status_code == 200
    assert to_see.events.get(kind="dossier").data["cases"] == 2


def _typed_by_herself(door: str) -> set[str]:
    """What somebody types into the search is shown to them again."""
    return {Share.NRC} if door in (f"search {CARD}", "known") else {Share.WHO} if door == f"search {NAME}" else set()


@pytest.mark.parametrize(
    ("shared", "by_phone", "by_card"),
    [((), False, False), (("who",), True, False), (("nrc",), False, True), (("words", "form", "story"), False, False)],
)
def test_a_hidden_number_or_card_is_not_searched_on(shared, by_phone, by_card, alice, nora):
    case = refer(a_story(alice), alice, *shared)

    assert [case in cases_of(nora, **by) for by in ({"phone": NUMBER}, {"nrc": CARD})] == [by_phone, by_card]
    assert [case in cases_of(alice, **by) for by in ({"phone": NUMBER}, {"nrc": CARD})] == [True, True]


@pytest.mark.parametrize("ending", ["declined", "returned", "recalled"])
def test_what_is_given_back_or_taken_back_is_seen_no_more(ending, alice, nora):
    case = refer(a_story(alice), alice, *Share)
    if ending == "recalled":
        actions.recall(case=case, by=alice, words="They do not answer.")
    else:
        actions.answer_referral(case=case, by=nora, referral=case.referrals.get(), state=ending, words="Not ours.")

    assert desk_of(nora).get(case_url(case)).status_code == 404
    assert (sharing.parts(nora, case), list(sharing.events(nora, case))) == (frozenset(), [])


def test_after_its_part_is_done_an_agency_may_still_see_it_and_nothing_that_came_later(alice, nora):
    case = refer(a_story(alice), alice, Share.WORDS)
    case = actions.answer_referral(case=case, by=nora, referral=case.referrals.get(), state="done", words="He pays.")
    actions.add_note(case=case, by=alice, words="So the card was the fault.")
    page = text_of(desk_of(nora).get(case_url(case)))

    assert "He pays." in page
    assert "So the card was the fault." not in page


def test_two_agencies_do_not_read_each_others_part(alice, nora):
    will = make_officer(name="Will", agency="WCFCB", role=Role.AGENCY)
    case = refer(a_story(alice), alice, Share.STORY, words="Does he pay?")
    case = actions.answer_referral(case=case, by=nora, referral=case.referrals.get(), state="done", words="He pays.")
    case = refer(case, alice, Share.STORY, agency="WCFCB", words="Was it an accident?")
    wills, noras = text_of(desk_of(will).get(case_url(case))), text_of(desk_of(nora).get(case_url(case)))

    assert ["Was it an accident?" in page for page in (wills, noras)] == [True, False]
    assert ["He pays." in page for page in (wills, noras)] == [False, True]
    assert ["National Pension Scheme" in page for page in (wills, noras)] == [False, True]


def test_what_others_were_shown_or_they_themselves_once_is_not_shown_to_who_is_asked_anew(alice, nora):
    case, will = a_story(alice), make_officer(agency="WCFCB", role=Role.AGENCY)
    for helper, ending in ((nora, "declined"), (will, "done")):
        case = refer(case, alice, *Share, agency=helper.agency_id)
        asked = case.referrals.get(agency=helper.agency_id)
        case = actions.answer_referral(case=case, by=helper, referral=asked, state=ending, words="Please see.")
    case = refer(case, alice)

    assert case in Case.objects.visible_to(nora)
    assert sharing.parts(nora, case) == frozenset()
    assert case not in cases_of(nora, phone=NUMBER)


def test_the_papers_of_a_case_are_its_own_and_nobodys_who_does_not_see_it(alice, nora):
    here, there = make_case(), make_case()
    paper = {"format": Format.PHOTO, "size": 1, "added_by": nora}
    papers = [Attachment.objects.create(case=case, key=str(case), **paper) for case in (here, there)]

    assert list(sharing.attachments(alice, here)) == papers[:1]
    assert list(sharing.attachments(nora, here)) == []


def test_who_hides_their_number_is_not_offered_for_sharing_and_stays_hidden(alice, nora):
    case = make_case(
        known="hidden", state=State.IN_PROGRESS, officer=alice, citizen=make_citizen(phone=NUMBER, name=NAME)
    )
    page = desk_of(alice).get(case_url(case)).content.decode()
    refer(case, alice, Share.WHO, Share.NRC)

    assert re.findall(r'name="refer-shared" value="(\w+)"', page) == ["words", "attachments", "story"]
    assert may_know_who(nora, case) is False
    assert NAME not in text_of(desk_of(nora).get(case_url(case)))


def test_of_a_sensitive_case_nothing_is_ticked_before_the_officer_ticks_it(alice):
    plain, private = (
        make_case(topic=topic, state=State.IN_PROGRESS, officer=alice) for topic in ("nhima-wait", "nhima-medicine")
    )
    ticked = [
        re.findall(
            r'name="refer-shared" value="(\w+)"[^>]* checked', desk_of(alice).get(case_url(case)).content.decode()
        )
        for case in (plain, private)
    ]

    assert ticked == [["words"], []]


# --- On whose word --------------------------------------------------------------------------------------------


def test_nothing_about_the_citizen_goes_out_without_their_yes(alice):
    case = a_story(alice)
    for consent in (Permit.NOTHING, Permit.REPLY, Permit.GROUND, Permit.FORM, "perhaps"):
        with pytest.raises(NotAllowed):
            actions.refer(
                case=case, by=alice, agency=an_agency("NAPSA"), words="Look.", shared=[Share.WORDS], consent=consent
            )
    with pytest.raises(IntegrityError, match="shared_with_consent_or_ground"), transaction.atomic():
        Referral.objects.create(
            case=case,
            agency_id="NAPSA",
            from_agency_id="NHIMA",
            due=case.resolve_due,
            shared=["words"],
            consent="nothing",
        )
    assert (now_of(case).state, case.referrals.count()) == (State.IN_PROGRESS, 0)


def test_the_history_keeps_what_was_shared_with_whom_and_on_whose_word_and_nothing_of_the_person(alice):
    case = refer(a_story(alice), alice, Share.WHO, Share.WORDS)

    data = case.events.get(kind="refer").data
    assert {name: data[name] for name in data if name != "stands"} == {
        "agency": "NAPSA",
        "shared": ["words", "who"],
        "consent": "desk",
        "consent_words": 1,
    }


def test_what_went_to_whom_and_why_is_kept_in_the_log_of_what_was_given_out(alice, head):
    first = refer(a_story(alice), alice, Share.WORDS)
    refer(make_case(state=State.IN_PROGRESS, officer=alice), alice)  # nothing about anybody
    asked = {"agency": an_agency("ACC"), "words": "Forged.", "shared": ["words"]}
    second = actions.propose(case=make_case(state=State.IN_PROGRESS, officer=alice), by=alice, ground=catalogue().grounds["offence"], **asked)  # fmt: skip
    actions.agree(case=second, by=head, referral=second.referrals.get(), agreed=True)

    assert set(Disclosure.objects.values_list("what", "case", "to", "ground", "by")) == {
        ("referral", first.pk, "National Pension Scheme Authority", "The citizen agreed at the desk", alice.pk),
        ("referral", second.pk, "Anti-Corruption Commission", "Data Protection Act 3/2021, s 53(4)", alice.pk),
    }


def ask_by_sms(alice: Officer, phone: Phone, topic: str = "nhima-card-inactive") -> Case:
    citizen = Citizen.objects.filter().first() or make_citizen(phone=phone.number)
    case = make_case(topic=topic, state=State.IN_PROGRESS, officer=alice, citizen=citizen)
    return actions.seek_consent(
        case=case, by=alice, agency=an_agency("NAPSA"), words="To see if he pays.", shared=[Share.WORDS, Share.NRC]
    )


def test_the_citizen_is_asked_by_sms_and_a_yes_asks_the_agency(alice, nora):
    phone = Phone()
    case = ask_by_sms(alice, phone)
    assert phone.inbox()[-1] == (
        f"{spoken(case.reference)}: may NAPSA pension see your words, your NRC? To see if he pays. They may use it for "
        "this only. You can say no, and take it back later. Reply YES or NO."
    )
    assert (now_of(case).state, now_of(case).waiting_since is not None) == (State.WAITING, True)
    assert case not in Case.objects.visible_to(nora)
    phone.text("Yes")

    assert now_of(case).state == State.REFERRED
    assert case in Case.objects.visible_to(nora)
    assert (case.referrals.get().consent, case.events.last().kind, case.events.last().actor) == (
        "reply",
        "consent",
        "citizen",
    )
    assert phone.inbox()[-1].endswith("we asked another office, NAPSA pension, to help. Your number stays the same.")


@pytest.mark.parametrize("said", ["No", "iyayi", "No, they never help"])
def test_a_no_is_a_no_and_the_case_goes_on_without_them(said, alice, nora):
    phone = Phone()
    case = ask_by_sms(alice, phone)
    phone.text(said)

    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "refused")
    assert case not in Case.objects.visible_to(nora)
    assert phone.inbox()[-1] == "Thank you. We go on without the other office."


def test_another_answer_is_no_yes(alice):
    phone = Phone()
    case = ask_by_sms(alice, phone)
    phone.text("Who are they and what do they want with it?")

    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "refused")


def test_where_two_things_were_asked_a_lone_yes_is_asked_which(alice):
    phone = Phone()
    case = ask_by_sms(alice, phone)
    make_case(state=State.RESOLVED, officer=alice, citizen=case.citizen)
    phone.text("YES")

    assert phone.inbox()[-1].startswith("We asked you more than one thing.")
    phone.text(f"{case.reference} YES")
    assert now_of(case).state == State.REFERRED


def test_the_citizen_may_say_it_in_the_menu(alice):
    phone = Phone()
    case = ask_by_sms(alice, phone)
    phone.dial()
    screen = phone.choose("English", "My cases", f"..{case.reference[-4:]} Card not working")
    assert "May NAPSA pension see your words, your NRC?" in screen + phone.press("9")
    assert phone.choose("Yes, they may").startswith("Thank you. We ask the other office to help")
    assert now_of(case).state == State.REFERRED


def test_of_a_private_matter_the_sms_asks_nothing_and_the_menu_does(alice):
    phone = Phone()
    case = ask_by_sms(alice, phone, topic="nhima-medicine")
    assert phone.inbox()[-1] == f"There is news about {spoken(case.reference)}. Please dial us, or ask at a desk."
    phone.text("YES")
    assert now_of(case).state == State.WAITING
    phone.dial()
    phone.choose("English", "My cases", f"..{case.reference[-4:]}", "No, they may not")
    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "refused")


@pytest.mark.parametrize(
    ("answer", "state", "consent"), [("desk", "asked", "desk"), ("call", "asked", "call"), ("no", "refused", "reply")]
)
def test_what_the_citizen_says_at_the_desk_is_written_down_as_theirs(answer, state, consent, alice):
    case = ask_by_sms(alice, Phone())
    assert send(alice, case, "consent", answer=answer).status_code == 303
    referral, last = case.referrals.get(), case.events.last()

    assert (referral.state, referral.consent) == (state, consent)
    assert (last.actor, last.officer) == ("citizen", alice)


def test_without_consent_a_supervisor_puts_their_name_to_it_first(alice, nora, head):
    case = a_story(alice)
    typed = {"agency": "NAPSA", "words": "The employer forged papers.", "shared": ["words"], "consent": "ground"}
    assert "Please choose the ground in law." in text_of(send(alice, case, "refer", **typed))
    assert send(alice, case, "refer", **typed, ground="offence").status_code == 303

    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "proposed")
    assert case not in Case.objects.visible_to(nora)
    proposed = case.referrals.get()
    with pytest.raises(NotAllowed):
        actions.agree(case=case, by=alice, referral=proposed, agreed=True)
    assert send(head, case, "agree", referral=proposed.pk, agreed="yes").status_code == 303
    assert (now_of(case).state, case.referrals.get().agreed_by) == (State.REFERRED, head)
    assert case in Case.objects.visible_to(nora)
    told = text_of(desk_of(nora).get(case_url(case)))
    assert "Data Protection Act 3/2021, s 53(4)). Head agreed." in told


def test_a_supervisors_no_says_why_and_nobody_is_asked(alice, nora, head):
    case = a_story(alice)
    actions.propose(
        case=case,
        by=alice,
        agency=an_agency("NAPSA"),
        words="To be sure.",
        shared=["words"],
        ground=catalogue().grounds["act"],
    )
    proposed = case.referrals.get()
    assert "Please write down the reason." in text_of(send(head, case, "agree", referral=proposed.pk, agreed="no"))
    assert send(head, case, "agree", referral=proposed.pk, agreed="no", words="Ask her.").status_code == 303

    assert (now_of(case).state, case.referrals.get().state) == (State.IN_PROGRESS, "refused")
    assert case not in Case.objects.visible_to(nora)
    assert Message.objects.filter(event__kind__in=["propose", "agree"]).count() == 0


def test_a_supervisor_who_asks_without_consent_agrees_with_the_same_click(head):
    case = make_case(state=State.IN_PROGRESS, officer=head)
    typed = {
        "agency": "NAPSA",
        "words": "Forged papers.",
        "shared": ["words"],
        "consent": "ground",
        "ground": "offence",
    }
    answers = [send(head, case, "refer", **typed | {"seen": 2}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert [event.kind for event in case.events.all()] == ["open", "take", "propose", "agree"]


def test_the_ground_without_a_supervisor_is_refused_by_the_database_itself(alice):
    case = make_case()
    row = {"case": case, "agency_id": "NAPSA", "from_agency_id": "NHIMA", "due": case.resolve_due, "consent": "ground"}
    for more, rule in (({"ground_id": "act"}, "a_supervisor"), ({"state": "proposed"}, "on_a_ground")):
        with pytest.raises(IntegrityError, match=f"without_consent_{rule}"), transaction.atomic():
            Referral.objects.create(**row, **more)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"consent": "nothing"}, "Take the ticks out, or ask the citizen."),
        ({"consent": "reply", "shared": []}, "What is the citizen asked to agree to?"),
        ({"consent": "desk", "agency": ""}, "This field is required."),
        ({}, "This field is required."),
    ],
)
def test_the_form_says_what_is_missing_and_loses_nothing(typed, sentence, alice):
    case = a_story(alice)
    answer = send(
        alice, case, "refer", **{"agency": "NAPSA", "words": "Does the employer pay?", "shared": ["words"], **typed}
    )

    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert "Does the employer pay?" in text_of(answer)


# --- The citizen keeps one story and is told what is true --------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sms", "history"),
    [
        ("accepted", "NAPSA pension works on {reference} for us now. We promised an answer by {date}.", "The other office works on it: NAPSA pension."),
        ("declined", "NAPSA pension could not help with {reference}. NHIMA health goes on with it.", "The other office could not help: NAPSA pension. We go on with it."),
        ("returned", "NAPSA pension gave {reference} back. NHIMA health goes on with it.", "The other office gave it back to us: NAPSA pension. We go on with it."),
        ("done", "NAPSA pension did its part of {reference}. NHIMA health goes on with it.", "The other office did its part: NAPSA pension."),
    ],
)  # fmt: skip
def test_each_answer_of_the_other_agency_is_told_as_what_it_is(state, sms, history, alice, nora):
    from cases.views.public import history as lines
    from cases.wording import day

    phone = Phone()
    case = refer(make_case(state=State.IN_PROGRESS, officer=alice, citizen=make_citizen(phone=phone.number)), alice)
    case = actions.answer_referral(case=case, by=nora, referral=case.referrals.get(), state=state, words="As it is.")

    assert phone.inbox()[-1] == sms.format(reference=spoken(case.reference), date=day(case.resolve_due))
    assert [line.said for line in lines(case)][-1] == history


def test_an_answer_to_the_citizen_ends_what_others_still_owe_and_the_history_says_so(alice, nora):
    case = make_case(topic="register-worker", also_for=[an_agency("NHIMA"), an_agency("NAPSA")])
    supervisor = make_officer(role=Role.SUPERVISOR)
    case = actions.take(case=case, by=supervisor)
    actions.answer_referral(case=case, by=nora, referral=case.referrals.get(agency="NAPSA"), state="done", words="In.")
    actions.resolve(case=now_of(case), by=supervisor, decision="registered", words="You are in.")

    assert dict(case.referrals.values_list("agency", "state")) == {"NAPSA": "done", "NHIMA": "recalled"}
    assert [(event.kind, event.data.get("agencies")) for event in case.events.all()][-2:] == [
        ("recall", ["NHIMA"]),
        ("resolve", None),
    ]
    assert [case in Case.objects.visible_to(officer) for officer in (alice, nora)] == [False, True]


def test_withdrawing_ends_what_others_still_owe(alice, nora):
    case = refer(make_case(state=State.IN_PROGRESS, officer=alice), alice)
    actions.withdraw(case=case)

    assert (case.referrals.get().state, case in Case.objects.visible_to(nora)) == ("recalled", False)
    assert [event.kind for event in case.events.all()][-2:] == ["recall", "withdraw"]


def test_a_form_for_several_schemes_shows_each_of_them_the_form_and_not_the_others_part(alice, nora):
    form = json.dumps({"name": NAME, "nrc": CARD, "work": "trading"})
    citizen = make_citizen(phone=NUMBER)
    case = make_case(
        topic="register-worker",
        form=form,
        words="",
        citizen=citizen,
        place=LUSAKA_TOWN,
        also_for=[an_agency("NHIMA"), an_agency("NAPSA")],
    )
    page = text_of(desk_of(nora).get(case_url(case)))

    assert {Share.WHO, Share.NRC, Share.FORM} <= seen_in(page)
    assert "National Health Insurance Management Authority" not in page
    shown = {
        name: the_registration(Look.at(who, case))["schemes"]
        for name, who in (("nora", nora), ("home", make_officer()))
    }
    assert {name: {one.agency.pk for one in schemes if one.agency} for name, schemes in shown.items()} == {
        "nora": {"NAPSA"},
        "home": {"NHIMA", "NAPSA"},
    }


def test_an_agency_that_was_asked_is_not_told_that_the_citizen_is_one_of_its_own(alice, nora):
    """It sees the case and not whose it is: no case of its own stands beside it, and its number joins nothing."""
    case = refer(a_story(alice), alice)
    own = make_case(topic="napsa-claim-late", citizen=case.citizen, words=CANARIES[Share.WORDS])

    assert other_cases(nora, case) == {"theirs": [], "alike": []}
    assert [bool(answerable(who, case)) for who in (nora, alice)] == [True, False]  # nora is who was asked
    with pytest.raises(ValidationError, match="that you may see"):
        the_other(nora, own, case.reference)
    assert other_cases(make_officer(), case)["theirs"] == [own]


def test_what_one_may_not_see_stands_beside_no_case_and_no_link_tells_of_it(alice):
    case, far = a_story(alice), make_case(place=MONGU)
    make_case(topic="violence", citizen=case.citizen)
    actions.link(case=case, by=alice, other=far, kind="see_also", words="So.")
    near = make_officer(place=LUSAKA_TOWN)

    assert other_cases(alice, case)["theirs"] == []
    assert [len(visible_links(who, case)) for who in (alice, near)] == [1, 0]


def test_an_agency_that_did_its_part_in_two_cases_is_not_told_that_they_were_joined(alice, nora):
    case, stays = (refer(a_story(alice), alice) for _time in range(2))
    for one in (case, stays):
        done = one.referrals.get()
        actions.answer_referral(case=now_of(one), by=nora, referral=done, state="done", words="He pays.")
    head = make_officer(role=Role.SUPERVISOR)
    actions.merge(case=now_of(case), by=head, stays=now_of(stays), words="The same card.")

    assert [list(joined_cases(who, now_of(stays))) for who in (alice, nora)] == [[case], []]


def test_an_appeal_that_somebody_may_not_see_is_not_named_on_the_page_of_what_it_contests(alice):
    first = make_case(state=State.RESOLVED, officer=alice)
    appeal = actions.appeal(case=first, words="I do not agree.", channel="ussd").case
    page = case_url(first)
    assert str(appeal) in text_of(desk_of(alice).get(page))
    Case.objects.filter(pk=appeal.pk).update(place=MONGU)

    near = make_officer(place=LUSAKA_TOWN)
    assert [str(appeal) in text_of(desk_of(who).get(page)) for who in (alice, near)] == [True, False]
