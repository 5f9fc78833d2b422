"""The survey for the actuary's work: what it asks, and how a quarter's answers become tables that may be shown.

Two tables are told, both by the first question; what they share is protected in both at once. Pure but for the pack.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from cases.catalogue import catalogue
from cases.protection import TOTAL, Book, Sum, to_hide

NOT_SAID = ""
Cell = tuple[str, str, str]  # answer to the first question, another question, answer to that
Told = list[list[str | int | None]]


@dataclass(frozen=True)
class Question:
    code: str
    asked: str
    answers: dict[str, str]


def questions() -> list[Question]:
    """In the pack's order; none where a country asks nothing."""
    found: dict[str, Question] = {}
    for row in catalogue().survey:
        found.setdefault(row.question, Question(row.question, row.asked, {})).answers[row.code] = row.label
    return list(found.values())


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def tables(replies: Iterable[Mapping[str, str]]) -> Told:
    """Each cell of each table with its count, or None where that would tell too much of too few."""
    first, *others = questions()
    rows = [*first.answers, NOT_SAID]
    counts: Counter[Cell] = Counter()
    for reply, other in product(list(replies), others):
        row, answer = reply.get(first.code, NOT_SAID), reply.get(other.code, NOT_SAID)
        counts.update({*product((row, TOTAL), (other.code,), (answer, TOTAL))})
    book, name = _book(rows, others, counts)
    hidden = to_hide(book)
    columns = [(other.code, answer) for other in others for answer in (*other.answers, NOT_SAID, TOTAL)]
    cells = [(row, code, answer) for code, answer in columns for row in (*rows, TOTAL)]
    return [[*cell, None if name(cell) in hidden else counts[cell]] for cell in cells]


def _book(rows: list[str], others: list[Question], counts: Mapping[Cell, int]) -> tuple[Book, Callable[[Cell], Cell]]:
    """All cells and what adds up to what; how many gave each first answer is one number, in whichever table it is."""

    def name(cell: Cell) -> Cell:
        return (cell[0], TOTAL, TOTAL) if cell[2] == TOTAL else cell

    sums = []
    for other in others:
        answers = [*other.answers, NOT_SAID]
        for row in (*rows, TOTAL):
            sums.append(Sum((row, TOTAL, TOTAL), tuple((row, other.code, answer) for answer in answers)))
        for answer in answers:
            sums.append(Sum((TOTAL, other.code, answer), tuple((row, other.code, answer) for row in rows)))
    sums.append(Sum((TOTAL, TOTAL, TOTAL), tuple((row, TOTAL, TOTAL) for row in rows)))
    every = product((*rows, TOTAL), others)
    whole = {
        name((row, other.code, answer)): counts.get((row, other.code, answer), 0)
        for row, other in every
        for answer in (*other.answers, NOT_SAID, TOTAL)
    }
    return Book(whole, sums), name
