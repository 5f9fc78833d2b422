"""Four weeks after closing: who is asked again whether it stayed solved, when, how often, and what their answer does."""

import re
from datetime import date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases import actions, tallies
from cases.actions import NotAllowed, rights, timers
from cases.actions.follow_up import follow_up
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Case, Channel, Decision, FollowUp, Known, Officer, Role
from cases.permissions import possible
from cases.reference import spoken
from cases.views.public import history
from channels import notices, tasks
from channels.receipts import note_opt_out
from tests.builders import EVERYTHING, make_case, make_citizen, make_officer, noon, now_of, on
from tests.desk import case_url, desk_of, send, text_of
from tests.lives import value
from tests.phone import Phone
from tests.test_actions import all_at_once

CLOSED = date(2026, 9, 7)
ASKED = CLOSED + timedelta(days=28)


@pytest.fixture
def alice(db) -> Officer:
    return make_officer(name="Alice", agency="NHIMA", role=Role.AGENCY)


@pytest.fixture
def head(db) -> Officer:
    return make_officer(name="Head", agency="NHIMA", role=Role.AGENCY_HEAD)


@pytest.fixture
def phone() -> Phone:
    return Phone()


def answered(by: Officer, phone: Phone | None, decision: str = Decision.UPHELD, **opening) -> Case:
    with on(CLOSED):
        citizen = make_citizen(phone=phone.number, **opening.pop("who", {})) if phone else None
        case = make_case(state=State.IN_PROGRESS, officer=by, citizen=citizen, **opening)
        return actions.resolve(case=case, by=by, decision=decision, words="Your card works again.")


def closed(by: Officer, phone: Phone | None, decision: str = Decision.UPHELD, **opening) -> Case:
    case = answered(by, phone, decision, **opening)
    with on(CLOSED):
        return actions.close(case=case, by=by)


def sweep(day: date = ASKED) -> int:
    with on(day):
        return actions.follow_up_closed(noon(day.year, day.month, day.day))


def asked(by: Officer, phone: Phone, **opening) -> Case:
    case = closed(by, phone, **opening)
    assert sweep() == 1
    return now_of(case)


# --- Who is asked, and when ---------------------------------------------------------------------------------


def test_four_weeks_after_closing_the_citizen_is_asked_once_in_the_morning(alice, phone):
    case = closed(alice, phone)
    due = FollowUp.objects.get(case=case).due_at

    assert due == datetime(2026, 10, 5, 10, tzinfo=ZoneInfo("Africa/Lusaka"))
    assert [sweep(ASKED - timedelta(days=1)), sweep(), sweep(ASKED + timedelta(days=28))] == [0, 1, 0]
    assert phone.inbox()[-1] == (
        f"We closed {spoken(case.reference)} some weeks ago. Is it still solved? Reply YES or NO."
    )
    assert [event.kind for event in case.events.all()][-2:] == ["close", "follow_up"]


def test_the_workers_ask_by_themselves(alice, phone):
    case = closed(alice, phone)
    FollowUp.objects.filter(case=case).update(due_at=timezone.now())

    assert tasks.run("follow up")
    assert now_of(case).events.last().kind == "follow_up"


@pytest.mark.parametrize("how", ["confirm", "lapse"])
def test_it_is_asked_whoever_closed_it(how, alice, phone):
    case = answered(alice, phone)
    with on(CLOSED):
        if how == "confirm":
            actions.confirm(case=case)
        else:
            actions.close_silent(noon(2026, 9, 30))

    assert FollowUp.objects.filter(case=case).exists()


def test_the_days_are_a_setting_and_none_asks_never(alice, settings):
    settings.FOLLOW_UP_DAYS = 7
    closed(alice, Phone("+260970000021"))
    assert sweep(CLOSED + timedelta(days=7)) == 1

    settings.FOLLOW_UP_DAYS = 0
    closed(alice, Phone("+260970000022"))
    assert FollowUp.objects.count() == 1


