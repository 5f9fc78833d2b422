"""What a manager's home and their weekly letter say in numbers, each with the address of the cases behind it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from cases.behind import Asked, read_period, week_of
from cases.figure_words import change, number
from cases.measures import MEASURES, Row
from cases.models import Officer
from cases.statistics import figures

NOW = ("late_now", "soon_late_now", "open_now")
LATELY = ("received", "resolved", "resolved_on_time", "disputed", "escalated")


@dataclass(frozen=True)
class Figure:
    """One number, in words, and the address of the cases behind it."""

    title: str
    said: str
    address: str
    change: str = ""
    arrow: str = ""


def cases_address(measure: str, asked: Asked) -> str:
    return f"{reverse('cases:behind')}?{asked.address(figure=measure)}"


def figure_of(row: Row, asked: Asked, title: str = "") -> Figure:
    measure = MEASURES[row.measure]
    said = number(row.value, measure.kind)
    return Figure(title or str(measure.title), said, cases_address(row.measure, asked))


def at_this_moment(officer: Officer, today: date) -> list[Figure]:
    return [figure_of(row, Asked()) for row in figures(NOW, where=Asked().where(officer), today=today)]


def since_last_week(officer: Officer, today: date) -> list[Figure]:
    """The last whole week beside the one before it: a week that is not over cannot be compared."""
    weeks = [week_of(today - timedelta(days=days)) for days in (7, 14)]
    last, before = (
        figures(LATELY, where=Asked().where(officer), period=read_period(week), today=today) for week in weeks
    )
    told = []
    for row, earlier in zip(last, before, strict=True):
        measure = MEASURES[row.measure]
        arrow, words = change(row.value, earlier.value, measure.kind)
        address = cases_address(row.measure, Asked(period=weeks[0]))
        told.append(Figure(str(measure.title), number(row.value, measure.kind), address, words, arrow))
    return told
