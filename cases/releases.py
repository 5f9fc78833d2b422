"""A release in the making: its counts, what is hidden in them, what that leaves to see; and what was published.

Counts are published of what is not sensitive by month; with the month that ends a quarter come the quarter's tables,
which are the sums of its three months as they were published, and what is sensitive, by province alone. A number is
hidden where it is small, or where a small one could be worked out from it and all else that is published. A quarter's
number is shown where those of its three months are: so it tells nothing that they do not. What was open at the end of a
month has no sum; but with what came and what was answered it is an account, and these are worked out together, as if
everybody knew how many were open before, and the least that can have gone another way.

Who reads a correction has the versions before it, too. What changed is another number than it was, and nothing is
taken for known of how far it moved. What did not change is one number, of which two versions tell: whoever knows or
guesses that may put their tables together. So we take them to know of every number whether it changed, which is more
than they can, and hide of the correction what would then give a small number away, in it or in a version before. Where
nothing helps there is no correction.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from cases import counting
from cases.histories import open_when_over
from cases.models import Release
from cases.pack import Place
from cases.protection import THRESHOLD, Book, CannotProtect, Sum, alone, to_hide, worked_out
from cases.statistics import PUBLIC, PUBLIC_SENSITIVE, Period, Scope, Where, figures, figures_in
from cases.tables import (
    AT_THE_END,
    BESIDE,
    COUNTS,
    FAMILIES,
    MATTERS,
    MATTERS_BY,
    SENSITIVE,
    SHARES,
    SHARES_OF,
    TABLES,
    Cell,
    Month,
    books,
    enough_for,
    is_quarter,
    keys_of,
    matters,
    parts,
)

_WHOLE_OF = {figure: family[0] for family in FAMILIES for figure in family}
Counts = Mapping[Cell, int]
Told = frozenset[tuple[str, bool, str, str]]  # which tables of which whole: stretch, sensitive, table, figure


@dataclass(frozen=True)
class Draft:
    """All counts, which of them are hidden, and what is told beside them."""

    counts: Counts
    hidden: frozenset[Cell]
    beside: Mapping[Cell, float]

    def cells(self) -> list[list]:
        return [[*cell, n, cell in self.hidden] for cell, n in sorted(self.counts.items())]

    def values(self) -> list[list]:
        return [[*cell, value] for cell, value in sorted(self.beside.items())]

    @property
    def tables(self) -> Told:
        """Which tables are told at all. The others were too thin."""
        return frozenset((cell.stretch, cell.sensitive, cell.table, _WHOLE_OF[cell.figure]) for cell in self.counts)

    def shown(self, cell: Cell) -> int | None:
        """As the public has it: None where it is hidden, and of what is told nowhere."""
        return None if cell in self.hidden or cell.table == MATTERS else self.counts.get(cell)


NOTHING = Draft({}, frozenset(), {})


def draft(month: Month) -> Draft:
    """Raises CannotProtect where what is published already gives a small count away."""
    others = [published(one) for one in month.others]
    at_the_end = open_when_over(month.last)
    counts, beside = _counted(month.name, PUBLIC, TABLES, Period(month.first, month.last), at_the_end)
    if month.ends_a_quarter and all(one.counts for one in others):
        counts |= _sensitive(month, at_the_end)
    return drafted(month, counts, beside, earlier=versions(month), others=others)


def drafted(
    month: Month,
    counts: Counts,
    beside: Mapping[Cell, float],
    *,
    earlier: Sequence[Draft] = (),
    others: Iterable[Draft] = (),
) -> Draft:
    """From what was counted, the versions of this month so far, and the other two months of its quarter."""
    last = earlier[-1] if earlier else NOTHING
    ours = _not_thin(counts, last)
    hidden = _hidden(ours, earlier, also=last.hidden)
    before = _months(others)
    quarter = _quarter(month, {**before.counts, **ours}) if before.counts and month.ends_a_quarter else {}
    hidden |= {
        cell for cell in quarter if cell in last.hidden or not before.hidden.union(hidden).isdisjoint(parts(cell))
    }
    ours |= quarter
    hidden = frozenset(cell for cell in hidden if cell in ours)
    one = Draft(ours, hidden, {})
    rests = ((cell, value, cell._replace(figure=BESIDE[cell.figure])) for cell, value in beside.items())
    told = {cell: value for cell, value, count in rests if one.shown(count) is not None}
    return replace(one, beside=told | _shares(one))


def _shares(one: Draft) -> dict[Cell, float]:
    """Those of which both numbers are shown."""
    shares = (cell._replace(figure=name) for cell in one.counts for name in SHARES_OF[cell.figure])
    return {cell: share for cell in shares if (share := share_of(one, cell)) is not None}


def share_of(one: Draft, cell: Cell) -> float | None:
    """From 0 to 1, as finely as it is published."""
    some, whole = (one.shown(cell._replace(figure=count)) for count in SHARES[cell.figure])
    return round(some / whole, 4) if some is not None and whole else None


def carried(month: Month, one: Draft) -> Draft | None:
    """What becomes of the published quarter by this correction of a month; None where nothing does.

    The last month's own numbers stay. What is sensitive, which no month tells, is counted anew.
    """
    last = month.in_quarter[-1]
    before = published(last)
    if month == last or not any(is_quarter(cell.stretch) for cell in before.counts):
        return None
    others = others_of(last, month, one)
    counts = {cell: n for cell, n in before.counts.items() if not is_quarter(cell.stretch)}
    counts |= _sensitive(last, open_when_over(last.last))
    beside = {cell: value for cell, value in before.beside.items() if cell.figure in BESIDE}
    after = drafted(last, counts, beside, earlier=versions(last), others=others)
    return None if (after.counts, after.hidden) == (before.counts, before.hidden) else after


def others_of(last: Month, month: Month, one: Draft) -> list[Draft]:
    """The other two months of the last one's quarter, of which this one is corrected."""
    return [one if other == month else published(other) for other in last.others]


