"""The figures: how many, how fast, how late, told apart as one asks; reads tallies alone, never cases or people.

A figure counts the cases of an agency, a place and a clearance, exactly those one would see; but not those that an
agency only helps with, nor does it leave out a case because the reader is named in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Switch
from django.db.models import CharField, DateField, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, TruncQuarter, TruncYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.catalogue import catalogue
from cases.counting import KEPT, Tally
from cases.measures import AGE, LATE, MEASURES, OPEN, SOON, SOON_DAYS, Bins, Measure, Row
from cases.models import Officer, TallyCount
from cases.pack import Place, Sensitivity, Topic
from cases.rises import HISTORY, Pair, Weeks


class NotTallied(Exception):
    """This cannot be told from what is kept, or must not be: with a sentence for the programmer who asked."""


# --- What a figure can be told apart by -------------------------------------------------------------------


@dataclass(frozen=True)
class Dimension:
    """`facet`: at most one of them in a question. `area`: how fine a place it needs. `grain`: a stretch of time."""

    name: str
    title: str | Promise
    facet: str = "all"
    area: str = "country"
    grain: str = ""


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("agency", _("Agency")),
        Dimension("sensitivity", _("Sensitivity")),
        Dimension("programme", _("Programme"), facet="topic"),
        Dimension("topic", _("Topic"), facet="topic"),
        Dimension("kind", _("Kind"), facet="topic"),
        Dimension("province", _("Province"), area="province"),
        Dimension("district", _("District"), area="place"),
        Dimension("channel", _("Channel"), facet="channel"),
        Dimension("language", _("Language"), facet="language"),
        Dimension("level", _("Level"), facet="level"),
        Dimension("week", _("Week"), grain="week"),
        Dimension("month", _("Month"), grain="month"),
        Dimension("quarter", _("Quarter"), grain="month"),
        Dimension("year", _("Year"), grain="month"),
    )
}
_FINENESS = ("country", "province", "place")


@dataclass(frozen=True)
class Scope:
    """Whose cases: an officer's, the public's or all. None leaves a side open; no sensitivities see nothing."""

    sensitivities: frozenset[str]
    agency: str | None = None
    place: str | None = None
    coarse: bool = False  # only by province, quarter and year


WHOLE = Scope(frozenset(Sensitivity.values))
PUBLIC = Scope(frozenset({Sensitivity.OPEN}))
# What is sensitive is told to the public apart, and never finer than by province and quarter.
PUBLIC_SENSITIVE = Scope(WHOLE.sensitivities - PUBLIC.sensitivities, coarse=True)
_COARSE = {"province", "quarter", "year"}


def scope_of(officer: Officer | None) -> Scope:
    """As Case.objects.visible_to has it."""
    if officer is None or not officer.active:
        return Scope(frozenset())
    return Scope(frozenset(officer.reads()), agency=officer.agency_id, place=officer.place_id)


@dataclass(frozen=True)
class Where:
    """Which cases: first whose, then of these only some. Where(WHOLE, topic=("a", "b")): the one or the other."""

    scope: Scope
    agency: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    level: tuple[str, ...] = ()

    def chosen(self) -> dict[str, tuple[str, ...]]:
        return {name: values for name in DIMENSIONS if (values := getattr(self, name, ()))}


@dataclass(frozen=True)
class Period:
    """From the first day of a month (or a Monday) to the last day of one (or a Sunday), both included."""

    first: date
    last: date
    grain: str = "month"

    def __post_init__(self) -> None:
        if not (_begins(self.first, self.grain) and _begins(self.last + timedelta(days=1), self.grain)):
            raise NotTallied(f"{self.first} to {self.last} are no whole {self.grain}s.")


def _begins(day: date, grain: str) -> bool:
    return day.day == 1 if grain == "month" else day.weekday() == 0


# --- Asking -----------------------------------------------------------------------------------------------


def figures(
    measures: Iterable[str],
    *,
    by: tuple[str, ...] = (),
    where: Where,
    period: Period | None = None,
    today: date | None = None,
) -> list[Row]:
    """The figures in the order of `by`'s values, then of `measures`; without `period`, of all time.

    What is "now" is as of `today` and looks at no period. Without `by` every measure has one row; with it, there are
    rows for the values at which anything was counted.
    """
    question = _Question(tuple(MEASURES[name] for name in measures), by, where, period)
    found: dict[tuple[str, ...], Bins] = {} if by else {(): _nothing()}
    for key, tally, amount, times in _answer(question, today or catalogue().today()):
        found.setdefault(key, _nothing())[tally][amount] += times
    return [
        Row(measure.name, key, *measure.combine(found[key])) for key in sorted(found) for measure in question.measures
    ]


def _nothing() -> Bins:
    return defaultdict(Counter)


@dataclass(frozen=True)
class _Question:
    """What is asked, and under which facet, area and grain the answer is kept."""

    measures: tuple[Measure, ...]
    by: tuple[str, ...]
    where: Where
    period: Period | None

    def __post_init__(self) -> None:
        if self.where.scope.coarse and self._dimensions - _COARSE:
            raise NotTallied(f"What is sensitive is told to the public by {', '.join(sorted(_COARSE))} only.")
        if len(self._all("facet") - {"all"}) > 1:
            raise NotTallied(f"Only one of {', '.join(sorted(self._all('facet') - {'all'}))} can be told at a time.")
        if len(self._grains) > 1:
            raise NotTallied("Weeks do not fit into months.")
        if any(measure.of_now for measure in self.measures) and self._all("grain") - {""}:
            raise NotTallied("What is open now is not told by time.")
        kept = [one for one in KEPT if (one.facet, one.area, one.grain) == (self.facet, self.area, self.grain)]
        if not kept or (self.amounts and not kept[0].amounts):
            raise NotTallied(f"By {self.facet}, {self.area} and {self.grain} at a time this is not kept.")
        if self.grain == "week" and self.facet == "topic" and self.tallies - {Tally.RECEIVED}:
            raise NotTallied("By topic and week only what was received is kept.")

    @property
    def _dimensions(self) -> set[str]:
        return {*self.by, *self.where.chosen()}

    def _all(self, what: str) -> set[str]:
        return {getattr(DIMENSIONS[name], what) for name in self._dimensions}

    @property
    def _grains(self) -> set[str]:
        return (self._all("grain") | ({self.period.grain} if self.period else set())) - {""}

    @property
    def facet(self) -> str:
        return max(self._all("facet"), key=lambda facet: facet != "all", default="all")

    @property
    def area(self) -> str:
        needed = self._all("area") | {"country"}
        if place := self.where.scope.place:
            needed.add("place" if _places()[place] else "province")
        return max(needed, key=_FINENESS.index)

    @property
    def grain(self) -> str:
        return next(iter(self._grains), "month")

    @property
    def tallies(self) -> set[str]:
        return {tally for measure in self.measures for tally in measure.combine.tallies}

    @property
    def amounts(self) -> bool:
        return any(measure.combine.amounts for measure in self.measures if not measure.of_now)


def _places() -> dict[str, str]:
    """Every place, also one that is retired, with its province; a province and the unknown place have none."""
    return {"": "", **{code: parent or "" for code, parent in Place.objects.values_list("code", "parent")}}


def _read_as(name: str, area: str) -> tuple[str, dict[str, str] | None]:
    """The column in which a dimension is kept, and what its values are to be read as where these are others."""
    if name == "programme":
        return "value", {code: of or "" for code, of in Topic.objects.values_list("code", "programme")}
    if name == "kind":
        return "value", dict(Topic.objects.values_list("code", "kind"))
    if name == "province":
        return "place", {code: of or code for code, of in _places().items()} if area == "place" else None
    if name == "district":
        return "place", {code: code if of else "" for code, of in _places().items()}
    return (name if name in ("agency", "sensitivity") else "value"), None


def _key(name: str, area: str) -> Any:
    """The SQL expression by which a dimension is grouped."""
    if name in _STARTS:
        return Cast(_STARTS[name], CharField())
    column, reading = _read_as(name, area)
    if reading is None:
        return F(column)
    codes = defaultdict(list)
    for code, value in reading.items():
        if code != value:
            codes[value].append(code)
    others = (When(**{f"{column}__in": of}, then=Value(value)) for value, of in codes.items())
    return Switch(*others, default=F(column), output_field=CharField())


_STARTS: dict[str, Any] = {
    "week": F("period"),
    "month": F("period"),
    "quarter": Cast(TruncQuarter("period"), DateField()),
    "year": Cast(TruncYear("period"), DateField()),
}


def _kept(question: _Question) -> QuerySet[TallyCount]:
    """The rows that count what is asked, before time."""
    area = question.area
    rows = _within(TallyCount.objects.filter(facet=question.facet, area=area), question.where.scope)
    for name, values in question.where.chosen().items():
        column, reading = _read_as(name, area)
        codes = values if reading is None else [code for code, value in reading.items() if value in values]
        rows = rows.filter(**{f"{column}__in": codes})
    return rows


def _within(rows: QuerySet[TallyCount], scope: Scope) -> QuerySet[TallyCount]:
    rows = rows.filter(sensitivity__in=scope.sensitivities)
    if scope.agency:
        rows = rows.filter(agency=scope.agency)
    if scope.place:  # a case that says no place is everybody's
        rows = rows.filter(place__in=["", *(code for code, of in _places().items() if scope.place in (code, of))])
    return rows


def _answer(question: _Question, today: date) -> Iterator[tuple[tuple[str, ...], str, int, int]]:
    """(values of `by`, tally, amount, how often)"""
    keys = {f"by_{name}": _key(name, question.area) for name in question.by}
    rows = _kept(question).annotate(**keys)
    flows = question.tallies & set(Tally)
    if flows:
        amount = F("amount") if question.amounts else Value(0)
        yield from _sums(_in_time(rows, question).filter(tally__in=flows), keys, F("tally"), amount)
    if question.tallies & {OPEN, LATE, SOON}:
        due = rows.filter(grain="day", tally=Tally.OPEN_BY_DUE)
        soon = catalogue().calendar.add(today, SOON_DAYS)
        when = Switch(
            When(period__lt=today, then=Value(LATE)), When(period__lte=soon, then=Value(SOON)), default=Value("")
        )
        for key, state, amount, times in _sums(due, keys, when, Value(0)):
            yield key, OPEN, amount, times
            yield key, state, amount, times
    if AGE in question.tallies:
        begun = list(_sums(rows.filter(grain="day", tally=Tally.OPEN_BY_OPENING), keys, Value(AGE), F("period")))
        ages = _ages({opened for _key, _age, opened, _times in begun}, today)
        yield from ((key, AGE, ages[opened], times) for key, _age, opened, times in begun)


def _in_time(rows: QuerySet[TallyCount], question: _Question) -> QuerySet[TallyCount]:
    rows = rows.filter(grain=question.grain)
    if question.period:
        rows = rows.filter(period__gte=question.period.first, period__lte=question.period.last)
    return rows


def _sums(
    rows: QuerySet, keys: Iterable[str], tally: Any, amount: Any
) -> Iterator[tuple[tuple[str, ...], Any, Any, int]]:
    sums = rows.annotate(of=tally, much=amount).values_list(*keys, "of", "much").annotate(times=Sum("count"))
    for *key, of, much, times in sums.order_by():
        yield tuple(key), of, much, times


def _ages(days: Iterable[date], today: date) -> dict[date, int]:
    """How many working days ago each of them was, counted back once."""
    ages, later, age = {}, today, 0
    for day in sorted(days, reverse=True):
        age += catalogue().calendar.between(day, later)
        ages[day], later = age, day
    return ages


# --- What came in by the week -----------------------------------------------------------------------------


def weekly(scope: Scope, *, today: date | None = None) -> dict[Pair, Weeks]:
    """Of each topic in each district, what came in this week and in the year before; for cases/rises.py.

    The year begins with the first week of any count, so that weeks in which nothing came count as such and weeks
    before the beginning do not.
    """
    today = today or catalogue().today()
    monday = today - timedelta(days=today.weekday())
    kept = TallyCount.objects.filter(facet="topic", area="place", grain="week", tally=Tally.RECEIVED)
    since = max(kept.aggregate(first=Min("period"))["first"] or monday, monday - timedelta(weeks=HISTORY))
    rows = _within(kept, scope).filter(period__gte=since, period__lte=monday)
    weeks = (monday - since).days // 7
    sums = rows.values_list("value", "place").annotate(
        now=Sum("count", filter=Q(period=monday), default=0),
        total=Sum("count", filter=Q(period__lt=monday), default=0),
        squares=Sum(F("count") * F("count"), filter=Q(period__lt=monday), default=0),
    )
    districts = {code for code, province in _places().items() if province}
    return {
        (topic, place): Weeks(now, total, squares, weeks)
        for topic, place, now, total, squares in sums.order_by()
        if place in districts
    }
