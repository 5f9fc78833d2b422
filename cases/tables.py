"""What is published: which counts, in which tables, what adds up to what, and which table is too thin to be told."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.catalogue import catalogue
from cases.measures import MEASURES
from cases.models import Channel
from cases.pack import Place, Sensitivity
from cases.protection import THRESHOLD, Book, Sum

# --- What is counted --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """One published count: a measure's own number (n), or of a share those that are in it (yes) or are not (no)."""

    name: str
    title: str | Promise
    measure: str
    part: str
    definition: str | Promise
    unit: str | Promise

    def of(self, n: int, value: float | None) -> int:
        yes = round(n * (value or 0))
        return {"n": n, "yes": yes, "no": n - yes}[self.part]


def _as(measure: str) -> tuple[str | Promise, str | Promise]:
    """The words of a measure that counts just the same."""
    return MEASURES[measure].definition, MEASURES[measure].unit


_CASES, _ANSWERS, _RATINGS = _("cases"), _("answers"), _("ratings")

COUNTS: dict[str, Count] = {
    count.name: count
    for count in (
        Count("received", _("Received"), "received", "n", *_as("received")),
        Count("taken_up", _("Taken up"), "acknowledged_on_time", "n", *_as("acknowledged")),
        Count("taken_up_on_time", _("Taken up on time"), "acknowledged_on_time", "yes",
              _("Cases taken up in the period by the day promised for it."), _CASES),
        Count("taken_up_late", _("Taken up late"), "acknowledged_on_time", "no",
              _("Cases taken up in the period after the day promised for it."), _CASES),
        Count("answered", _("Answered"), "resolved_on_time", "n", *_as("resolved")),
        Count("answered_on_time", _("Answered on time"), "resolved_on_time", "yes",
              _("Answers given in the period by the promised date."), _ANSWERS),
        Count("answered_late", _("Answered late"), "resolved_on_time", "no",
              _("Answers given in the period after the promised date."), _ANSWERS),
        Count("outcome_told", _("Told the outcome"), "told", "yes",
              _("Answers given in the period for which an SMS was written to the citizen, or to which the citizen "
                "reacted later."), _ANSWERS),
        Count("outcome_not_told", _("Not told the outcome"), "told", "no",
              _("Answers given in the period for which no SMS was written to the citizen, and to which the citizen did "
                "not react."), _ANSWERS),
        Count("not_solved", _("Not solved, said the citizen"), "disputed", "n", *_as("disputed")),
        Count("reopened", _("Opened again"), "reopened", "n", *_as("reopened")),
        Count("closed", _("Closed"), "confirmed_share", "n",
              _("Cases closed in the period by the citizen, by the agency or after silence."), _CASES),
        Count("confirmed", _("Confirmed solved by the citizen"), "confirmed_share", "yes", *_as("confirmed")),
        Count("closed_by_agency", _("Closed by the agency"), "closed_by_agency", "n", *_as("closed_by_agency")),
        Count("closed_by_silence", _("Closed after silence"), "closed_by_silence", "n", *_as("closed_by_silence")),
        Count("appealed", _("Appealed"), "appealed", "n", *_as("appealed")),
        Count("appeals_decided", _("Appeals decided"), "appeals_upheld", "n", *_as("appeals_decided")),
        Count("appeals_granted", _("Appeals upheld"), "appeals_upheld", "yes",
              _("Decisions on appeals given in the period in which the citizen was right, or partly right."), _ANSWERS),
        Count("appeals_rejected", _("Appeals not upheld"), "appeals_upheld", "no",
              _("Decisions on appeals given in the period in which the citizen was not right."), _ANSWERS),
        Count("rated", _("Ratings given"), "satisfaction", "n",
              _("Ratings from 1 to 5 that citizens gave in the period; of two for one case, the last."), _RATINGS),
        Count("open_at_end", _("Open at the end"), "late_share_at_end", "n",
              _("Cases that waited for an answer when the period was over."), _CASES),
        Count("late_at_end", _("Late at the end"), "late_share_at_end", "yes",
              _("Cases that waited for an answer when the period was over, and whose promised date had passed."),
              _CASES),
        Count("in_time_at_end", _("Open at the end, not late"), "late_share_at_end", "no",
              _("Cases that waited for an answer when the period was over, and whose promised date had not passed."),
              _CASES),
    )
}  # fmt: skip
# How things stood when the period was over: of three months this is no sum.
AT_THE_END = frozenset(name for name, count in COUNTS.items() if MEASURES[count.measure].of_now)
# What adds up to what in every place.
SPLITS = (
    ("taken_up", ("taken_up_on_time", "taken_up_late")),
    ("answered", ("answered_on_time", "answered_late")),
    ("answered", ("outcome_told", "outcome_not_told")),
    ("closed", ("confirmed", "closed_by_agency", "closed_by_silence")),
    ("appeals_decided", ("appeals_granted", "appeals_rejected")),
    ("open_at_end", ("late_at_end", "in_time_at_end")),
)
# Counts that hang together by a split; the first is the whole, which says how thin a table is.
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("received",),
    ("taken_up", "taken_up_on_time", "taken_up_late"),
    ("answered", "answered_on_time", "answered_late", "outcome_told", "outcome_not_told"),
    ("not_solved",),
    ("reopened",),
    ("closed", "confirmed", "closed_by_agency", "closed_by_silence"),
    ("appealed",),
    ("appeals_decided", "appeals_granted", "appeals_rejected"),
    ("rated",),
    ("open_at_end", "late_at_end", "in_time_at_end"),
)
# Who knows what was open a month before keeps an account: with what came it is answered, open still, or gone otherwise.
CAME, WENT = ("received", "not_solved", "reopened"), ("answered", "open_at_end")
# What is worked out together: the families of that account, and each of the others by itself.
TOGETHER: tuple[tuple[str, ...], ...] = (
    tuple(figure for family in FAMILIES if family[0] in CAME + WENT for figure in family),
    *(family for family in FAMILIES if family[0] not in CAME + WENT),
)
# What is told beside a count, wherever that count is shown: measure -> the count it rests on.
BESIDE = {
    "days_to_acknowledge_median": "taken_up",
    "days_to_acknowledge_p90": "taken_up",
    "days_to_resolve_median": "answered",
    "days_to_resolve_p90": "answered",
    "satisfaction": "rated",
}
# A share is told wherever both of its counts are shown: measure -> how many, of how many.
SHARES = {
    "acknowledged_on_time": ("taken_up_on_time", "taken_up"),
    "resolved_on_time": ("answered_on_time", "answered"),
    "told": ("outcome_told", "answered"),
    "disputed_share": ("not_solved", "answered"),
    "confirmed_share": ("confirmed", "closed"),
    "appeals_upheld": ("appeals_granted", "appeals_decided"),
    "late_share_at_end": ("late_at_end", "open_at_end"),
}
SHARES_OF = {whole: [name for name, (_some, of) in SHARES.items() if of == whole] for whole in COUNTS}

