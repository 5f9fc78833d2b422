"""When the owner of a case may have it no longer: it is free again, or a colleague's. Never silently."""

from django.db import transaction

from cases.actions.core import locked, record
from cases.actions.promises import count_days_answered, end_pause
from cases.actions.referrals import drop_sought
from cases.actions.reviews import review
from cases.lifecycle import Actor, State
from cases.models import Case, Officer
from cases.permissions import can_be_given


@transaction.atomic
def release(*, case: Case, why: str) -> Case:
    """Free a case of its owner: it waits for somebody to take it. An answer they gave about it does not stand."""
    case = locked(case, "release", Actor.SYSTEM)
    return _release(case, why=why)


def free_from_unfit_owner(case: Case, *, why: str) -> Case:
    """Asked under the case's lock, after something changed that decides who may have it."""
    if case.officer and case.state not in (State.RECEIVED, State.CLOSED) and not can_be_given(case.officer, case):
        return _release(case, why=why)
    return case


def _release(case: Case, *, why: str) -> Case:
    answered = case.state == State.RESOLVED
    if answered:
        count_days_answered(case)
    end_pause(case)
    drop_sought(case)
    data = {"why": why, "from": case.officer_id, "answered": answered}
    case.release()
    review(case)
    return record(case, "release", Actor.SYSTEM, data=data)


@transaction.atomic
def pass_on(*, case: Case, to: Officer | None, why: str) -> bool:
    """To the colleague who covers, if they may have it, else to nobody yet. True: the colleague has it now."""
    case = locked(case, "hand_over", Actor.SYSTEM)
    if to is None or not can_be_given(to, case):
        _release(case, why=why)
        return False
    case.officer = to
    record(case, "hand_over", Actor.SYSTEM, data={"to": to.pk, "why": why})
    return True
