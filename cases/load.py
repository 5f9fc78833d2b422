"""How the work is shared: what each officer has open and late, took this week, and how long they need. Writes nothing.

The reader sees their own people and counts only cases that are visible to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Q

from cases import clock
from cases.catalogue import catalogue
from cases.lifecycle import OPEN
from cases.models import Case, Event, Officer

LOOK_BACK = 90  # days of answers in which the usual time is sought


class _Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Load:
    """One officer's work. `days`: half of their answers of late took no longer; None where there were none."""

    officer: Officer
    open: int = 0
    late: int = 0
    taken: int = 0
    days: float | None = None


def load_of(reader: Officer, staff: Iterable[Officer], today: date) -> list[Load]:
    """In the order given."""
    staff = list(staff)
    seen = Case.objects.visible_to(reader).filter(officer__in=staff).order_by()
    late = Count("pk", filter=Q(resolve_due__lt=today))
    working = {
        row["officer"]: row
        for row in seen.filter(state__in=OPEN).values("officer").annotate(open=Count("pk"), late=late)
    }
    monday = datetime.combine(today - timedelta(days=today.weekday()), datetime.min.time(), catalogue().zone)
    takes = Event.objects.filter(kind="take", at__gte=monday, officer__in=staff)
    visible = Case.objects.visible_to(reader).order_by().values("pk")
    taken = dict(
        takes.filter(case__in=visible).order_by().values_list("officer").annotate(Count("case", distinct=True))
    )
    answered = seen.filter(resolved_at__gte=clock.now() - timedelta(days=LOOK_BACK))
    spans = _Median(F("resolved_at") - F("opened_at"), output_field=DurationField())
    medians = dict(answered.values_list("officer").annotate(span=spans))
    return [_one(officer, working.get(officer.pk, {}), taken, medians) for officer in staff]


def _one(officer: Officer, working: dict, taken: dict[int, int], medians: dict[int, timedelta]) -> Load:
    span = medians.get(officer.pk)
    days = round(span / timedelta(days=1), 1) if span is not None else None
    return Load(officer, working.get("open", 0), working.get("late", 0), taken.get(officer.pk, 0), days)
