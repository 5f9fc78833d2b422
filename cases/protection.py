"""Hides what is too small to be told in published counts, and what else must be hidden so that nobody works it out.

Whoever reads the tables knows each count that is shown, that none is negative, and which counts add up to which. So
each hidden count is known to lie between a smallest and a largest number, and linear programming finds both. What to
hide besides is the cheapest way to let a small count be another one. Pure: tables of numbers in, tables out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from cases.measures import Row

if TYPE_CHECKING:  # the solver itself is loaded where it works: most processes never need it
    from highspy import Highs

TOTAL = "*"  # in the place of a value: all of them
THRESHOLD = 10
_FAR = 1000.0  # how much more of a hidden count is thought possible; no more than that is ever needed
_NEAR = 1e-6  # the solver's numbers are no sharper
_GOLDEN = 0.618034  # its multiples fall apart evenly between whole numbers

Cell = Any  # whatever can be a key
Key = tuple[str, ...]


class Sum(NamedTuple):
    """The whole is all its parts together."""

    whole: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True)
class Book:
    """All counts that are published together, those that were before included, and how they hang together.

    `unsaid` stand in sums but in no table: nobody is told them, so they need no hiding and no protection. `hints` are
    no sums, but where one of their numbers is hidden, another should be: it saves much searching, and decides nothing.
    """

    counts: Mapping[Cell, int]
    sums: Sequence[Sum]
    unsaid: Collection[Cell] = frozenset()
    hints: Sequence[Sum] = ()


class CannotProtect(Exception):
    """A small count can be worked out from what was published before, whatever is hidden now."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(f"{cell} can be worked out from what was published before.")
        self.cell = cell


def to_hide(
    book: Book, *, threshold: int = THRESHOLD, also: Collection[Cell] = (), told: Collection[Cell] = ()
) -> set[Cell]:
    """The counts below the threshold, zero too, and what must go with them; `told` are public and stay so.

    A hidden small count could then be any of more than `threshold` numbers. Zero is hidden like any other small
    number: or of those hidden, one would know that there is somebody. Raises CannotProtect.
    """
    few = [cell for cell in _small(book, threshold) if cell not in told]
    hidden = _with_neighbours(book, {*few, *also, *book.unsaid}, few, told, threshold)
    known, search = _Known(book), _Search(book, hidden)
    for cell in few:
        search.widen(cell, few, known, threshold)
        if known.room(cell) < threshold:
            for another in _cheapest_others(book, cell, hidden, told, apart=threshold):
                known.learn(another)
                hidden |= {other for other, change in another.items() if abs(change) > _NEAR}
            search = _Search(book, hidden)
    return hidden - {*book.unsaid}


def worked_out(book: Book, hidden: Collection[Cell], *, threshold: int = THRESHOLD) -> dict[Cell, tuple[float, float]]:
    """The check before anything is published: each small count with an interval narrower than the threshold."""
    known, search = _Known(book), _Search(book, {*hidden, *book.unsaid})
    small = _small(book, threshold)
    veiled = [cell for cell in small if cell in search.columns]
    for cell in veiled:
        search.widen(cell, veiled, known, threshold)
    return {cell: known.interval(cell) for cell in small if known.room(cell) < threshold - _NEAR}


def alone(book: Book, hidden: Collection[Cell]) -> set[Cell]:
    """What a subtraction gives away: the one hidden number of a sum. That is what hiding by itself comes to."""
    sums = ([cell for cell in (one.whole, *one.parts) if cell in hidden or cell in book.unsaid] for one in book.sums)
    return {veiled[0] for veiled in sums if len(veiled) == 1} - {*book.unsaid}


def _small(book: Book, threshold: int) -> list[Cell]:
    return [cell for cell, n in book.counts.items() if n < threshold and cell not in book.unsaid]


