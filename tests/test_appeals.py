"""Against a decision: outcome and reasons, not solved, appeals and the law's time, and the citizen's word at the desk."""

from datetime import date, timedelta

import pytest

from cases import actions, clock, plain_words, wording
from cases.actions import NotAllowed
from cases.lifecycle import State
from cases.models import Case, Channel, Decision, Officer, Role
from cases.permissions import can_be_given, possible
from cases.reference import spoken
from cases.remedies import next_remedy
from cases.views.public import history
from tests.builders import KAFUE, LUSAKA_TOWN, MONGU, make_case, make_citizen, make_officer, now_of, on
from tests.desk import case_url, desk_of, text_of
from tests.phone import Phone
from tests.test_lifecycle import HOW
from tests.test_sharing import send

MONDAY = date(2026, 9, 7)


@pytest.fixture
def alice(db) -> Officer:
    return make_officer(name="Alice", agency="NHIMA", role=Role.AGENCY)


@pytest.fixture
def bob(db) -> Officer:
    return make_officer(name="Bob", agency="NHIMA", role=Role.AGENCY)


@pytest.fixture
def head(db) -> Officer:
    return make_officer(name="Head", agency="NHIMA", role=Role.AGENCY_HEAD)


def answered(by: Officer, decision: str = Decision.NOT_UPHELD, *, day: date = MONDAY, **opening) -> Case:
    with on(day):
        case = make_case(state=State.IN_PROGRESS, officer=by, **opening)
        return actions.resolve(case=case, by=by, decision=decision, words="We found no fault.")


def appeal(case: Case, day: date = MONDAY) -> Case:
    with on(day):
        return actions.appeal(case=now_of(case), words="Look again.", channel=Channel.USSD).case


# --- What the citizen can do next, and until when ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "level", "remedy"),
    [
        ("nhima-card-inactive", 1, ("Health Complaints Committee", None)),
        ("nhima-card-inactive", 2, ("NHIMA Board", date(2026, 10, 7))),  # 30 days from the decision
        ("nhima-card-inactive", 3, ("High Court", None)),
        ("nhima-card-inactive", 4, None),
        ("wcfcb-employer", 1, ("Workers' Compensation Tribunal", date(2026, 9, 28))),  # 21 days
        ("wcfcb-employer", 2, ("High Court", date(2026, 10, 7))),
        ("ati-request", 1, ("Human Rights Commission", date(2026, 10, 7))),  # not the 7 days of the office itself
        ("sct-other", 4, ("Office of the Public Protector", date(2027, 9, 7))),  # 12 months
    ],
)
def test_the_ladder_says_to_whom_a_decision_goes_and_the_last_day(topic, level, remedy, db):
    case = answered(make_officer(), topic=topic)
    case.level = level
    found = next_remedy(case)

    assert (found and (found.body, found.until)) == remedy


def test_what_is_not_decided_or_was_withdrawn_has_no_remedy(alice):
    assert next_remedy(make_case(state=State.IN_PROGRESS, officer=alice)) is None
    assert next_remedy(actions.withdraw(case=make_case())) is None


def test_a_refusal_says_in_the_sms_what_was_decided_why_and_where_to_go_until_when(db):
    phone, officer = Phone(), make_officer()
    case = answered(officer, topic="wcfcb-employer", citizen=make_citizen(phone=phone.number))

    assert phone.inbox()[-1] == (
        f"{spoken(case.reference)}: We could not agree. We found no fault. Is it solved? Reply YES or NO. "
        "If you do not agree, you can appeal to Workers' Compensation Tribunal until 28/09/2026."
    )


def test_a_good_answer_is_short(alice):
    phone = Phone()
    case = answered(alice, Decision.UPHELD, citizen=make_citizen(phone=phone.number))

    assert (
        phone.inbox()[-1]
        == f"{spoken(case.reference)}: You were right. We found no fault. Is it solved? Reply YES or NO."
    )


