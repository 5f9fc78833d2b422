"""The one language of filters: what an address asks of the figures, and which cases stand behind a figure of them.

What a figure counts and what this finds are the same cases.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from cases.catalogue import catalogue
from cases.counting import Tally
from cases.measures import LATE, SOON, SOON_DAYS, Measure
from cases.models import Case, Event, Officer
from cases.queries import CaseQuerySet
from cases.statistics import Period, Where, scope_of

FILTERS = tuple(one.name for one in fields(Where) if one.name != "scope")
LONGEST, MOST = 50, 40  # characters of a value, values of a filter


@dataclass(frozen=True)
class Asked:
    """An address, read: ?agency=NHIMA&agency=NAPSA&period=2026-09..2026-11 asks for both agencies and three months."""

    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    period: str = ""

    @classmethod
    def of(cls, typed: QueryDict) -> "Asked":
        """What is not understood is left out: somebody changed the address."""
        chosen = {name: _values(name, typed) for name in FILTERS if typed.getlist(name)}
        period = typed.get("period", "")
        filters = {name: values for name, values in chosen.items() if values}
        return cls(filters, period if read_period(period) else "")

    def where(self, officer: Officer) -> Where:
        return Where(scope_of(officer), **self.filters)

    def narrowed(self, name: str, value: str) -> "Asked":
        return Asked({**self.filters, name: (value,)}, self.period)

    def address(self, **more: Any) -> str:
        said = {"period": self.period} | more
        return urlencode(self.filters | {name: value for name, value in said.items() if value}, doseq=True)


def _values(name: str, typed: QueryDict) -> tuple[str, ...]:
    values = [value[:LONGEST].replace("\0", "") for value in typed.getlist(name)[:MOST]]
    return tuple(value for value in values if name != "level" or (value.isascii() and value.isdigit()))


# --- Stretches of time ------------------------------------------------------------------------------------


def read_period(said: str) -> Period | None:
    """2026, 2026-Q4, 2026-11, 2026-W47; and from one to another: 2026-09..2026-11."""
    first, _dots, last = said.partition("..")
    begins, ends = _stretch(first), _stretch(last or first)
    if begins and ends and begins.grain == ends.grain and begins.first <= ends.last:
        return Period(begins.first, ends.last, begins.grain)
    return None


def _stretch(said: str) -> Period | None:
    year, _dash, part = said.partition("-")
    try:
        if part.startswith("W"):
            monday = date.fromisocalendar(int(year), int(part[1:]), 1)
            return Period(monday, monday + timedelta(days=6), "week")
        if part.startswith("Q"):
            return _months(int(year), 3 * int(part[1:]) - 2, 3)
        return _months(int(year), int(part), 1) if part else _months(int(year), 1, 12)
    except (ValueError, OverflowError):
        return None


def _months(year: int, month: int, many: int) -> Period:
    after = 12 * year + month - 1 + many
    return Period(date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def months_back(day: date, many: int, ago: int = 0) -> str:
    """So many months, the last of them `ago` months before this day's."""
    last = 12 * day.year + day.month - 1 - ago
    return _said(last - many + 1, last)


def _said(*months: int) -> str:
    """Two months, counted from the year 0: 2026-09..2026-11."""
    return "..".join(f"{month // 12:04}-{month % 12 + 1:02}" for month in months)


def _months_of(period: Period) -> tuple[int, int]:
    return 12 * period.first.year + period.first.month - 1, 12 * period.last.year + period.last.month - 1


def before(said: str, months: int = 0) -> str:
    """A stretch as long, so many months earlier; without a number the one just before it. "" of weeks."""
    period = read_period(said)
    if period is None or period.grain != "month":
        return ""
    first, last = _months_of(period)
    ago = months or last - first + 1
    return _said(first - ago, last - ago)


def within(grain: str, begins: str, said: str) -> str:
    """Of the month or quarter that begins on this day, what lies in the stretch said."""
    day = date.fromisoformat(begins)
    whole = _months(day.year, day.month, 3 if grain == "quarter" else 1)
    period = read_period(said) or whole
    (first, last), (begun, ended) = _months_of(whole), _months_of(period)
    return _said(max(first, begun), min(last, ended))


def week_of(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02}"


# --- The cases behind a figure ------------------------------------------------------------------------------

_FIELDS = {name: name for name in ("agency", "sensitivity", "topic", "channel", "language", "level")}
_FIELDS |= {"programme": "topic__programme", "kind": "topic__kind"}


def behind(officer: Officer, measure: Measure, asked: Asked, today: date) -> CaseQuerySet:
    """Those of this officer's that the figure counts. An answer counts each time, a case that had two is here once."""
    cases = chosen(officer, asked)
    return cases.open().filter(_now(measure, today)) if measure.of_now else _in_time(cases, measure, asked.period)


def chosen(officer: Officer, asked: Asked) -> CaseQuerySet:
    """All of this officer's that the filters let through."""
    cases = Case.objects.visible_to(officer)
    if officer.agency_id:
        cases = cases.filter(agency=officer.agency_id)  # not those that one only helps with
    for name, values in asked.filters.items():
        cases = cases.filter(_is(name, values))
    return cases


def _is(name: str, values: tuple[str, ...]) -> Q:
    if name == "province":
        return Q(place__in=values) | Q(place__parent__in=values) | (Q(place=None) if "" in values else Q(pk=None))
    if name == "district":
        unsaid = Q(place=None) | Q(place__parent=None)
        return Q(place__in=values, place__parent__isnull=False) | (unsaid if "" in values else Q(pk=None))
    lookup = _FIELDS[name]
    return Q(**{f"{lookup}__in": values}) | (Q(**{lookup: None}) if "" in values else Q(pk=None))


def _now(measure: Measure, today: date) -> Q:
    if LATE in measure.combine.tallies:
        return Q(resolve_due__lt=today)
    if SOON in measure.combine.tallies:
        return Q(resolve_due__range=(today, catalogue().calendar.add(today, SOON_DAYS)))
    return Q()


def _in_time(cases: CaseQuerySet, measure: Measure, said: str) -> CaseQuerySet:
    period = read_period(said)
    tallies = measure.combine.tallies
    if Tally.RECEIVED in tallies:
        return cases.filter(opened_on__range=(period.first, period.last)) if period else cases
    if Tally.ACKNOWLEDGED_ON_TIME in tallies:
        return cases.filter(acknowledged_at__isnull=False, **in_days("acknowledged_at", period))
    happened = Event.objects.filter(case=OuterRef("pk"), kind__in=measure.events, **in_days("at", period))
    if Tally.REGISTERED in tallies:
        happened = happened.filter(data__decision="registered")
    if Tally.APPEAL_DECIDED in tallies:
        cases = cases.filter(appeal_of__isnull=False)
    return cases.filter(Exists(happened))


def in_days(moment: str, period: Period | None) -> dict[str, datetime]:
    if period is None:
        return {}
    zone = catalogue().zone
    begins = datetime.combine(period.first, time(), zone)
    return {f"{moment}__gte": begins, f"{moment}__lt": datetime.combine(period.last + timedelta(days=1), time(), zone)}
