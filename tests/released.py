"""Figures as if they had been released: the same answers in each district, three in Mongu, which are hidden."""

from collections import Counter
from datetime import date

from cases import releases
from cases.catalogue import catalogue
from cases.models import Release
from cases.releases import Draft
from cases.tables import Cell, Month
from tests.builders import MONGU, noon

SEPTEMBER, OCTOBER = Month(date(2026, 9, 1)), Month(date(2026, 10, 1))


def counted(month: Month, *, late: int) -> Counter[Cell]:
    """Forty answers in each district, so many of them late; three in Mongu. All by one agency and one programme."""
    counts: Counter[Cell] = Counter()
    for place in catalogue().districts.values():
        answered = 3 if place.pk == MONGU else 40
        numbers = {
            "received": answered, "answered": answered, "answered_late": min(late, answered),
            "answered_on_time": max(answered - late, 0), "outcome_told": answered, "outcome_not_told": 0,
            "taken_up": answered, "taken_up_on_time": answered, "taken_up_late": 0,
            "closed": answered, "confirmed": answered // 2, "closed_by_agency": answered - answered // 2, "closed_by_silence": 0,
        }  # fmt: skip
        tables = {
            "country": (), "province": (place.parent_id or "",), "district": (place.pk,), "agency": ("NHIMA",),
            "programme": ("NHIS",), "kind": ("complaint",), "agency_province": ("NHIMA", place.parent_id or ""),
        }  # fmt: skip
        for table, by in tables.items():
            for figure, n in numbers.items():
                counts[Cell(month.name, False, table, by, figure)] += n
    return counts


def published(month: Month, *, late: int, version: int = 1, hide: tuple[str, ...] = (MONGU,)) -> Release:
    counts = counted(month, late=late)
    hidden = frozenset(cell for cell, n in counts.items() if cell.by in [(place,) for place in hide])
    days = {Cell(month.name, False, "country", (), "days_to_resolve_median"): 7.0}
    one = Draft(counts, hidden, days)
    return Release.objects.create(
        month=month.first, version=version, state="published", cells=one.cells(), values=one.values(),
        digest=releases.digest(one), signed="Grace Banda, Programme manager", decided_at=noon(2026, 11, 5),
    )  # fmt: skip


def release_two_months() -> None:
    """September, late more often, and October."""
    published(SEPTEMBER, late=20)
    published(OCTOBER, late=10)
