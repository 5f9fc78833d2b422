"""Reads the histories of cases as the figures do, one after another, and says what some of them add up to."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

import structlog
from django.db.models import Q, QuerySet

from cases.catalogue import catalogue
from cases.counting import Cell, Happening, tallied
from cases.models import Case, Event, Watermark

log = structlog.get_logger()


def histories(events: QuerySet[Event]) -> Iterator[tuple[int, list[tuple[int, Happening]]]]:
    """(case, [(number of the event, what happened)]), case by case."""
    rows = events.order_by("case", "number").values_list("case", "pk", "kind", "at", "data").iterator(5_000)
    for case, history in groupby(rows, key=lambda row: row[0]):
        yield case, [(pk, Happening(kind, catalogue().day_of(at), data)) for _case, pk, kind, at, data in history]


def tallied_or_nothing(case: int, history: list[Happening]) -> Counter[Cell]:
    """One bad case never stops the figures: it counts as nothing, today and in a recount, and is logged by number."""
    try:
        return tallied(history)
    except (KeyError, ValueError) as error:
        log.error("history_unreadable", case=case, error=type(error).__name__)
        return Counter()


def counted_in(cases: QuerySet) -> Counter[Cell]:
    """What the kept figures hold of these cases: their histories up to the watermark. For few of them."""
    mark = Watermark.objects.values_list("counted_to", flat=True).first() or 0
    return _together(Event.objects.filter(case__in=cases, pk__lte=mark))


def counted_until(day: date) -> Counter[Cell]:
    """The same of all that was open when this day was over, as it stood then; and of some that was not."""
    over = datetime.combine(day + timedelta(days=1), time(), tzinfo=catalogue().zone)
    touched_since = Q(pk__in=Event.objects.filter(at__gte=over).values("case"))
    cases = Case.objects.filter(touched_since | Q(pk__in=Case.objects.open()))
    return _together(Event.objects.filter(case__in=cases, at__lt=over))


def _together(events: QuerySet[Event]) -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    for case, history in histories(events):
        cells.update(tallied_or_nothing(case, [event for _number, event in history]))
    return cells
