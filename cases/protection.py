"""Hides what is too small to be told in a table of counts, and what else must be hidden so that nobody works it out.

A table of one or two dimensions with its totals is a circulation: each count is an arc from its row to its column,
each total an arc back, and what flows into a point flows out of it. A hidden count can be anything that some flow
through the hidden arcs alone allows; so how far it can be narrowed down is a question of the largest such flow, and
what to hide besides is the cheapest way round. Pure. What several tables together give away is not seen here: whoever
finds that out names the cells in `also` and asks again.
"""

import heapq
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count, product

from cases.measures import Row

TOTAL = "*"  # in the place of a value: all of them
THRESHOLD = 10

Key = tuple[str, ...]
Point = Hashable


@dataclass(frozen=True)
class Shown:
    """A cell of the table as it may be told; `n` is None where it is hidden, for one of two reasons."""

    by: Key
    n: int | None
    few: bool = False  # it is below the threshold itself; else it is hidden so that another stays hidden


def protected(rows: Iterable[Row], *, threshold: int = THRESHOLD, also: Collection[Key] = ()) -> list[Shown]:
    """The counts with their totals, none below the threshold, and none such that can be worked out from the others.

    A hidden small count could be any of more than `threshold` numbers, for all that the table says. Zero is hidden
    like any other small number: or of those hidden, one would know that there is somebody.
    """
    counts = with_totals(rows)
    few = {key for key, n in counts.items() if n < threshold}
    hidden = few | set(also)
    for key in sorted(few):
        if room(key, counts, hidden, enough=threshold) < threshold:
            hidden |= _cheapest_way_round(key, counts, hidden, threshold)
    return [Shown(key, None if key in hidden else n, key in few) for key, n in sorted(counts.items())]


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


def room(key: Key, counts: Mapping[Key, int], hidden: Collection[Key], *, enough: int) -> int:
    """How many numbers more than one a hidden count could be, for all that is shown; no more than `enough`."""
    tail, head = _arc(key)
    up = _flow(head, tail, key, counts, hidden, enough)
    down = min(counts[key], _flow(tail, head, key, counts, hidden, enough))
    return min(enough, up + down)


def _arc(key: Key) -> tuple[Point, Point]:
    """From where to where a count flows: start, row, column, end; and the sum of all back to the start."""
    if set(key) == {TOTAL}:
        return "end", "start"
    if len(key) == 1:
        return "start", "end"
    row, column = key
    if column == TOTAL:
        return "start", ("row", row)
    return ("column", column) if row == TOTAL else ("row", row), "end" if row == TOTAL else ("column", column)


def _flow(
    source: Point, sink: Point, without: Key, counts: Mapping[Key, int], hidden: Collection[Key], enough: int
) -> int:
    """How much more could flow from the one to the other through hidden arcs: more of each, or less, down to zero."""
    left: dict[Point, dict[Point, int]] = {}
    for key in hidden:
        if key != without:
            tail, head = _arc(key)
            forth, back = left.setdefault(tail, {}), left.setdefault(head, {})
            forth[head] = forth.get(head, 0) + enough
            back[tail] = back.get(tail, 0) + counts[key]
    flowing = 0
    while flowing < enough and (way := _way(source, sink, left)):
        step = min(left[tail][head] for tail, head in way)
        for tail, head in way:
            left[tail][head] -= step
            left[head][tail] += step
        flowing += step
    return flowing


def _way(source: Point, sink: Point, left: Mapping[Point, Mapping[Point, int]]) -> list[tuple[Point, Point]]:
    """The way of the fewest arcs that still take something."""
    came_from: dict[Point, Point] = {source: source}
    queue = deque([source])
    while queue and sink not in came_from:
        point = queue.popleft()
        for following, room_left in left.get(point, {}).items():
            if room_left and following not in came_from:
                came_from[following] = point
                queue.append(following)
    way = []
    while sink in came_from and sink != source:
        way.append((came_from[sink], sink))
        sink = came_from[sink]
    return way


def _cheapest_way_round(key: Key, counts: Mapping[Key, int], hidden: Collection[Key], threshold: int) -> set[Key]:
    """The cells to hide besides, with the smallest sum. There always is one: through the totals."""
    source, sink = _arc(key)[::-1]
    steps: dict[Point, list[tuple[Point, Key]]] = {}
    for other, n in sorted(counts.items()):
        tail, head = _arc(other)
        if other != key:
            steps.setdefault(tail, []).append((head, other))
            if n >= threshold:  # as much less of it as there must be more of the hidden one
                steps.setdefault(head, []).append((tail, other))
    order, done = count(), set()  # of two ways as cheap, the one found first
    queue: list[tuple[int, int, Point, tuple[Key, ...]]] = [(0, next(order), source, ())]
    while queue:
        price, _order, point, way = heapq.heappop(queue)
        if point == sink:
            return set(way)
        if point not in done:
            done.add(point)
            for following, other in steps.get(point, []):
                more = 0 if other in hidden else counts[other]
                heapq.heappush(queue, (price + more, next(order), following, (*way, other)))
    raise AssertionError("The totals always lead round.")
