"""Officers looked for: by what they are called, page by page, and who could stand in for whom."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from cases.models import Absence, Officer
from cases.permissions import WORKERS

PAGE = 30


def officers() -> QuerySet[Officer]:
    """All there ever were, in the order of their names."""
    named = Officer.objects.select_related("user", "agency", "place__parent")
    return named.order_by("user__first_name", "user__last_name", "user__username")


def officers_called(typed: str) -> QuerySet[Officer]:
    """By username, or by all the words of a name; whoever is called exactly so comes alone."""
    exact = officers().filter(user__username__iexact=typed.strip())
    if exact.exists():
        return exact
    called = officers().annotate(name=Concat("user__first_name", Value(" "), "user__last_name"))
    for word in typed.split():
        called = called.filter(name__icontains=word)
    same = called.filter(name__iexact=" ".join(typed.split()))
    return same if same.exists() else called


def page(found: QuerySet[Officer], after: str = "") -> tuple[list[Officer], str]:
    """A page in the order of names, from whoever stood last on the one before, and the key of the page that follows."""
    last = Officer.objects.select_related("user").filter(pk=int(after)).first() if after.isdecimal() else None
    if last:
        first_name, last_name, username = last.user.first_name, last.user.last_name, last.user.username
        found = found.filter(
            Q(user__first_name__gt=first_name)
            | Q(user__first_name=first_name, user__last_name__gt=last_name)
            | Q(user__first_name=first_name, user__last_name=last_name, user__username__gt=username)
        )
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def with_absence(found: QuerySet[Officer], today: date) -> QuerySet[Officer]:
    """Each with `away`: whether they are, today."""
    return found.annotate(away=_are_away(today))


def present(found: QuerySet[Officer], today: date) -> QuerySet[Officer]:
    """Without those who are away today."""
    return found.filter(~_are_away(today))


def _are_away(today: date) -> Exists:
    return Exists(Absence.objects.filter(officer=OuterRef("pk"), first_day__lte=today, last_day__gte=today))


def staff_of(reader: Officer) -> QuerySet[Officer]:
    """Who works on cases in the reader's agency and place; for a desk of all agencies, everybody of the place."""
    staff = officers().filter(active=True, role__in=WORKERS)
    if reader.agency_id:
        staff = staff.filter(agency=reader.agency_id)
    if reader.place_id:
        staff = staff.filter(Q(place=reader.place_id) | Q(place__parent=reader.place_id))
    return staff


def could_cover(officer: Officer) -> QuerySet[Officer]:
    """Colleagues who work on cases of the same agency and place; each case is asked about again when it is given."""
    agency = Q(agency=None) | Q(agency=officer.agency_id) if officer.agency_id else Q(agency=None)
    nearby = Q(place=None)
    if officer.place:
        nearby |= Q(place__in=[code for code in (officer.place_id, officer.place.parent_id) if code])
    return officers().filter(agency, nearby, active=True, role__in=WORKERS).exclude(pk=officer.pk)
