"""Who registered, by what is asked of them freely: counted from the sealed forms, and given out only protected.

Nothing of it is kept, logged or told case by case. The tables are the same whatever else a page is asked, and are of
whole months only: else one table less another would tell of a single person.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from cases.behind import months_back, read_period
from cases.models import Case, Officer
from cases.pack import Kind
from cases.protection import THRESHOLD, TOTAL, Book, Sum, to_hide
from cases.queries import CaseQuerySet
from cases.registration import QUESTIONS, Question

MONTHS = 12
MOST = 50_000  # forms that are opened while somebody waits
ASKED = tuple(question for question in QUESTIONS if question.free)
Cell = tuple[str, str, str]  # question, row, answer; TOTAL in the place of the question: of each the same people


@dataclass(frozen=True)
class Line:
    """Of one agency or province, or of all: the counts in the order of the answers, the whole last; None is hidden."""

    key: str
    counts: list[int | None]


@dataclass(frozen=True)
class Table:
    """One question; `answers` are its keys, "" is not said."""

    question: Question
    answers: list[str]
    lines: list[Line]

    @property
    def hides(self) -> bool:
        return any(count is None for line in self.lines for count in line.counts)


@dataclass(frozen=True)
class Served:
    """`by` is what the lines are told apart by, or "". No tables: there are too few people, or too many forms."""

    period: str
    by: str
    tables: list[Table]
    too_many: bool = False


def served(officer: Officer, today: date) -> Served:
    """Counted once for each reader and month: what is moved or erased meanwhile tells nobody whom it was about."""
    period = months_back(today, MONTHS, ago=1)
    by = "agency" if not officer.agency_id else "province" if not officer.place_id else ""
    whose = [officer.pk, officer.role, officer.agency_id, officer.place_id, *officer.reads()]
    name = "served:" + ":".join(map(str, [*whose, period]))
    shown = cache.get_or_set(name, lambda: _counted(officer, by, period), timeout=31 * 86_400)
    if shown is None:
        return Served(period, by, [], too_many=True)
    if all(n is None for n in shown.values()):
        return Served(period, by, [])
    return Served(period, by, [_table(question, shown) for question in ASKED])


def _counted(officer: Officer, by: str, period: str) -> dict[Cell, int | None] | None:
    """Protected already: nothing else leaves this function. None: too many to open."""
    cases = _registrations(officer, period)
    if cases[: MOST + 1].count() > MOST:
        return None
    counts: Counter[Cell] = Counter()
    for row, said in _forms(cases, by):
        for question in ASKED:
            given = said.get(question.key, "")
            counts[question.key, row, given if given in question.answers else ""] += 1
    return protected_together(counts)


def protected_together(counted: Mapping[Cell, int], *, threshold: int = THRESHOLD) -> dict[Cell, int | None]:
    """All tables at once, since they are of the same people: none may tell what another hides."""
    book = book_of(counted)
    hidden = to_hide(book, threshold=threshold)
    return {cell: None if cell in hidden else n for cell, n in book.counts.items()}


def book_of(counted: Mapping[Cell, int]) -> Book:
    """Each row has as many people whatever they were asked, and those of all rows are the people of the last one."""
    found = sorted({row for _question, row, _answer in counted})
    rows = [*found, TOTAL] if len(found) > 1 else [TOTAL]
    counts: dict[Cell, int] = {}
    sums = []
    for row in rows:
        whole = (TOTAL, row, TOTAL)
        for question in ASKED:
            cells = tuple((question.key, row, answer) for answer in (*question.answers, ""))
            counts |= {cell: _many(counted, cell) for cell in cells}
            counts[whole] = sum(counts[cell] for cell in cells)
            sums.append(Sum(whole, cells))
    if len(rows) > 1:
        wholes = [cell for cell in counts if cell[1] == TOTAL]
        sums += [Sum(whole, tuple((whole[0], row, whole[2]) for row in found)) for whole in wholes]
    return Book(counts, sums)


def _many(counted: Mapping[Cell, int], cell: Cell) -> int:
    question, row, answer = cell
    return sum(
        n
        for (asked, where, said), n in counted.items()
        if (asked, said) == (question, answer) and row in (TOTAL, where)
    )


def _registrations(officer: Officer, said: str) -> CaseQuerySet:
    """Theirs, of citizens who do not object to the use of what they said."""
    period = read_period(said)
    assert period, "whole months"
    cases = Case.objects.visible_to(officer).filter(
        kind=Kind.REGISTRATION,
        form__isnull=False,
        citizen__objected_at=None,
        opened_on__range=(period.first, period.last),
    )
    return cases.filter(agency=officer.agency_id) if officer.agency_id else cases


def _forms(cases: CaseQuerySet, by: str) -> Iterator[tuple[str, dict[str, str]]]:
    column = {"agency": "agency", "province": "place__parent"}.get(by, "kind")
    for row, form in cases.order_by().values_list(column, "form").iterator(1_000):
        yield row or "", json.loads(form)


def _table(question: Question, shown: Mapping[Cell, int | None]) -> Table:
    answers = [*question.answers, ""]
    lines = [
        Line(row, [*(shown[question.key, row, answer] for answer in answers), shown[TOTAL, row, TOTAL]])
        for asked, row, answer in shown
        if (asked, answer) == (TOTAL, TOTAL)
    ]
    return Table(question, answers, lines)
