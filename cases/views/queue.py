"""The queue of a desk: numbers given and called by officers, the screen all who wait look at, how long they waited."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases import actions, tickets, wording
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.models import Officer, Ticket
from cases.pack import Desk
from cases.papers import paper, sent
from cases.views.frame import SeeOther, for_officers, page

ON_THE_SCREEN = 5  # numbers


@for_officers("queue")
@require_GET
def queues(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Which desk? Who has one only is there at once."""
    desks = tickets.desks_of(officer)
    if len(desks) == 1:
        return SeeOther(reverse("cases:queue", args=[desks[0].pk]))
    return page(request, officer, "queue/desks", desks=desks)


@for_officers("queue")
@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest, officer: Officer, desk: str) -> HttpResponse:
    here = _desk_of(officer, desk)
    if request.method == "POST":
        return _act(request, officer, here)
    template = "queue/waiting" if "HX-Request" in request.headers else "queue/queue"
    return page(request, officer, template, **shown(request, officer, here))


def shown(request: HttpRequest, officer: Officer, desk: Desk) -> dict[str, Any]:
    now = tickets.queue_of(desk)
    return {
        "queue": now,
        "mine": next((one for one in now.called if one.called_by_id == officer.pk), None),
        "lines": [(ticket, now.minutes_of(ticket)) for ticket in now.waiting],
        "counter": request.session.get("counter", ""),
        "once": secrets.token_urlsafe(16),
    }


def _desk_of(officer: Officer, code: str) -> Desk:
    desk = next((one for one in tickets.desks_of(officer) if one.pk == code), None)
    if desk is None:
        raise Http404
    return desk


def _act(request: HttpRequest, officer: Officer, desk: Desk) -> HttpResponse:
    back = reverse("cases:queue", args=[desk.pk])
    try:
        match request.POST.get("do", ""):
            case "give":
                once = f"queue:{officer.pk}:{request.POST.get('once', '')[:30]}"
                ticket = actions.give_ticket(desk=desk, by=officer, once=once)
                return SeeOther(reverse("cases:ticket", args=[desk.pk, ticket.number]))
            case "call":
                request.session["counter"] = counter = _number(request, "counter")
                after = _number(request, "after")
                ticket = actions.call_next(desk=desk, by=officer, after=after, counter=counter)
                messages.success(request, _("Number {number} is called.").format(number=ticket))
            case "served" | "left" as how:
                number = _number(request, "number") or 0
                actions.end_ticket(desk=desk, number=number, by=officer, came=how == "served")
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return SeeOther(back)


def _number(request: HttpRequest, name: str) -> int | None:
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and 0 < int(typed[:5]) < 1000 else None


# --- The slip ---------------------------------------------------------------------------------------------


@for_officers("queue")
@require_GET
def ticket(request: HttpRequest, officer: Officer, desk: str, number: int) -> HttpResponse:
    """The number as it is handed out; like a receipt it can be printed as it stands."""
    here = _desk_of(officer, desk)
    return page(request, officer, "queue/ticket", desk=here, **_slip(_given(here, number)))


@for_officers("queue")
@require_GET
def ticket_paper(request: HttpRequest, officer: Officer, desk: str, number: int) -> HttpResponse:
    facts = _slip(_given(_desk_of(officer, desk), number))
    return sent(paper("ticket", **facts), "number")


def _given(desk: Desk, number: int) -> Ticket:
    return get_object_or_404(Ticket, day__desk=desk, day__day=catalogue().today(), number=number)


def _slip(given: Ticket) -> dict[str, Any]:
    desk = catalogue().desks[given.day.desk_id]
    minutes = tickets.queue_of(desk).minutes_of(given)
    language, words = wording.slip(_language_of(desk), minutes=minutes)
    day = wording.day(given.day.day)
    return {"language": language, "words": words, "number": str(given.number), "name": desk.name, "day": day}


def _language_of(desk: Desk) -> str:
    """What is spoken there first."""
    spoken = desk.place.languages or (desk.place.parent.languages if desk.place.parent else [])
    offered = [language for language in spoken if language in catalogue().languages]
    return offered[0] if offered else catalogue().country.default_language


# --- For everybody, and for who answers for the desks --------------------------------------------------------


@never_cache
@require_GET
def now_serving(request: HttpRequest, desk: str) -> HttpResponse:
    """The big screen. Numbers only, so nobody has to log in to look; it looks again by itself."""
    if desk not in catalogue().desks:
        raise Http404
    now = tickets.queue_of(catalogue().desks[desk])
    return render(request, "queue/screen.html", {"queue": now, "called": now.called[:ON_THE_SCREEN]})


@for_officers("waiting")
@require_GET
def waiting(request: HttpRequest, officer: Officer) -> HttpResponse:
    rows = tickets.waited(officer, today=catalogue().today())
    return page(request, officer, "queue/waited", rows=rows, weeks=tickets.WEEKS_SHOWN)
