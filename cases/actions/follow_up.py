"""Some weeks after closing: the citizen is asked whether it stayed solved. Once a case, and only who was asked before.

What they answer is theirs: cases/actions/citizen.py.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from cases import clock
from cases.actions.core import check, locked, record, wants_silence
from cases.catalogue import catalogue
from cases.lifecycle import Actor
from cases.models import ADVERSE, Case, ClosedBy, Decision, FollowUp

IN_THE_MORNING = time(10)  # nobody is woken by a question that can wait


def plan_follow_up(case: Case) -> None:
    """Said where a case is closed. A row is for ever: what is opened again and closed once more asks no second time."""
    if not settings.FOLLOW_UP_DAYS or case.closed_at is None or not _can_last(case):
        return
    day = catalogue().day_of(case.closed_at) + timedelta(days=settings.FOLLOW_UP_DAYS)
    due_at = datetime.combine(day, IN_THE_MORNING, catalogue().zone)
    FollowUp.objects.get_or_create(case=case, defaults={"due_at": due_at})


def forget_follow_up(case: Case) -> None:
    """It is answered anew: nobody is asked how the answer before did."""
    FollowUp.objects.filter(case=case, asked_at=None).delete()


def _can_last(case: Case) -> bool:
    """Was the citizen asked the first time, and is there a solution that can last?

    A refusal that nobody confirmed solved nothing; of the same as another case, that one asks.
    """
    answer = case.last_answer
    asked = answer is not None and answer.data.get("told", False)
    solved = case.closed_by == ClosedBy.CITIZEN or case.decision not in ADVERSE
    return asked and solved and case.decision != Decision.DUPLICATE


@transaction.atomic
def follow_up(*, case: Case) -> bool:
    """Ask, under the case's lock: whoever comes second finds that it was asked. Who may not be asked never is."""
    case = locked(case)
    planned = FollowUp.objects.filter(case=case, asked_at=None).first()
    if planned is None:
        return False
    if not _can_be_asked(case):
        planned.delete()
        return False
    check(case, "follow_up", Actor.SYSTEM)
    planned.asked_at = clock.now()
    planned.save(update_fields=["asked_at"])
    record(case, "follow_up", Actor.SYSTEM)
    return True


def _can_be_asked(case: Case) -> bool:
    """By SMS, to whom we may write. An appeal asks anew by itself."""
    citizen = case.citizen
    reached = citizen is not None and bool(citizen.phone_index) and not wants_silence(citizen)
    return reached and case.erased_at is None and case.closed_by != ClosedBy.APPEALED
