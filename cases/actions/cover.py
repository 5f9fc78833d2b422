"""While somebody is away: their open cases lie with whoever covers, where that was chosen, and come back afterwards."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from cases import clock
from cases.actions.core import locked, record
from cases.actions.duty import note_loan, stands_in
from cases.actions.timers import one_by_one
from cases.catalogue import catalogue
from cases.lifecycle import OPEN, Actor
from cases.models import Absence, Case, Loan
from cases.permissions import can_be_given


def cover_absences(now: datetime) -> int:
    """What is due comes back first, then what belongs to who is away now goes out. Returns how many changed hands."""
    today = catalogue().day_of(now)
    due = Case.objects.filter(loans__ended_at=None, loans__due__lte=today).distinct()
    moved = sum(one_by_one("loan back", _give_back, due, today=today))
    away = Absence.objects.filter(hands_on=True, first_day__lte=today, last_day__gte=today)
    for absence in away.select_related("officer__user"):
        theirs = absence.officer.cases.filter(state__in=OPEN).exclude(loans__absence=absence)
        moved += sum(one_by_one("loan", _lend, theirs, absence=absence, today=today))
    return moved


@transaction.atomic
def _lend(*, case: Case, absence: Absence, today: date) -> bool:
    case = locked(case, "hand_over", Actor.SYSTEM)
    to = stands_in(absence, today)
    if case.officer_id != absence.officer_id or to is None:
        return False
    if not can_be_given(to, case):
        note_loan(case, absence, cover=None)  # asked once: it stays with its owner
        return False
    case.officer = to
    note_loan(case, absence, cover=to)
    record(case, "hand_over", Actor.SYSTEM, data={"to": to.pk, "why": "cover", "for": absence.officer_id})
    return True


def call_back(absence: Absence) -> None:
    """The absence is over before its time, or was none: what was lent is due now."""
    absence.loans.filter(ended_at=None).update(due=catalogue().today())


@transaction.atomic
def _give_back(*, case: Case, today: date) -> bool:
    case = locked(case)
    lent = list(case.loans.filter(ended_at=None).select_related("owner__user").order_by("lent_at", "pk"))
    moved = False
    for loan in lent:
        if loan.due > today:
            continue
        loan.ended_at = clock.now()
        loan.save(update_fields=["ended_at"])
        still_lent = case.officer_id in _holders(loan, lent) and case.state in OPEN
        if still_lent and can_be_given(loan.owner, case):
            case.officer = loan.owner
            record(case, "hand_over", Actor.SYSTEM, data={"to": loan.owner_id, "why": "back"})
            moved = True
    return moved


def _holders(loan: Loan, lent: Iterable[Loan]) -> set[int | None]:
    """Whoever covers; and who covers for them, should they be away in turn."""
    by_owner = {one.owner_id: one.cover_id for one in lent}
    holders: set[int | None] = set()
    who = loan.cover_id
    while who and who not in holders:
        holders.add(who)
        who = by_owner.get(who)
    return holders
