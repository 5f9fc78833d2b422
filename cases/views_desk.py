"""The officer's desk: the worklist, a case and what can be done with it, a walk-in, a search.

A view finds what its officer may see, lets a form call one action, and sends the browser on. Phone and card
numbers travel in the body of a POST only: an address ends up in logs and histories.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import actions, clock, desk_words, worklist
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.crypto import seal, unseal
from cases.forms import (
    STEP_FORMS,
    Choices,
    StepForm,
    WalkIn,
    answerable,
    looks_like_nrc,
    read_nrc,
    read_phone,
    show_phone,
)
from cases.lifecycle import ALIVE, OPEN, State
from cases.models import Case, Officer
from cases.pack import Kind
from cases.permissions import can_open_walk_in, may_know_who, possible
from cases.reference import read_reference, spoken

ONE_READING = timedelta(hours=1)  # coming back to a page within it is still the same reading of the case


class SeeOther(HttpResponseRedirect):
    """303: what was asked for is done; look over there. A reload does not ask again."""

    status_code = 303


def for_officers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Staff only, by name. What the page shows is kept by no cache: the next at this computer is somebody else."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
        officer = (
            Officer.objects.filter(user=request.user.pk, active=True)
            .select_related("user", "agency", "place__parent")
            .first()
        )
        if officer is None:
            return render(request, "desk/no_officer.html", status=403)
        return view(request, officer, **kwargs)

    return never_cache(sensitive_post_parameters()(login_required(wrapped)))


def page(request: HttpRequest, officer: Officer, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"officer": officer, "can_open": can_open_walk_in(officer)}
    return render(request, f"desk/{template}.html", context, status=status)


# --- The worklist ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a list of cases."""

    case: Case
    due: str
    take_by: str
    late: bool
    owner: str

    @classmethod
    def of(cls, case: Case, officer: Officer) -> "Row":
        today = catalogue().today()
        owner = _("you") if case.officer_id == officer.pk else str(case.officer or _("nobody"))
        late = case.state in OPEN and case.resolve_due < today
        return cls(case, desk_words.due(case, today), desk_words.take_by(case, today), late, owner)