def test_a_sensitive_case_is_asked_about_in_words_that_say_nothing(db, phone):
    officer = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    case = asked(officer, phone, topic="data-see")

    assert case.is_sensitive
    assert phone.inbox()[-1] == f"We have a question about {spoken(case.reference)}. Please dial us, or ask at a desk."
    phone.text("NO")
    assert now_of(case).state == State.CLOSED  # nothing about it is decided by SMS
    assert phone.inbox()[-1] == "Please dial us, or ask at a desk. We say nothing about it by SMS."


def opted_out(case: Case) -> None:
    note_opt_out(phone_index=case.citizen.phone_index, now=timezone.now())


def forgotten(case: Case) -> None:
    with on(CLOSED + timedelta(days=2)):
        assert rights._erase(case) == 1


def appealed(case: Case) -> None:
    actions.appeal(case=case, words="Look again.", channel=Channel.WEB)


@pytest.mark.parametrize("since", [opted_out, forgotten, appealed])
def test_nobody_is_asked_who_wants_no_sms_was_forgotten_or_appealed_since(since, alice, phone):
    case = closed(alice, phone)
    since(case)

    assert (sweep(), sweep(ASKED + timedelta(days=99))) == (0, 0)
    assert not FollowUp.objects.exists()  # nor is it tried again with every round
    assert not now_of(case).events.filter(kind="follow_up").exists()


def test_nobody_is_asked_who_withdrew_or_was_not_asked_the_first_time(alice, phone):
    actions.withdraw(case=make_case(citizen=make_citizen(phone=phone.number)))
    closed(alice, None, known=Known.ANONYMOUS)
    silent = Phone("+260970000031")
    note_opt_out(phone_index=make_citizen(phone=silent.number).phone_index, now=timezone.now())
    closed(alice, silent)

    assert not FollowUp.objects.exists()


def test_a_refusal_is_asked_about_only_where_the_citizen_said_it_was_solved(alice):
    closed(alice, Phone("+260970000041"), Decision.NOT_UPHELD)
    confirmed = actions.confirm(case=answered(alice, Phone("+260970000042"), Decision.NOT_UPHELD))
    actions.merge(case=make_case(), by=make_officer(role=Role.SUPERVISOR), stays=make_case(), words="Told us twice.")

    assert [one.case for one in FollowUp.objects.all()] == [confirmed]


# --- What they answer ---------------------------------------------------------------------------------------


def test_yes_by_sms_is_written_down_and_thanked_for(alice, phone):
    case = asked(alice, phone)
    phone.text("Yes")

    assert (now_of(case).state, now_of(case).closed_by, now_of(case).follow_up.stayed) == ("closed", "agency", True)
    assert phone.inbox()[-1] == "Good. Thank you for telling us."
    assert [line.said for line in history(case)][-2:] == [
        "We asked you if it is still solved.",
        "You said it is still solved.",
    ]


def test_no_by_sms_opens_it_again_with_a_supervisor_and_the_weeks_between_are_nobodys(alice, head, phone):
    case = asked(alice, phone)
    due = case.resolve_due
    with on(ASKED):
        phone.text("No, it stopped again at the clinic")
    case = now_of(case)

    assert (case.state, case.officer, case.times_disputed, case.closed_by) == ("in_progress", head, 1, "")
    assert case.follow_up.stayed is False
    assert case.days_answered == catalogue().calendar.between(CLOSED, ASKED)
    assert case.resolve_due == catalogue().calendar.add(due, case.days_answered) > ASKED
    event = case.events.get(kind="reopen")
    assert (event.data["to"], event.said.text) == (head.pk, "No, it stopped again at the clinic")
    assert phone.inbox()[-1] == (
        f"{spoken(case.reference)} is open again: you said it is not solved any more. A supervisor has it now."
    )


