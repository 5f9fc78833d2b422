"""Figures side by side: a line for each value of what they are told apart by, beside the same of another time.

What is not kept so finely is read from the histories themselves, where these are few; else it is left out and named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef

from cases.behind import Asked, before, chosen, in_days, read_period, within
from cases.histories import counted_in
from cases.measures import MEASURES, Row
from cases.models import Event, Officer
from cases.queries import CaseQuerySet
from cases.statistics import DIMENSIONS, NotTallied, figures, figures_in

SHOWN = (
    "received", "resolved", "resolved_on_time", "days_to_resolve_median", "days_to_resolve_p90", "open_now", "late_now",
    "backlog_age_median", "backlog_age_p90", "disputed_share", "appeals_upheld", "confirmed_share",
    "stayed_solved_share",
)  # fmt: skip
TOLD_APART = ("agency", "province", "district", "programme", "topic", "channel", "level", "month", "quarter")
FEW = 5_000  # cases whose histories are read while somebody waits
AGAINST = {"before": 0, "year": 12}  # months back; 0 is the stretch just before


@dataclass(frozen=True)
class Question:
    """What the page is asked for. `against` is a word of AGAINST or ""; `sort` a measure, "-" before it: most first."""

    asked: Asked
    by: str = ""
    against: str = ""
    sort: str = ""

    @property
    def is_in_time(self) -> bool:
        return self.by != "" and DIMENSIONS[self.by].grain != ""

    @property
    def earlier(self) -> str:
        return before(self.asked.period, AGAINST[self.against]) if self.against and not self.is_in_time else ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that stand side by side: two or three of them."""
        values = self.asked.filters.get(self.by, ())
        return values if 2 <= len(values) <= 3 else ()

    def narrowed(self, key: str) -> Asked:
        """What stands behind a line."""
        if self.is_in_time:
            return Asked(self.asked.filters, within(self.by, key, self.asked.period))
        return self.asked.narrowed(self.by, key) if self.by else self.asked


@dataclass(frozen=True)
class Line:
    """One value's figures by measure; `earlier` holds those of the other time."""

    key: str
    told: dict[str, Row] = field(default_factory=dict)
    earlier: dict[str, Row] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """`left_out` are the measures that are not kept so finely, of too many cases to read them one by one."""

    lines: list[Line]
    together: Line
    left_out: tuple[str, ...]


def compare(officer: Officer, question: Question, today: date) -> Comparison:
    by = (question.by,) if question.by else ()
    told, left_out = tell(officer, SHOWN, question.asked, today, by=by)
    whole, _left_out = tell(officer, SHOWN, question.asked, today)
    then: Told = {}
    then_whole: Told = {}
    if question.earlier:
        past = Asked(question.asked.filters, question.earlier)
        flows = [name for name in SHOWN if not MEASURES[name].of_now]
        then, _left_out = tell(officer, flows, past, today, by=by)
        then_whole, _left_out = tell(officer, flows, past, today)
    keys = dict.fromkeys((*question.chosen, *told, *then)) if by else {}
    lines = [Line(key, told.get(key, {}), then.get(key, {})) for key in keys]
    together = Line("", whole.get("", {}), then_whole.get("", {}))
    return Comparison(_sorted(lines, question), together, left_out)


def _sorted(lines: list[Line], question: Question) -> list[Line]:
    """What has no value comes last, whichever way."""
    name = question.sort.removeprefix("-")
    if name not in SHOWN:
        return lines
    with_value = [line for line in lines if _value(line, name) is not None]
    without = [line for line in lines if _value(line, name) is None]
    with_value.sort(key=lambda line: _value(line, name) or 0, reverse=question.sort.startswith("-"))
    return with_value + without


def _value(line: Line, name: str) -> float | None:
    return line.told[name].value if name in line.told else None


Told = dict[str, dict[str, Row]]  # value of `by` -> measure -> figure


def tell(
    officer: Officer, measures: Iterable[str], asked: Asked, today: date, *, by: tuple[str, ...] = ()
) -> tuple[Told, tuple[str, ...]]:
    """The figures, in the order of the values; and which of the measures could not be told."""
    told: Told = {}
    left_out: list[str] = []
    for group in _together(measures):
        rows = _rows(officer, group, asked, today, by)
        if rows is None:
            left_out += group
        for row in rows or ():
            told.setdefault("".join(row.by), {})[row.measure] = row
    return dict(sorted(told.items())), tuple(left_out)


def _together(measures: Iterable[str]) -> Iterable[list[str]]:
    """What is asked in one go: of now, with amounts, the rest. The one may be kept where the other is not."""
    groups: dict[tuple[bool, bool], list[str]] = {}
    for name in measures:
        groups.setdefault((MEASURES[name].of_now, MEASURES[name].combine.amounts), []).append(name)
    return groups.values()


def _rows(officer: Officer, measures: list[str], asked: Asked, today: date, by: tuple[str, ...]) -> list[Row] | None:
    where, period = asked.where(officer), read_period(asked.period)
    try:
        return figures(measures, by=by, where=where, period=period, today=today)
    except NotTallied:
        cases = _concerned(officer, measures, asked)
    if cases[: FEW + 1].count() > FEW:
        return None
    try:
        return figures_in(counted_in(cases), measures, by=by, where=where, period=period, today=today)
    except NotTallied:
        return None  # what is open now has no month


def _concerned(officer: Officer, measures: list[str], asked: Asked) -> CaseQuerySet:
    """Every case of theirs that may count."""
    cases, period = chosen(officer, asked), read_period(asked.period)
    if MEASURES[measures[0]].of_now:
        return cases.open()
    if period is None:
        return cases
    return cases.filter(Exists(Event.objects.filter(case=OuterRef("pk"), **in_days("at", period))))
