"""People and cases for tests: plain functions that go through the same actions as life does."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from cases import actions, clock
from cases.catalogue import catalogue, changed
from cases.lifecycle import State
from cases.models import (
    MAY_READ,
    OF_AN_AGENCY,
    Case,
    Channel,
    Citizen,
    Decision,
    Escalation,
    Known,
    Officer,
    Role,
    clearances_of,
)
from cases.pack import Agency, Basis, Place, Sensitivity, Standard

WORKING = (Role.DESK, Role.SUPERVISOR, Role.SAFEGUARDING, Role.AGENCY)
EVERYTHING = (Sensitivity.PRIVATE, Sensitivity.STAFF, Sensitivity.CORRUPTION, Sensitivity.SAFEGUARDING)
LUSAKA, WESTERN = "ZM105", "ZM110"  # provinces
LUSAKA_TOWN, KAFUE, MONGU = "ZM105006", "ZM105004", "ZM110007"

_number = count(1)


def noon(year: int, month: int, day: int) -> datetime:
    """At the country's own noon, far from every midnight."""
    return datetime(year, month, day, 12, tzinfo=ZoneInfo("Africa/Lusaka"))


def on(day: date) -> Any:
    """with on(date(2026, 4, 1)): everything happens at noon of that day."""
    return clock.at(noon(day.year, day.month, day.day))


def a_place(code: str) -> Place:
    return (catalogue().districts | catalogue().provinces)[code]


def an_agency(code: str) -> Agency:
    return catalogue().agencies[code]


def a_phone() -> str:
    return f"+26097{next(_number):07d}"


def make_officer(
    *,
    role: Role = Role.DESK,
    agency: str = "",
    place: str = "",
    clearances: Iterable[str] = (),
    name: str = "",
    active: bool = True,
    level: int = 1,
) -> Officer:
    """An officer of a one-stop desk that serves every agency and place, unless said otherwise. Log in by force.

    EVERYTHING is every clearance that the role may have.
    """
    clearances = clearances_of(role) if clearances == EVERYTHING else list(clearances)
    agency = agency or ("NHIMA" if role in OF_AN_AGENCY else "")
    name = name or f"officer-{next(_number)}"
    user = User(username=name.lower().replace(" ", "-"), first_name=name)
    user.set_unusable_password()
    user.save()
    return Officer.objects.create(
        user=user,
        role=role,
        agency=an_agency(agency) if agency else None,
        place=a_place(place) if place else None,
        clearances=clearances,
        active=active,
        level=level,
        organisation="Citizens' Watch" if role == Role.MONITOR else "",
    )


def who_may_have(case: Case) -> Officer:
    """Somebody new who may work on it: the one table says which role that is."""
    agency = case.agency_id if case.sensitivity == Sensitivity.CORRUPTION else ""
    role = next(role for role in WORKING if case.sensitivity in MAY_READ[role])
    return make_officer(role=role, agency=agency, clearances=EVERYTHING)


def make_citizen(*, phone: str = "", nrc: str = "", name: str = "", language: str = "en") -> Citizen:
    return actions.find_or_add_citizen(phone=phone or a_phone(), nrc=nrc, name=name, language=language)


def open_case(
    *,
    topic: str = "nhima-card-inactive",
    place: str | None = LUSAKA_TOWN,
    words: str = "My card does not work at the clinic.",
    known: Known = Known.NUMBER,
    channel: Channel = Channel.USSD,
    citizen: Citizen | None = None,
    **more: Any,
) -> actions.Opened:
    """A case with its PIN. The citizen is a new one unless given; an anonymous case has none."""
    if citizen is None and known != Known.ANONYMOUS:
        citizen = make_citizen()
    return actions.open_case(
        topic=catalogue().topics[topic],
        place=a_place(place) if place else None,
        words=words,
        known=known,
        channel=channel,
        citizen=citizen,
        **more,
    )


def make_case(*, state: str = State.RECEIVED, officer: Officer | None = None, **opening: Any) -> Case:
    """A case that went the shortest way to `state`, in the hands of `officer` once somebody has it."""
    case = open_case(**opening).case
    if state == State.RECEIVED:
        return case
    by = officer or who_may_have(case)
    case = actions.take(case=case, by=by)
    if state == State.WAITING:
        return actions.ask_citizen(case=case, by=by, words="Which clinic was it?")
    if state == State.REFERRED:
        return actions.refer(case=case, by=by, agency=an_agency("HRC"), words="Please look at this.")
    if state in (State.RESOLVED, State.CLOSED):
        case = actions.resolve(case=case, by=by, decision=Decision.UPHELD, words="Your card works again.")
    return actions.close(case=case, by=by) if state == State.CLOSED else case


def promise_from_now_on(
    *, topic: str = "", agency: str = "", level: int = 1, acknowledge_days: int = 1, resolve_days: int
) -> Standard:
    """Another standard in the place of the one that holds, if any. Who calls this lets the catalogue be read anew."""
    whose = {"topic_id": topic or None, "agency_id": agency or None, "level": level}
    Standard.objects.filter(valid_until=None, **whose).update(valid_until=catalogue().today())
    days = {"acknowledge_days": acknowledge_days, "resolve_days": resolve_days, "basis": Basis.PROPOSED}
    standard = Standard.objects.create(valid_from=catalogue().today(), **whose, **days)
    changed()
    return standard


def moved_up(case: Case, *, to: Officer | None) -> Escalation:
    """It is on the level on which it is because it moved there, and this officer answers for it."""
    later = catalogue().calendar.add(catalogue().today(), 5)
    due = {"acknowledge_due": later, "first_due": later, "resolve_due": later}
    return Escalation.objects.create(case=case, level=case.level, body="NHIMA Board", officer=to, **due)


def now_of(case: Case) -> Case:
    """The case as the database has it."""
    return Case.objects.get(pk=case.pk)