def test_what_is_opened_again_and_closed_once_more_asks_no_third_time(alice, head, phone):
    case = actions.reopen(case=asked(alice, phone))
    case = actions.resolve(case=case, by=head, decision=Decision.UPHELD, words="Now it works.")
    actions.close(case=case, by=head)

    assert sweep(date(2029, 1, 1)) == 0


def test_it_can_be_answered_once(alice, phone):
    case = actions.stay_solved(case=asked(alice, phone))
    for again in (actions.stay_solved, actions.reopen):
        with pytest.raises(NotAllowed):
            again(case=case)
    assert case.events.filter(kind="stay_solved").count() == 1


def test_what_nobody_asked_cannot_be_answered(alice, phone):
    case = closed(alice, phone)
    for early in (actions.stay_solved, actions.reopen):
        with pytest.raises(NotAllowed):
            early(case=case)
    assert not {"stay_solved", "reopen"} & {*actions.open_to_citizen(case)}


def test_who_may_only_look_writes_down_no_answer(alice, phone):
    case = asked(alice, phone)
    for act in (actions.stay_solved, actions.reopen):
        with pytest.raises(NotAllowed, match="You may not do this"):
            act(case=case, hand=make_officer(role=Role.AUDITOR))
    assert FollowUp.objects.get(case=case).stayed is None


def test_nobody_is_asked_about_a_case_that_is_open_again(alice, phone):
    """Whatever opened it: what is planned for a closed case is not sent about one that is none."""
    case = closed(alice, phone)
    Case.objects.filter(pk=case.pk).update(
        state=State.IN_PROGRESS, closed_at=None, closed_by="", decision="", resolved_at=None
    )
    before = len(phone.inbox())

    with pytest.raises(NotAllowed, match="cannot be done now"):
        follow_up(case=case)
    assert len(phone.inbox()) == before


def test_silence_closes_nothing_that_was_contested_meanwhile(alice, phone):
    case = answered(alice, phone)
    actions.dispute(case=case)

    with pytest.raises(NotAllowed, match="cannot be done now"):
        timers._lapse(case=case)
    assert now_of(case).state != State.CLOSED


def test_a_question_lapses_with_an_appeal(alice, phone):
    case = asked(alice, phone)
    actions.appeal(case=case, words="Look again.", channel=Channel.WEB)

    with pytest.raises(NotAllowed):
        actions.reopen(case=case)


def test_other_words_than_yes_and_no_are_a_new_matter(alice, phone):
    case = asked(alice, phone)
    phone.text("Where is the desk in Kafue?")

    assert now_of(case).state == State.CLOSED
    assert Case.objects.exclude(pk=case.pk).get().words == "Where is the desk in Kafue?"


def test_with_two_questions_open_a_lone_no_is_asked_which(alice, phone):
    case, other = asked(alice, phone), answered(alice, phone)
    phone.text("NO")

    assert [now_of(one).state for one in (case, other)] == ["closed", "resolved"]
    assert phone.inbox()[-1] == "We asked you more than one thing. Please send YES or NO with the number of the case."
    phone.text(f"No {case.reference} it stopped again in September")
    assert [now_of(one).state for one in (case, other)] == ["in_progress", "resolved"]


def test_the_menu_asks_and_takes_both_answers(alice, head):
    lasting, broken = Phone("+260970000051"), Phone("+260970000052")
    for phone in (lasting, broken):
        case = asked(alice, phone)
        phone.dial()
        screen = phone.choose("English", "My cases", f"..{case.reference[-4:]} Card not working")
        assert "It is closed. Is it still solved?" in screen.replace("\n", " ")

    assert lasting.choose("It is still solved") == "Good. Thank you for telling us."
    assert broken.choose("It is not solved any more") == "What is wrong again? A few words.\n0 Back"
    assert broken.press("It stopped again.") == (
        f"We opened {spoken(case.reference)} again. A supervisor will look at what you said."
    )


