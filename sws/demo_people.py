"""The made-up people of a demonstration: who works where, what they have prepared, and what citizens are called."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from cases import actions
from cases.actions import people
from cases.actions.people import Assignment
from cases.catalogue import catalogue
from cases.models import Case, Citizen, Officer, Referral, Role, SavedView, clearances_of
from cases.pack import Place, Sensitivity
from cases.permissions import can_own
from channels.views_simulator import SIMS
from sws import demo_monitors
from sws.demo_words import FAMILY_NAMES, FIRST_NAMES, READY, SAID, SAVED_LISTS

NOWHERE = "example.org"  # where no mail arrives
OPENS_EVERY_DOOR = "demo"  # everybody's, and printed: nothing in a demonstration is worth a better one


@dataclass(frozen=True)
class Staff:
    """`title` is for the list of log-ins; without one nobody can log in as them."""

    user: str
    role: Role
    title: str = ""
    agency: str = ""
    place: str = ""
    clearances: tuple[str, ...] = (Sensitivity.PRIVATE,)
    level: int = 1


STAFF = (
    Staff("mongu", Role.DESK, "Desk officer, Mongu", place="ZM110"),
    Staff("lusaka", Role.DESK, "Desk officer, Lusaka", place="ZM105"),
    Staff("nhima", Role.AGENCY, "NHIMA officer", agency="NHIMA"),
    Staff("napsa", Role.AGENCY, "NAPSA officer", agency="NAPSA"),
    Staff("wcfcb", Role.AGENCY, "WCFCB officer", agency="WCFCB"),
    Staff("supervisor", Role.SUPERVISOR, "Supervisor", clearances=(Sensitivity.PRIVATE, Sensitivity.STAFF), level=2),
    Staff(
        "safeguarding",
        Role.SAFEGUARDING,
        "Safeguarding focal point",
        clearances=(Sensitivity.PRIVATE, Sensitivity.SAFEGUARDING),
    ),
    Staff("head", Role.AGENCY_HEAD, "Agency supervisor, NHIMA", agency="NHIMA", level=3),
    Staff("manager", Role.MANAGER, "Programme manager"),
    Staff("auditor", Role.AUDITOR, "Auditor", clearances=tuple(clearances_of(Role.AUDITOR))),
    Staff("admin", Role.ADMINISTRATOR, "Administrator of people and catalogue", clearances=()),
    Staff("editor", Role.EDITOR, "Editor of the public pages", clearances=()),
    Staff("moderator", Role.EDITOR, "Moderator, who publishes them", clearances=(), level=2),
    Staff("kabwe", Role.DESK, place="ZM101"),
    Staff("ndola", Role.DESK, place="ZM102"),
    Staff("chipata", Role.DESK, place="ZM103"),
    Staff("mansa", Role.DESK, place="ZM104"),
    Staff("chinsali", Role.DESK, place="ZM106"),
    Staff("kasama", Role.DESK, place="ZM107"),
    Staff("solwezi", Role.DESK, place="ZM108"),
    Staff("choma", Role.DESK, place="ZM109"),
    Staff("schools", Role.AGENCY, agency="MOE-KGS"),
    Staff("integrity", Role.AGENCY, agency="ACC", clearances=(Sensitivity.CORRUPTION,)),
)
LOGINS: list[tuple[str, str, str]] = [(one.title, one.user, OPENS_EVERY_DOOR) for one in STAFF if one.title]
LOGINS.append((demo_monitors.TITLE, demo_monitors.NAME, OPENS_EVERY_DOOR))


class Dice(Random):
    """Chance that comes out the same for the same seed; for stories, never for secrets."""


@dataclass
class Country:
    """The made-up people, and the dice that decide what they do."""

    dice: Dice
    officers: list[Officer]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(catalogue().country.time_zone))

    def say(self, what: str) -> str:
        return self.dice.choice(SAID[what])

    def somebody(self, case: Case) -> Officer | None:
        """Who takes this case: the agency it is for, mostly, or the desk of its place."""
        able = [officer for officer in self.officers if _sees(officer, case) and can_own(officer, case)]
        likely = [5 if officer.agency_id else 1 if officer.role == Role.SUPERVISOR else 3 for officer in able]
        return self.dice.choices(able, likely)[0] if able else None

    def desk(self, place: Place) -> Officer:
        return next(officer for officer in self.officers if officer.place_id == place.parent_id)

    def helper(self, referral: Referral) -> Officer:
        return next(officer for officer in self.officers if officer.agency_id == referral.agency_id)

    def citizen(self, number: int, language: str, *, told: bool) -> Citizen:
        """`told`: they stood at a desk or filled a form, so we know who they are."""
        name = f"{self.dice.choice(FIRST_NAMES)} {self.dice.choice(FAMILY_NAMES)}"
        card = f"00{number % 10_000:04d}/99/1"  # a made-up district
        return actions.find_or_add_citizen(
            phone=phone(number), name=name if told else "", nrc=card if told else "", language=language
        )

    def later(self, moment: datetime, days: int) -> datetime:
        """So many working days later, in office hours; none is an hour or two later."""
        if days == 0:
            return moment + timedelta(minutes=self.dice.randrange(20, 150))
        day = catalogue().calendar.add(catalogue().day_of(moment), days)
        minutes = self.dice.randrange(8 * 60, 16 * 60 + 30)
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)


def phone(number: int) -> str:
    """The first few are the simulator's, the others +26097 000 NNNN.

    No Zambian number is set aside for examples, so any of these may be somebody's: a demonstration sends its SMS
    to the simulator and to no network.
    """
    return SIMS[number].phone if number < len(SIMS) else f"+26097000{1000 + number % 9000:04d}"


def _sees(officer: Officer, case: Case) -> bool:
    return (
        case.sensitivity in officer.reads()
        and officer.agency_id in (None, case.agency_id)
        and (officer.place is None or case.place is None or officer.place_id == case.place.parent_id)
    )


def hire(dice: Dice) -> list[Officer]:
    known_to_all = make_password(OPENS_EVERY_DOOR)  # hashed once: that takes half a second by design
    hired = []
    for one in STAFF:
        user = User(username=one.user, email=f"{one.user}@{NOWHERE}")
        user.first_name, user.last_name = dice.choice(FIRST_NAMES), dice.choice(FAMILY_NAMES)
        if one.title:
            user.password = known_to_all
        else:
            user.set_unusable_password()
        user.save()
        agency = catalogue().agencies[one.agency] if one.agency else None
        place = catalogue().provinces[one.place] if one.place else None
        hired.append(people.hire(user=user, assignment=Assignment(one.role, agency, place, one.clearances, one.level)))
    return hired


def write_down_absences(country: Country) -> None:
    """One is away today, one soon; and somebody is invited who has not come yet."""
    today = catalogue().today()
    by_name = {officer.user.username: officer for officer in country.officers}
    for name, first, last, cover in (("kasama", -2, 5, "supervisor"), ("mongu", 14, 25, "supervisor")):
        away: dict[str, Any] = {"officer": by_name[name], "by": by_name[name], "cover": by_name[cover]}
        away["hands_on"] = True
        people.be_away(first_day=today + timedelta(days=first), last_day=today + timedelta(days=last), **away)
    place = catalogue().provinces["ZM110"]
    assignment = Assignment(Role.SUPERVISOR, place=place, clearances=(Sensitivity.PRIVATE, Sensitivity.STAFF), level=2)
    people.invite(by=by_name["admin"], address=f"new.supervisor@{NOWHERE}", assignment=assignment)


def write_ready_words(country: Country) -> None:
    author = next(one for one in country.officers if one.role == Role.SUPERVISOR)
    for title, about, text in READY:
        kind, _colon, code = about.partition(":")
        topic = catalogue().topics[code] if kind == "topic" else None
        agency = catalogue().agencies[code] if kind == "agency" else None
        actions.save_reply(by=author, title=title, text=text, language="en", topic=topic, agency=agency)


def save_lists(country: Country) -> None:
    SavedView.objects.bulk_create(
        SavedView(officer=officer, name=name, query=query)
        for officer in country.officers
        for name, query in SAVED_LISTS.get(officer.user.username, ())
    )