def test_the_menu_the_web_and_the_desk_tell_the_same(db, client):
    phone, officer = Phone(), make_officer()
    case = answered(officer, topic="wcfcb-employer", citizen=make_citizen(phone=phone.number))
    with on(MONDAY):
        phone.dial()
        screen = phone.choose("English", "My cases", f"..{case.reference[-4:]} Employer not registered")
        screen += phone.press("9")
        session = client.session
        session["case"], session["case_until"] = case.pk, 2**40
        session.save()
        pages = [client.get("/track/case/").content.decode(), desk_of(officer).get(case_url(case)).content.decode()]
    said = "you can appeal to Workers&#x27; Compensation Tribunal until 28/09/2026."

    assert "We could not agree. We found no fault." in screen.replace("\n", " ")
    assert said.replace("&#x27;", "'") in screen.replace("\n", " ")
    assert [said in page for page in pages] == [True, True]
    assert ["WC Act s 22 and Part XI" in page for page in pages] == [True, True]


@pytest.mark.parametrize(("decision", "words"), [("", "Because."), (Decision.UPHELD, "  "), ("", "")])
def test_nothing_is_answered_without_an_outcome_and_reasons(decision, words, alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    with pytest.raises(NotAllowed):
        actions.resolve(case=case, by=alice, decision=decision, words=words)

    assert now_of(case).state == State.IN_PROGRESS


def test_advice_on_plain_words_names_long_sentences_and_office_words():
    long = "Your card does not work because the payment that your employer should have made in May has not yet come to our office"

    assert plain_words.long_sentences(f"{long}. It is short.") == ["Your card does not work"]
    assert plain_words.hard_words("Prior to that, VERIFY your residence; verify it.") == [
        ("prior", "before"),
        ("verify", "check"),
        ("residence", "home"),
    ]
    assert (plain_words.long_sentences("Come on Monday."), plain_words.hard_words("Come on Monday.")) == ([], [])


def test_the_desk_gives_the_advice_with_the_preview_and_takes_the_words_all_the_same(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    typed = {"decision": "upheld", "words": "Kindly verify your residence."}
    page = desk_of(alice).post(
        case_url(case) + "preview/", {"step": "resolve", **{f"resolve-{k}": v for k, v in typed.items()}}
    )

    assert "“verify”: better “check”." in text_of(page)
    assert "You were right. Kindly verify" in text_of(page)  # the preview shows the outcome that was chosen
    assert send(alice, case, "resolve", **typed).status_code == 303


# --- Not solved ---------------------------------------------------------------------------------------------------------


def test_not_solved_goes_to_a_supervisor_and_not_back_to_who_answered(alice, head):
    phone = Phone()
    case = answered(alice, Decision.UPHELD, citizen=make_citizen(phone=phone.number))
    phone.text("No")
    case = now_of(case)

    assert (case.state, case.officer, case.times_disputed) == (State.IN_PROGRESS, head, 1)
    assert case.events.last().data["to"] == head.pk
    assert phone.inbox()[-1] == (
        f"{spoken(case.reference)} is open again: you said it is not solved. A supervisor has it now."
    )
    assert [line.said for line in history(case)][-1] == "You said it is not solved. A supervisor looks at it now."


def test_a_second_time_it_goes_to_another_supervisor(alice, head):
    second = make_officer(name="Second", agency="NHIMA", role=Role.AGENCY_HEAD, level=2)
    case = actions.dispute(case=answered(alice, Decision.UPHELD))
    actions.resolve(case=case, by=head, decision=Decision.UPHELD, words="Now it works.")

    assert actions.dispute(case=now_of(case)).officer == second


def test_the_nearest_supervisor_gets_it(db):
    officer = make_officer(place=LUSAKA_TOWN)
    far, near = (make_officer(role=Role.SUPERVISOR, place=place) for place in (MONGU, LUSAKA_TOWN))
    make_officer(role=Role.SUPERVISOR, place=KAFUE)

    assert actions.dispute(case=answered(officer)).officer == near != far


def test_where_there_is_no_supervisor_the_owner_keeps_it_and_nothing_else_is_said(alice):
    phone = Phone()
    case = actions.dispute(case=answered(alice, citizen=make_citizen(phone=phone.number)))

    assert (case.officer, case.events.last().data["to"]) == (alice, None)
    assert phone.inbox()[-1] == f"{spoken(case.reference)} is open again. You said it is not solved."


# --- Appeals ---------------------------------------------------------------------------------------------------------------


def works_on(officer: Officer, case: Case) -> bool:
    return can_be_given(officer, case) and any(step.name == "take" for step in possible(officer, case))


def test_an_appeal_is_decided_above_and_by_nobody_who_had_a_part_in_it(alice, bob, head):
    """Taken by one, handed to another, answered by the second: neither judges, nor does anybody on their level."""
    other = make_officer(name="Other", agency="NHIMA", role=Role.AGENCY_HEAD)
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=alice)
        case = actions.hand_over(case=case, by=alice, to=other)
        actions.resolve(case=case, by=other, decision=Decision.NOT_UPHELD, words="No.")
    contested = appeal(case)
    above = make_officer(agency="NHIMA", role=Role.AGENCY, level=2)

    assert [works_on(one, contested) for one in (alice, other, bob)] == [False, False, False]
    assert [works_on(one, contested) for one in (head, above)] == [True, True]
    for one in (alice, other, bob):
        with pytest.raises(NotAllowed):
            actions.take(case=contested, by=one)
        with pytest.raises(NotAllowed):
            actions.hand_over(case=contested, by=head, to=one)


def test_who_owned_a_case_long_before_its_answer_had_a_part_in_it(head):
    first = make_officer(agency="NHIMA", role=Role.AGENCY_HEAD)
    case = make_case(state=State.IN_PROGRESS, officer=first)
    case = actions.hand_over(case=case, by=first, to=head)
    actions.resolve(case=case, by=head, decision=Decision.NOT_UPHELD, words="No.")

    assert not works_on(first, appeal(case))


def test_who_looked_after_a_case_that_moved_up_to_them_had_a_part_in_it(alice):
    above, later = (make_officer(agency="NHIMA", role=Role.AGENCY_HEAD, level=2) for _time in range(2))
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=alice)
    with on(MONDAY + timedelta(days=90)):
        actions.escalate_overdue(clock.now())
        actions.acknowledge(case=case, by=above)
        actions.resolve(case=now_of(case), by=alice, decision=Decision.NOT_UPHELD, words="No.")
    contested = appeal(case, MONDAY + timedelta(days=90))

    assert [works_on(one, contested) for one in (above, later)] == [False, True]