@for_officers
@require_GET
def desk(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What matters first; or, when the address asks for something, a plain list of that."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("reference", "kind", "agency", "state", "group")}
    choices: dict[str, Any] = {
        "asked": asked,
        "kinds": Kind.choices,
        "states": State.choices,
        "agencies": [] if officer.agency_id else sorted((pk, a.label) for pk, a in catalogue().agencies.items()),
    }
    today = catalogue().today()
    groups = worklist.groups(officer, today)
    if any(asked.values()):
        by = worklist.GROUPED if asked["group"] else worklist.PLAIN
        cases, key = worklist.page(_chosen(officer, asked), request.GET.get("after", ""), by=by)
        onward = request.GET.copy()
        onward["after"] = key
        rows = [Row.of(case, officer) for case in cases]
        title = next((group.title for group in groups if group.key == asked["group"]), "")
        return page(request, officer, "chosen", title=title, rows=rows, next=key and onward.urlencode(), **choices)
    counts = worklist.counts(officer, today)
    few: dict[str, list[Row]] = {}
    for case in worklist.first_few(officer, today):
        few.setdefault(case.group, []).append(Row.of(case, officer))  # type: ignore[attr-defined]  # annotated
    waiting = [(group, counts[group.key], few.get(group.key, [])) for group in groups if group.key in counts]
    return page(request, officer, "worklist", waiting=waiting, busy=bool(few), **choices)


def _chosen(officer: Officer, asked: dict[str, str]) -> Any:
    """The visible cases that the address asks for; what it does not say leaves all of what is alive."""
    exact = {name: asked[name] for name in ("kind", "agency", "state") if asked[name]}
    digits = "".join(filter(str.isdigit, asked["reference"]))
    if asked["group"]:
        cases = worklist.grouped(officer, catalogue().today()).filter(group=asked["group"])
    else:
        cases = Case.objects.visible_to(officer)
        cases = cases if asked["state"] or digits else cases.filter(state__in=ALIVE)
    return cases.filter(reference__contains=digits, **exact)


@for_officers
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """By reference, phone or card. Twelve digits may be either of the first two: the reference is tried first."""
    if request.method == "GET":
        return page(request, officer, "search")
    typed = request.POST.get("q", "").strip()[:40]
    reference = read_reference(typed)
    if reference and Case.objects.visible_to(officer).filter(reference=reference).exists():
        return SeeOther(reverse("cases:case", args=[reference]))
    nrc = read_nrc(typed)
    found = worklist.cases_of(officer, phone=read_phone(typed), nrc=nrc if looks_like_nrc(nrc) else "")
    rows = [Row.of(case, officer) for case in found.with_people().order_by("-opened_at")[: worklist.PAGE]]
    return page(request, officer, "search", typed=typed, rows=rows, searched=True)


# --- One case -------------------------------------------------------------------------------------------


@for_officers
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    found = get_object_or_404(Case.objects.visible_to(officer).with_people(), reference=reference)
    if request.method == "POST":
        return _act(request, officer, found)
    if found.is_sensitive:
        _record_reading(found, officer)
    return _case_page(request, officer, found)


def _act(request: HttpRequest, officer: Officer, found: Case) -> HttpResponse:
    """One step. A form sent twice acts once: under the case's lock, the second finds its own words already said."""
    step = request.POST.get("step", "")
    if step not in STEP_FORMS:
        return SeeOther(reverse("cases:case", args=[found.reference]))
    form = STEP_FORMS[step](request.POST, step=step, case=found, officer=officer)
    if not form.is_valid():
        return _case_page(request, officer, found, sent=form, status=422)
    try:
        with transaction.atomic():
            get_object_or_404(Case.objects.visible_to(officer).select_for_update(of=("self",)), pk=found.pk)
            if not form.was_sent_before():
                form.act()
    except NotAllowed as refusal:
        now = get_object_or_404(Case.objects.visible_to(officer).with_people(), pk=found.pk)
        return _case_page(request, officer, now, sent=form, refusal=str(refusal), status=409)
    messages.success(request, form.done)
    if Case.objects.visible_to(officer).filter(pk=found.pk).exists():
        return SeeOther(reverse("cases:case", args=[found.reference]))
    messages.info(request, _("{case} is with others now. You do not see it any more.").format(case=found))
    return SeeOther(reverse("cases:desk"))  # given back, or put where it belongs


def _record_reading(found: Case, officer: Officer) -> None:
    newest = found.events.order_by("-number").first()
    still_here = newest and newest.officer_id == officer.pk and clock.now() - newest.at < ONE_READING
    if not still_here:
        actions.record_reading(case=found, by=officer)


def _case_page(
    request: HttpRequest,
    officer: Officer,
    found: Case,
    *,
    sent: StepForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    today, known = catalogue().today(), may_know_who(officer, found)
    events = list(found.events.select_related("said", "officer__user").order_by("number"))
    forms = _forms(officer, found, seen=len(events), sent=sent)
    readings = [event for event in events if event.kind == "read"]
    linked = Case.objects.visible_to(officer).filter(Q(appeal_of=found) | Q(pk=found.appeal_of_id))
    return page(
        request,
        officer,
        "case",
        status=status,
        case=found,
        clock=desk_words.clock(found, today, catalogue().day_of),
        late=found.state in OPEN and found.resolve_due < today,
        who=_who(found, known=known),
        answers=[(_plain(key), _plain(value)) for key, value in _form(found).items() if key not in TELLS_WHO],
        story=_story(found, [event for event in events if event.kind != "read"]),
        readings=readings,
        referrals=found.referrals.select_related("agency").order_by("asked_at"),
        escalations=found.escalations.all(),
        linked=linked.with_people(),
        next_step=forms[0] if forms and forms[0].step in NEXT.values() else None,
        forms=forms,
        sent=sent,
        # A step that is no longer offered takes its words along, unless the page shows them.
        kept="" if sent is None or sent in forms else sent.data.get(sent.add_prefix("words"), ""),
        refusal=refusal,
    )


# The one step that moves a case on, by its state; it stands first on the page.
NEXT = {
    State.RECEIVED: "take",
    State.IN_PROGRESS: "resolve",
    State.WAITING: "hear",
    State.REFERRED: "come_back",
    State.RESOLVED: "close",
}


def steps(officer: Officer, found: Case) -> list[str]:
    """What can be done now: the lifecycle's steps that this officer may take, and that have something to act on.

    An agency that was asked can answer in any state. While we wait for the citizen, whatever they say is the answer.
    """
    names = [step.name for step in possible(officer, found) if step.name != "come_back"]
    if "hear" in names:
        names.remove("inform")
    if "ask" in names and not (found.citizen and found.citizen.phone_index):
        names.remove("ask")  # there is no number to ask
    if answerable(officer, found).exists():
        names.append("come_back")
    first = "come_back" if officer.agency_id and "come_back" in names else NEXT.get(State(found.state))
    return sorted(names, key=lambda name: name != first)


def _forms(officer: Officer, found: Case, *, seen: int, sent: StepForm | None) -> list[StepForm]:
    return [
        sent if sent and sent.step == step else STEP_FORMS[step](step=step, case=found, officer=officer, seen=seen)
        for step in steps(officer, found)
    ]


@dataclass(frozen=True)
class Who:
    """The citizen as this officer may know them."""

    title: str
    facts: list[tuple[str, str]]


def _who(found: Case, *, known: bool) -> Who:
    language = catalogue().languages.get(found.language)
    facts = [(_("Language"), language.name if language else found.language)]
    if found.citizen is None:
        return Who(_("Anonymous"), facts)
    if not known:
        return Who(_("Number hidden by the citizen"), facts)
    form = _form(found)
    said = {name: form.get(name, "") for name in TELLS_WHO}
    if not any(said.values()):  # who said nothing of themselves is whoever this phone is on record for
        said = {name: getattr(found.citizen, name) for name in TELLS_WHO}
    told = [(_("Phone"), show_phone(found.citizen.phone)), (_("NRC"), said["nrc"] or "")]
    return Who(said["name"] or _("No name given"), [fact for fact in told if fact[1]] + facts)


def _form(found: Case) -> dict[str, str]:
    return json.loads(found.form) if found.form else {}


# What a registration's form asks, and the answers that do not read well as they are kept.
ANSWERS = {
    "work": gettext_lazy("Work"),
    "people": gettext_lazy("People in the home"),
    "sex": gettext_lazy("Sex"),
    "disability": gettext_lazy("Disability"),
    "home": gettext_lazy("In a home"),
    "green": gettext_lazy("Trees, waste, solar"),
    "farming": gettext_lazy("Farming or fishing"),
    "female": gettext_lazy("Woman"),
    "male": gettext_lazy("Man"),
}
TELLS_WHO = ("name", "nrc")  # stands beside the form, for those who may know


def _plain(kept: str) -> str:
    return str(ANSWERS.get(kept, kept[:1].upper() + kept[1:]))


def _story(found: Case, events: list[Any]) -> list[desk_words.Line]:
    """History and SMS in the order of time; an SMS stands with the event it tells of."""
    by_event: dict[int | None, list[desk_words.Text]] = {}
    sent: Any = getattr(found, "messages", None)  # kept by channels, which this room does not import
    for message in sent.order_by("created_at") if sent else ():
        by_event.setdefault(message.event_id, []).append(desk_words.Text.of(message))
    given = [event.data["to"] for event in events if event.kind == "hand_over"]
    officers = {officer.pk: str(officer) for officer in Officer.objects.filter(pk__in=given).select_related("user")}
    names = desk_words.Names(catalogue().agencies, catalogue().topics, catalogue().districts, officers)
    lines = [desk_words.line(event, names=names, texts=by_event.get(event.pk, [])) for event in events]
    lines += [desk_words.alone(text) for text in by_event.get(None, [])]
    return sorted(lines, key=lambda line: line.at)


# --- A citizen at the desk ------------------------------------------------------------------------------


@for_officers
@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, officer: Officer) -> HttpResponse:
    if not can_open_walk_in(officer):
        return page(request, officer, "no_walk_in", status=403)
    if request.method == "GET":
        form = _new_walk_in(officer, kind=request.GET.get("kind", ""), initial={"once": secrets.token_urlsafe(16)})
        return _walk_in_page(
            request, officer, form, template="topics" if "HX-Request" in request.headers else "walk_in"
        )
    if "look" in request.POST:  # looking up without JavaScript: nothing typed is lost, nothing is checked yet
        return _walk_in_page(request, officer, _new_walk_in(officer, initial=request.POST.dict()))
    form = _new_walk_in(officer, data=request.POST)
    if not form.is_valid():
        return _walk_in_page(request, officer, form, status=422)
    return _open(request, officer, form)


def _walk_in_page(
    request: HttpRequest, officer: Officer, form: WalkIn, *, template: str = "walk_in", status: int = 200
) -> HttpResponse:
    urgent = [line for line in catalogue().helplines.values() if line.sensitive]
    known = _known(request, officer) if request.method == "POST" else {}
    return page(request, officer, template, status=status, form=form, kinds=Kind.choices, urgent=urgent, **known)


def _new_walk_in(officer: Officer, **given: Any) -> WalkIn:
    return WalkIn(officer=officer, languages=_languages(), **given)


def _languages() -> Choices:
    offered = [row for row in catalogue().languages.values() if row.reviewed or settings.DRAFT_LANGUAGES]
    return [(language.code, language.name) for language in offered]


@for_officers
@require_POST
def known(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The citizen's open cases, as soon as the number is typed."""
    return page(request, officer, "known", **_known(request, officer))


def _known(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    phone, typed = read_phone(request.POST.get("phone", "")[:30]), request.POST.get("nrc", "")[:30]
    nrc = read_nrc(typed)
    cases = worklist.cases_of(officer, phone=phone, nrc=nrc).filter(state__in=ALIVE)
    return {
        "looked": bool(phone or nrc),
        "odd_nrc": bool(nrc) and not looks_like_nrc(nrc),
        "rows": [Row.of(case, officer) for case in cases.with_people().order_by("-opened_at")[: worklist.PAGE]],
    }


@transaction.atomic
def _open(request: HttpRequest, officer: Officer, form: WalkIn) -> HttpResponse:
    """One case for one page, however often it is sent. The PIN waits, sealed, in the session for one showing.

    The officer's row is locked, so the second sending waits for the first to be finished, session and all.
    """
    Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    if Case.objects.filter(once=form.request_name()).exists():
        return SeeOther(reverse("cases:receipt"))
    opened = form.open()
    nrc = form.cleaned_data["nrc"]
    request.session["receipt"] = {
        "reference": opened.case.reference,
        "due": opened.case.resolve_due.isoformat(),
        "topic": "" if opened.case.is_sensitive else opened.case.topic.name,
        "odd_nrc": bool(nrc) and not looks_like_nrc(nrc),
    }
    request.session["receipt_pin"] = seal(opened.pin, name="receipt").hex()
    request.session.save()
    return SeeOther(reverse("cases:receipt"))


@for_officers
@require_GET
def receipt(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the citizen takes home. It reads the session only: who opened a case may still not be cleared to see it."""
    kept = request.session.get("receipt")
    if kept is None:
        return redirect("cases:walk_in")
    sealed = request.session.pop("receipt_pin", "")
    return page(
        request,
        officer,
        "receipt",
        reference=spoken(kept["reference"]),
        pin=unseal(bytes.fromhex(sealed), name="receipt") if sealed else "",
        due=date.fromisoformat(kept["due"]),
        topic=kept["topic"],
        odd_nrc=kept["odd_nrc"],
        own=Case.objects.visible_to(officer).filter(reference=kept["reference"]).exists() and kept["reference"],
    )
