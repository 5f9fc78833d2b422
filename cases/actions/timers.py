"""What time does to a case: it moves up when a promise passes and closes after silence, one by one."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cases.actions.core import By, NotAllowed, locked, record
from cases.catalogue import catalogue
from cases.lifecycle import Actor, State
from cases.models import Case, Escalation

log = structlog.get_logger()


@transaction.atomic
def escalate(*, case: Case, today: date, by: By = Actor.SYSTEM) -> bool:
    """Once per level, for it is a unique row; the next level follows ESCALATION_DAYS working days later."""
    case = locked(case, "escalate", by)
    calendar = catalogue().calendar
    if by == Actor.SYSTEM and case.resolve_due >= today:
        return False  # since the sweep listed it, the citizen was asked something and the clock stands still
    if case.escalated_on and calendar.between(case.escalated_on, today) < settings.ESCALATION_DAYS:
        return False
    steps = catalogue().steps_by_itself(case.topic.ladder)
    step = next((step for step in steps if step.level > case.level), None)
    if step is None:
        return False
    _row, added = Escalation.objects.get_or_create(case=case, level=step.level, defaults={"body": step.body})
    if added:
        case.level, case.escalated_on = step.level, today
        record(case, "escalate", by, data={"level": step.level, "body": step.body})
    return added


def escalate_overdue(now: datetime) -> int:
    """Move every late case one level up its ladder, assigned or not. Returns how many moved."""
    today = catalogue().day_of(now)
    ready = Q(escalated_on=None) | Q(escalated_on__lte=catalogue().calendar.back(today, settings.ESCALATION_DAYS))
    climbs = Q(pk=None)  # where there is a level above: without this every sweep would lock every late case
    for ladder in catalogue().ladders:
        climbs |= Q(topic__ladder=ladder, level__lt=len(catalogue().steps_by_itself(ladder)))
    late = Case.objects.overdue(today).filter(ready, climbs).order_by("resolve_due")
    return sum(_one_by_one("escalate", escalate, late, today=today))


def close_silent(now: datetime) -> int:
    """Close what was answered SILENCE_DAYS ago and nobody objected to; recorded as silence, not as consent."""
    before = now - timedelta(days=settings.SILENCE_DAYS)
    silent = Case.objects.filter(state=State.RESOLVED, resolved_at__lt=before).order_by("resolved_at")
    return sum(_one_by_one("lapse", _lapse, silent))


@transaction.atomic
def _lapse(*, case: Case) -> bool:
    case = locked(case, "lapse", Actor.SYSTEM)
    case.lapse()
    record(case, "lapse", Actor.SYSTEM)
    return True


def _one_by_one(what: str, act, cases, **facts) -> Iterable[bool]:
    """One bad case never stops the run: it is logged by its row number and the next one is done."""
    for case in cases.iterator(chunk_size=500):
        try:
            yield act(case=case, **facts)
        except NotAllowed:
            continue  # somebody else changed it in the meantime
        except Exception as error:
            # Not the message: PostgreSQL quotes the whole row in its own, with what the citizen said.
            log.error("sweep_failed", what=what, case=case.pk, error=type(error).__name__)
