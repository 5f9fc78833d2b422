"""The pages about people: who works here, one officer, who is invited; and everybody's own page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import people as found
from cases.actions import NotAllowed
from cases.actions import people as actions
from cases.actions.people import Moved
from cases.catalogue import catalogue
from cases.forms.people import Away, Invite, InviteMonitor, Leaving, Work
from cases.lifecycle import OPEN, State
from cases.limits import TooManyTries, count_try
from cases.models import Absence, Invitation, Officer, PersonEvent, Role
from cases.pack import Sensitivity
from cases.permissions import GET_DIGEST, may_invite, may_open
from cases.views.frame import SeeOther, for_officers, page
from cases.views.welcome import send_link

LINKS_AN_HOUR = 60  # invitations one administrator sends

# --- All ------------------------------------------------------------------------------------------------


@for_officers("people")
@require_GET
def everybody(request: HttpRequest, officer: Officer) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:150] for name in ("q", "role", "gone")}
    officers = found.officers_called(asked["q"]) if asked["q"] else found.officers()
    officers = officers.filter(active=not asked["gone"])
    if asked["role"]:
        officers = officers.filter(role=asked["role"])
    rows, after = found.page(found.with_absence(officers, catalogue().today()), request.GET.get("after", ""))
    onward = request.GET.copy()
    onward["after"] = after
    return page(
        request,
        officer,
        "people/all",
        asked=asked,
        rows=rows,
        next=after and onward.urlencode(),
        roles=Role.choices,
        invited=_open_invitations(),
        may_change=may_open(officer, "people_change"),
    )


def _open_invitations(**more: Any) -> QuerySet[Invitation]:
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, **more)
    return waiting.select_related("agency", "place", "invited_by__user")


# --- Inviting -------------------------------------------------------------------------------------------


@for_officers("people_change")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = Invite(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _invite_page(request, officer, form, status=422 if form.errors else 200)
    return _invite(request, officer, form, _invite_page) or SeeOther(reverse("cases:people"))


def _invite_page(request: HttpRequest, officer: Officer, form: Any, *, status: int) -> HttpResponse:
    return page(request, officer, "people/invite", form=form, status=status)


def _invite(request: HttpRequest, officer: Officer, form: Any, again: Callable[..., HttpResponse]) -> Any:
    """None when the invitation is out; else the page once more, with the reason."""
    try:
        _count_links(officer)
        address = form.cleaned_data["address"]
        invitation, token = actions.invite(by=officer, address=address, assignment=form.assignment())
    except NotAllowed as refusal:
        form.add_error("address", str(refusal))
        return again(request, officer, form, status=409)
    except TooManyTries:
        form.add_error(None, _("Many invitations went out within the hour. Please wait a little."))
        return again(request, officer, form, status=429)
    _send(request, invitation, token)
    return None


@for_officers("monitors")
@require_POST
def invitation(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """Send the link again, or take the invitation back; a monitor's also for who moderates them."""
    asked = get_object_or_404(Invitation, pk=number)
    try:
        if "withdraw" in request.POST:
            actions.withdraw_invitation(by=officer, invitation=asked)
            messages.success(request, _("The invitation is taken back. Its link opens nothing any more."))
        else:
            _count_links(officer)
            token = actions.invite_again(by=officer, invitation=asked, shown=request.POST.get("mark", "")[:40])
            if token:
                _send(request, asked, token)
            else:
                messages.success(request, _("The link was sent again already."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    except TooManyTries:
        messages.error(request, _("Many invitations went out within the hour. Please wait a little."))
    return SeeOther(reverse("cases:people" if may_open(officer, "people") else "cases:monitors"))


@for_officers("monitors")
@require_http_methods(["GET", "POST"])
def monitors(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Those from civil society, who is invited, and a form for one more."""
    form = InviteMonitor(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _monitors_page(request, officer, form, status=422 if form.errors else 200)
    return _invite(request, officer, form, _monitors_page) or SeeOther(reverse("cases:monitors"))


def _monitors_page(request: HttpRequest, officer: Officer, form: Any, *, status: int) -> HttpResponse:
    theirs = {"rows": found.officers().filter(role=Role.MONITOR), "invited": _open_invitations(role=Role.MONITOR)}
    may = may_invite(officer, Role.MONITOR)
    return page(request, officer, "people/monitors", form=form, may_change=may, status=status, **theirs)


def _count_links(officer: Officer) -> None:
    count_try(f"links:{officer.pk}", limit=LINKS_AN_HOUR)


def _send(request: HttpRequest, asked: Invitation, token: str) -> None:
    if not send_link(asked, token):
        messages.error(request, _("The invitation is kept, but no e-mail could be sent. Send it again a little later."))
    elif settings.EMAIL_FOLDER:
        sentence = _("Invited. No mail server here: the e-mail lies in {folder}.")
        messages.success(request, sentence.format(folder=settings.EMAIL_FOLDER))
    else:
        messages.success(
            request,
            _("Invited. The link in the e-mail opens once, within {days} days.").format(days=settings.INVITATION_DAYS),
        )


# --- One officer ----------------------------------------------------------------------------------------


@for_officers("people")
@require_GET
def person(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    return _person_page(request, officer, _whom(number))


@for_officers("people_change")
@require_POST
def change(request: HttpRequest, officer: Officer, number: int, what: str) -> HttpResponse:
    """One change about one officer; `what` is a row of CHANGES."""
    somebody = _whom(number)
    try:
        return CHANGES[what](request, officer, somebody)
    except NotAllowed as refusal:
        return _person_page(request, officer, _whom(number), refusal=str(refusal), status=409)


def _whom(number: int) -> Officer:
    return get_object_or_404(Officer.objects.select_related("user", "agency", "place__parent"), pk=number)


def _person_page(
    request: HttpRequest, officer: Officer, somebody: Officer, *, refusal: str = "", status: int = 200, **sent: Any
) -> HttpResponse:
    """`sent` are forms that were not accepted, by name: they come back as they were filled in."""
    may_change = may_open(officer, "people_change") and officer.pk != somebody.pk
    shown: dict[str, Any] = {
        "work": Work(scope=somebody),
        "leaving": Leaving(officer=somebody),
        "away": Away(officer=somebody),
        "may_change": may_change,
        "may_be_away": may_change and somebody.active,
        "waiting": _waiting(somebody),
        "refusal": refusal,
        **_about(somebody),
    }
    return page(request, officer, "people/one", status=status, somebody=somebody, **shown | sent)


def _about(somebody: Officer) -> dict[str, Any]:
    absences = somebody.absences.filter(last_day__gte=catalogue().today()).select_related("cover__user")
    return {"absences": absences, "log": [Entry.of(event) for event in _log_of(somebody)]}


def _log_of(somebody: Officer) -> QuerySet[PersonEvent]:
    theirs = Q(person=somebody) | Q(invitation__person_events__person=somebody)
    return PersonEvent.objects.filter(theirs).distinct().select_related("by__user")


@dataclass(frozen=True)
class Waiting:
    """How many open cases of one state somebody has: a number, for whoever manages people reads no case."""

    state: str
    count: int


def _waiting(somebody: Officer) -> list[Waiting]:
    counts = somebody.cases.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk"))
    return [Waiting(str(State(state).label), count) for state, count in counts]


def _change_scope(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    form = Work(request.POST, scope=somebody)
    if not form.is_valid():
        return _person_page(request, officer, somebody, work=form, status=422)
    lost = actions.cases_lost_by(somebody, form.assignment())
    if lost and "sure" not in request.POST:
        return _person_page(request, officer, somebody, work=form, lost=lost)
    moved = actions.change_scope(officer=somebody, by=officer, assignment=form.assignment())
    messages.success(request, _moved(_("{officer} works on that from now on.").format(officer=somebody), moved))
    return _back_to(somebody)


def _leave(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    form = Leaving(request.POST, officer=somebody)
    if not form.is_valid():
        return _person_page(request, officer, somebody, leaving=form, status=422)
    moved = actions.leave(officer=somebody, by=officer, cover=form.cleaned_data["cover"])
    messages.success(
        request, _moved(_("{officer} has left and is logged out everywhere.").format(officer=somebody), moved)
    )
    return _back_to(somebody)


def _moved(done: str, moved: Moved) -> str:
    said = [done]
    if moved.passed_on:
        said.append(
            ngettext("{count} case has a new owner.", "{count} cases have a new owner.", moved.passed_on).format(
                count=moved.passed_on
            )
        )
    if moved.freed:
        said.append(
            ngettext("{count} case is free to be taken.", "{count} cases are free to be taken.", moved.freed).format(
                count=moved.freed
            )
        )
    return " ".join(said)


def _come_back(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    actions.come_back(officer=somebody, by=officer)
    messages.success(
        request,
        _("{officer} is back. They choose a new password by “Forgot the password?” at the log-in.").format(
            officer=somebody
        ),
    )
    return _back_to(somebody)


def _second_step(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    actions.take_away_second_step(officer=somebody, by=officer)
    messages.success(request, _("{officer} sets up the second step anew at the next log-in.").format(officer=somebody))
    return _back_to(somebody)


def _absence(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    form = Away(request.POST, officer=somebody)
    if not form.is_valid():
        return _person_page(request, officer, somebody, away=form, status=422)
    actions.be_away(officer=somebody, by=officer, **form.cleaned_data)
    messages.success(request, _("The absence is written down."))
    return _back_to(somebody)


def _no_absence(request: HttpRequest, officer: Officer, somebody: Officer) -> HttpResponse:
    _take_out(request, officer, somebody)
    return _back_to(somebody)


def _take_out(request: HttpRequest, officer: Officer, somebody: Officer) -> None:
    absence = Absence.objects.filter(pk=_number(request.POST.get("absence", "")), officer=somebody).first()
    if absence:
        actions.not_be_away(absence=absence, by=officer)
    messages.success(request, _("The absence is taken out."))


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 18 else 0


def _back_to(somebody: Officer) -> HttpResponse:
    return SeeOther(reverse("cases:person", args=[somebody.pk]))


CHANGES: dict[str, Callable[[HttpRequest, Officer, Officer], HttpResponse]] = {
    "scope": _change_scope,
    "leave": _leave,
    "return": _come_back,
    "second-step": _second_step,
    "absence": _absence,
    "no-absence": _no_absence,
}


# --- One's own ------------------------------------------------------------------------------------------


@for_officers("me")
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest, officer: Officer) -> HttpResponse:
    """One's own scope, absences and what was changed about one, by whom."""
    form, refusal, status = Away(officer=officer), "", 200
    if request.method == "POST":
        try:
            if "absence" in request.POST:
                _take_out(request, officer, officer)
                return SeeOther(reverse("cases:me"))
            if "digest" in request.POST:
                return _choose_digest(request, officer)
            form = Away(request.POST, officer=officer)
            if form.is_valid():
                actions.be_away(officer=officer, by=officer, **form.cleaned_data)
                messages.success(request, _("Your absence is written down."))
                return SeeOther(reverse("cases:me"))
            status = 422
        except NotAllowed as no:
            refusal, status = str(no), 409
    about = {"somebody": officer, "away": form, "may_be_away": True, "refusal": refusal, **_about(officer)}
    about["has_digest"] = officer.role in GET_DIGEST
    return page(request, officer, "people/me", status=status, **about)


def _choose_digest(request: HttpRequest, officer: Officer) -> HttpResponse:
    wanted = request.POST["digest"] == "yes"
    actions.want_digest(officer=officer, wanted=wanted)
    messages.success(request, _("You get the weekly letter.") if wanted else _("You get no weekly letter any more."))
    return SeeOther(reverse("cases:me"))


# --- What was changed, in words -------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of what was done about a person."""

    at: Any
    who: str
    headline: str
    details: list[str]

    @classmethod
    def of(cls, event: PersonEvent) -> "Entry":
        who = str(event.by) if event.by else _("The system")
        return cls(event.at, who, event.get_kind_display(), _details(event))


_SIDES = {
    "role": gettext_lazy("Role"),
    "agency": gettext_lazy("Agency"),
    "place": gettext_lazy("Place"),
    "clearances": gettext_lazy("Cleared to read"),
    "level": gettext_lazy("Level"),
    "organisation": gettext_lazy("Organisation"),
}


def _details(event: PersonEvent) -> list[str]:
    data = event.data
    if "before" in data:
        changed = [side for side in _SIDES if data["before"].get(side) != data["after"].get(side)]
        arrow = "{side}: {before} → {after}"
        return [
            arrow.format(
                side=_SIDES[side],
                before=_said(side, data["before"].get(side)),
                after=_said(side, data["after"].get(side)),
            )
            for side in changed
        ]
    if "after" in data:
        return [f"{_SIDES[side]}: {_said(side, data['after'][side])}" for side in _SIDES if data["after"].get(side)]
    if "first" in data:
        days = (date_format(date.fromisoformat(data[end]), "j F Y") for end in ("first", "last"))
        return [" – ".join(days)]
    if event.kind == PersonEvent.Kind.LEFT:
        return [_moved("", Moved(data["passed_on"], data["freed"])).strip()]
    return []


def _said(side: str, value: Any) -> str:
    if side == "role":
        return str(Role(value).label)
    if side == "clearances":
        return ", ".join(str(Sensitivity(kind).label) for kind in value) or _("only what is open")
    if side == "agency":
        return str(catalogue().agencies.get(value, value or _("all (one-stop desk)")))
    if side == "place":
        return str((catalogue().provinces | catalogue().districts).get(value, value or _("everywhere")))
    return str(value)
