"""What can be had as a file: each report's columns and rows, of what the reader may see now.

No citizen's name, number, card or words stand in any of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import coordination, load, statistics
from cases.catalogue import catalogue
from cases.lifecycle import OPEN
from cases.measures import MEASURES
from cases.models import Case, Officer
from cases.people import staff_of
from cases.queries import CaseQuerySet
from cases.spreadsheets import Cell

Asked = dict[str, str]


# --- Cases ----------------------------------------------------------------------------------------------

COLUMNS: dict[str | Promise, Callable[[Case, date], Cell]] = {
    gettext_lazy("Case"): lambda case, today: str(case),
    gettext_lazy("Kind"): lambda case, today: case.get_kind_display(),
    gettext_lazy("Topic"): lambda case, today: case.topic.name,
    gettext_lazy("Agency"): lambda case, today: case.agency_id,
    gettext_lazy("District"): lambda case, today: case.place.name if case.place else "",
    gettext_lazy("Province"): lambda case, today: str(case.place.parent or "") if case.place else "",
    gettext_lazy("Sensitivity"): lambda case, today: case.get_sensitivity_display(),
    gettext_lazy("Channel"): lambda case, today: case.get_channel_display(),
    gettext_lazy("Language"): lambda case, today: case.language,
    gettext_lazy("State"): lambda case, today: case.get_state_display(),
    gettext_lazy("Officer"): lambda case, today: str(case.officer or ""),
    gettext_lazy("Level"): lambda case, today: case.level,
    gettext_lazy("Opened"): lambda case, today: case.opened_on,
    gettext_lazy("Promised for"): lambda case, today: case.resolve_due,
    gettext_lazy("Late"): lambda case, today: _("yes") if case.state in OPEN and case.resolve_due < today else "",
    gettext_lazy("Answered"): lambda case, today: _day(case.resolved_at),
    gettext_lazy("Closed"): lambda case, today: _day(case.closed_at),
    gettext_lazy("Decision"): lambda case, today: case.get_decision_display() if case.decision else "",
    gettext_lazy("Disputed"): lambda case, today: case.times_disputed,
    gettext_lazy("Stars"): lambda case, today: case.rating,
}


def _day(moment: datetime | None) -> date | None:
    return catalogue().day_of(moment) if moment else None


def cases_for(reader: Officer, asked: Asked) -> CaseQuerySet:
    """The visible cases of the reader's own house: what another agency only shared in part is in no list."""
    cases = Case.objects.visible_to(reader)
    if reader.agency_id:
        cases = cases.filter(agency=reader.agency_id)
    exact = {name: asked[name] for name in ("kind", "agency", "state") if asked.get(name)}
    if asked.get("since"):
        cases = cases.filter(opened_on__gte=asked["since"])
    if asked.get("until"):
        cases = cases.filter(opened_on__lte=asked["until"])
    return cases.filter(**exact)


def case_row(case: Case, today: date) -> list[Cell]:
    return [cell(case, today) for cell in COLUMNS.values()]


# --- What is counted ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """A table of counts, made at once."""

    columns: tuple[str | Promise, ...]
    rows: Callable[[Officer, Asked], Iterator[list[Cell]]]


def _load(reader: Officer, asked: Asked) -> Iterator[list[Cell]]:
    for one in load.load_of(reader, staff_of(reader), catalogue().today()):
        officer = one.officer
        where = [str(officer), officer.get_role_display(), officer.agency_id, str(officer.place or "")]
        yield [*where, one.open, one.late, one.taken, one.days]


def _coordination(reader: Officer, asked: Asked) -> Iterator[list[Cell]]:
    since, until = (date.fromisoformat(asked[name]) if asked.get(name) else None for name in ("since", "until"))
    for row in coordination.pairs(coordination.askings(reader, since, until), catalogue().today()):
        yield list(row.values())


def _figures(reader: Officer, asked: Asked) -> Iterator[list[Cell]]:
    """Of each topic each figure, of the last twelve months and this one, in its own unit."""
    today = catalogue().today()
    first = today.replace(day=1, year=today.year - 1)
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    where = statistics.Where(statistics.scope_of(reader))
    flows = [name for name, measure in MEASURES.items() if not measure.of_now]
    for row in statistics.figures(flows, by=("topic",), where=where, period=statistics.Period(first, last)):
        topic = catalogue().topics.get(row.by[0])
        measure = MEASURES[row.measure]
        yield [topic.name if topic else row.by[0], str(measure.title), row.value, str(measure.unit), row.n]


REPORTS: dict[str, Report] = {
    "load": Report(
        (
            gettext_lazy("Officer"), gettext_lazy("Role"), gettext_lazy("Agency"), gettext_lazy("Place"),
            gettext_lazy("Open"), gettext_lazy("Late"), gettext_lazy("Taken this week"), gettext_lazy("Median days"),
        ),
        _load,
    ),
    "between": Report(
        (
            gettext_lazy("Asking agency"), gettext_lazy("Asked agency"), gettext_lazy("Asked"), gettext_lazy("Waiting"),
            gettext_lazy("Late"), *(state.label for state in coordination.ENDS),
        ),
        _coordination,
    ),
    "figures": Report(
        (
            gettext_lazy("Topic"), gettext_lazy("Figure"), gettext_lazy("Value"), gettext_lazy("Unit"),
            gettext_lazy("Rests on"),
        ),
        _figures,
    ),
}  # fmt: skip


def said(asked: Asked) -> str:
    """What a list was narrowed to, in a line without personal data."""
    return ", ".join(f"{name} {value}" for name, value in sorted(asked.items())) or _("no limits")
