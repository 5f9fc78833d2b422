"""Who answers for a case that moved up: the officer of that level and place who is there and may have it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Case as Switch
from django.db.models import Count, IntegerField, Q, QuerySet, Value, When

from cases import clock
from cases.actions.promises import level_of
from cases.catalogue import catalogue
from cases.models import Absence, Case, Escalation, Loan, Officer
from cases.permissions import LEADERS, WORKERS, can_be_given


def responsible(case: Case, *, level: int, leading: bool, today: date, without: Collection[int] = ()) -> Officer | None:
    """The nearest one of this level, else of the next level up. `leading`: it is for supervisors, whatever the level.

    Whoever is away is stood in for by their cover. It is never who has the case: that is whose promise has passed.
    Nor is it anybody of `without`.
    """
    roles = LEADERS if leading else WORKERS
    for officer in _present(_answering_for(case, level, roles), today):
        if officer.pk not in {case.officer_id, *without} and can_be_given(officer, case):
            return officer
    return None


def free_from_unfit_receiver(case: Case) -> None:
    """Asked under the case's lock, after something changed that decides who may have it: somebody else answers then."""
    here = level_of(case)
    if here and here.officer and not can_be_given(here.officer, case):
        leading = here.body == Escalation.SUPERVISOR
        here.officer = responsible(case, level=here.level, leading=leading, today=catalogue().today())
        here.acknowledged_at = None
        here.save(update_fields=["officer", "acknowledged_at"])


def _answering_for(case: Case, level: int, roles: Iterable[str]) -> QuerySet[Officer]:
    """Level by level upwards; in each the district before the province before the nation; the agency's own first."""
    near: list[When] = [When(place=None, then=Value(2))]
    if case.place:
        near += [When(place=case.place_id, then=Value(0)), When(place=case.place.parent_id, then=Value(1))]
    unanswered = Count("escalations", filter=Q(escalations__acknowledged_at=None))
    return (
        Officer.objects.filter(active=True, role__in=roles, level__gte=level)
        .filter(Q(agency=None) | Q(agency=case.agency_id))
        .annotate(
            distance=Switch(*near, default=Value(3), output_field=IntegerField()),
            stranger=Switch(When(agency=case.agency_id, then=Value(0)), default=Value(1), output_field=IntegerField()),
            busy=unanswered,
        )
        .order_by("level", "distance", "stranger", "busy", "pk")
    )


def _present(officers: Iterable[Officer], today: date) -> Iterator[Officer]:
    for officer in officers:
        there = _or_cover(officer, today)
        if there:
            yield there


def absence_of(officer: Officer, today: date) -> Absence | None:
    away = Absence.objects.filter(officer=officer, first_day__lte=today, last_day__gte=today)
    return away.select_related("cover__user").first()


def stands_in(absence: Absence, today: date) -> Officer | None:
    """Who gets the cases of who is away, where they or their supervisor chose that."""
    return _or_cover(absence.cover, today) if absence.hands_on and absence.cover else None


def _or_cover(officer: Officer, today: date) -> Officer | None:
    """Themselves, or whoever stands in for them, who may be away in turn; none when that goes round in a circle."""
    seen = set()
    while officer.pk not in seen:
        seen.add(officer.pk)
        absence = absence_of(officer, today)
        if absence is None:
            return officer
        if absence.cover is None:
            return None
        officer = absence.cover
    return None


def note_loan(case: Case, absence: Absence, *, cover: Officer | None) -> None:
    """Until the absence is over it is with who covers; with nobody, where it stays with its owner all the same."""
    facts = {"absence": absence, "cover": cover, "due": absence.last_day + timedelta(days=1)}
    facts |= {"lent_at": clock.now(), "ended_at": None if cover else clock.now()}
    case.loans.filter(owner=absence.officer_id, ended_at=None).update(ended_at=clock.now())
    Loan.objects.create(case=case, owner_id=absence.officer_id, **facts)
