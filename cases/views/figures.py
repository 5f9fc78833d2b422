"""The page of figures: told apart as its reader asks, beside another time or each other, each leading to its cases."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.behind import Asked
from cases.catalogue import catalogue
from cases.comparing import SHOWN, Comparison, Line, Question, compare
from cases.figure_words import arrow, briefly, difference, number, period_said, value_said
from cases.forms.figures import Choose, address, read
from cases.measures import MEASURES, Measure, Row
from cases.models import Officer
from cases.overview import cases_address
from cases.protection import TOTAL
from cases.served import served
from cases.statistics import DIMENSIONS
from cases.views.frame import for_officers, page

MOST = 40  # lines, before somebody asks for all
# Where a line leads that is looked at more closely.
CLOSER = {
    "agency": "programme", "programme": "topic", "topic": "province", "province": "district", "district": "topic",
    "channel": "agency", "level": "agency", "month": "agency", "quarter": "month",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One figure: what it rests on, where its cases are, and what it was."""

    title: str
    said: str
    address: str = ""
    of: int = 0
    was: str = ""
    was_address: str = ""
    arrow: str = ""


@dataclass(frozen=True)
class Told:
    """One line of the table."""

    key: str
    title: str
    closer: str
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    """A measure above its figures; `sort` is the address that sorts by it, `sorted` how it is sorted already."""

    measure: Measure
    sort: str
    sorted: str


@for_officers("manage")
@require_GET
def figures_page(request: HttpRequest, officer: Officer) -> HttpResponse:
    today = catalogue().today()
    question = read(request.GET, officer, today)
    if "show" in request.GET:  # the form's own address holds empty fields: this one can be kept and passed on
        return redirect(f"{reverse('cases:figures')}?{address(question)}")
    found = compare(officer, question, today)
    measures = [MEASURES[name] for name in SHOWN if name not in found.left_out]
    lines = [_told(line, question, measures) for line in found.lines]
    context: dict[str, Any] = {
        "form": Choose(question, officer=officer, today=today),
        "by": DIMENSIONS[question.by],
        "period": period_said(question.asked.period),
        "earlier": period_said(question.earlier),
        "chips": _chips(question),
        "columns": [_column(measure, question) for measure in measures],
        "lines": lines if "all" in request.GET else lines[:MOST],
        "further": 0 if "all" in request.GET else max(0, len(lines) - MOST),
        "everything": address(question, all="1"),
        "together": _cells(found.together, question.asked, question.earlier, measures),
        "turned": _turned(found, question, measures, lines) if question.chosen else [],
        "left_out": _left_out(found, question),
        "unsorted": address(question, sort=""),
        "carried": _carried(question),
        **_served(officer, today),
        "can_choose": question.by not in ("month", "quarter") and len(lines) > 1,
    }
    return page(request, officer, "figures", **context)


def _told(line: Line, question: Question, measures: list[Measure]) -> Told:
    asked, closer, earlier = question.narrowed(line.key), CLOSER[question.by], question.earlier
    closer = "month" if closer in question.asked.filters else closer
    onward = address(Question(asked, closer, question.against))
    return Told(line.key, briefly(question.by, line.key), onward, _cells(line, asked, earlier, measures))


def _cells(line: Line, asked: Asked, earlier: str, measures: list[Measure]) -> list[Cell]:
    return [_cell(measure, line, asked, Asked(asked.filters, earlier)) for measure in measures]


def _cell(measure: Measure, line: Line, asked: Asked, earlier: Asked) -> Cell:
    row = line.told.get(measure.name, _nothing(measure))
    was = line.earlier.get(measure.name, _nothing(measure)) if earlier.period and not measure.of_now else None
    return Cell(
        str(measure.title),
        number(row.value, measure.kind),
        cases_address(measure.name, asked) if row.n else "",
        row.n if measure.kind in ("share", "days") else 0,
        number(was.value, measure.kind) if was else "",
        cases_address(measure.name, earlier) if was and was.n else "",
        arrow(row.value, was.value) if was else "",
    )


def _nothing(measure: Measure) -> Row:
    return Row(measure.name, (), 0, 0 if measure.kind == "count" else None)


def _column(measure: Measure, question: Question) -> Column:
    name = measure.name
    turned = name if question.sort == f"-{name}" else f"-{name}"
    how = {name: "ascending", f"-{name}": "descending"}.get(question.sort, "")
    return Column(measure, address(question, sort=turned), how)


def _turned(found: Comparison, question: Question, measures: list[Measure], lines: list[Told]) -> list[dict[str, Any]]:
    """A line for each measure, a column for each of the two or three that were chosen; between two the difference."""
    told = []
    for number_of, measure in enumerate(measures):
        apart = ""
        if len(found.lines) == 2:
            one, other = (line.told.get(measure.name, _nothing(measure)).value for line in found.lines)
            apart = difference(one, other, measure.kind)
        told.append({"measure": measure, "cells": [line.cells[number_of] for line in lines], "apart": apart})
    return told


def _chips(question: Question) -> list[tuple[str, str]]:
    """What the figures are narrowed to, and the address without it."""
    return [
        (
            f"{DIMENSIONS[name].title}: {_(' or ').join(value_said(name, value) for value in values)}",
            address(Question(_without(question.asked, name), question.by, question.against, question.sort)),
        )
        for name, values in question.asked.filters.items()
    ]


def _without(asked: Asked, name: str) -> Asked:
    return Asked({other: values for other, values in asked.filters.items() if other != name}, asked.period)


def _carried(question: Question) -> list[tuple[str, str]]:
    """What the form that puts lines side by side sends along: all but the values among which one chooses."""
    said = {"by": question.by, "period": question.asked.period, "against": question.against}
    filters = [(name, one) for name, many in _without(question.asked, question.by).filters.items() for one in many]
    return [*filters, *((name, value) for name, value in said.items() if value)]


def _served(officer: Officer, today: date) -> dict[str, Any]:
    """The tables of who registered, in words; a hidden number is None."""
    found = served(officer, today)
    tables = [
        {
            "title": _(table.question.label),
            "hides": table.hides,
            "answers": [_(table.question.answers[key]) if key else _("Not said") for key in table.answers],
            "lines": [(_row_said(found.by, line.key), line.counts) for line in table.lines],
        }
        for table in found.tables
    ]
    return {"served": tables, "served_when": period_said(found.period), "too_many_served": found.too_many}


def _row_said(by: str, key: str) -> str:
    return _("All") if key == TOTAL else briefly(by, key)


def _left_out(found: Comparison, question: Question) -> list[str]:
    """A sentence on each that is missing."""
    if not found.left_out:
        return []
    titles = ", ".join(str(MEASURES[name].title) for name in found.left_out)
    if question.is_in_time and all(MEASURES[name].of_now for name in found.left_out):
        return [_("What is open now belongs to no month: {titles}.").format(titles=titles)]
    return [
        _("Not counted so finely for so many cases: {titles}. Choose less, or a shorter time.").format(titles=titles)
    ]
