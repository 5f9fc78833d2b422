"""Every address of the house and who it belongs to, written down a second time: what the walk holds the code against."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Door:
    """Which page of permissions.PAGES says who comes in, and by which methods one may knock."""

    page: str
    methods: str


# A new address of the officers is one more line. What its view itself says is not believed here.
OFFICERS: dict[str, Door] = {
    "desk/": Door("worklist", "GET"),
    "desk/views/": Door("worklist", "GET POST"),
    "desk/views/<int:pk>/": Door("worklist", "POST"),
    "desk/cases/": Door("search", "GET POST"),
    "desk/cases/<str:reference>/": Door("case", "GET POST"),
    "desk/cases/<str:reference>/preview/": Door("case", "POST"),
    "desk/cases/<str:reference>/files/<str:key>/": Door("case", "GET"),
    "desk/cases/<str:reference>/files/<str:key>/small/": Door("case", "GET"),
    "desk/cases/<str:reference>/here/": Door("case", "POST"),
    "desk/cases/<str:reference>/letter/": Door("case", "POST"),
    "desk/cases/<str:reference>/data/": Door("data-rights", "GET POST"),
    "desk/cases/<str:reference>/dossier/": Door("data-rights", "POST"),
    "desk/words/": Door("replies", "GET POST"),
    "desk/words/<int:pk>/": Door("replies", "GET POST"),
    "desk/words/<int:pk>/gone/": Door("replies", "POST"),
    "desk/new/": Door("intake", "GET POST"),
    "desk/new/questions/": Door("intake", "GET"),
    "desk/new/known/": Door("intake", "POST"),
    "desk/new/receipt/": Door("intake", "GET"),
    "desk/new/receipt/paper/": Door("intake", "POST"),
    "desk/queue/": Door("queue", "GET"),
    "desk/queue/<slug:desk>/": Door("queue", "GET POST"),
    "desk/queue/<slug:desk>/<int:number>/": Door("queue", "GET"),
    "desk/queue/<slug:desk>/<int:number>/paper/": Door("queue", "GET"),
    "desk/waiting/": Door("waiting", "GET"),
    "desk/survey/": Door("survey", "GET"),
    "desk/survey/<str:quarter>/": Door("survey", "GET"),
    "desk/people/": Door("people", "GET"),
    "desk/people/invite/": Door("people_change", "GET POST"),
    "desk/people/invitations/<int:number>/": Door("monitors", "POST"),
    "desk/people/<int:number>/": Door("people", "GET"),
    "desk/people/<int:number>/scope/": Door("people_change", "POST"),
    "desk/people/<int:number>/leave/": Door("people_change", "POST"),
    "desk/people/<int:number>/return/": Door("people_change", "POST"),
    "desk/people/<int:number>/second-step/": Door("people_change", "POST"),
    "desk/people/<int:number>/absence/": Door("people_change", "POST"),
    "desk/people/<int:number>/no-absence/": Door("people_change", "POST"),
    "desk/monitors/": Door("monitors", "GET POST"),
    "desk/notes/": Door("notes", "GET"),
    "desk/notes/new/": Door("notes", "GET POST"),
    "desk/notes/<int:pk>/": Door("notes", "GET POST"),
    "desk/moderation/": Door("moderating", "GET"),
    "desk/moderation/<int:pk>/": Door("moderating", "POST"),
    "desk/answers/": Door("answering", "GET"),
    "desk/answers/<int:pk>/": Door("answering", "POST"),
    "desk/me/": Door("me", "GET POST"),
    "desk/manage/": Door("manage", "GET"),
    "desk/manage/cases/": Door("manage", "GET"),
    "desk/manage/figures/": Door("manage", "GET"),
    "desk/delivery/": Door("delivery", "GET"),
    "desk/manage/rises/": Door("manage", "GET"),
    "desk/manage/rises/note/": Door("rises", "POST"),
    "desk/between/": Door("manage", "GET"),
    "desk/between/cases/": Door("manage", "GET"),
    "desk/work/": Door("work", "GET"),
    "desk/work/share/": Door("work_change", "GET POST"),
    "desk/work/share/<uuid:once>/": Door("work_change", "GET"),
    "desk/work/officers/<int:number>/": Door("work_change", "GET POST"),
    "desk/days-off/": Door("days_off", "GET POST"),
    "desk/days-off/<int:pk>/back/": Door("days_off", "POST"),
    "desk/rights/": Door("rights", "GET"),
    "desk/readings/": Door("readings", "GET"),
    "desk/catalogue/": Door("catalogue", "GET"),
    "desk/erasures/": Door("erasures", "GET POST"),
    "desk/retention/": Door("retention", "GET POST"),
    "desk/disclosures/": Door("disclosures", "GET"),
    "desk/ledger/": Door("ledger", "GET"),
    "desk/breach/": Door("breach", "GET POST"),
    "desk/releases/": Door("releases", "GET"),
    "desk/releases/draft/": Door("publish", "POST"),
    "desk/releases/<int:pk>/": Door("releases", "GET"),
    "desk/releases/<int:pk>/decide/": Door("publish", "POST"),
    "desk/exports/": Door("exports", "GET POST"),
    "desk/exports/<uuid:name>/": Door("exports", "GET"),
}

# All others, by how they begin; where two fit, the longer one holds.
EVERYBODY = "everybody"  # nothing of a case is to be had there
GATEWAY = "gateway"  # whoever knows the key, or signs
HOLDER = "holder"  # the browser that opened a case by its PIN
LOGGED_IN = "logged in"  # one's own password and second step
EDITOR = "editor"  # who writes the public site
OTHERS: dict[str, str] = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "data-protection/": EVERYBODY,
    "ledger/": EVERYBODY,
    "figures/": EVERYBODY,  # what was published
    "data/": EVERYBODY,
    "api/v1/": EVERYBODY,
    "open311/v2/": EVERYBODY,
    "welcome/": EVERYBODY,
    "queue/": EVERYBODY,  # numbers without names
    "track/": EVERYBODY,
    "track/case/": HOLDER,
    "gateways/": GATEWAY,
    "simulator/": EVERYBODY,  # there is none in production
    "documents/": EVERYBODY,
    "static/": EVERYBODY,
    "media/": EVERYBODY,
    "_util/": EVERYBODY,
    "search/": EVERYBODY,
    "performance/": EVERYBODY,
    "embed/": EVERYBODY,
    "news/feed/": EVERYBODY,
    "monitors/": EVERYBODY,
    "follow/": EVERYBODY,
    "statistics/workbook.xlsx": EVERYBODY,
    "sitemap.xml": EVERYBODY,
    "robots.txt": EVERYBODY,
    "^((?:[\\w\\-]+/)*)$": EVERYBODY,  # the pages that editors publish
    "accounts/": LOGGED_IN,
    "accounts/login/": EVERYBODY,
    "accounts/logout/": EVERYBODY,
    "accounts/inactive/": EVERYBODY,
    "accounts/signup/": EVERYBODY,  # closed
    "accounts/confirm-email/": EVERYBODY,
    "accounts/^confirm-email/": EVERYBODY,
    "accounts/password/reset/": EVERYBODY,
    "accounts/^password/reset/": EVERYBODY,
    "accounts/2fa/authenticate/": EVERYBODY,  # the second half of the log-in
    "cms/": EDITOR,
    "cms/login": EVERYBODY,
    "cms/logout": EVERYBODY,
    "cms/password_reset": EVERYBODY,
    "cms/jsi18n": EVERYBODY,
    "cms/sprite": EVERYBODY,
}

# By which methods they are asked for: by GET, but for these.
ANY_WAY = "GET POST PUT DELETE"  # always the same answer, and nothing is done
WAYS: dict[str, str] = {
    "healthz": ANY_WAY,
    "readyz": ANY_WAY,
    "news/feed/": ANY_WAY,
    "follow/<slug:kind>/<str:code>/feed/": ANY_WAY,
    "follow/<slug:kind>/<str:code>/": "GET POST",
    "follow/confirm/<str:token>/": "GET POST",
    "follow/stop/<str:token>/": "GET POST",
    "track/": "GET POST",
    "track/code/": "POST",
    "track/case/<slug:step>/": "POST",
    "track/finish/": "POST",
    "welcome/": "GET POST",
}
OF_LIBRARIES = ("accounts/", "cms/", "_util/", "documents/", "sitemap.xml", "^")  # they answer as those who wrote them


def whose(address: str) -> str:
    """Of an address that is not the officers'; "" where nobody wrote it down."""
    return OTHERS.get(max((begins for begins in OTHERS if address.startswith(begins)), key=len, default=""), "")


def patterns(inside: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in inside if inside is not None else get_resolver().url_patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, whole)
        elif isinstance(pattern, URLPattern):
            yield whole, pattern


def others() -> list[str]:
    """The addresses of our own that are not the officers'."""
    return [one for one in addresses() if one not in OFFICERS and not one.startswith(OF_LIBRARIES)]


def ways(address: str) -> list[str]:
    return WAYS.get(address, "POST" if whose(address) == GATEWAY else "GET").split()


def addresses() -> list[str]:
    return [address for address, _pattern in patterns()]


def example(address: str, *, reference: str = "123456789012") -> str:
    """An address with something in each of its holes."""
    filled = re.sub(r"\(\?P<\w+>[^)]*\)", "1", address).replace(r"\.", ".")  # Wagtail writes some as expressions
    filled = re.sub(r"<int:\w+>|<\w*pk>", "1", filled)
    filled = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", filled)
    filled = re.sub(r"<str:reference>", reference, filled)
    filled = re.sub(r"<[^>]+>", "123456789012", filled)
    return "/" + re.sub(r"[\^$]", "", filled)
