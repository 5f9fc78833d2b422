"""Charts as numbers to draw: bars with a mark, a line over months with its gaps; pure. templates/charts/ draws them.

Each is measured for a small phone, so that the words in it are readable there. What may not be told has a place of its
own in every chart and is drawn hatched: it is never left out, and never looks like nothing.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

WIDTH = 360
SHADES = 4  # darker is more; 0 is none
KEPT_WELL = (0.5, 0.7, 0.85)  # where the shade of a share of kept promises changes
COLOURS = ("#fff", "#e3f1e6", "#a9d5b6", "#1f7a4a", "#0b4a2f")  # of a picture that has no page's style around it
LONGEST = 34  # signs of a label beside its number
_ROW, _LEGEND = 46, 26
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 346, 20, 150  # where a line is drawn
_LABELS = 6  # of months, at most: more would run into each other


@dataclass(frozen=True)
class Value:
    """One number: `part` of the chart's whole, from 0 to 1; none where it is hidden or there is nothing to tell."""

    label: str
    said: str
    part: float | None = None
    hidden: bool = False
    mark: float | None = None  # what it is compared with, in the same measure
    address: str = ""


@dataclass(frozen=True)
class Bar:
    """One row as it is drawn, in whole units."""

    value: Value
    y: int
    width: int
    mark: int | None

    @property
    def label(self) -> str:
        words = self.value.label
        return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


@dataclass(frozen=True)
class Bars:
    """Bars one below the other. `compared` says what the marks are."""

    name: str
    title: str
    values: Sequence[Value]
    compared: str = ""
    template = "charts/bars.html"

    @property
    def rows(self) -> list[Bar]:
        return [
            Bar(value, number * _ROW, _across(value.part or 0), None if value.mark is None else _across(value.mark))
            for number, value in enumerate(self.values)
        ]

    @property
    def legend(self) -> str:
        return self.compared if any(value.mark is not None for value in self.values) else ""

    @property
    def legend_at(self) -> int:
        return _ROW * len(self.values)

    @property
    def height(self) -> int:
        return self.legend_at + (_LEGEND if self.legend else 0)

    @property
    def said(self) -> str:
        return _said(self.values)


@dataclass(frozen=True)
class Point:
    """One month as it is drawn. `label` is empty where there is no room for it; the last one says its number."""

    value: Value
    x: int
    y: int
    label: str
    says: str


@dataclass(frozen=True)
class Line:
    """A share from month to month; each value's mark is a second line beside it."""

    name: str
    title: str
    values: Sequence[Value]
    compared: str = ""
    template = "charts/line.html"
    height = _BOTTOM + 50

    @property
    def points(self) -> list[Point]:
        """All months, the hidden ones too."""
        apart = ceil(len(self.values) / _LABELS)
        last = len(self.values) - 1
        return [
            Point(
                value,
                self._x(number),
                _up(value.part or 0),
                value.label if (last - number) % apart == 0 else "",
                value.said if number == last else "",
            )
            for number, value in enumerate(self.values)
        ]

    @property
    def told(self) -> list[Point]:
        return [point for point in self.points if point.value.part is not None]

    @property
    def hidden(self) -> list[Point]:
        return [point for point in self.points if point.value.hidden]

    @property
    def path(self) -> str:
        return self._path([value.part for value in self.values])

    @property
    def beside(self) -> str:
        return self._path([value.mark for value in self.values])

    @property
    def band(self) -> int:
        """As wide as a month."""
        return min((_RIGHT - _LEFT) // max(len(self.values), 1), 40)

    @property
    def band_left(self) -> int:
        return -self.band // 2

    @property
    def grid(self) -> list[tuple[int, int]]:
        """(where, how many in a hundred)"""
        return [(_up(part / 100), part) for part in (0, 50, 100)]

    @property
    def said(self) -> str:
        return _said(self.values)

    def _x(self, number: int) -> int:
        """The newest month stands at the right; one alone too."""
        many = len(self.values)
        first, last = _LEFT + self.band // 2, _RIGHT - self.band // 2
        return last if many < 2 else round(first + (last - first) * number / (many - 1))

    def _path(self, parts: Sequence[float | None]) -> str:
        """From month to month, broken off where one is not told."""
        numbered = groupby(enumerate(parts), key=lambda one: one[1] is not None)
        runs = ([(self._x(number), _up(part or 0)) for number, part in run] for told, run in numbered if told)
        return "".join("M" + "L".join(f"{x} {y}" for x, y in run) for run in runs)


@dataclass(frozen=True)
class Shape:
    """One region: its outline, and where its number stands."""

    value: Value
    path: str
    x: int
    y: int

    @property
    def shade(self) -> int:
        return 0 if self.value.part is None else shade_of(self.value.part)

    @property
    def colour(self) -> str:
        return COLOURS[self.shade]

    @property
    def ink(self) -> str:
        return ink_on(self.shade)


@dataclass(frozen=True)
class Shapes:
    """A map of regions, the darker the more. `wide` and `tall` are the drawing's own measure."""

    name: str
    title: str
    shapes: Sequence[Shape]
    wide: int
    tall: int
    credit: str
    template = "charts/shapes.html"

    @property
    def height(self) -> int:
        return WIDTH * self.tall // self.wide

    @property
    def hides(self) -> bool:
        return any(shape.value.part is None for shape in self.shapes)


def shade_of(share: float) -> int:
    return 1 + bisect(KEPT_WELL, share)


def ink_on(shade: int) -> str:
    return "#fff" if shade > 2 else "#1b2420"


def _said(values: Iterable[Value]) -> str:
    return "; ".join(f"{value.label}: {value.said}" for value in values)


def _across(part: float) -> int:
    return round(WIDTH * min(max(part, 0), 1))


def _up(part: float) -> int:
    return round(_BOTTOM - (_BOTTOM - _TOP) * min(max(part, 0), 1))