def adds_up(month: Month) -> bool:
    """Whether the published quarter of this month is the sum of its three months as they are published now."""
    every = [published(one) for one in month.in_quarter]
    counts = {cell: n for one in every for cell, n in one.counts.items()}
    quarter = (cell for cell in every[-1].counts if is_quarter(cell.stretch) and not cell.sensitive)
    return all(counts[cell] == sum(counts.get(part, -1) for part in parts(cell)) for cell in quarter)


def _not_thin(counts: Counts, last: Draft) -> dict[Cell, int]:
    """Without the tables for which there are too few, and without those that the last version did not tell."""
    wholes = {(cell.stretch, cell.sensitive, cell.figure): n for cell, n in counts.items() if cell.table == "country"}
    told_before = last.tables
    stretches_before = {told[:2] for told in told_before}

    @cache
    def is_told(stretch: str, sensitive: bool, table: str, whole: str) -> bool:
        if table == MATTERS:
            return any(is_told(stretch, sensitive, one, whole) for one in MATTERS_BY)
        return (
            enough_for(table, wholes[stretch, sensitive, whole])
            and ((stretch, sensitive) not in stretches_before or (stretch, sensitive, table, whole) in told_before)
            and all(is_told(stretch, sensitive, needed, whole) for needed in TABLES[table].needs)
        )

    return {
        cell: n
        for cell, n in counts.items()
        if is_told(cell.stretch, cell.sensitive, cell.table, _WHOLE_OF[cell.figure])
    }


def _months(others: Iterable[Draft]) -> Draft:
    """All that was told of other months, by the month; nothing if one of them is not there."""
    others = list(others)
    if not all(one.counts for one in others):
        return NOTHING
    counts = {cell: n for one in others for cell, n in one.counts.items() if not is_quarter(cell.stretch)}
    return Draft(counts, frozenset(cell for one in others for cell in one.hidden if cell in counts), {})


def _quarter(month: Month, counts: Counts) -> dict[Cell, int]:
    """The sums of what was told of all three months."""
    ours = (cell for cell in counts if cell.stretch == month.name and cell.figure not in AT_THE_END)
    sums = [cell._replace(stretch=month.quarter) for cell in ours]
    return {one: sum(counts[part] for part in parts(one)) for one in sums if all(part in counts for part in parts(one))}


def _hidden(counts: Counts, earlier: Sequence[Draft], *, also: frozenset[Cell]) -> frozenset[Cell]:
    """The country's own number is the last to be hidden: all others are about it."""
    before = _before(counts, earlier)
    found: set[Cell] = set()
    for book in books({**counts, **before.counts}, before.same):
        veiled, known = (also | before.hidden) & book.counts.keys(), before.known & book.counts.keys()
        whole = {cell for cell, n in book.counts.items() if cell.table == "country" and n >= THRESHOLD}
        whole -= veiled | {*book.unsaid}
        found |= _hidden_in(book, veiled, whole, known)
    return frozenset(found & counts.keys())


def _hidden_in(book: Book, veiled: Collection[Cell], whole: Collection[Cell], known: Collection[Cell]) -> set[Cell]:
    """First without the country's own numbers; then with parts of the family in which it fails, its whole, and all."""
    try:
        return to_hide(book, also=veiled, told={*whole, *known})
    except CannotProtect as refused:
        if not whole:
            raise
        family = _WHOLE_OF[refused.cell.figure]
        parts_too = [cell for cell in whole if _WHOLE_OF[cell.figure] != family or cell.figure == family]
        whole_too = [cell for cell in whole if _WHOLE_OF[cell.figure] != family]
        left = next((left for left in (parts_too, whole_too) if len(left) < len(whole)), [])
        return _hidden_in(book, veiled, left, known)


