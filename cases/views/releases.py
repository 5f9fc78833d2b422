"""Publishing figures: what is drafted, what it shows and hides, and the name under which it comes out."""

from collections import Counter
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from cases import releases as published
from cases import releasing
from cases.actions import NotAllowed
from cases.models import Officer, Release
from cases.permissions import may_open
from cases.protection import THRESHOLD
from cases.tables import COUNTS, TABLES, Cell, Month
from cases.views.frame import SeeOther, for_officers, page
from cases.views.published import changes_said


class DraftForm(forms.Form):
    month = forms.DateField(
        label=gettext_lazy("Month"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they are corrected"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Needed where this month is published already. Everybody can read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@for_officers("releases")
@require_GET
def releases(request: HttpRequest, officer: Officer) -> HttpResponse:
    return _list(request, officer, DraftForm())


@for_officers("publish")
@require_POST
def draft(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _list(request, officer, form, status=422)
    month = Month(form.cleaned_data["month"])
    waiting = Release.objects.filter(month=month.first, state__in=[Release.State.WANTED, Release.State.DRAFT]).first()
    try:
        wanted = waiting or releasing.want_draft(by=officer, month=month, reason=form.cleaned_data["reason"])
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _list(request, officer, form, status=409)
    return SeeOther(_address(wanted))


def _address(found: Release) -> str:
    """While it is being prepared there is nothing to see but that."""
    if found.state in (Release.State.WANTED, Release.State.FAILED):
        return reverse("cases:releases")
    return reverse("cases:release", args=[found.pk])


@for_officers("releases")
@require_GET
def release(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    found = get_object_or_404(Release.objects.select_related("decided_by__user"), pk=pk)
    if (address := _address(found)) != request.path:
        return SeeOther(address)
    context = _told(found) | {"release": found, "may_publish": may_open(officer, "publish"), "threshold": THRESHOLD}
    return page(request, officer, "release", **context)


@for_officers("publish")
@require_POST
def decide(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    found, publish = get_object_or_404(Release, pk=pk), "publish" in request.POST
    try:
        if publish:
            releasing.publish_release(by=officer, release=found)
        else:
            releasing.reject_release(by=officer, release=found, reason=request.POST.get("reason", "")[:500])
    except NotAllowed as refusal:
        found.refresh_from_db()
        wanted = Release.State.PUBLISHED if publish else Release.State.REJECTED
        if (found.decided_by_id, found.state) != (officer.pk, wanted):  # else it was sent twice, and did it once
            messages.error(request, str(refusal))
            return SeeOther(reverse("cases:release", args=[pk]))
    said = _("{release} is published.").format(release=found) if publish else _("It is not published.")
    messages.success(request, said)
    return SeeOther(reverse("cases:release", args=[pk]))


def _list(request: HttpRequest, officer: Officer, form: forms.Form, *, status: int = 200) -> HttpResponse:
    rows = Release.objects.select_related("decided_by__user").defer("cells", "values")
    may_publish = may_open(officer, "publish")
    busy = any(one.state == Release.State.WANTED for one in rows)
    return page(request, officer, "releases", form=form, rows=rows, busy=busy, may_publish=may_publish, status=status)


def _told(found: Release) -> dict[str, Any]:
    """How much of each table is shown, the country's counts beside those of the month before, and what changed."""
    one, before = published.read(found), published.latest(_month_before(found))
    shown, hidden = Counter(cell.table for cell in one.counts), Counter(cell.table for cell in one.hidden)
    tables = [
        (table.title, shown[table.name] - hidden[table.name], hidden[table.name], len(COUNTS) - _whole(one, table.name))
        for table in TABLES.values()
    ]
    earlier = published.frozen(before) if before else published.NOTHING
    country = []
    for count in COUNTS.values():
        cell = Cell(f"{found.month:%Y-%m}", False, "country", (), count.name)
        than = cell._replace(stretch=f"{_month_before(found):%Y-%m}")
        country.append((count.title, one.shown(cell), earlier.shown(than)))
    last = published.latest(found.month)
    corrects = last if last and found.state == Release.State.DRAFT else None
    carried = found.carries.first()
    return {
        "tables": tables,
        "country": country,
        "changes": [_changes(each) for each in (found, carried) if each and corrects],
    }


def _changes(found: Release) -> dict[str, Any]:
    """What a draft tells otherwise than the version that is public: how much, the furthest moves, and all of it."""
    corrects = published.latest(found.month)
    before, after = published.frozen(corrects) if corrects else published.NOTHING, published.read(found)
    moves = published.changes(before, after)
    return {
        "release": found,
        "corrects": corrects,
        "hidden": sum(move.after is None for move in moves),
        "largest": changes_said(before, after, published.largest(moves)),
        "all": changes_said(before, after, moves),
    }


def _whole(one: published.Draft, table: str) -> int:
    """How many of a month's counts are told in this table at all."""
    return len({cell.figure for cell in one.counts if cell.table == table and not cell.sensitive})


def _month_before(found: Release) -> date:
    return releasing.last_whole_month(found.month).first