# Every figure that is published.
FIGURES = (*COUNTS, *SHARES, *BESIDE)

# In which order pages tell them.
TELLING: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        _("Received and taken up"),
        ("received", "taken_up", "acknowledged_on_time", "taken_up_on_time", "taken_up_late",
         "days_to_acknowledge_median", "days_to_acknowledge_p90"),
    ),
    (
        _("Answered"),
        ("answered", "resolved_on_time", "answered_on_time", "answered_late", "days_to_resolve_median",
         "days_to_resolve_p90", "told", "outcome_told", "outcome_not_told"),
    ),
    (
        _("What citizens said"),
        ("not_solved", "disputed_share", "reopened", "closed", "confirmed_share", "confirmed", "closed_by_agency",
         "closed_by_silence", "satisfaction", "rated"),
    ),
    (_("Appeals"), ("appealed", "appeals_decided", "appeals_upheld", "appeals_granted", "appeals_rejected")),
    (_("Open when the period was over"), ("open_at_end", "late_share_at_end", "late_at_end", "in_time_at_end")),
)  # fmt: skip


# --- In which tables --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    name: str
    title: str | Promise
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()  # the tables whose numbers its own add up to


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("country", _("The whole country"), ()),
        Table("agency", _("By agency"), ("agency",)),
        Table("programme", _("By programme"), ("programme",)),
        Table("kind", _("By topic group"), ("kind",)),
        Table("province", _("By province"), ("province",)),
        Table("district", _("By district"), ("district",), needs=("province",)),
        Table("agency_province", _("By agency and province"), ("agency", "province"), needs=("agency", "province")),
        Table("channel", _("By channel"), ("channel",)),
        Table("language", _("By language"), ("language",)),
    )
}
SENSITIVE = ("country", "province")  # what is told of sensitive matters, and only by the quarter
# Which programmes an agency answers for is no secret: who knows the one count knows much of the other. So this table,
# which nobody is shown, stands behind the three of them.
MATTERS = "matters"
MATTERS_BY = ("agency", "programme", "kind")