def test_who_agreed_to_share_a_case_without_consent_had_a_part_in_it(alice):
    agreed, later = (make_officer(agency="NHIMA", role=Role.AGENCY_HEAD) for _time in range(2))
    case = HOW["propose"](make_case(state=State.IN_PROGRESS, officer=alice), alice)
    HOW["recall"](HOW["agree"](case, agreed), alice)
    actions.resolve(case=now_of(case), by=alice, decision=Decision.NOT_UPHELD, words="No.")
    contested = appeal(case)

    assert [works_on(one, contested) for one in (agreed, later)] == [False, True]


def test_who_decided_the_first_case_does_not_judge_the_appeal_of_the_appeal(alice, head):
    supervisor = make_officer(role=Role.SUPERVISOR)
    second = appeal(answered(supervisor))
    actions.take(case=second, by=head)
    actions.resolve(case=second, by=head, decision=Decision.NOT_UPHELD, words="Nor I.")
    third = appeal(second)

    assert [works_on(one, third) for one in (supervisor, head)] == [False, False]
    assert works_on(make_officer(role=Role.SUPERVISOR), third)


def test_an_appeal_that_is_right_changes_the_outcome_of_what_it_contests(alice, head):
    first = answered(alice)
    second = appeal(first)
    actions.take(case=second, by=head)
    actions.resolve(case=second, by=head, decision=Decision.PARTLY_UPHELD, words="The office was half wrong.")
    first = now_of(first)

    assert (first.decision, first.reviewed, first.outcome) == ("not_upheld", "partly_upheld", "partly_upheld")
    data = first.events.last().data
    assert (first.events.last().kind, data["decision"], data["upheld"], data["appeal"]) == (
        "review",
        "partly_upheld",
        True,
        second.pk,
    )
    assert [line.said for line in history(first)][-1] == "You were right with your appeal. This answer is changed."
    assert "On appeal: You were partly right." in text_of(desk_of(alice).get(case_url(first)))


