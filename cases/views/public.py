"""The citizen's own case on the web: opened by reference and PIN, read in plain words, answered by buttons.

No address holds a reference, and no page a name, a number or a member of staff.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import access, actions, joined, wording
from cases.actions import NotAllowed
from cases.anchors import standing
from cases.catalogue import catalogue
from cases.lifecycle import OPEN, State
from cases.limits import TooManyTries, count_try
from cases.models import Case, Channel, Event
from cases.reference import spoken
from cases.remedies import next_remedy, way_out
from cases.views.frame import source

OPEN_SECONDS = 20 * 60  # a borrowed phone or a café's computer forgets the case after so long without a click
LONGEST = 2000  # characters of one statement
STATEMENTS_AN_HOUR = 20

# Events whose words were said to the citizen or by them; all other words are the office's own.
TOLD = {"open", "ask", "seek", "hear", "inform", "resolve", "dispute", "reopen"}


# --- Opening and leaving a case -------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    reference = request.POST.get("reference", "")[:40]
    if request.method == "GET":
        return render(request, "track/find.html")
    try:
        case = access.open_with_pin_or_code(
            reference=reference, digits=request.POST.get("pin", "")[:40], source=source(request)
        )
    except TooManyTries:
        return _too_many(request, reference)
    if case is None:
        return render(request, "track/find.html", {"reference": reference, "wrong": True}, status=422)
    request.session.cycle_key()
    request.session["case"] = case.pk
    request.session["case_until"] = time.time() + OPEN_SECONDS
    return redirect("citizen:track_case")


@never_cache
@sensitive_post_parameters()
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    reference = request.POST.get("reference", "")[:40]
    try:
        access.send_code(reference=reference, source=source(request))
    except TooManyTries:
        return _too_many(request, reference)
    return render(request, "track/find.html", {"reference": reference, "code_asked": True})


@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    _forget(request)
    messages.success(request, _("Your case is closed on this screen. Nobody can open it here without the PIN."))
    return redirect("citizen:track")


def _too_many(request: HttpRequest, reference: str) -> HttpResponse:
    return render(request, "track/find.html", {"reference": reference, "too_many": True}, status=429)


def _forget(request: HttpRequest) -> None:
    request.session.pop("case", None)
    request.session.pop("case_until", None)


def with_case(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The case this browser has opened and not left; without one, back to the door. Never kept by a cache."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.session.get("case_until", 0) < time.time():
            _forget(request)
            return redirect("citizen:track")
        request.session["case_until"] = time.time() + OPEN_SECONDS
        return view(request, joined.led_to(_named(request)), **kwargs)

    return never_cache(sensitive_post_parameters()(wrapped))


def _named(request: HttpRequest) -> Case:
    """The case whose number was typed; what is shown may be another of theirs, into which it was joined."""
    return get_object_or_404(Case.objects.with_people().select_related("merged_into"), pk=request.session["case"])


# --- Reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One entry of the history, as the citizen is told it."""

    at: datetime
    said: str
    words: str


@with_case
@require_GET
def track_case(request: HttpRequest, case: Case) -> HttpResponse:
    today = catalogue().today()
    question = actions.last_question(case) if case.state == State.WAITING else None
    can, remedy, stands = actions.open_to_citizen(case), next_remedy(case), joined.standing(case)
    sought = actions.consent_sought(case) if case.state == State.WAITING else None
    context = {
        "case": case,
        "reference": spoken(case.reference),
        "joined": wording.joined(_named(request)),
        "state": wording.state(case),
        "promise": wording.promise(case, today),
        "promised_by": stands.resolve_due,
        "late": stands.state in OPEN and stands.state != State.WAITING and stands.resolve_due < today,
        "next": wording.what_next(case),
        "question": question.words if question else "",
        "may_they": wording.may_they(sought) if sought else "",
        "answer": actions.answer_words(case),
        "way_out": way_out(case, today),
        "can": can,
        "memberships": case.memberships.select_related("agency").order_by("at"),
        "appealed": Case.objects.filter(appeal_of=case).exists(),
        "if_not": wording.if_not(remedy, today) if "appeal" in can else "",
        "goes_to": wording.goes_to(remedy, today),
        "remedy": remedy,
        "standing": standing(case),
        "history": list(history(case)),
        "stars": range(1, 6),
        "longest": LONGEST,
        "token": secrets.token_urlsafe(12),
    }
    return render(request, "track/case.html", context)