# What a figure is told apart by, in the order in which files have it.
DIMENSIONS = ("agency", "programme", "kind", "province", "district", "channel", "language")

A_PLACE = THRESHOLD // 2  # a table with fewer than that for each of its places would be hidden nearly all


class Cell(NamedTuple):
    """Where a number stands. `stretch` is "2026-10" or "2026-Q4"; `by` as the table has it, "" is "not said"."""

    stretch: str
    sensitive: bool
    table: str
    by: tuple[str, ...]
    figure: str


def matters() -> list[tuple[str, ...]]:
    """Which agency answers for which programme in which kind of matter: where no topic is, nothing can be counted."""
    topics = [topic for topic in catalogue().topics.values() if topic.sensitivity == Sensitivity.OPEN]
    found = {(topic.answered_by, topic.programme_id or "", str(topic.kind)) for topic in topics}
    return sorted(found)


def _of_matters(place: int) -> list[str]:
    return list(dict.fromkeys(matter[place] for matter in matters()))


_VALUES: dict[str, Callable[[], list[str]]] = {
    **{name: partial(_of_matters, place) for place, name in enumerate(MATTERS_BY)},
    "province": lambda: [*catalogue().provinces, ""],
    # A case of which the province alone is known stands under the province.
    "district": lambda: [*catalogue().districts, *catalogue().provinces],
    "channel": lambda: list(Channel.values),
    "language": lambda: list(dict.fromkeys([*dict(settings.LANGUAGES), *catalogue().languages])),
}


def keys_of(table: str) -> list[tuple[str, ...]]:
    """All places of a table, also those at which nothing was counted."""
    keys: list[tuple[str, ...]] = [()]
    for dimension in TABLES[table].by:
        keys = [(*key, value) for key in keys for value in _VALUES[dimension]()]
    return keys


def values_of(dimension: str) -> list[str]:
    return _VALUES[dimension]()


def enough_for(table: str, whole: int) -> bool:
    """A thin table is not told at all, and then there is nothing in it to hide."""
    return table == "country" or whole >= A_PLACE * len(keys_of(table))


# --- What adds up to what ---------------------------------------------------------------------------------


def books(counts: Mapping[Cell, int], same: Collection[Sum] = ()) -> Iterator[Book]:
    """What hangs together: one book for each of TOGETHER, of what is sensitive and of what is not.

    `same` says of which counts it is known that they are one number, as a sum with one part.
    """
    parents = dict(Place.objects.values_list("code", "parent"))
    for sensitive in (False, True):
        for family in TOGETHER:
            ours = {cell: n for cell, n in counts.items() if cell.sensitive == sensitive and cell.figure in family}
            if ours:
                sums = [
                    one
                    for one in (*_sums(ours, parents), *same)
                    if all(cell in ours for cell in (one.whole, *one.parts))
                ]
                unsaid, account, hints = _account(ours)
                never_told = frozenset(cell for cell in ours if cell.table == MATTERS)
                yield Book(ours | unsaid, [*sums, *account], never_told | unsaid.keys(), hints)


