"""The figures: how many, how fast, how late, told apart as one asks; reads tallies, hardly ever a case, never a person.

A figure counts the cases of an agency, a place and a clearance, exactly those one would see; but not those that an
agency only helps with. Tallies know nobody, so the few cases in which the reader is named are taken off by their
histories: who is complained about learns of it from no number either.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import Case as Switch
from django.db.models import CharField, DateField, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, TruncQuarter, TruncYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.catalogue import catalogue
from cases.counting import AMOUNTS, KEPT, NOW, STOCK, Cell, Tally
from cases.histories import counted_in
from cases.measures import AGE, LATE, MEASURES, OPEN, SOON, SOON_DAYS, Bins, Measure, Row
from cases.models import Arrivals, Case, Named, Officer, TallyCount, Watermark
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
    reader: int | None = None  # the officer who asks: what is about them is left out


WHOLE = Scope(frozenset(Sensitivity.values))
PUBLIC = Scope(frozenset({Sensitivity.OPEN}))
# What is sensitive is told to the public apart, and never finer than by province and quarter.
PUBLIC_SENSITIVE = Scope(WHOLE.sensitivities - PUBLIC.sensitivities, coarse=True)
_COARSE = {"province", "quarter", "year"}


def scope_of(officer: Officer | None) -> Scope:
    """As Case.objects.visible_to has it."""
    if officer is None or not officer.active:
        return Scope(frozenset())
    return Scope(frozenset(officer.reads()), agency=officer.agency_id, place=officer.place_id, reader=officer.pk)


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
    question.is_kept()
    return _rows(question, _answer(question, today or catalogue().today()))


def figures_in(
    cells: Counter[Cell],
    measures: Iterable[str],
    *,
    by: tuple[str, ...] = (),
    where: Where,
    period: Period | None = None,
    today: date | None = None,
) -> list[Row]:
    """The same of what histories add up to: for few cases, and for what is not kept so finely."""
    question = _Question(tuple(MEASURES[name] for name in measures), by, where, period)
    return _rows(question, _in_cells(question, cells, today or catalogue().today()))


Found = tuple[tuple[str, ...], str, int, int]  # values of `by`, tally, amount, how often


def _rows(question: "_Question", answer: Iterable[Found]) -> list[Row]:
    found: dict[tuple[str, ...], Bins] = {} if question.by else {(): _nothing()}
    for key, tally, amount, times in answer:
        found.setdefault(key, _nothing())[tally][amount] += times
    counted = sorted(key for key, bins in found.items() if not key or any(bin.total() for bin in bins.values()))
    return [Row(measure.name, key, *measure.combine(found[key])) for key in counted for measure in question.measures]


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
        if any(measure.of_now for measure in self.measures) and self._all("grain") - {""}:
            raise NotTallied("What is open now is not told by time.")

    def is_kept(self) -> None:
        """Or a sentence why not."""
        if len(self._all("facet") - {"all"}) > 1:
            raise NotTallied(f"Only one of {', '.join(sorted(self._all('facet') - {'all'}))} can be told at a time.")
        if len(self._grains) > 1:
            raise NotTallied("Weeks do not fit into months.")
        facet, area, grain = self.facet, self.area, self.grain
        kept = [one for one in KEPT if (one.facet, one.area, one.grain) == (facet, area, grain)]
        if not kept or (self.amounts and not kept[0].amounts):
            raise NotTallied(f"By {self.facet}, {self.area} and {self.grain} at a time this is not kept.")

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

    @cached_property
    def area(self) -> str:
        needed = self._all("area") | {"country"}
        if place := self.where.scope.place:
            needed.add("place" if self.places[place] else "province")
        return max(needed, key=_FINENESS.index)

    @cached_property
    def places(self) -> dict[str, str]:
        return _places()

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


def _read_as(name: str, question: _Question) -> tuple[str, dict[str, str] | None]:
    """The column in which a dimension is kept, and what its values are to be read as where these are others."""
    if name == "programme":
        return "value", {code: of or "" for code, of in Topic.objects.values_list("code", "programme")}
    if name == "kind":
        return "value", dict(Topic.objects.values_list("code", "kind"))
    if name == "province":
        return "place", {code: of or code for code, of in question.places.items()} if question.area == "place" else None
    if name == "district":
        return "place", {code: code if of else "" for code, of in question.places.items()}
    return (name if name in ("agency", "sensitivity") else "value"), None


def _key(name: str, question: _Question) -> Any:
    """The SQL expression by which a dimension is grouped."""
    if name in _STARTS:
        return Cast(_STARTS[name], CharField())
    column, reading = _read_as(name, question)
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
    rows = _within(TallyCount.objects.filter(facet=question.facet, area=question.area), question.where.scope)
    for name, values in question.where.chosen().items():
        column, reading = _read_as(name, question)
        codes = values if reading is None else [code for code, value in reading.items() if value in values]
        rows = rows.filter(**{f"{column}__in": codes})
    return rows


def _within(rows: QuerySet, scope: Scope) -> QuerySet:
    rows = rows.filter(sensitivity__in=scope.sensitivities)
    if scope.agency:
        rows = rows.filter(agency=scope.agency)
    if scope.place:  # a case that says no place is everybody's
        rows = rows.filter(place__in=["", *(code for code, of in _places().items() if scope.place in (code, of))])
    return rows


def _answer(question: _Question, today: date) -> Iterator[Found]:
    """What is kept, less what is about the reader."""
    yield from _from_tallies(question, today)
    for key, tally, amount, times in _in_cells(question, _about(question.where.scope.reader), today):
        yield key, tally, amount, -times


def _about(reader: int | None) -> Counter[Cell]:
    named = list(Named.objects.filter(officer=reader).values_list("case", flat=True)) if reader else []
    return counted_in(Case.objects.filter(pk__in=named)) if named else Counter()


def _from_tallies(question: _Question, today: date) -> Iterator[Found]:
    keys = {f"by_{name}": _key(name, question) for name in question.by}
    rows = _kept(question).annotate(**keys)
    now = rows.filter(grain="day")
    flows = question.tallies & set(Tally)
    counted_by_amount = flows & set(AMOUNTS) if question.amounts else set()
    if only_counted := flows - counted_by_amount:
        yield from _sums(_in_time(rows, question), keys, {tally: Sum(tally) for tally in only_counted})
    if counted_by_amount:
        yield from _histograms(_in_time(rows, question), keys, counted_by_amount)
    if question.tallies & _KEPT_AS[Tally.OPEN_BY_DUE]:
        soon = catalogue().calendar.add(today, SOON_DAYS)
        states = {
            OPEN: Sum(Tally.OPEN_BY_OPENING),
            LATE: Sum(Tally.OPEN_BY_DUE, filter=Q(period__lt=today)),
            SOON: Sum(Tally.OPEN_BY_DUE, filter=Q(period__gte=today)),
        }
        yield from _sums(now.filter(period__lte=soon), keys, states)
    if AGE in question.tallies:
        begun = list(_histograms(now.filter(period=NOW), keys, {Tally.OPEN_BY_OPENING}))
        ages = _ages({opened for _key, _tally, opened, _times in begun}, today)
        yield from ((key, AGE, ages[opened], times) for key, _tally, opened, times in begun)


def _in_time(rows: QuerySet[TallyCount], question: _Question) -> QuerySet[TallyCount]:
    rows = rows.filter(grain=question.grain)
    if question.period:
        rows = rows.filter(period__gte=question.period.first, period__lte=question.period.last)
    return rows


def _sums(rows: QuerySet, keys: Iterable[str], sums: dict[str, Sum]) -> Iterator[Found]:
    groups = rows.values(*keys).annotate(**{f"of_{tally}": times for tally, times in sums.items()})
    for group in groups.order_by():
        key = tuple(group[name] for name in keys)
        yield from ((key, tally, 0, times) for tally in sums if (times := group[f"of_{tally}"]))


def _histograms(rows: QuerySet, keys: Iterable[str], tallies: set[str]) -> Iterator[Found]:
    """One number after the other here and not in PostgreSQL, to which each of them would be a row."""
    found: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for *key, amounts in rows.exclude(amounts={}).order_by().values_list(*keys, "amounts").iterator(5_000):
        bins = found[tuple(key)]
        for amount, times in amounts.items():
            bins[amount] = bins.get(amount, 0) + times
    for of, bins in found.items():
        for said, times in bins.items():
            tally, _space, amount = said.partition(" ")
            if tally in tallies:
                yield of, tally, int(amount), times


def _ages(days: Iterable[int], today: date) -> dict[int, int]:
    """How many working days ago each of them was, counted back once."""
    ages, later, age = {}, today, 0
    for number in sorted(days, reverse=True):
        day = date.fromordinal(number)
        age += catalogue().calendar.between(day, later)
        ages[number], later = age, day
    return ages


# --- The same of single histories ---------------------------------------------------------------------------


def _in_cells(question: _Question, cells: Counter[Cell], today: date) -> Iterator[Found]:
    if not cells:
        return
    read = _readings(question.places)
    ours = {cell: times for cell, times in cells.items() if _is_asked(cell, question, read)}
    soon = catalogue().calendar.add(today, SOON_DAYS)
    ages = _ages({cell.amount for cell in ours if cell.tally == Tally.OPEN_BY_OPENING}, today)
    for cell, times in ours.items():
        key = tuple(read[name](cell) for name in question.by)
        if cell.tally == Tally.OPEN_BY_DUE:
            yield key, OPEN, 0, times
            yield key, LATE if cell.day < today else SOON if cell.day <= soon else "", 0, times
        elif cell.tally == Tally.OPEN_BY_OPENING:
            yield key, AGE, ages[cell.amount], times
        else:
            yield key, cell.tally, cell.amount if question.amounts else 0, times


def _is_asked(cell: Cell, question: _Question, read: "Readings") -> bool:
    scope, period = question.where.scope, question.period
    is_theirs = cell.sensitivity in scope.sensitivities and scope.agency in (None, cell.agency)
    is_here = not scope.place or not cell.place or scope.place in (cell.place, read["province"](cell))
    is_chosen = all(read[name](cell) in values for name, values in question.where.chosen().items())
    is_then = cell.tally in STOCK or period is None or period.first <= cell.day <= period.last
    is_counted = bool(_KEPT_AS.get(Tally(cell.tally), {cell.tally}) & question.tallies)
    return is_counted and is_theirs and is_here and is_chosen and is_then


# What is worked out at the moment of asking, from what is kept of open cases.
_KEPT_AS = {Tally.OPEN_BY_DUE: {OPEN, LATE, SOON}, Tally.OPEN_BY_OPENING: {AGE}}


Readings = dict[str, Callable[[Cell], str]]


def _readings(places: dict[str, str]) -> Readings:
    """How each dimension is read off a cell, as `_key` has it in SQL."""
    topics = {one.pk: one for one in Topic.objects.all()}
    return {
        **{name: attrgetter(name) for name in ("agency", "sensitivity", "topic", "channel", "language", "level")},
        "programme": lambda cell: topics[cell.topic].programme_id or "",
        "kind": lambda cell: topics[cell.topic].kind,
        "province": lambda cell: places[cell.place] or cell.place,
        "district": lambda cell: cell.place if places[cell.place] else "",
        "week": lambda cell: (cell.day - timedelta(days=cell.day.weekday())).isoformat(),
        "month": lambda cell: cell.day.replace(day=1).isoformat(),
        "quarter": lambda cell: cell.day.replace(month=(cell.day.month - 1) // 3 * 3 + 1, day=1).isoformat(),
        "year": lambda cell: cell.day.replace(month=1, day=1).isoformat(),
    }


# --- What came in by the week -----------------------------------------------------------------------------


def weekly(scope: Scope, *, today: date | None = None) -> dict[Pair, Weeks]:
    """Of each topic in each district, what came in this week and in the year before; for cases/rises.py.

    The year was added up when tallies last turned the day. It begins with the first week of any count, so that weeks
    in which nothing came count as such and weeks before the beginning do not.
    """
    monday = _monday(today or catalogue().today())
    of_this_week = Coalesce(Cast(KeyTextTransform(monday.isoformat(), "weeks"), IntegerField()), 0)
    sums = (
        _within(Arrivals.objects.all(), scope)
        .values_list("topic", "place")
        .annotate(now=Sum(of_this_week), before=Sum("total"), more=Sum("squares"))
    )
    turned_on, weeks = Watermark.objects.values_list("turned_on", flat=True).first(), 0
    if turned_on:
        weeks = (_monday(turned_on) - _first_week(_monday(turned_on))).days // 7
    districts = {code for code, province in _places().items() if province}
    found = {
        (topic, place): Weeks(now, total, squares, weeks)
        for topic, place, now, total, squares in sums.order_by()
        if place in districts and now + total
    }
    about = {(cell.topic, cell.place) for cell in _about(scope.reader)}
    if about & found.keys():  # the squares of these weeks are others without them
        left = week_by_week(scope, today=today)
        found = {
            pair: Weeks.of(left[pair]) if pair in about else weeks for pair, weeks in found.items() if pair in left
        }
    return found


def week_by_week(scope: Scope, *, today: date | None = None) -> dict[Pair, list[int]]:
    """The same counts, oldest week first, this week last."""
    monday = _monday(today or catalogue().today())
    since = _first_week(monday)
    received: Counter[tuple[str, str, date]] = Counter()
    for topic, place, weeks in _within(Arrivals.objects.all(), scope).values_list("topic", "place", "weeks"):
        for week, times in weeks.items():
            received[topic, place, date.fromisoformat(week)] += times
    question = _Question((MEASURES["received"],), ("topic", "district", "week"), Where(scope), None)
    for (topic, place, said), _tally, _amount, times in _in_cells(question, _about(scope.reader), monday):
        received[topic, place, date.fromisoformat(said)] -= times
    districts = {code for code, province in _places().items() if province}
    counts: dict[Pair, list[int]] = {}
    for (topic, place, week), times in received.items():
        if place in districts and times > 0 and since <= week <= monday:
            counts.setdefault((topic, place), [0] * ((monday - since).days // 7 + 1))[(week - since).days // 7] += times
    return counts


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_week(monday: date) -> date:
    """Of the year before this one, as far as there was anything to count."""
    first = Watermark.objects.values_list("first_week", flat=True).first() or monday
    return max(min(first, monday), monday - timedelta(weeks=HISTORY))
