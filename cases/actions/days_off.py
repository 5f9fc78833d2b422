"""A day off that is entered by hand, and what it does to promises.

A date that was told stays, however many days lie before it: whoever promised knew less. Only where nobody is at work
on that very day does it move to the next day on which somebody is, and the citizen is told.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, locked, record
from cases.actions.promises import level_of
from cases.actions.timers import one_by_one
from cases.catalogue import catalogue, changed
from cases.lifecycle import OPEN, Actor, State
from cases.models import Case, DayOff, Escalation, Officer, Referral
from cases.permissions import may_open


@dataclass(frozen=True)
class Change:
    """What a day off would do: so many promises to citizens move from that day to the next working day."""

    promises: int
    to: date


def what_it_changes(day: date) -> Change:
    return Change(Case.objects.open().filter(resolve_due=day).count(), catalogue().calendar.add(day, 1))


@transaction.atomic
def enter_day_off(*, by: Officer, day: date, name: str, source: str) -> DayOff:
    """From now on nobody is expected to work on this day. A day that is over was worked on or not: it stays."""
    if not may_open(by, "days_off"):
        raise NotAllowed(_("You may not change the calendar."))
    if day < catalogue().today():
        raise NotAllowed(_("This day is over. What was promised for it was kept or missed."))
    if not catalogue().calendar.is_working(day):
        raise NotAllowed(_("Nobody works on this day already."))
    if not name.strip() or not source.strip():
        raise NotAllowed(_("Please write its name, and where it was announced."))
    try:
        with transaction.atomic():
            entered = DayOff.objects.create(date=day, name=name.strip(), source=source.strip(), entered_by=by)
    except IntegrityError:
        raise NotAllowed(_("Somebody entered this day a moment ago.")) from None
    transaction.on_commit(changed)
    return entered


@transaction.atomic
def withdraw_day_off(*, by: Officer, day_off: DayOff) -> None:
    """It is worked on after all. Dates that moved away from it were told, and stay."""
    if not may_open(by, "days_off"):
        raise NotAllowed(_("You may not change the calendar."))
    standing = DayOff.objects.filter(pk=day_off.pk, withdrawn_at=None, date__gt=catalogue().today())
    if not standing.update(withdrawn_by=by, withdrawn_at=clock.now()):
        raise NotAllowed(_("Only a day that is still to come can be taken back."))
    transaction.on_commit(changed)


def move_off_days_off(now: datetime) -> int:
    """Move what is promised for a day off to the next working day. Returns how many promises to citizens moved."""
    today = catalogue().day_of(now)
    free = [day for day in catalogue().days_off if day >= today]
    Referral.objects.bulk_update(_moved_referrals(free), ["due"])
    here = Escalation.objects.filter(case=OuterRef("pk"), level=OuterRef("level"), resolve_due__in=free)
    theirs = Q(resolve_due__in=free) | Q(state=State.RECEIVED, acknowledge_due__in=free) | Exists(here)
    on_them = Case.objects.open().filter(theirs).order_by("resolve_due")
    return sum(one_by_one("day_off", _move_off, on_them))


def _moved_referrals(free: list[date]) -> list[Referral]:
    asked = list(Referral.objects.filter(state__in=Referral.UNANSWERED, due__in=free))
    for referral in asked:
        referral.due = _next(referral.due)
    return asked


@transaction.atomic
def _move_off(*, case: Case) -> bool:
    case = locked(case)
    if case.state not in OPEN:
        return False  # it was answered since it was listed
    before = case.resolve_due
    case.first_due, case.resolve_due = _next(case.first_due), _next(case.resolve_due)
    case.acknowledge_due = _next(case.acknowledge_due)
    if here := level_of(case):
        here.first_due, here.resolve_due = _next(here.first_due), _next(here.resolve_due)
        here.acknowledge_due = _next(here.acknowledge_due)
        here.save(update_fields=["first_due", "resolve_due", "acknowledge_due"])
    if case.resolve_due == before:
        case.save()  # only what the office has to keep has moved
        return False
    record(case, "day_off", Actor.SYSTEM, data={"from": before.isoformat(), "to": case.resolve_due.isoformat()})
    return True


def _next(day: date) -> date:
    """The day itself, or the first after it on which somebody works. What is over stays where it was."""
    calendar = catalogue().calendar
    coming = day >= catalogue().today() and day in catalogue().days_off
    return calendar.add(day, 1) if coming and not calendar.is_working(day) else day
