"""Published figures for everybody: the releases, a release, one figure in one table with the words to cite it by."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import releases, told
from cases.figure_words import difference, number, period_said
from cases.models import Release
from cases.protection import THRESHOLD
from cases.releases import Change, Draft
from cases.tables import SENSITIVE, TABLES, TELLING, Cell, Month
from cases.views.kept import kept


def first_day(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None


def one_version(month: str, version: int) -> Release:
    found = releases.all_published().filter(month=first_day(month), version=version).first()
    if found is None:
        raise Http404
    return found


@kept
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    return render(request, "figures/releases.html", {"rows": releases.all_published(), "threshold": THRESHOLD})


@require_safe
def newest(request: HttpRequest, month: str) -> HttpResponse:
    found = releases.latest(first_day(month))
    if found is None:
        raise Http404
    return redirect("citizen:published", month=month, version=found.version)


@kept
@require_safe
def release(request: HttpRequest, month: str, version: int) -> HttpResponse:
    found = one_version(month, version)
    versions = list(releases.all_published().filter(month=found.month))
    before = next((one for one in versions if one.version == int(version) - 1), None)
    context = {
        "release": found,
        "month": month,
        "parts": [_part(found, *stretch) for stretch in told.stretches(found)],
        "versions": versions,
        "newest": versions[0],
        "changes": changes_said(releases.frozen(before), releases.frozen(found)) if before else [],
        "threshold": THRESHOLD,
    }
    return render(request, "figures/release.html", context)


def _part(found: Release, stretch: str, sensitive: bool) -> dict[str, object]:
    """The country's figures of a month or a quarter, and in which tables they are told apart."""
    groups = [(title, [told.told(found, name, stretch=stretch, sensitive=sensitive) for name in names])
              for title, names in TELLING]  # fmt: skip
    return {
        "title": period_said(stretch),
        "sensitive": sensitive,
        "stretch": stretch + told.SENSITIVE * sensitive,
        "groups": [(title, [(one, one.rows[0]) for one in some if one]) for title, some in groups],
        "tables": [one for one in TABLES.values() if one.by and (not sensitive or one.name in SENSITIVE)],
    }


def changes_said(before: Draft, after: Draft, changes: list[Change] | None = None) -> list[dict[str, str]]:
    """What a correction tells otherwise, or some of it, in words."""

    def said(one: Draft, cell: Cell) -> str:
        value, hidden = told.value_of(one, cell)
        kind = told.kind_of(cell.figure)
        if kind == "stars" and value is not None:
            return f"{value:.2f}"  # as finely as it is compared
        return _("hidden") if hidden else number(value, kind)

    return [
        {
            "title": str(told.title_of(one.cell.figure)),
            "place": told.place_said(one.cell),
            "when": period_said(one.cell.stretch),
            "before": said(before, one.cell),
            "after": said(after, one.cell),
            "moved": difference(one.before, one.after, told.kind_of(one.cell.figure)),
        }
        for one in (releases.changes(before, after) if changes is None else changes)
    ]


@kept
@require_safe
def table(request: HttpRequest, month: str, version: int, stretch: str, table: str, figure: str) -> HttpResponse:
    """One figure in one table. Everything else that is told the same way is a link away."""
    found = one_version(month, version)
    sensitive = stretch.endswith(told.SENSITIVE)
    shown = told.told(found, figure, by=table, stretch=stretch.removesuffix(told.SENSITIVE), sensitive=sensitive)
    if shown is None:
        raise Http404
    most = max((row.value or 0 for row in shown.rows), default=0) or 1
    rows = sorted(shown.rows, key=lambda row: (row.value is None, -(row.value or 0), row.label))
    context = {
        "release": found,
        "month": month,
        "told": shown,
        "rows": [(row, round(100 * (row.value or 0) / most)) for row in rows],
        "stretch": stretch,
        "newest": releases.latest(Month(found.month).first),
        "measures": [
            (name, told.title_of(name))
            for _title, names in TELLING
            for name in names
            if told.is_told(found, name, shown.stretch, sensitive)
        ],
        "tables": [one for one in TABLES.values() if not sensitive or one.name in SENSITIVE],
        "threshold": THRESHOLD,
    }
    return render(request, "figures/figure.html", context)
