"""Reads the histories of cases as the figures do, one after another, and says what some of them add up to."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import structlog
from django.db.models import QuerySet

from cases.catalogue import catalogue
from cases.counting import Cell, Happening, tallied
from cases.models import Event, Watermark

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
    cells: Counter[Cell] = Counter()
    for case, history in histories(Event.objects.filter(case__in=cases, pk__lte=mark)):
        cells.update(tallied_or_nothing(case, [event for _number, event in history]))
    return cells
