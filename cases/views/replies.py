"""The page of ready words, where supervisors write, change and throw them away."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import actions, replies
from cases.actions import NotAllowed, foresee_sms
from cases.forms.fields import languages
from cases.forms.replies import ReplyForm
from cases.models import CannedReply, Officer
from cases.views.frame import SeeOther, for_officers, page


@for_officers("replies")
@require_http_methods(["GET", "POST"])
def ready_words(request: HttpRequest, officer: Officer) -> HttpResponse:
    """All that this officer may change, and a form for one more."""
    return _written(request, officer, None)


@for_officers("replies")
@require_http_methods(["GET", "POST"])
def one_reply(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    return _written(request, officer, get_object_or_404(replies.changeable(officer), pk=pk))


@for_officers("replies")
@require_POST
def drop(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Thrown away already is thrown away."""
    if reply := replies.changeable(officer).filter(pk=pk).first():
        actions.drop_reply(by=officer, reply=reply)
        messages.success(request, _("“{title}” is gone.").format(title=reply.title))
    return SeeOther(reverse("cases:replies"))


def _written(request: HttpRequest, officer: Officer, reply: CannedReply | None) -> HttpResponse:
    form = ReplyForm(request.POST or None, officer=officer, languages=languages(), reply=reply)
    if request.method == "GET":
        return _page(request, officer, form)
    if "look" in request.POST:  # how it goes out; nothing is checked or kept yet
        looked = _measured(request.POST.get("text", ""))
        if "HX-Request" in request.headers:
            return page(request, officer, "case/sms", sms=looked)
        again = ReplyForm(officer=officer, languages=languages(), reply=reply)
        again.initial.update(request.POST.dict())
        return _page(request, officer, again, sms=looked)
    if not form.is_valid():
        return _page(request, officer, form, status=422)
    try:
        with transaction.atomic():
            saved = form.save()
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, officer, form, status=409)
    messages.success(request, _("“{title}” is ready.").format(title=saved.title))
    return SeeOther(reverse("cases:replies"))


def _page(
    request: HttpRequest, officer: Officer, form: ReplyForm, *, sms: Any = None, status: int = 200
) -> HttpResponse:
    rows = [(reply, _measured(reply.text)) for reply in replies.changeable(officer)]
    return page(request, officer, "replies", status=status, form=form, reply=form.reply, rows=rows, sms=sms)


def _measured(text: str) -> Any:
    return foresee_sms(case=None, step="", said=replies.with_examples(text))