def _with_neighbours(
    book: Book, hidden: set[Cell], few: Collection[Cell], told: Collection[Cell], threshold: int
) -> set[Cell]:
    """What each sum asks for by itself: one hidden number alone is none, and few together under a whole are few.

    It is no more than is needed, and hardly less: linear programming has little to add.
    """
    hidden, small, needed = set(hidden), set(few), set(few)
    sums_of: dict[Cell, list[Sum]] = defaultdict(list)
    every = [*book.sums, *book.hints]
    for one in every:
        for cell in (one.whole, *one.parts):
            sums_of[cell].append(one)
    waiting = [one for one in every if not hidden.isdisjoint((one.whole, *one.parts))]
    while waiting:
        one = waiting.pop()
        veiled = [cell for cell in (one.whole, *one.parts) if cell in hidden]
        together = sum(book.counts[cell] for cell in veiled)
        too_few = one.whole not in hidden and together < threshold and not small.isdisjoint(veiled)
        others = [cell for cell in (one.whole, *one.parts) if cell not in hidden and cell not in told]
        if others and (too_few or (len(veiled) == 1 and veiled[0] in needed)):
            another = min(others, key=book.counts.__getitem__)
            hidden.add(another)
            needed.add(another)
            waiting += sums_of[another]
    return hidden


# --- One table --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A cell of the table as it may be told; `n` is None where it is hidden, for one of two reasons."""

    by: Key
    n: int | None
    few: bool = False  # it is below the threshold itself; else it is hidden so that another stays hidden


def protected(rows: Iterable[Row], *, threshold: int = THRESHOLD, also: Collection[Key] = ()) -> list[Shown]:
    """The counts of one table with their totals, none below the threshold, none such that can be worked out."""
    counts = with_totals(rows)
    hidden = to_hide(table(counts), threshold=threshold, also=also)
    return [Shown(key, None if key in hidden else n, n < threshold) for key, n in sorted(counts.items())]


def with_totals(rows: Iterable[Row]) -> dict[Key, int]:
    """The whole table: a pair of values that nobody counted is a zero in it."""
    rows = list(rows)
    if any(row.value != row.n for row in rows):
        raise ValueError("Only counts can be protected: of a share, protect what it is a share of, and both parts.")
    if {len(row.by) for row in rows} - {1, 2} or len({row.measure for row in rows}) > 1:
        raise ValueError("One measure, told apart by one thing or two.")
    sides = [dict.fromkeys([*values, TOTAL]) for values in zip(*(row.by for row in rows), strict=True)]
    counts = dict.fromkeys(product(*sides), 0) if rows else {}
    for row in rows:
        for key in product(*((value, TOTAL) for value in row.by)):
            counts[key] += row.n
    return counts


def table(counts: Mapping[Key, int]) -> Book:
    """A table with its totals as a book: each total is the sum of what stands in its row or column."""
    sums = []
    for key in counts:
        for place in (place for place, value in enumerate(key) if value == TOTAL):
            ends = key[:place], key[place + 1 :]
            sums.append(
                Sum(key, tuple(one for one in counts if (one[:place], one[place + 1 :]) == ends and one != key))
            )
    return Book(counts, sums)


# --- What can be known ------------------------------------------------------------------------------------

Change = Mapping[Cell, float]  # another book that looks the same: how much more or less of each hidden count


