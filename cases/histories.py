"""Reads the histories of cases as the figures do, one after another, and says what some of them add up to."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

import structlog
from django.db.models import QuerySet

from cases.catalogue import catalogue
from cases.counting import STOCK, Cell, Happening, Tally, tallied
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


def open_when_over(day: date) -> Counter[Cell]:
    """What was open when this day was over, as it stood then: of what is open now, and of what was touched since."""
    over = datetime.combine(day + timedelta(days=1), time(), tzinfo=catalogue().zone)
    touched_since = Event.objects.filter(at__gte=over).order_by().values("case")
    cases = touched_since.union(Case.objects.open().values("pk"))
    return _together(Event.objects.filter(case__in=cases, at__lt=over), STOCK)


def _together(events: QuerySet[Event], asked: Collection[str] = tuple(Tally)) -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    for case, history in histories(events):
        counted = tallied_or_nothing(case, [event for _number, event in history])
        cells.update({cell: n for cell, n in counted.items() if cell.tally in asked})
    return cells
