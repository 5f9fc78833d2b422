"""The stage on which authorisation is tried: every address, one officer of each role, one case in each relation."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases import clock, ledger
from cases.lifecycle import Actor, State
from cases.models import Case, Escalation, Named, Officer, Referral, Role
from cases.permissions import Relation
from tests.builders import LUSAKA, MONGU, make_case, make_officer, now_of

# --- Addresses ----------------------------------------------------------------------------------------

# Who needs no log-in, by the beginning of the address. All else belongs to officers by a page of permissions.PAGES,
# or to editors.
PUBLIC = (
    "data-protection/", "healthz", "readyz", "welcome/", "gateways/", "track/", "simulator/", "accounts/", "documents/",
    "_util/", "cms/login", "cms/password_reset", "cms/logout", "cms/jsi18n", "cms/sprite", "^((?:[\\w\\-]+/)*)$", "static/", "media/",
)  # fmt: skip
EDITORS = ("cms/",)


def patterns(inside: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in inside if inside is not None else get_resolver().url_patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, whole)
        elif isinstance(pattern, URLPattern):
            yield whole, pattern


def addresses() -> list[str]:
    return [address for address, _pattern in patterns()]


def example(address: str, *, reference: str = "123456789012") -> str:
    """An address with something in each of its holes."""
    filled = re.sub(r"<int:\w+>|<\w*pk>", "1", address)
    filled = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", filled)
    filled = re.sub(r"<str:reference>", reference, filled)
    filled = re.sub(r"<[^>]+>", "123456789012", filled)
    return "/" + re.sub(r"[\^$]", "", filled)


@dataclass(frozen=True)
class Door:
    """An address of the officers and the page of the table it belongs to."""

    address: str
    page: str

    @property
    def of_a_case(self) -> bool:
        return "<str:reference>" in self.address


def doors() -> list[Door]:
    """The addresses that say to which page of the table they belong."""
    named = ((address, getattr(pattern.callback, "page_name", None)) for address, pattern in patterns())
    return [Door(address, page) for address, page in named if page]


# --- People and cases ---------------------------------------------------------------------------------

CANARY = "Kanyimbi the canary"


def _own(officer: Officer) -> Case:
    case = make_case(state=State.IN_PROGRESS, words=CANARY)
    Case.objects.filter(pk=case.pk).update(officer=officer)
    return case


def _moved_up(officer: Officer) -> Case:
    case, day = make_case(state=State.IN_PROGRESS, words=CANARY), clock.now().date()
    days = {name: day + timedelta(days=3) for name in ("acknowledge_due", "first_due", "resolve_due")}
    Escalation.objects.create(case=case, level=case.level, body="The level above", officer=officer, **days)
    return case


def _asked(officer: Officer) -> Case:
    case = make_case(topic="napsa-claim-late", state=State.IN_PROGRESS, words=CANARY)
    due = clock.now().date() + timedelta(days=3)
    row = {"agency": officer.agency, "from_agency": case.agency, "consent": "nothing", "due": due}
    Referral.objects.create(case=case, **row)
    return case


def _decided(officer: Officer) -> Case:
    """An appeal against what they decided."""
    first, case = make_case(state=State.CLOSED), make_case(state=State.IN_PROGRESS, words=CANARY)
    ledger.append(first, "resolve", actor=Actor.OFFICER, officer=officer, data={"stands": {}})
    Case.objects.filter(pk=case.pk).update(appeal_of=first)
    return case


def _sensitive(officer: Officer) -> Case:
    case = make_case(state=State.IN_PROGRESS, words="sealed")
    Case.objects.filter(pk=case.pk).update(sensitivity="safeguarding", open_words="", sealed_words=CANARY)
    return case


def _named(officer: Officer) -> Case:
    case = make_case(state=State.IN_PROGRESS, words=CANARY)
    Named.objects.create(case=case, officer=officer)
    return case


# What somebody of NHIMA in Lusaka, cleared for nothing, is to a case: for any role that reads cases at all.
SITUATIONS: dict[str, tuple[Callable[[Officer], Case], Relation | None]] = {
    "their own": (_own, Relation.OWN),
    "moved up to them": (_moved_up, Relation.MOVED_UP),
    "free": (lambda officer: make_case(words=CANARY), Relation.FREE),
    "a colleague's": (lambda officer: make_case(state=State.IN_PROGRESS, words=CANARY), Relation.COLLEAGUES),
    "they were asked": (_asked, Relation.ASKED),
    "they decided": (_decided, Relation.DECIDED),
    "of another agency": (lambda officer: make_case(topic="napsa-claim-late", words=CANARY), None),
    "of another place": (lambda officer: make_case(place=MONGU, words=CANARY), None),
    "sensitive": (_sensitive, None),
    "about them": (_named, None),
}


def somebody(role: Role) -> Officer:
    return make_officer(role=role, agency="NHIMA", place=LUSAKA)


@dataclass
class Stage:
    """One officer of each role, each with a case in every situation; one who left; and who never was here."""

    officers: dict[Role, Officer] = field(default_factory=dict)
    cases: dict[tuple[Role, str], Case] = field(default_factory=dict)

    @classmethod
    def set(cls, *, roles: tuple[Role, ...] = tuple(Role)) -> "Stage":
        stage = cls()
        for role in roles:
            officer = stage.officers[role] = somebody(role)
            for name, (make, _relation) in SITUATIONS.items():
                stage.cases[role, name] = now_of(make(officer))
        return stage

    @cached_property
    def gone(self) -> Officer:
        return make_officer(role=Role.SUPERVISOR, active=False)

    @cached_property
    def clerk(self) -> User:
        """Can log in, and is no officer."""
        return User.objects.create(username="clerk")


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