def test_an_appeal_that_is_not_right_leaves_the_outcome(alice, head):
    first = answered(alice)
    second = appeal(first)
    actions.take(case=second, by=head)
    actions.resolve(case=second, by=head, decision=Decision.NOT_UPHELD, words="The office was right.")
    first = now_of(first)

    assert (first.reviewed, first.outcome, first.events.last().data["upheld"]) == ("not_upheld", "not_upheld", False)
    assert [line.said for line in history(first)][-1] == "Your appeal was decided. This answer stands."


def test_the_last_word_of_a_chain_is_the_last_word_on_all_of_it(alice, head):
    first = answered(alice)
    second = appeal(first)
    actions.take(case=second, by=head)
    actions.resolve(case=second, by=head, decision=Decision.NOT_UPHELD, words="No.")
    third, judge = appeal(second), make_officer(role=Role.SUPERVISOR)
    actions.take(case=third, by=judge)
    actions.resolve(case=third, by=judge, decision=Decision.UPHELD, words="Yes.")

    assert [now_of(case).outcome for case in (first, second)] == ["upheld", "upheld"]


def test_an_appeals_answer_that_is_disputed_is_no_last_word_any_more(alice, head):
    first = answered(alice)
    second = appeal(first)
    actions.take(case=second, by=head)
    second = actions.resolve(case=second, by=head, decision=Decision.UPHELD, words="Yes, in part.")
    actions.dispute(case=second)

    assert (now_of(first).reviewed, now_of(first).outcome) == ("", "not_upheld")
    assert [line.said for line in history(first)][-1] == "Your appeal is looked at."


def test_an_appeal_is_right_or_not_and_nothing_else(head):
    enquiry = answered(make_officer(agency="NHIMA", role=Role.AGENCY), Decision.ANSWERED, topic="nhima-benefits")
    second = appeal(enquiry)
    actions.take(case=second, by=head)
    for decision in (Decision.ANSWERED, Decision.REGISTERED, Decision.NOT_ELIGIBLE):
        with pytest.raises(NotAllowed, match="Say whether the appeal is right"):
            actions.resolve(case=second, by=head, decision=decision, words="Hm.")
    offered = desk_of(head).get(case_url(second)).content.decode()

    assert ('value="partly_upheld"' in offered, 'value="registered"' in offered) == (True, False)


@pytest.mark.parametrize(("days", "late"), [(21, False), (22, True)])
def test_an_appeal_after_the_laws_time_is_taken_with_a_note_that_it_is_late(days, late, db):
    officer, judge = make_officer(), make_officer(role=Role.SUPERVISOR)
    first = answered(officer, topic="wcfcb-employer")
    day = MONDAY + timedelta(days=days)
    second = appeal(first, day)

    assert (second.level, first.events.get(kind="appeal").data["late"]) == (2, late)
    page = text_of(desk_of(judge).get(case_url(second)))
    assert ("It came after the last day by law, 28 September 2026." in page) is late
    assert "To Workers' Compensation Tribunal. Time by law: 21 days from decision" in page


