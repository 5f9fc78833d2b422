"""What the actuary gets: protected tables of each quarter that is over, to look at and as a file. No single answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import actions, survey
from cases.models import Officer, SurveyRelease
from cases.protection import THRESHOLD, TOTAL
from cases.spreadsheets import Cell, Csv
from cases.views.frame import for_officers, page


@dataclass(frozen=True)
class Shown:
    """One table: what was asked besides the first question, its answers, and a line for each first answer."""

    title: str
    heads: list[str]
    lines: list[tuple[str, list[int | None]]]


@for_officers("survey")
@require_GET
def surveys(request: HttpRequest, officer: Officer) -> HttpResponse:
    releases = [(release.quarter, list(_tables(release))) for release in SurveyRelease.objects.all()]
    return page(request, officer, "survey", releases=releases, asked=survey.questions(), few=THRESHOLD)


@for_officers("survey")
@require_GET
def survey_file(request: HttpRequest, officer: Officer, quarter: str) -> HttpResponse:
    """As CSV. That it left the house is written down like any other list."""
    try:
        release = get_object_or_404(SurveyRelease, quarter=date.fromisoformat(quarter))
    except ValueError as error:
        raise Http404 from error
    file = Csv()
    for one in _tables(release):
        head: list[Cell] = [one.title, *one.heads]
        file.add(head)
        for label, counts in one.lines:
            row: list[Cell] = [label, *(_("hidden") if count is None else count for count in counts)]
            file.add(row)
    actions.note_export(by=officer, to=_("The actuary"), ground=_("Protected tables of the survey"), cases=0)
    name = f'attachment; filename="survey-{release.quarter}.csv"'
    return HttpResponse(file.finish(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _tables(release: SurveyRelease) -> Iterator[Shown]:
    asked = {question.code: question for question in survey.questions()}
    first = next(iter(asked.values()), None)
    counts = {(row, code, answer): n for row, code, answer, n in release.cells}
    for code in dict.fromkeys(code for _row, code, _answer in counts):
        rows, answers = (list(dict.fromkeys(cell[side] for cell in counts if cell[1] == code)) for side in (0, 2))
        yield Shown(
            title=asked[code].asked if code in asked else code,
            heads=[_said(asked.get(code), answer) for answer in answers],
            lines=[(_said(first, row), [counts[row, code, answer] for answer in answers]) for row in rows],
        )


def _said(question: survey.Question | None, answer: str) -> str:
    if answer in ("", TOTAL):
        return _("All") if answer else _("Skipped")
    return question.answers.get(answer, answer) if question else answer
