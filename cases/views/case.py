"""One case: looking at it is counted where it is sensitive, and each form of its page calls one action.

A view finds what its officer may see, lets a form call one action, and sends the browser on.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import actions, clock, desk_words, papers, presence, sharing
from cases.actions import NotAllowed
from cases.forms.step_form import StepForm
from cases.forms.steps import STEP_FORMS
from cases.models import Attachment, Case, Content, Event, Officer, Reading
from cases.uploads import TOO_LARGE, Format
from cases.views.case_joined import joined_cases
from cases.views.case_page import show, steps
from cases.views.case_words import drafted, saying
from cases.views.frame import SeeOther, for_officers, page
from cases.views.intake import hand_out

ONE_READING = timedelta(hours=1)  # coming back to a page within it is still the same reading of the case


@for_officers("case")
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    found = _opened(officer, reference)
    if request.method == "POST":
        return _act(request, officer, found)
    return show(request, officer, found)


@for_officers("case")
@require_POST
def preview(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    """How the words of a step go out by SMS; with ready words put in first, if some were chosen. Nothing is kept."""
    found, step = _opened(officer, reference), request.POST.get("step", "")
    if step not in STEP_FORMS:
        return SeeOther(reverse("cases:case", args=[found.reference]))
    form = drafted(request, officer, found, step)
    if "HX-Request" in request.headers:
        return page(request, officer, "case/say", case=found, form=form, **saying(found, form))
    return show(request, officer, found, sent=form)


def _opened(officer: Officer, reference: str) -> Case:
    """The case, if it is there for this officer. Who sends a form reads it too: a refusal comes on the whole page."""
    rows = Case.objects.visible_to(officer).with_people().prefetch_related("joined")
    found = get_object_or_404(rows, reference=reference)
    for one in (found, *joined_cases(officer, found)):
        note_reading(one, officer)
    return found


@for_officers("case")
@require_POST
def here(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    """A sign of life from an open page: answered with who else is there, and what they did since it was shown."""
    found = get_object_or_404(Case.objects.visible_to(officer), reference=reference)
    presence.touch(officer, found, writing=bool(request.POST.get("writing")))
    seen = request.POST.get("seen", "")
    changes = presence.changes_since(officer, found, int(seen) if seen.isdecimal() and len(seen) < 9 else 0)
    shown = {event.pk for event in sharing.events(officer, found)} if changes else set()
    return page(
        request,
        officer,
        "case/others",
        case=found,
        others=presence.others(officer, found),
        changes=[desk_words.change(event) for event in changes if event.pk in shown],
    )


def _act(request: HttpRequest, officer: Officer, found: Case) -> HttpResponse:
    """One step. A form sent twice acts once: under the case's lock, the second finds its own words already said."""
    step = request.POST.get("step", "")
    if step not in STEP_FORMS:
        return SeeOther(reverse("cases:case", args=[found.reference]))
    form = STEP_FORMS[step](request.POST, step=step, case=found, officer=officer)
    form.files, form.too_large = request.FILES, TOO_LARGE in request.META
    if not form.is_valid():
        return show(request, officer, found, sent=form, status=422)
    try:
        if form.asks_first():
            return show(request, officer, found, sent=form)
        with transaction.atomic():
            rows = Case.objects.select_for_update().filter(pk__in=[found.pk, *form.also_locks()])
            list(rows.order_by("pk").values_list("pk"))
            get_object_or_404(Case.objects.visible_to(officer), pk=found.pk)
            if not form.was_sent_before():
                _nothing_new(form)
                form.act()
    except Changed as news:
        now = get_object_or_404(Case.objects.visible_to(officer).with_people(), pk=found.pk)
        return show(request, officer, now, sent=form.as_of(news.newest), changes=news.changes, status=409)
    except NotAllowed as refusal:
        now = get_object_or_404(Case.objects.visible_to(officer).with_people(), pk=found.pk)
        return show(request, officer, now, sent=form, refusal=str(refusal), status=409)
    if pdf := form.paper():
        return papers.sent(pdf, form.step)
    messages.success(request, form.done)
    if opened := getattr(form, "opened", None):
        return hand_out(request, opened)
    after = form.leads_to()
    if Case.objects.visible_to(officer).filter(pk=after.pk).exists():
        return SeeOther(reverse("cases:case", args=[after.reference]))
    messages.info(request, _("{case} is with others now. You do not see it any more.").format(case=found))
    return SeeOther(reverse("cases:desk"))  # given back, or put where it belongs


class Changed(Exception):
    """Others did something since the page was shown; what was typed waits for a second look."""

    def __init__(self, events: list[Event]):
        super().__init__()
        self.newest = events[-1].number
        self.changes = [desk_words.change(event) for event in events]


def _nothing_new(form: StepForm) -> None:
    """Asked under the lock. What can no longer be done at all is refused by its action, with its own reason."""
    if not form.minds_changes or form.step not in steps(form.officer, now_of(form.case)):
        return
    shown = sharing.events(form.officer, form.case)
    new = presence.changes_since(form.officer, form.case, form.cleaned_data["seen"])
    if events := [event for event in new if event in shown]:
        raise Changed(events)


def now_of(case: Case) -> Case:
    return Case.objects.with_people().get(pk=case.pk)


@for_officers("case")
@require_GET
def attachment(request: HttpRequest, officer: Officer, reference: str, key: str, small: bool = False) -> HttpResponse:
    """One photo or paper. The browser shows it in a box of its own, guesses nothing and keeps nothing."""
    found = get_object_or_404(Case.objects.visible_to(officer), reference=reference)
    one = get_object_or_404(sharing.attachments(officer, found), key=key)
    if small:
        note_reading(found, officer)
        return _file(one, get_object_or_404(Content.objects.only("small"), attachment=one).small, "image/webp")
    try:
        content = actions.read_attachment(attachment=one, by=officer)
    except NotAllowed as gone:
        raise Http404 from gone
    return _file(one, content.sealed, TYPES[Format(one.format)])


TYPES = {Format.PHOTO: "image/jpeg", Format.PDF: "application/pdf"}


def _file(one: Attachment, content: Any, kind: str) -> HttpResponse:
    if not content:
        raise Http404  # a PDF has no thumbnail
    shown = "inline" if kind.startswith("image/") else "attachment"
    answer = HttpResponse(bytes(content), content_type=kind)
    answer["Content-Disposition"] = f'{shown}; filename="{one.format}-{one.pk}.{kind.partition("/")[2]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def note_reading(found: Case, officer: Officer) -> None:
    """Unless the officer is still at it."""
    since = clock.now() - ONE_READING
    if found.is_sensitive:
        newest = found.events.order_by("-number").first()
        still_here = newest is not None and newest.officer_id == officer.pk and newest.at > since
    else:
        still_here = Reading.objects.filter(officer=officer, case=found, at__gt=since).exists()
    if not still_here:
        actions.record_reading(case=found, by=officer)
