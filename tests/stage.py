"""The stage on which authorisation is tried: one officer of each role, one case in each relation to each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from cases import clock, ledger
from cases.lifecycle import Actor, State
from cases.models import Attachment, Case, Content, Escalation, Named, Officer, Referral, Role
from cases.permissions import Relation
from cases.uploads import Format
from tests.builders import LUSAKA, MONGU, make_case, make_officer, now_of

CANARY = "Kanyimbi the canary"
FORM = "application/x-www-form-urlencoded"


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
                case = stage.cases[role, name] = now_of(make(officer))
                photo = Attachment(case=case, key=f"key-{case.pk}", format=Format.PHOTO, size=1, added_by=officer)
                photo.save()
                Content.objects.create(attachment=photo, sealed=b"photo", small=b"photo")
        return stage

    @cached_property
    def gone(self) -> Officer:
        return make_officer(role=Role.SUPERVISOR, active=False)

    @cached_property
    def clerk(self) -> User:
        """Can log in, and is no officer."""
        return User.objects.create(username="clerk")


class Visitor(Client):
    """A browser that looks at nothing but answers: it keeps no record of templates, which costs more than the page."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__(raise_request_exception=False)
        if user:
            self.force_login(user)

    def request(self, **request: Any) -> Any:
        answer = self.handler(self._base_environ(**request))
        if answer.cookies:
            self.cookies.update(answer.cookies)
        return answer

    def knock(self, method: str, address: str) -> Any:
        return self.generic(method, address, content_type=FORM if method == "POST" else "")