@dataclass(frozen=True)
class Before:
    """What earlier versions of a month told, under names of their own."""

    counts: Counts
    hidden: frozenset[Cell]
    same: list[Sum]  # what did not change from one version to another
    known: frozenset[Cell]  # what they show, and what is the same now: to hide it is too late


def _before(counts: Counts, earlier: Iterable[Draft]) -> Before:
    first = {(cell, n): cell for cell, n in counts.items()}  # under which name a number is known
    told: dict[Cell, int] = {}
    hidden, same, known = set(), [], set()
    for version, one in enumerate(earlier, 1):
        for cell, n in _months_own(one).items():
            then = cell._replace(stretch=f"{cell.stretch} v{version}")
            told[then] = n
            now = first.setdefault((cell, n), then)
            if now != then:
                same.append(Sum(now, (then,)))
            if cell in one.hidden:
                hidden.add(then)
            elif cell.table != MATTERS:
                known |= {then, now}
    return Before(told, frozenset(hidden), same, frozenset(known))


def _months_own(one: Draft) -> dict[Cell, int]:
    """Without the sums of a quarter, which tell nothing that its months do not."""
    return {cell: n for cell, n in one.counts.items() if cell.sensitive or not is_quarter(cell.stretch)}


# --- Counting ---------------------------------------------------------------------------------------------


def _counted(
    stretch: str,
    scope: Scope,
    tables: Iterable[str],
    period: Period,
    at_the_end: Counter[counting.Cell],
    *,
    sensitive: bool = False,
) -> tuple[dict[Cell, int], dict[Cell, float]]:
    """Every count of every table, zeros too; and what is told beside them."""
    counts: dict[Cell, int] = {}
    beside: dict[Cell, float] = {}
    stock = dict.fromkeys(COUNTS[name].measure for name in COUNTS if name in AT_THE_END)
    flows = dict.fromkeys(COUNTS[name].measure for name in COUNTS if name not in AT_THE_END)
    after = period.last + timedelta(days=1)

    def add(table: str, by: tuple[str, ...], keys: Iterable[tuple[str, ...]], besides: Collection[str]) -> None:
        where, asked = Where(scope), dict.fromkeys([*flows, *besides])
        found = figures(asked, by=by, where=where, period=period)
        found += figures_in(at_the_end, stock, by=by, where=where, today=after)
        rows = {(row.measure, row.by): row for row in found}
        for key in dict.fromkeys([*keys, *(key for _measure, key in rows)]):
            for name, count in COUNTS.items():
                row = rows.get((count.measure, key))
                counts[Cell(stretch, sensitive, table, key, name)] = count.of(row.n, row.value) if row else 0
            for name in besides:
                if (row := rows.get((name, key))) and row.value is not None:
                    beside[Cell(stretch, sensitive, table, key, name)] = round(row.value, 2)

    for table in tables:
        add(table, TABLES[table].by, keys_of(table), () if sensitive else BESIDE)
    if not sensitive:
        add(MATTERS, MATTERS_BY, matters(), ())
    if "district" in tables:
        _district_not_said(counts, stretch)
    return counts, beside


def _sensitive(last: Month, at_the_end: Counter[counting.Cell]) -> dict[Cell, int]:
    """By the quarter that this month ends."""
    whole = Period(last.in_quarter[0].first, last.last)
    return _counted(last.quarter, PUBLIC_SENSITIVE, SENSITIVE, whole, at_the_end, sensitive=True)[0]


def _district_not_said(counts: dict[Cell, int], stretch: str) -> None:
    """What a province has beyond its districts. What says no province either stands in the provinces' table."""
    parents = dict(Place.objects.values_list("code", "parent"))
    for cell in [cell for cell in counts if cell.table == "district" and not parents.get(cell.by[0])]:
        del counts[cell]
    said: dict[Cell, int] = {}
    for cell, n in counts.items():
        if cell.table == "district":
            above = cell._replace(table="province", by=(parents[cell.by[0]] or "",))
            said[above] = said.get(above, 0) + n
    for cell, n in [(cell, n) for cell, n in counts.items() if cell.table == "province" and cell.by[0]]:
        counts[cell._replace(table="district")] = n - said.get(cell, 0)


# --- What was published -----------------------------------------------------------------------------------


def read(release: Release) -> Draft:
    cells = {
        Cell(s, sensitive, table, tuple(by), count): (n, hidden)
        for s, sensitive, table, by, count, n, hidden in release.cells
    }
    beside = {
        Cell(s, sensitive, table, tuple(by), figure): value for s, sensitive, table, by, figure, value in release.values
    }
    hidden = frozenset(cell for cell, (_n, is_hidden) in cells.items() if is_hidden)
    return Draft({cell: n for cell, (n, _hidden) in cells.items()}, hidden, beside)


