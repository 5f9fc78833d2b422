"""Days off that are entered by hand: first what each would change is shown, then it is entered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import actions, desk_words
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.forms.calendar import DayOffForm
from cases.models import DayOff, Officer
from cases.views.frame import SeeOther, for_officers, page


@for_officers("days_off")
@require_http_methods(["GET", "POST"])
def days_off(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = DayOffForm(request.POST or None)
    if request.method == "GET":
        return _page(request, officer, form)
    fits = form.is_valid()
    if "sure" in request.POST and form.was_entered_by(officer):
        return SeeOther(reverse("cases:days_off"))  # the same form twice; the first perhaps just now
    if not fits:
        return _page(request, officer, form, status=422)
    if "sure" not in request.POST:  # looked at, and nothing is entered yet
        return _page(request, officer, form, change=actions.what_it_changes(form.cleaned_data["day"]))
    try:
        entered = actions.enter_day_off(by=officer, **form.cleaned_data)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, officer, form, status=409)
    messages.success(request, _("{day} is a day off now.").format(day=_said(entered)))
    return SeeOther(reverse("cases:days_off"))


@for_officers("days_off")
@require_POST
def take_back(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    entered = get_object_or_404(DayOff, pk=pk)
    try:
        actions.withdraw_day_off(by=officer, day_off=entered)
        messages.success(request, _("{day} is a working day again.").format(day=_said(entered)))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return SeeOther(reverse("cases:days_off"))


def _said(entered: DayOff) -> str:
    return desk_words.day(entered.date, catalogue().today())


def _page(
    request: HttpRequest, officer: Officer, form: forms.Form, *, change: Any = None, status: int = 200
) -> HttpResponse:
    rows = DayOff.objects.select_related("entered_by__user", "withdrawn_by__user")
    today = catalogue().today()
    return page(request, officer, "days_off", form=form, change=change, rows=rows, today=today, status=status)
