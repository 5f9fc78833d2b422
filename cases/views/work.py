"""How the work is shared: who has how much, many cases handed over at once, and who covers for whom."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import actions, handing
from cases.actions import NotAllowed
from cases.actions import people as people_actions
from cases.actions.reassign import MOST
from cases.catalogue import catalogue
from cases.forms.handing import Plan, Share
from cases.forms.people import Away
from cases.load import load_of
from cases.models import Absence, Case, Move, Officer, Reassignment
from cases.people import staff_of, with_absence
from cases.permissions import may_open
from cases.views.frame import SeeOther, for_officers, page

# --- Who has how much -------------------------------------------------------------------------------------


@for_officers("work")
@require_GET
def work(request: HttpRequest, officer: Officer) -> HttpResponse:
    return _table(request, officer, Share(request.GET or None, officer=officer))


def _table(request: HttpRequest, officer: Officer, form: Share, *, status: int = 200) -> HttpResponse:
    today = catalogue().today()
    loads = load_of(officer, with_absence(staff_of(officer), today), today)
    context: dict[str, Any] = {
        "form": form,
        "rows": sorted(loads, key=lambda one: (-one.late, -one.open, str(one.officer))),
        "longest": max((one.open for one in loads), default=0),
        "free": Case.objects.visible_to(officer).open().filter(officer=None).count(),
        "yesterday": today - timedelta(days=1),  # what was due by then is late
        "may_change": may_open(officer, "work_change"),
        "before": officer.reassignments.all()[:5],
        "status": status,
    }
    return page(request, officer, "work/all", **context)


# --- Many cases at once -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gets:
    """What one officer would get."""

    officer: Officer
    more: int
    before: int


@for_officers("work_change")
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, officer: Officer) -> HttpResponse:
    """First what would happen; then, by the form below it, just that."""
    if request.method == "POST":
        return _start(request, officer)
    form = Share(request.GET, officer=officer)
    if not form.is_valid():
        return _table(request, officer, form, status=422)
    wanted = form.wanted()
    planned = handing.plan(officer, wanted, most=MOST)
    many = Counter(one.to.pk for one in planned if one.to)
    has = {one.officer.pk: one for one in load_of(officer, wanted.takers, catalogue().today())}
    context: dict[str, Any] = {
        "planned": planned,
        "gets": [Gets(taker, many[taker.pk], has[taker.pk].open) for taker in wanted.takers],
        "moving": many.total(),
        "staying": len(planned) - many.total(),
        "beyond": max(0, handing.chosen(officer, wanted).count() - len(planned)),
        "form": Plan(initial={"once": uuid4(), "moves": Plan.written(planned)}),
        "today": catalogue().today(),
    }
    return page(request, officer, "work/plan", **context)


def _start(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = Plan(request.POST)
    try:
        if not form.is_valid():
            raise NotAllowed(_("Look at what would happen once more."))
        kept = actions.reassign(by=officer, once=form.cleaned_data["once"], wishes=form.wishes())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return SeeOther(reverse("cases:work"))
    return SeeOther(reverse("cases:moves", args=[kept.once]))


@for_officers("work_change")
@require_GET
def moves(request: HttpRequest, officer: Officer, once: UUID) -> HttpResponse:
    """How far it is. For who asked; and of a case they do not see any more, only that it was one."""
    kept = get_object_or_404(Reassignment, once=once, by=officer)
    rows = list(kept.moves.select_related("to__user", "before__user").order_by("pk"))
    seen = Case.objects.visible_to(officer).for_a_list().in_bulk([move.case_id for move in rows])
    states = Counter(move.state for move in rows)
    context: dict[str, Any] = {
        "kept": kept,
        "done": [(move, seen.get(move.case_id)) for move in rows if move.state == Move.State.DONE],
        "refused": [(move, seen.get(move.case_id)) for move in rows if move.state == Move.State.REFUSED],
        "total": len(rows),
        "over": len(rows) - states[Move.State.WAITS],
    }
    return page(request, officer, "work/moves", **context)


# --- Who covers -------------------------------------------------------------------------------------------


@for_officers("work_change")
@require_http_methods(["GET", "POST"])
def absences(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """The absences of one of one's people: written down, and taken out."""
    somebody = get_object_or_404(staff_of(officer), pk=number)
    form, refusal, status = Away(officer=somebody), "", 200
    if request.method == "POST":
        try:
            if "absence" in request.POST:
                return _taken_out(request, officer, somebody)
            form, status = Away(request.POST, officer=somebody), 422
            if form.is_valid():
                people_actions.be_away(officer=somebody, by=officer, **form.cleaned_data)
                messages.success(request, _("The absence is written down."))
                return SeeOther(reverse("cases:work_absences", args=[somebody.pk]))
        except NotAllowed as no:
            refusal, status = str(no), 409
    ahead = somebody.absences.filter(last_day__gte=catalogue().today()).select_related("cover__user")
    about = {"somebody": somebody, "away": form, "may_be_away": True, "refusal": refusal, "absences": ahead}
    return page(request, officer, "work/absences", status=status, **about)


def _taken_out(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    typed = request.POST["absence"]
    key = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    if absence := Absence.objects.filter(pk=key, officer=somebody).first():
        people_actions.not_be_away(absence=absence, by=officer)
    messages.success(request, _("The absence is taken out."))
    return SeeOther(reverse("cases:work_absences", args=[somebody.pk]))