def all_published() -> Any:
    """Of all months and versions, the newest month first, without the numbers."""
    return Release.objects.filter(state=Release.State.PUBLISHED).defer("cells", "values")


def latest(month: date) -> Release | None:
    return all_published().filter(month=month).order_by("-version").first()


def published(month: Month) -> Draft:
    """The newest version; nothing where there is none."""
    release = latest(month.first)
    return frozen(release) if release else NOTHING


def frozen(release: Release) -> Draft:
    """What a published release holds. It never changes, so it is read once."""
    return _frozen(release.pk, release.digest)


@lru_cache(maxsize=24)
def _frozen(pk: int, digest: str) -> Draft:
    return read(Release.objects.get(pk=pk, digest=digest))


def versions(month: Month) -> list[Draft]:
    """All that was published of it, the oldest first."""
    return [frozen(release) for release in all_published().filter(month=month.first).order_by("version")]


def leaks(
    month: Month, one: Draft, others: Iterable[Draft] | None = None, earlier: Iterable[Draft] | None = None
) -> dict[Cell, tuple[float, float]]:
    """The check before it is published: what it gives away, by linear programming, each small count with its bounds.

    The months of a quarter hang together by the quarter's sums alone. Of these it is seen that each is the sum of
    numbers that are shown: so they tell nothing more, and each month stands for itself, with all its versions.
    """
    ours = _months_own(one)
    before = _before(ours, versions(month) if earlier is None else earlier)
    found: dict[Cell, tuple[float, float]] = {}
    for book in books({**ours, **before.counts}, before.same):
        found |= worked_out(book, (one.hidden | before.hidden) & book.counts.keys())
    quarter = _months([published(other) for other in month.others] if others is None else others)
    veiled = quarter.hidden | one.hidden
    for cell, n in one.counts.items():
        if cell not in ours and cell not in veiled and cell.table != MATTERS:
            found |= {part: (n, n) for part in parts(cell) if part in veiled}
    return found


def report(month: Month, one: Draft, others: Iterable[Draft] | None = None) -> dict[str, int]:
    """How it is protected, in numbers, for who signs it."""
    told = {cell: n for cell, n in one.counts.items() if cell.table != MATTERS}
    few = frozenset(cell for cell, n in told.items() if n < THRESHOLD)
    naive = {cell for book in books(one.counts) for cell in alone(book, few)}
    return {
        "shown": len(told) - len(one.hidden),
        "few": len(few),
        "beside": len(one.hidden - few),
        "leaks": len(leaks(month, one, others)),
        "naive": len(naive),
    }


# --- What changed -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A figure that another version tells otherwise; None where it is hidden or not told."""

    cell: Cell
    before: float | None
    after: float | None


def changes(before: Draft, after: Draft) -> list[Change]:
    """Counts, and the medians and ratings beside them. Shares follow from the counts."""

    def shown(one: Draft, cell: Cell) -> float | None:
        return one.beside.get(cell) if cell.figure in BESIDE else one.shown(cell)

    cells = sorted(before.counts.keys() | after.counts.keys() | before.beside.keys() | after.beside.keys())
    found = (Change(cell, shown(before, cell), shown(after, cell)) for cell in cells)
    return [one for one in found if one.before != one.after]


def largest(moves: Iterable[Change], most: int = 5) -> list[Change]:
    """The counts that moved furthest, of those that are shown before and after."""
    counts = [one for one in moves if one.cell.figure in COUNTS and None not in (one.before, one.after)]
    return sorted(counts, key=lambda one: -abs((one.after or 0) - (one.before or 0)))[:most]


# --- For everybody ----------------------------------------------------------------------------------------


def public(one: Draft) -> list[dict[str, Any]]:
    """The rows as anybody may have them; a hidden number is not in it, only that it is hidden and why."""

    def row(cell: Cell, value: float | None, hidden: bool) -> dict[str, Any]:
        where = {"period": cell.stretch, "sensitive": cell.sensitive, "table": cell.table, "by": list(cell.by)}
        return {**where, "figure": cell.figure, "value": value, "hidden": hidden}

    counts = ((cell, n, cell in one.hidden) for cell, n in sorted(one.counts.items()) if cell.table != MATTERS)
    return [row(cell, None if hidden else n, hidden) for cell, n, hidden in counts] + [
        row(cell, value, False) for cell, value in sorted(one.beside.items())
    ]


def digest(one: Draft) -> str:
    """SHA-256 over the public rows, as JSON with sorted keys and without spaces."""
    rows = json.dumps(public(one), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(rows.encode()).hexdigest()
