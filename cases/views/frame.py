"""What every page of the officers stands in: who may come in, what no cache may keep, where a POST leads.

And what stands open: an answer that any page of the web may read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cases.crypto import blind
from cases.models import Officer, Role
from cases.permissions import may_open


class SeeOther(HttpResponseRedirect):
    """303: what was asked for is done; look over there. A reload does not ask again."""

    status_code = 303


View = Callable[..., HttpResponse]

# What stands in the top of every page, for those who may open it: page, address, words.
NAV = (
    ("worklist", "cases:desk", gettext_lazy("Worklist")),
    ("manage", "cases:manage", gettext_lazy("Overview")),
    ("intake", "cases:walk_in", gettext_lazy("Walk-in")),
    ("queue", "cases:queues", gettext_lazy("Queue")),
    ("search", "cases:search", gettext_lazy("Find")),
    ("notes", "cms:notes", gettext_lazy("My notes")),
)
# What is opened now and then stands below it, under "More".
MORE = (
    ("manage", "cases:figures", gettext_lazy("Figures")),
    ("replies", "cases:replies", gettext_lazy("Ready words")),
    ("work", "cases:work", gettext_lazy("Work shared")),
    ("manage", "cases:between", gettext_lazy("Between agencies")),
    ("people", "cases:people", gettext_lazy("People")),
    ("delivery", "delivery", gettext_lazy("Delivery and cost")),
    ("survey", "cases:surveys", gettext_lazy("Survey for the actuary")),
    ("waiting", "cases:waiting", gettext_lazy("Waiting at the desks")),
    ("exports", "cases:exports", gettext_lazy("Files")),
    ("releases", "cases:releases", gettext_lazy("Published figures")),
    ("catalogue", "cases:catalogue", gettext_lazy("Catalogue")),
    ("days_off", "cases:days_off", gettext_lazy("Days off")),
    ("rights", "cases:rights", gettext_lazy("Who may do what")),
    ("readings", "cases:readings", gettext_lazy("Reading log")),
    ("breach", "cases:breach", gettext_lazy("Who saw what")),
    ("ledger", "cases:inspections", gettext_lazy("Was history touched?")),
    ("disclosures", "cases:disclosures", gettext_lazy("What was given out")),
    ("erasures", "cases:erasures", gettext_lazy("Erasing data")),
    ("retention", "cases:retention", gettext_lazy("How long data is kept")),
    ("answering", "cms:answering", gettext_lazy("What monitors say")),
)
# What belongs to the public site: nobody's first page, for who writes it has the editor's room.
BESIDE = (
    ("moderating", "cms:moderating", gettext_lazy("Notes of monitors")),
    ("monitors", "cases:monitors", gettext_lazy("Monitors")),
    ("moderating", "wagtailadmin_home", gettext_lazy("Editors' room")),
)
KEYS = {"worklist": "w", "intake": "n", "queue": "q", "search": "/"}
DOORSTEP = "worklist"  # whoever comes to /desk/ and has no worklist is led to their own first page


@dataclass(frozen=True)
class Door:
    """One entry of the navigation."""

    address: str
    label: str | Promise
    here: bool
    key: str  # that leads there, where one does


def for_officers(page_name: str) -> Callable[[View], View]:
    """Officers whose role may open this page of permissions.PAGES, by name.

    What the page shows is kept by no cache: the next at this computer is somebody else.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
            officer = (
                Officer.objects.filter(user=request.user.pk, active=True)
                .select_related("user", "agency", "place__parent")
                .first()
            )
            if officer is None:
                return render(request, "desk/no_officer.html", status=403)
            if page_name == DOORSTEP and not may_open(officer, DOORSTEP):
                return redirect(home(officer))
            if not may_open(officer, page_name):
                return page(request, officer, "not_for_you", status=403)
            return view(request, officer, **kwargs)

        wrapped.page_name = page_name  # type: ignore[attr-defined]  # the walk over all addresses reads it
        return never_cache(sensitive_post_parameters()(login_required(wrapped)))

    return guard


def home(officer: Officer) -> str:
    """The manager's overview; for others the first page they may open, or the editors' room for who writes there."""
    if officer.role == Role.MANAGER:
        return reverse("cases:manage")
    doors = (reverse(address) for name, address, _label in (*NAV, *MORE) if may_open(officer, name))
    return next(doors, reverse("wagtailadmin_home"))


def page(request: HttpRequest, officer: Officer, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    doors, more = (
        [
            Door(reverse(address), label, here=request.path == reverse(address), key=KEYS.get(name, ""))
            for name, address, label in rows
            if may_open(officer, name)
        ]
        for rows in (NAV, (*MORE, *BESIDE))
    )
    context |= {"officer": officer, "doors": doors, "more": more, "can_open": may_open(officer, "intake")}
    return render(request, f"desk/{template}.html", context, status=status)


def for_any_page(response: HttpResponse, **cache: Any) -> HttpResponse:
    """Any page of the web may read it; and caches may keep it, where it is said how."""
    response["Access-Control-Allow-Origin"] = "*"
    if cache:
        patch_cache_control(response, public=True, **cache)
    return response


def source(request: HttpRequest) -> str:
    """Where a request comes from, as limits count it: a blind index, never an address."""
    return blind(_household(request.META.get("REMOTE_ADDR", "")), name="web address")


def _household(written: str) -> str:
    """Who shares a connection: in IPv6 each has 2^64 addresses. All that is no address is one source together."""
    try:
        address = ip_address(written)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False))
