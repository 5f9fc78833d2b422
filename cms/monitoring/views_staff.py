"""The rooms of those who work on notes: the monitor who writes, the moderator who reads, the officer who answers."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.actions import NotAllowed
from cases.models import Officer
from cases.permissions import may_moderate
from cases.views.frame import SeeOther, for_officers, page
from cms.models.monitoring import Note
from cms.monitoring import actions, found
from cms.monitoring.forms import Answer, GiveBack, NoteForm, as_typed

MOST = 100  # notes on one page of a room

# --- The monitor ------------------------------------------------------------------------------------------


@for_officers("notes")
@require_GET
def mine(request: HttpRequest, officer: Officer) -> HttpResponse:
    rows = Note.objects.filter(monitor=officer).select_related("place", "programme").order_by("-written_at")[:MOST]
    return page(request, officer, "notes/mine", rows=rows, kinds=Note.Kind.choices)


@for_officers("notes")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, officer: Officer) -> HttpResponse:
    kind = request.GET.get("kind", "")
    first = {"once": uuid4(), "kind": kind if kind in Note.Kind.values else Note.Kind.AUDIT}
    form = NoteForm(request.POST or None, initial=first)
    return _written(request, officer, form, None)


@for_officers("notes")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """One's own: written on, handed in, taken back; read, once it is published."""
    note = get_object_or_404(Note.objects.filter(monitor=officer), pk=pk)
    if "take_back" in request.POST:
        return _step(request, lambda: actions.take_back(note=note, by=officer), _("It is a draft again."))
    if note.state not in actions.STEPS["write"].sources and request.method == "GET":
        return page(request, officer, "notes/read", note=note)
    form = NoteForm(request.POST or None, initial=as_typed(note))
    return _written(request, officer, form, note)


def _written(request: HttpRequest, officer: Officer, form: NoteForm, note: Note | None) -> HttpResponse:
    if request.method == "GET" or not form.is_valid():
        return _write_page(request, officer, form, note, status=422 if form.errors else 200)
    try:
        if note:
            note = actions.rewrite(note=note, by=officer, written=form.written())
        else:
            facts = form.cleaned_data
            note = actions.write(by=officer, once=facts["once"], kind=facts["kind"], written=form.written())
        if "submit" in request.POST and note.state in actions.STEPS["submit"].sources:
            actions.submit(note=note, by=officer)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _write_page(request, officer, form, note, status=409)
    handed_in = "submit" in request.POST
    messages.success(request, _("Handed in. A moderator reads it now.") if handed_in else _("Your draft is kept."))
    return SeeOther(reverse("cms:notes"))


def _write_page(
    request: HttpRequest, officer: Officer, form: NoteForm, note: Note | None, *, status: int
) -> HttpResponse:
    return page(request, officer, "notes/write", form=form, note=note, status=status)


# --- The moderator ----------------------------------------------------------------------------------------


@for_officers("moderating")
@require_GET
def moderating(request: HttpRequest, officer: Officer) -> HttpResponse:
    return _moderating(request, officer)


@for_officers("moderating")
@require_POST
def decide(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    note = get_object_or_404(Note.objects.exclude(state=Note.State.DRAFT), pk=pk)
    if "publish" in request.POST:
        said = _("“{title}” is published.").format(title=note.title)
        return _step(request, lambda: actions.publish(note=note, by=officer), said)
    form = GiveBack(request.POST, prefix=f"note{pk}")
    if not form.is_valid():
        return _moderating(request, officer, bound={pk: form}, status=422)
    reason = form.cleaned_data["reason"]
    if "take_down" in request.POST:
        said = _("“{title}” is taken down.").format(title=note.title)
        return _step(request, lambda: actions.take_down(note=note, by=officer, reason=reason), said)
    said = _("“{title}” is given back.").format(title=note.title)
    return _step(request, lambda: actions.give_back(note=note, by=officer, reason=reason), said)


def _moderating(
    request: HttpRequest, officer: Officer, *, bound: dict[int, GiveBack] | None = None, status: int = 200
) -> HttpResponse:
    waiting = Note.objects.filter(state=Note.State.SUBMITTED).select_related("place", "programme", "monitor__user")
    waiting = waiting.prefetch_related("scores").order_by("submitted_at")[:MOST]
    rows, recent = (
        [(note, (bound or {}).get(note.pk) or GiveBack(prefix=f"note{note.pk}")) for note in notes]
        for notes in (waiting, found.published()[:MOST])
    )
    facts = {"rows": rows, "recent": recent, "may": may_moderate(officer)}
    return page(request, officer, "notes/moderating", status=status, **facts)


# --- The agency -------------------------------------------------------------------------------------------


@for_officers("answering")
@require_GET
def answering(request: HttpRequest, officer: Officer) -> HttpResponse:
    return _answering(request, officer)


@for_officers("answering")
@require_POST
def answer(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    note = get_object_or_404(found.answerable(officer), pk=pk)
    form = Answer(request.POST, prefix=f"note{pk}")
    if not form.is_valid():
        return _answering(request, officer, bound={pk: form}, status=422)
    said = _("Your answer stands beside “{title}” now.").format(title=note.title)
    return _step(request, lambda: actions.answer(note=note, by=officer, words=form.cleaned_data["words"]), said)


def _answering(
    request: HttpRequest, officer: Officer, *, bound: dict[int, Answer] | None = None, status: int = 200
) -> HttpResponse:
    """The one that waits longest comes first."""
    waiting = found.answerable(officer).filter(answered_at=None).order_by("published_at")[:MOST]
    rows = [(note, (bound or {}).get(note.pk) or Answer(prefix=f"note{note.pk}")) for note in waiting]
    answered = found.answerable(officer).exclude(answered_at=None).order_by("-answered_at")[:10]
    return page(request, officer, "notes/answering", rows=rows, answered=answered, status=status)


# --- A step that is done, or refused with a sentence ------------------------------------------------------


def _step(request: HttpRequest, act: Callable[[], Any], said: str) -> HttpResponse:
    """Where the page leads afterwards is the room it came from."""
    try:
        act()
        messages.success(request, said)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    rooms = {"notes": "cms:notes", "moderation": "cms:moderating", "answers": "cms:answering"}
    return SeeOther(reverse(rooms[request.path.split("/")[2]]))
