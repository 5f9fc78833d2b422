"""What the citizen does with a case: answers, agrees, contests, rates, withdraws."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.core import By, NotAllowed, check, locked, need, record
from cases.actions.duty import responsible
from cases.actions.follow_up import plan_follow_up
from cases.actions.merging import locked_with_joined, take_others_apart
from cases.actions.opening import Opened, open_case, renew_pin
from cases.actions.owners import free_from_unfit_owner
from cases.actions.promises import count_days_answered, end_pause
from cases.actions.referrals import consent_sought, drop_sought, end_referrals
from cases.actions.reviews import review
from cases.catalogue import catalogue
from cases.lifecycle import Actor, State, allowed
from cases.models import Case, Channel, Decision, Event, FollowUp, Known, Officer
from cases.remedies import next_remedy


@transaction.atomic
def add_information(*, case: Case, words: str, by: By = Actor.CITIZEN) -> Case:
    """The citizen adds something. If we were waiting for it the clock goes on; nothing else about time changes."""
    case = locked(case)
    need(words, _("Please write what you want to add."))
    step = "hear" if case.state == State.WAITING else "inform"
    check(case, step, by)
    if step == "hear":
        case.hear()
        drop_sought(case)
        end_pause(case)
    return record(case, step, by, words=words)


# `hand` is the officer who writes down what somebody says at the desk. The word stays the citizen's.


@transaction.atomic
def confirm(*, case: Case, hand: Officer | None = None) -> Case:
    case = locked(case, "confirm", hand or Actor.CITIZEN)
    case.confirm()
    plan_follow_up(case)
    return record(case, "confirm", Actor.CITIZEN, hand=hand)


@transaction.atomic
def dispute(*, case: Case, words: str = "", hand: Officer | None = None) -> Case:
    """The citizen says it is not solved, and is believed: it is open again, in a supervisor's hands.

    It does not go back to who answered, now or before. Where there is no supervisor, its owner keeps it. The days it
    lay answered do not count.
    """
    case = locked(case, "dispute", hand or Actor.CITIZEN)
    count_days_answered(case)
    case.dispute()
    return _lead_again(case, "dispute", words, hand)


def _lead_again(case: Case, step: str, words: str, hand: Officer | None) -> Case:
    answered = case.events.filter(kind="resolve").values_list("officer", flat=True)
    to = responsible(case, level=case.level, leading=True, today=catalogue().today(), without=set(answered))
    case.officer = to or case.officer
    review(case)
    data = {"to": to.pk if to else None}
    record(case, step, Actor.CITIZEN, words=words, data=data, hand=hand)
    return free_from_unfit_owner(case, why="left")


@transaction.atomic
def stay_solved(*, case: Case, hand: Officer | None = None) -> Case:
    """Asked again some weeks later, the citizen says that it is still solved."""
    case = _asked_again(case, "stay_solved", hand)
    return record(case, "stay_solved", Actor.CITIZEN, hand=hand)


@transaction.atomic
def reopen(*, case: Case, words: str = "", hand: Officer | None = None) -> Case:
    """Asked again some weeks later, the citizen says that it is not solved any more: as if they had said so at once."""
    case = _asked_again(case, "reopen", hand)
    count_days_answered(case)
    case.reopen()
    return _lead_again(case, "reopen", words, hand)


def _asked_again(case: Case, step: str, hand: Officer | None) -> Case:
    """Locked. It can be answered once, by whoever was asked."""
    case = locked(case, step, hand or Actor.CITIZEN)
    if not FollowUp.waits_for(case):
        raise NotAllowed(_("We asked nothing about this case that is still open."))
    FollowUp.objects.filter(case=case).update(stayed=step == "stay_solved")
    return case


@transaction.atomic
def appeal(*, case: Case, words: str, channel: Channel, once: str | None = None, hand: Officer | None = None) -> Opened:
    """Contest the decision: a new linked case, one level up, with its own clock.

    Too late by law is not for us to say: the body that decides hears that the time had passed.
    """
    case = locked(case, "appeal", hand or Actor.CITIZEN)
    if once and (before := Case.objects.filter(once=once).first()):
        return Opened(before, renew_pin(before))
    if case.decision == Decision.WITHDRAWN:
        raise NotAllowed(_("You withdrew this case, so there is no decision to appeal against."))
    if Case.objects.filter(appeal_of=case).exists():
        raise NotAllowed(_("You have appealed already."))
    case.appeal()
    remedy = next_remedy(case)
    record(case, "appeal", Actor.CITIZEN, data=remedy.data(catalogue().today()) if remedy else {}, hand=hand)
    return open_case(
        topic=case.topic,
        place=case.place,
        words=words or case.words,
        known=Known(case.known),
        channel=channel,
        citizen=case.citizen,
        language=case.language,
        once=once,
        by=hand,
        appeal_of=case,
    )


@transaction.atomic
def rate(*, case: Case, stars: int, hand: Officer | None = None) -> Case:
    case = locked(case, "rate", hand or Actor.CITIZEN)
    if not 1 <= stars <= 5:
        raise NotAllowed(_("Please choose a number from 1 to 5."))
    case.rating = stars
    return record(case, "rate", Actor.CITIZEN, data={"rating": stars}, hand=hand)


@transaction.atomic
def withdraw(*, case: Case) -> Case:
    case = locked_with_joined(case)
    check(case, "withdraw", Actor.CITIZEN)
    end_pause(case)
    end_referrals(case, by=Actor.SYSTEM)
    case.withdraw()
    record(case, "withdraw", Actor.CITIZEN)
    take_others_apart(case)
    return case


def open_to_citizen(case: Case) -> list[str]:
    """What the citizen can do now: the lifecycle's steps that have something to act on."""
    names = [step.name for step in allowed(case.state, Actor.CITIZEN, joined=case.is_joined)]
    if case.state == State.WAITING:  # a yes or a no, where that is the question
        names.remove("inform" if consent_sought(case) else "consent")
    if "appeal" in names and not can_be_appealed(case):
        names.remove("appeal")
    if "reopen" in names and not FollowUp.waits_for(case):
        names = [name for name in names if name not in ("stay_solved", "reopen")]
    return names


def can_be_appealed(case: Case) -> bool:
    decided = case.decision != Decision.WITHDRAWN and not case.is_joined
    return decided and not Case.objects.filter(appeal_of=case).exists()


def last_question(case: Case) -> Event | None:
    """What the citizen was last asked."""
    return case.events.filter(kind__in=["ask", "seek"]).order_by("-number").first()


def answer_words(case: Case) -> str:
    """The words of the decision that stands; none where the citizen contested it or went away."""
    if case.decision in ("", Decision.WITHDRAWN) or case.is_joined:
        return ""
    answer = case.last_answer
    return answer.words if answer else ""