class _Known:
    """How far each count is known to vary, from the books found so far that look the same."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.less: dict[Cell, float] = dict.fromkeys(book.counts, 0.0)
        self.more: dict[Cell, float] = dict.fromkeys(book.counts, 0.0)

    def learn(self, another: Change) -> None:
        for cell, change in another.items():
            self.less[cell], self.more[cell] = min(self.less[cell], change), max(self.more[cell], change)

    def room(self, cell: Cell) -> float:
        return self.more[cell] - self.less[cell] + _NEAR

    def interval(self, cell: Cell) -> tuple[float, float]:
        n = self.book.counts[cell]
        return n + self.less[cell], n + self.more[cell]


@dataclass
class _Search:
    """All books that look like this one while these counts are hidden."""

    book: Book
    hidden: Collection[Cell]
    columns: dict[Cell, int] = field(init=False)
    tried_together: bool = False

    def __post_init__(self) -> None:
        self.columns = {cell: column for column, cell in enumerate(c for c in self.book.counts if c in self.hidden)}

    @cached_property
    def solver(self) -> "Highs":
        lower = [-float(self.book.counts[cell]) for cell in self.columns]
        rows = [
            {self.columns[cell]: sign for cell, sign in _signs(one) if cell in self.columns} for one in self.book.sums
        ]
        return _solver([0.0] * len(lower), lower, [_FAR] * len(lower), [row for row in rows if row])

    def widen(self, cell: Cell, few: Collection[Cell], known: _Known, threshold: int) -> None:
        """Find books in which this count is another: at first in one with as many others as can be, then alone."""
        if known.room(cell) < threshold and not self.tried_together:
            self._widen_together([one for one in few if known.room(one) < threshold], known, threshold)
        if known.room(cell) < threshold:
            for sign in (1.0, -1.0):
                self.solver.changeColCost(self.columns[cell], sign)
                self._learn([cell], known)
            self.solver.changeColCost(self.columns[cell], 0.0)

    def _widen_together(self, few: list[Cell], known: _Known, threshold: int) -> None:
        """First all of them as small as can be; then again and again as many as can be by as much as they lack.

        Each has a price of its own: were they alike, all would grow a little and none enough.
        """
        self.tried_together = True
        self._learn(few, known, dict.fromkeys(few, 1.0))
        narrow = [one for one in few if known.room(one) < threshold]
        while narrow:
            for one in narrow:
                self._limit(one, threshold + known.less[one])
            self._learn(narrow, known, {one: -1.0 - number * _GOLDEN % 1 for number, one in enumerate(narrow)})
            for one in narrow:
                self._limit(one, _FAR)
            left = [one for one in narrow if known.room(one) < threshold]
            if len(left) == len(narrow):
                return
            narrow = left

    def _learn(self, cells: Sequence[Cell], known: _Known, costs: Mapping[Cell, float] | None = None) -> None:
        for one, cost in (costs or {}).items():
            self.solver.changeColCost(self.columns[one], cost)
        found = _solved(self.solver, cells[0])
        known.learn({one: found[self.columns[one]] for one in cells})
        for one in costs or {}:
            self.solver.changeColCost(self.columns[one], 0.0)

    def _limit(self, cell: Cell, most: float) -> None:
        self.solver.changeColBounds(self.columns[cell], -float(self.book.counts[cell]), most)


def _signs(one: Sum) -> list[tuple[Cell, float]]:
    return [(one.whole, -1.0), *((part, 1.0) for part in one.parts)]


def _cheapest_others(
    book: Book, cell: Cell, hidden: Collection[Cell], told: Collection[Cell], *, apart: float
) -> list[Change]:
    """Two books that are so far apart in this count, and change as little as can be of what is shown."""
    free = [one for one in book.counts if one in hidden or one not in told]
    price = [0.0 if one in hidden else float(book.counts[one]) + 1 for one in free]
    less = [float(book.counts[one]) for one in free]
    # Of each count, what it is more and what it is less in the one book, then in the other: all have their price.
    width = len(free)
    columns = {one: ((number, 1.0), (number + width, -1.0)) for number, one in enumerate(free)}
    rows = [
        {column + shift: sign * way for one, sign in _signs(whole) if one in columns for column, way in columns[one]}
        for whole in book.sums
        for shift in (0, 2 * width)
    ]
    distance = {
        column + shift: way * sign for shift, sign in ((0, 1.0), (2 * width, -1.0)) for column, way in columns[cell]
    }
    solver = _solver(
        price * 4, [0.0] * 4 * width, ([_FAR] * width + less) * 2, [row for row in rows if row], distance, apart
    )
    found = _solved(solver, cell)
    return [
        {one: found[number + shift] - found[number + width + shift] for number, one in enumerate(free)}
        for shift in (0, 2 * width)
    ]


def _solver(
    cost: list[float],
    lower: list[float],
    upper: list[float],
    rows: list[dict[int, float]],
    apart: dict[int, float] | None = None,
    at_least: float = 0.0,
) -> "Highs":
    """The cheapest of all numbers between lower and upper for which each row adds up to nothing, and one to as much."""
    from highspy import Highs, HighsLp, MatrixFormat

    ends = [0.0] * len(rows)
    if apart:
        rows, ends = [*rows, apart], [*ends, at_least]
    lp = HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, lower, upper
    lp.row_lower_ = lp.row_upper_ = ends
    lp.a_matrix_.format_ = MatrixFormat.kRowwise
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    lp.a_matrix_.start_ = starts
    lp.a_matrix_.index_ = [column for row in rows for column in row]
    lp.a_matrix_.value_ = [value for row in rows for value in row.values()]
    solver = Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    return solver


def _solved(solver: "Highs", cell: Cell) -> list[float]:
    from highspy import HighsModelStatus

    solver.run()
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        raise CannotProtect(cell)
    return list(solver.getSolution().col_value)
