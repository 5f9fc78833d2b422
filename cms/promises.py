"""How soon each agency answers, as the catalogue's topics promise it. Pure: rows in, rows out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cases.pack import Agency, Basis, Kind, Topic


@dataclass(frozen=True)
class Span:
    """Working days until the answer, from the quickest topic to the slowest of one basis."""

    least: int
    most: int
    by_law: bool


@dataclass(frozen=True)
class Promise:
    """One agency's row: its spans for each kind of matter, in the order of Kind; none where it takes no such matter."""

    agency: Agency
    kinds: list[list[Span]]


def promises(topics: Iterable[Topic], agencies: dict[str, Agency]) -> list[Promise]:
    """One row for each agency that answers something; who has most to answer comes first."""
    days: dict[str, dict[str, dict[bool, list[int]]]] = {}
    weight: Counter[str] = Counter()
    for topic in topics:
        code = topic.answered_by
        weight[code] += 1
        kinds = days.setdefault(code, {})
        kinds.setdefault(topic.kind, {}).setdefault(topic.basis == Basis.STATUTORY, []).append(topic.resolve_days)
    return [
        Promise(agencies[code], [_spans(kinds.get(kind, {})) for kind in Kind.values])
        for code, kinds in sorted(days.items(), key=lambda row: (-weight[row[0]], row[0]))
        if code in agencies
    ]


def _spans(by_basis: dict[bool, list[int]]) -> list[Span]:
    return [Span(min(days), max(days), by_law) for by_law, days in sorted(by_basis.items())]
