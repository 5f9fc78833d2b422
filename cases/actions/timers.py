"""What time does to a case: it moves up when late, closes after silence, is asked about weeks later; one by one."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases import clock
from cases.actions.core import By, NotAllowed, locked, record
from cases.actions.duty import responsible
from cases.actions.follow_up import follow_up, plan_follow_up
from cases.actions.promises import count_pause, days_above, level_of, stood_still_of
from cases.catalogue import catalogue
from cases.lifecycle import Actor, State
from cases.models import Case, Escalation, Officer

log = structlog.get_logger()


@transaction.atomic
def escalate(*, case: Case, today: date, by: By = Actor.SYSTEM) -> bool:
    """Move it to the person who answers for the next level, once per level, for it is a unique row.

    The next one follows when the level's own date has passed, too. Where nothing of the ladder is left that is
    climbed by itself, a supervisor of the present level hears of it once.
    """
    case = locked(case, "escalate", by)
    if by == Actor.SYSTEM and case.resolve_due >= today:
        return False  # since the sweep listed it, the citizen was asked something and the clock stands still
    step, here = catalogue().step_above(case.topic.ladder, case.level), level_of(case)
    if here and here.resolve_due >= today:
        return False  # this level still has time
    if step is None and (here or by != Actor.SYSTEM):
        return False
    case.level = step.level if step else case.level
    moved = _moved(case, body=step.body if step else Escalation.SUPERVISOR, today=today)
    data = {"level": moved.level, "body": moved.body, "officer": moved.officer_id}
    record(case, "escalate", by, data=data)
    return True


def _moved(case: Case, *, body: str, today: date) -> Escalation:
    count_pause(case, until=today)
    acknowledge_days, resolve_days = days_above(case.topic, case.level)
    officer = responsible(case, level=case.level, leading=body == Escalation.SUPERVISOR, today=today)
    if officer is None:
        log.warning("nobody_responsible", ladder=case.topic.ladder, level=case.level)
    calendar, still = catalogue().calendar, case.days_paused + case.days_answered
    due = calendar.add(today, resolve_days)
    return Escalation.objects.create(
        case=case,
        level=case.level,
        body=body,
        officer=officer,
        acknowledge_due=calendar.add(today, acknowledge_days),
        first_due=due,
        resolve_due=calendar.add(due, stood_still_of(case) - still),
        stood_still=still,
    )


@transaction.atomic
def acknowledge(*, case: Case, by: Officer) -> Case:
    """Whoever it moved up to says that they look after it."""
    case = locked(case, "acknowledge", by)
    case.escalations.filter(level=case.level).update(acknowledged_at=clock.now())
    return record(case, "acknowledge", by, data={"level": case.level})


def escalate_overdue(now: datetime) -> int:
    """Move every late case one level up its ladder, assigned or not. Returns how many moved."""
    today = catalogue().day_of(now)
    climbs = Q(pk=None)  # where there is a level above: without this every sweep would lock every late case
    for ladder in catalogue().ladders:
        climbs |= Q(topic__ladder=ladder, level__lt=catalogue().top_by_itself(ladder))
    here = Escalation.objects.filter(case=OuterRef("pk"), level=OuterRef("level"))
    ready = ~Exists(here) | climbs & ~Exists(here.filter(resolve_due__gte=today))
    late = Case.objects.overdue(today).filter(ready).order_by("resolve_due")
    return sum(one_by_one("escalate", escalate, late, today=today))


def close_silent(now: datetime) -> int:
    """Close what was answered SILENCE_DAYS ago and nobody objected to; recorded as silence, not as consent."""
    before = now - timedelta(days=settings.SILENCE_DAYS)
    silent = Case.objects.filter(state=State.RESOLVED, resolved_at__lt=before).order_by("resolved_at")
    return sum(one_by_one("lapse", _lapse, silent))


@transaction.atomic
def _lapse(*, case: Case) -> bool:
    case = locked(case, "lapse", Actor.SYSTEM)
    case.lapse()
    plan_follow_up(case)
    record(case, "lapse", Actor.SYSTEM)
    return True


def follow_up_closed(now: datetime) -> int:
    """Ask whether it stayed solved, where the day for it has come. Returns how many were asked."""
    due = Case.objects.filter(follow_up__asked_at=None, follow_up__due_at__lte=now).order_by("follow_up__due_at")
    return sum(one_by_one("follow_up", follow_up, due))


def one_by_one(what: str, act, cases, **facts) -> Iterable[bool]:
    """One bad case never stops the run: it is logged by its row number and the next one is done."""
    for case in cases.iterator(chunk_size=500):
        try:
            yield act(case=case, **facts)
        except NotAllowed:
            continue  # somebody else changed it in the meantime
        except Exception as error:
            # Not the message: PostgreSQL quotes the whole row in its own, with what the citizen said.
            log.error("sweep_failed", what=what, case=case.pk, error=type(error).__name__)