def history(case: Case) -> Iterable[Line]:
    """What happened, newest last, without the office's own notes and without anybody's name.

    In a sensitive case nothing that was said is repeated here: the screen may not be seen by its owner alone.
    """
    cases = joined.of_one_person(case)
    told = Event.objects.filter(case__in=cases, kind__in=wording.HISTORY)
    for event in told.select_related("said").order_by("at", "case", "number"):
        words = event.words if event.kind in TOLD and not case.is_sensitive else ""
        if said := wording.history_line(event, sensitive=case.is_sensitive):
            yield Line(event.at, said, words)


# --- Doing: one button each, all through the one writer ------------------------------------------------


def _inform(request: HttpRequest, case: Case) -> None:
    actions.add_information(case=case, words=_typed(request))


def _consent(request: HttpRequest, case: Case) -> None:
    actions.consent(case=case)


def _refuse(request: HttpRequest, case: Case) -> None:
    actions.refuse_consent(case=case)


def _confirm(request: HttpRequest, case: Case) -> None:
    actions.confirm(case=case)


def _dispute(request: HttpRequest, case: Case) -> None:
    actions.dispute(case=case, words=_typed(request))


def _stay_solved(request: HttpRequest, case: Case) -> None:
    actions.stay_solved(case=case)


def _reopen(request: HttpRequest, case: Case) -> None:
    actions.reopen(case=case, words=_typed(request))


def _rate(request: HttpRequest, case: Case) -> None:
    stars = request.POST.get("stars", "")
    actions.rate(case=case, stars=int(stars) if stars.isdecimal() else 0)


def _withdraw(request: HttpRequest, case: Case) -> HttpResponse | None:
    if "sure" not in request.POST:
        return render(request, "track/withdraw.html", {"reference": spoken(case.reference)})
    actions.withdraw(case=case)
    return None


def _appeal(request: HttpRequest, case: Case) -> HttpResponse:
    # Bound to this case, so that nobody can name another's request; sent twice, it is one appeal.
    once = f"web-appeal:{case.pk}:{request.POST.get('token', '')[:20]}"
    opened = actions.appeal(case=case, words=_typed(request), channel=Channel.WEB, once=once)
    context = {"reference": spoken(opened.case.reference), "pin": opened.pin, "case": opened.case}
    return render(request, "track/appealed.html", context)


# Step of the lifecycle: what the button does, and what is said when it is done.
BUTTONS: dict[str, tuple[Callable[[HttpRequest, Case], HttpResponse | None], str | Promise]] = {
    "inform": (_inform, gettext_lazy("Thank you. We added it to your case.")),
    "consent": (_consent, gettext_lazy("Thank you. We ask the other office now.")),
    "refuse": (_refuse, gettext_lazy("Thank you. We go on without the other office.")),
    "confirm": (_confirm, gettext_lazy("Thank you. We are glad it is solved.")),
    "dispute": (_dispute, gettext_lazy("Thank you for telling us. Your case is open again.")),
    "stay_solved": (_stay_solved, gettext_lazy("Thank you for telling us.")),
    "reopen": (_reopen, gettext_lazy("Thank you for telling us. Your case is open again.")),
    "rate": (_rate, gettext_lazy("Thank you for your rating.")),
    "withdraw": (_withdraw, gettext_lazy("You withdrew your case. It is closed.")),
    "appeal": (_appeal, ""),
}


@with_case
@require_POST
def act(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    if step not in BUTTONS:
        raise Http404
    button, thanks = BUTTONS[step]
    try:
        count_try(f"web-case:{case.pk}", limit=STATEMENTS_AN_HOUR)
        page = button(request, case)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    except TooManyTries:
        messages.error(request, _("That was very often. Please wait an hour, or come to a desk."))
    else:
        if page:
            return page
        messages.success(request, str(thanks))
    return redirect("citizen:track_case")


def _typed(request: HttpRequest) -> str:
    return request.POST.get("words", "").replace("\0", "").strip()[:LONGEST]
