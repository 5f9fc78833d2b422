"""Rights over one's data: the officer who serves them, the second person who agrees, and what was given out."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import actions, clock, sharing
from cases import breach as breaches
from cases.actions import NotAllowed
from cases.dossier import dossier
from cases.forms.data_rights import Agreement, Correction, Said
from cases.forms.oversight import Between
from cases.models import Case, Disclosure, Erasure, Officer, Retention
from cases.papers import sent
from cases.permissions import may_know_who
from cases.register import REGISTER
from cases.views.case import note_reading
from cases.views.frame import SeeOther, for_officers, page
from cases.views.kept import kept

PER_PAGE = 50


# --- Serving a right ------------------------------------------------------------------------------------


@for_officers("data-rights")
@require_http_methods(["GET", "POST"])
def data_rights(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    """The procedure for the right that this case asks for."""
    case = _asking(officer, reference)
    right = actions.ASKS_FOR.get(case.topic_id, "")
    form = FORMS[right](case, request.POST if request.method == "POST" else None) if right in FORMS else None
    if request.method == "GET" or right not in SERVE:
        return _right_page(request, officer, case, right, form)
    if form and not form.is_valid():
        return _right_page(request, officer, case, right, form, status=422)
    try:
        done = SERVE[right](case, officer, form)
    except NotAllowed as refusal:
        return _right_page(request, officer, case, right, form, refusal=str(refusal), status=409)
    messages.success(request, done)
    return SeeOther(reverse("cases:case", args=[case.reference]))


def _asking(officer: Officer, reference: str) -> Case:
    asking = Case.objects.visible_to(officer).filter(sharing.of_the_house(officer), topic__in=actions.ASKS_FOR)
    case = get_object_or_404(asking.with_people(), reference=reference)
    note_reading(case, officer)
    return case


def _correction(case: Case, data: Any) -> Correction:
    on_record = {name: getattr(case.citizen, name, "") or "" for name in ("name", "nrc", "phone")}
    return Correction(data, initial=on_record)


FORMS: dict[str, Callable[[Case, Any], Any]] = {"correct": _correction, "stop": lambda case, data: Said(data)}


def _correct(case: Case, officer: Officer, form: Correction) -> str:
    actions.correct_citizen(case=case, by=officer, **form.cleaned_data)
    return _("It is corrected. What stood there before is kept in the history.")


def _stop(case: Case, officer: Officer, form: Said) -> str:
    actions.stop_use(case=case, by=officer, words=form.cleaned_data["words"])
    return _("Written down. No SMS goes to this citizen any more.")


def _erase(case: Case, officer: Officer, form: None) -> str:
    actions.ask_erasure(case=case, by=officer)
    return _("Asked for. A supervisor must agree before anything is erased.")


SERVE: dict[str, Callable[[Case, Officer, Any], str]] = {"correct": _correct, "stop": _stop, "erase": _erase}


def _right_page(
    request: HttpRequest, officer: Officer, case: Case, right: str, form: Any, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    theirs = list(_theirs(officer, case))
    return page(
        request,
        officer,
        "data_rights",
        status=status,
        case=case,
        right=right,
        form=form,
        refusal=refusal,
        known=may_know_who(officer, case),
        plan=[(one, actions.kept_until(one)) for one in theirs],
        erasure=Erasure.objects.filter(case=case).first(),
    )


def _theirs(officer: Officer, case: Case) -> Any:
    """The citizen's cases that this officer may see: others are handed out by those who have them."""
    visible = Case.objects.visible_to(officer).filter(sharing.of_the_house(officer))
    own = Case.objects.of_citizen(case.citizen) & visible
    return own.filter(known="number", erased_at=None).with_people().order_by("-opened_at")


