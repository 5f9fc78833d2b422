"""One case: its story, its people, and what can be done with it now.

A view finds what its officer may see, lets a form call one action, and sends the browser on.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases import actions, clock, desk_words
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.forms.fields import show_phone
from cases.forms.steps import STEP_FORMS, StepForm, answerable
from cases.lifecycle import OPEN, State
from cases.models import Case, Officer
from cases.permissions import may_know_who, possible
from cases.views.frame import SeeOther, for_officers, page

ONE_READING = timedelta(hours=1)  # coming back to a page within it is still the same reading of the case


@for_officers("case")
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