def test_the_web_asks_and_takes_the_answer(alice, head, phone, client):
    case = asked(alice, phone)
    session = client.session
    session["case"], session["case_until"] = case.pk, 2**40
    session.save()
    page = client.get("/track/case/").content.decode()
    client.post("/track/case/reopen/", {"words": "It stopped again."})

    assert "Is it still solved?" in page
    assert (now_of(case).state, now_of(case).officer) == ("in_progress", head)
    assert "Is it still solved?" not in client.get("/track/case/").content.decode()


def test_the_desk_writes_down_what_they_say_but_not_who_gave_the_answer_that_it_lasted(alice, head, phone):
    case, colleague = asked(alice, phone), make_officer(name="Carol", agency="NHIMA", role=Role.AGENCY)
    offered = [{step.name for step in possible(one, case)} & {"stay_solved", "reopen"} for one in (alice, colleague)]

    assert offered == [{"reopen"}, {"stay_solved", "reopen"}]
    assert send(colleague, case, "stay_solved", seen=99).status_code == 303
    assert "You told an officer that it is still solved." in [line.said for line in history(case)]
    assert phone.inbox()[-1].startswith(f"{spoken(case.reference)}: you told an officer that it is still solved.")
    assert "The citizen says it is still solved" in text_of(desk_of(colleague).get(case_url(case)))


def test_the_desk_opens_it_again_with_their_words(alice, head, phone):
    case = asked(alice, phone)
    send(alice, case, "reopen", seen=99, words="It stopped again.")

    assert (now_of(case).officer, now_of(case).events.get(kind="reopen").said.text) == (head, "It stopped again.")


def test_who_got_it_back_after_four_weeks_judges_no_appeal_against_it(alice, head, phone):
    case = actions.reopen(case=asked(alice, phone))
    second = make_officer(agency="NHIMA", role=Role.AGENCY_HEAD)
    case = actions.hand_over(case=case, by=head, to=second)
    actions.resolve(case=case, by=second, decision=Decision.NOT_UPHELD, words="No.")
    appeal = actions.appeal(case=now_of(case), words="Look again.", channel=Channel.SMS).case

    assert [step.name for step in possible(head, appeal) if step.name == "take"] == []


def test_the_figures_tell_how_many_stayed_solved(alice, head):
    for number, answer in enumerate([actions.stay_solved, actions.stay_solved, actions.stay_solved, actions.reopen]):
        answer(case=asked(alice, Phone(f"+26097000006{number}")))

    tallies.keep_up()

    assert (value("stayed_solved"), value("stayed_solved_share"), value("open_now")) == (3, 0.75, 1)
    page = desk_of(make_officer(role=Role.MANAGER)).get("/desk/manage/figures/?by=agency").content.decode()
    assert re.findall(r'data-of="Stayed solved, of those who said">(?:<a[^>]*>)?([^<]*)', page)[0].strip() == "75 %"


# --- Two workers --------------------------------------------------------------------------------------------


def naive_follow_up(case: Case, barrier: Barrier) -> bool:
    """Look, then ask, as one would without the lock."""
    planned = FollowUp.objects.get(case=case)
    if planned.asked_at:
        return False
    barrier.wait()
    planned.asked_at = timezone.now()
    planned.save()
    facts = {"reference": spoken(case.reference)}
    notices.send(case=case, event=None, notice="follow_up", template=notices.NOTICES["follow_up"], facts=facts)
    return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("naive", [False, True])
def test_two_workers_at_once_ask_one_question_and_naive_ones_two(naive):
    officer, barrier = make_officer(name="Alice", agency="NHIMA", role=Role.AGENCY), Barrier(2)
    phone = Phone("+260970000071")
    case = closed(officer, phone)
    ask = (lambda _number: naive_follow_up(case, barrier)) if naive else (lambda _number: follow_up(case=case))

    assert sorted(all_at_once(2, ask)) == [naive, True]
    assert len([text for text in phone.inbox() if "still solved?" in text]) == (2 if naive else 1)