@for_officers("data-rights")
@require_POST
def dossier_of(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    """The PDF to hand over. That it was made is part of the case's history, and a reading of each case it tells of."""
    case = _asking(officer, reference)
    theirs = list(_theirs(officer, case))
    try:
        actions.give_dossier(case=case, by=officer, cases=len(theirs))
    except NotAllowed as refusal:
        return _right_page(request, officer, case, "access", None, refusal=str(refusal), status=409)
    assert case.citizen is not None  # or the action would have refused
    made = dossier(case.citizen, theirs)
    for one in theirs:
        actions.record_reading(case=one, by=officer, what="paper")
    return sent(made, "dossier")


# --- The second person ----------------------------------------------------------------------------------


@for_officers("erasures")
@require_http_methods(["GET", "POST"])
def erasures(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What was asked to be erased: to be agreed to, under way, done."""
    if request.method == "POST":
        return _decide(request, officer)
    return _erasures_page(request, officer)


def _mine_to_see(officer: Officer) -> Any:
    return Erasure.objects.filter(case__in=Case.objects.visible_to(officer)).select_related("case", "asked_by__user")


def _decide(request: HttpRequest, officer: Officer) -> HttpResponse:
    erasure = _mine_to_see(officer).filter(pk=_number(request.POST.get("erasure", ""))).first()
    if erasure is None:
        return SeeOther(reverse("cases:erasures"))  # refused since the page was shown
    form = Agreement(request.POST)
    agrees = "agree" in request.POST
    try:
        if not form.is_valid():
            raise NotAllowed(str(form.errors["words"][0]))  # nothing else in it can be wrong
        if agrees and not form.cleaned_data["sure"]:
            raise NotAllowed(_("Please tick that you have read it."))
        if agrees:
            actions.agree_to_erasure(erasure=erasure, by=officer)
            messages.success(request, _("Agreed. It is erased as soon as the law lets it."))
        else:
            actions.refuse_erasure(erasure=erasure, by=officer, words=form.cleaned_data["words"])
            messages.success(request, _("Not erased. Answer the citizen's case with the reason."))
    except NotAllowed as refusal:
        return _erasures_page(request, officer, refusal=str(refusal), about=erasure.pk, form=form, status=409)
    return SeeOther(reverse("cases:erasures"))


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 18 else 0


def _erasures_page(request: HttpRequest, officer: Officer, *, status: int = 200, **more: Any) -> HttpResponse:
    everything = _mine_to_see(officer)
    return page(
        request,
        officer,
        "erasures",
        status=status,
        asked=[(one, _plan(one), one.asked_by_id == officer.pk) for one in everything.filter(agreed_at=None)],
        agreed=everything.filter(agreed_at__isnull=False).order_by("-agreed_at")[:PER_PAGE],
        **more,
    )


def _plan(erasure: Erasure) -> dict[str, int]:
    """How many cases go at once, how many later, how many are still open."""
    today = clock.now().date()
    days = [actions.kept_until(case) for case in Case.objects.of_citizen(erasure.citizen).filter(erased_at=None)]
    return {
        "now": sum(day is not None and day <= today for day in days),
        "later": sum(day is not None and day > today for day in days),
        "open": days.count(None),
    }


# --- Time, and what was given out -----------------------------------------------------------------------


@for_officers("retention")
@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What a run would erase, shown before anybody agrees to it."""
    before = actions.last_day_kept(clock.now())
    shown = actions.over_their_time(before).count() if before else 0
    refusal = ""
    if request.method == "POST" and before:
        try:
            if "sure" not in request.POST:
                raise NotAllowed(_("Please tick that you have read it."))
            told = request.POST.get("shown", "")
            actions.approve_retention(by=officer, closed_before=before, shown=int(told) if told.isdecimal() else -1)
            messages.success(request, _("Agreed. The workers erase it in rounds; this page shows how far they are."))
            return SeeOther(reverse("cases:retention"))
        except NotAllowed as no:
            refusal = str(no)
    return page(
        request,
        officer,
        "retention",
        status=409 if refusal else 200,
        before=before,
        shown=shown,
        refusal=refusal,
        runs=Retention.objects.select_related("approved_by__user")[:PER_PAGE],
        under_way=Retention.objects.filter(finished_at=None).exists(),
    )


@for_officers("disclosures")
@require_GET
def disclosures(request: HttpRequest, officer: Officer) -> HttpResponse:
    """To whom what was given, when, by which right (Data Protection Act 3/2021, s 51)."""
    mine = Disclosure.objects.filter(case__in=Case.objects.visible_to(officer)) | Disclosure.objects.filter(case=None)
    rows = Paginator(mine.select_related("case", "by__user"), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, officer, "disclosures", rows=rows)


@for_officers("breach")
@require_http_methods(["GET", "POST"])
def breach(request: HttpRequest, officer: Officer) -> HttpResponse:
    """For whoever must tell the Commissioner within a day (s 49): who saw or exported what between two times."""
    form = Between(request.POST or None)
    if not form.is_valid():
        return page(request, officer, "breach", form=form, status=422 if request.POST else 200)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    lines = breaches.seen(since, until, by=officer)
    if "file" in request.POST:
        return _file(lines, officer)
    return page(request, officer, "breach", form=form, summary=breaches.summary(lines))


def _file(lines: Iterator[breaches.Seen], officer: Officer) -> HttpResponse:
    rows = list(lines)
    actions.note_export(by=officer, to=str(officer), ground="DPA s 49", cases=len({row.reference for row in rows}))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="who-saw-what.csv"'
    breaches.write(response, rows)
    return response


@kept
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """For everybody: what is kept about whom, why, and for how long."""
    return render(request, "track/register.html", {"rows": REGISTER})