def test_the_menu_says_that_it_is_late_before_it_takes_the_appeal(db):
    phone = Phone()
    case = answered(make_officer(), topic="wcfcb-employer", citizen=make_citizen(phone=phone.number))
    with on(MONDAY + timedelta(days=30)):
        phone.dial()
        screen = phone.choose("English", "My cases", f"..{case.reference[-4:]} Employer not registered", "Appeal")
        assert "The time by law ended on 28/09/2026: they may hear it or not. Appeal?" in screen.replace("\n", " ")
        assert phone.choose("Yes") == "Why is the answer not right? A few words.\n0 Back"
        phone.press("They did not look at my papers.")
    assert Case.objects.filter(appeal_of=case).count() == 1


def test_an_appeal_has_its_own_clock(alice):
    first = answered(alice)
    with on(MONDAY + timedelta(days=7)):
        second = actions.appeal(case=first, words="Look again.", channel=Channel.WEB).case

    assert (second.opened_on, second.resolve_due > now_of(first).resolve_due) == (MONDAY + timedelta(days=7), True)


# --- The citizen's word, at the desk ------------------------------------------------------------------------------------------


def test_what_the_citizen_says_at_the_desk_is_their_word_by_an_officers_hand(alice, bob):
    phone = Phone()
    case = answered(alice, Decision.UPHELD, citizen=make_citizen(phone=phone.number))
    assert send(bob, case, "confirm").status_code == 303
    case, last = now_of(case), case.events.last()

    assert (case.state, case.closed_by) == (State.CLOSED, "citizen")  # and not the agency
    assert (last.kind, last.actor, last.officer) == ("confirm", "citizen", bob)
    assert "is closed: you told an officer that it is solved. If that is not so, dial us" in phone.inbox()[-1]
    assert "The citizen, written down by Bob" in text_of(desk_of(bob).get(case_url(case)))


@pytest.mark.parametrize("step", ["confirm", "rate"])
def test_nobody_writes_down_praise_for_their_own_answer(step, alice, bob):
    case = answered(alice, Decision.UPHELD)
    with pytest.raises(NotAllowed):
        actions.confirm(case=case, hand=alice) if step == "confirm" else actions.rate(case=case, stars=5, hand=alice)

    offered = [{one.name for one in possible(who, now_of(case))} for who in (alice, bob)]
    assert [step in names for names in offered] == [False, True]
    assert "dispute" in offered[0]


def test_not_solved_at_the_desk_opens_it_again_with_a_supervisor(alice, head):
    case = answered(alice, Decision.UPHELD)
    assert send(alice, case, "dispute", words="She says it does not work.").status_code == 303
    case, last = now_of(case), case.events.last()

    assert (case.state, case.officer) == (State.IN_PROGRESS, head)
    assert (last.actor, last.officer, last.said.text) == ("citizen", alice, "She says it does not work.")


def test_a_rating_at_the_desk_is_the_citizens(alice, bob):
    case = answered(alice, Decision.UPHELD)
    assert [send(bob, case, "rate", seen=3, stars=4).status_code for _ in range(2)] == [303, 303]

    assert (now_of(case).rating, case.events.filter(kind="rate").count()) == (4, 1)


def test_an_appeal_at_the_desk_goes_home_with_number_and_pin_and_is_one_however_often_it_is_sent(alice, bob):
    desk, case = desk_of(bob), answered(alice)
    form = {"step": "appeal", "appeal-seen": case.events.count(), "appeal-words": "They did not listen."}
    first = desk.post(case_url(case), form)
    assert (first.status_code, first.url) == (303, "/desk/new/receipt/")
    new = Case.objects.get(appeal_of=case)
    receipt = text_of(desk.get(first.url))
    assert str(new) in receipt
    again = desk.post(case_url(case), form)

    assert (again.status_code, Case.objects.filter(appeal_of=case).count()) == (303, 1)
    assert (new.channel, new.words, new.events.first().officer) == (Channel.DESK, "They did not listen.", bob)
    last = now_of(case).events.last()
    assert (last.kind, last.actor, last.officer) == ("appeal", "citizen", bob)


def test_words_for_every_remedy_are_plain(db):
    assert wording.if_not(None, MONDAY) == "If you do not agree, you can ask us to let somebody else look at it again."
    assert wording.goes_to(None, MONDAY) == ""