def _account(counts: Mapping[Cell, int]) -> tuple[dict[Cell, int], list[Sum], list[Sum]]:
    """In each place what came is what was answered, is open still or went otherwise, less what was open before.

    An attacker is taken to know what was open before, and the least that can have gone otherwise or been put there from
    elsewhere. It is more than anybody knows, and so neither has to be looked up.
    """
    unsaid: dict[Cell, int] = {}
    sums: list[Sum] = []
    hints: list[Sum] = []
    for cell in counts:
        came = [one for name in CAME if (one := cell._replace(figure=name)) in counts]
        went = [one for name in WENT if (one := cell._replace(figure=name)) in counts]
        if cell.figure == "received" and len(went) == len(WENT):
            all_of_them, gone = cell._replace(figure="came"), cell._replace(figure="gone")
            unsaid |= {all_of_them: sum(counts[one] for one in came), gone: 0}
            sums += [Sum(all_of_them, tuple(came)), Sum(all_of_them, (*went, gone))]
            if cell.table != "country":  # its own numbers are the last to be hidden
                hints += [Sum(cell, tuple(went)), Sum(cell, (*went, *came[1:]))]
    return unsaid, sums, hints


def _sums(counts: Iterable[Cell], parents: Mapping[str, str | None]) -> Iterator[Sum]:
    places: dict[tuple[str, bool, str], dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in counts:
        places[cell.stretch, cell.sensitive, cell.figure][cell.table].append(cell)
        yield from _of_one_place(cell)
    for tables in places.values():
        for table, cells in tables.items():
            if table not in ("country", "district", "agency_province"):
                yield Sum(cells[0]._replace(table="country", by=()), tuple(cells))
        yield from _grouped(tables["district"], "province", lambda cell: parents.get(cell.by[0]) or cell.by[0])
        for place, dimension in enumerate(("agency", "province")):
            yield from _grouped(tables["agency_province"], dimension, lambda cell, place=place: cell.by[place])
        for place, dimension in enumerate(MATTERS_BY):
            yield from _grouped(tables[MATTERS], dimension, lambda cell, place=place: cell.by[place])


def _grouped(cells: Iterable[Cell], table: str, key: Callable[..., str]) -> Iterator[Sum]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    for value, parts in groups.items():
        yield Sum(parts[0]._replace(table=table, by=(value,)), tuple(parts))


def _of_one_place(cell: Cell) -> Iterator[Sum]:
    for whole, split in SPLITS:
        if cell.figure == whole:
            yield Sum(cell, tuple(cell._replace(figure=part) for part in split))
    if is_quarter(cell.stretch) and not cell.sensitive:
        yield Sum(cell, parts(cell))


def parts(quarter: Cell) -> tuple[Cell, ...]:
    """The same in its three months."""
    return tuple(quarter._replace(stretch=month) for month in months_of(quarter.stretch))


# --- Stretches of time ------------------------------------------------------------------------------------


def is_quarter(stretch: str) -> bool:
    return "Q" in stretch


def months_of(quarter: str) -> list[str]:
    year, number = quarter.split("-Q")
    return [f"{year}-{month:02}" for month in range(3 * int(number) - 2, 3 * int(number) + 1)]


@dataclass(frozen=True)
class Month:
    first: date

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def quarter(self) -> str:
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}"

    @property
    def ends_a_quarter(self) -> bool:
        return self.first.month % 3 == 0

    @property
    def in_quarter(self) -> "list[Month]":
        return [Month(date.fromisoformat(f"{month}-01")) for month in months_of(self.quarter)]

    @property
    def others(self) -> "list[Month]":
        return [one for one in self.in_quarter if one != self]
