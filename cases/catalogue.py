"""The country's catalogue held in memory: a gateway's request reads topics and places from here, not the database."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from itertools import takewhile
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import F
from django.dispatch import Signal

from cases import clock
from cases.deadlines import Calendar
from cases.models.calendar import DayOff
from cases.pack import (
    Agency,
    Country,
    Desk,
    ExtraHoliday,
    Ground,
    Helpline,
    Kind,
    LadderStep,
    Language,
    Place,
    Programme,
    RegistrationItem,
    Standard,
    SurveyAnswer,
    Topic,
)

FRESH_SECONDS = 10


@dataclass(frozen=True)
class Catalogue:
    """Everything current, by code, in menu order. Retired rows are left out; old cases read them by foreign key."""

    version: int
    country: Country
    agencies: dict[str, Agency]
    programmes: dict[str, Programme]
    topics: dict[str, Topic]
    provinces: dict[str, Place]
    districts: dict[str, Place]
    desks: dict[str, Desk]
    helplines: dict[str, Helpline]
    languages: dict[str, Language]
    ladders: dict[str, list[LadderStep]]
    grounds: dict[str, Ground]
    standards: dict[tuple[str | None, str | None, int], Standard]
    items: dict[str, list[RegistrationItem]]  # by topic
    survey: list[SurveyAnswer]
    days_off: dict[date, str]  # by name, beside the weekends
    calendar: Calendar

    def today(self) -> date:
        return self.day_of(clock.now())

    def triage(self, kind: str) -> Topic:
        return self.topics[TRIAGE[kind]]

    def matters(self, kind: str) -> dict[str, list[Topic]]:
        """The topics of a kind, in menu order, by agency: the agency with the most topics of any kind first."""
        return self._matters[kind]

    @cached_property
    def _matters(self) -> dict[str, dict[str, list[Topic]]]:
        busiest = Counter(topic.agency_id for topic in self.topics.values())
        matters: dict[str, dict[str, list[Topic]]] = {kind: {} for kind in Kind}
        for topic in sorted(self.topics.values(), key=lambda topic: (-busiest[topic.agency_id], topic.agency_id)):
            matters[topic.kind].setdefault(topic.agency_id, []).append(topic)
        return matters

    @cached_property
    def several(self) -> dict[str, tuple[str, ...]]:
        """The registrations for which others than the agency that answers need something: one form for all of them."""
        asked = {
            code: dict.fromkeys(item.agency_id for item in items if item.agency_id != topic.answered_by)
            for code, topic in self.topics.items()
            if (items := self.items.get(code))
        }
        return {code: tuple(agencies) for code, agencies in asked.items() if agencies}

    def help_first(self, topic: Topic) -> list[Helpline]:
        """Whom one can call before a sensitive matter is asked about: the lines meant for it, its agency's own first.

        Where the pack has none, those for everybody in the gravest matters.
        """
        meant = [line for line in self.helplines.values() if topic.sensitivity in line.told_for]
        fitting = [line for line in meant if line.agency_id in (None, topic.agency_id)]
        return sorted(fitting, key=lambda line: line.agency_id is None) or self.help_for_all

    @cached_property
    def help_for_all(self) -> list[Helpline]:
        return [line for line in self.helplines.values() if line.told_for and line.agency_id is None]

    def districts_like(self, letters: str) -> list[Place]:
        """The districts one of whose spellings begins with these letters, whatever stands between them."""
        letters = only_letters(letters)
        found = [place for spelling, place in self._spelled if spelling.startswith(letters)]
        return list(dict.fromkeys(found)) if letters else []

    @cached_property
    def _spelled(self) -> list[tuple[str, Place]]:
        districts = self.districts.values()
        return [(only_letters(name), place) for place in districts for name in (place.name, *place.spellings)]

    def step_above(self, ladder: str, level: int) -> LadderStep | None:
        """Where a late case climbs by itself. A court or an ombudsman above waits until the citizen comes."""
        return next((step for step in self._by_itself(ladder) if step.level > level), None)

    def top_by_itself(self, ladder: str) -> int:
        return max((step.level for step in self._by_itself(ladder)), default=0)

    def _by_itself(self, ladder: str) -> Iterable[LadderStep]:
        return takewhile(lambda step: step.by_itself, self.ladders.get(ladder, []))

    def soon(self, today: date) -> date:
        """What is due by then is about to be late."""
        return self.calendar.add(today, settings.AT_RISK_DAYS)

    def standard(self, topic: Topic, level: int = 1, *, agency: Agency | None = None) -> Standard | None:
        """What is promised at this level, or by an agency asked for its part: the topic's own, else every topic's."""
        asked = agency.pk if agency else None
        return self.standards.get((topic.pk, asked, level)) or self.standards.get((None, asked, level))

    def day_of(self, moment: datetime) -> date:
        """The date on the country's own wall."""
        return moment.astimezone(self.zone).date()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.country.time_zone)


def only_letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())


class NoCountry(Exception):
    """No country pack is loaded: run `manage.py load_country zambia`."""


# Where a matter waits that nobody has sorted yet, by its kind. Every country pack has these three topics.
TRIAGE = {"enquiry": "other-enquiry", "complaint": "other-complaint", "registration": "register-other"}

# Which right over data a topic asks for. Every country pack has these four.
ASKS_FOR = {"data-see": "access", "data-correct": "correct", "data-stop": "stop", "data-erase": "erase"}


def _current(model):
    return {row.pk: row for row in model.objects.filter(retired_at=None)}


def _days_off(country: Country) -> dict[date, str]:
    """The holidays library's days for the country, plus those entered by hand; a few years back and ahead."""
    year = clock.now().year
    known = holidays.country_holidays(country.code, years=range(year - 6, year + 7))
    by_hand = DayOff.objects.filter(withdrawn_at=None).values_list("date", "name")
    return dict(known) | dict(ExtraHoliday.objects.values_list("date", "name")) | dict(by_hand)


def _languages() -> dict[str, Language]:
    """Django hears what each is called: it knows only those of the packs that stand in this house."""
    languages = _current(Language)
    for code, one in languages.items():
        LANG_INFO.setdefault(code, {"bidi": False, "code": code, "name": one.name, "name_local": one.endonym})
    return languages


def _load() -> Catalogue:
    country = Country.objects.first()
    if country is None:
        raise NoCountry("No country is loaded. Run: manage.py load_country zambia")
    places, days_off = _current(Place), _days_off(country)
    ladders: dict[str, list[LadderStep]] = {}
    for step in LadderStep.objects.filter(retired_at=None):
        ladders.setdefault(step.ladder, []).append(step)
    items: dict[str, list[RegistrationItem]] = {}
    for item in RegistrationItem.objects.filter(retired_at=None):
        items.setdefault(item.topic_id, []).append(item)
    return Catalogue(
        version=country.version,
        country=country,
        agencies=_current(Agency),
        programmes=_current(Programme),
        topics=_current(Topic),
        provinces={code: place for code, place in places.items() if place.parent_id is None},
        districts={code: place for code, place in places.items() if place.parent_id},
        desks=_current(Desk),
        helplines=_current(Helpline),
        languages=_languages(),
        ladders=ladders,
        grounds=_current(Ground),
        standards={(one.topic_id, one.agency_id, one.level): one for one in Standard.objects.filter(valid_until=None)},
        items=items,
        survey=list(SurveyAnswer.objects.filter(retired_at=None)),
        days_off=days_off,
        calendar=Calendar(frozenset(days_off), frozenset(country.working_weekdays)),
    )


catalogue_changed = Signal()


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.catalogue: Catalogue | None = None
        self.checked = 0.0


@cache
def _memory() -> _Memory:
    return _Memory()


def catalogue() -> Catalogue:
    """The catalogue, at most FRESH_SECONDS behind a load that another process made. Raises NoCountry."""
    memory = _memory()
    now = time.monotonic()
    held = memory.catalogue  # looked at once: another thread may take it away
    if held and now - memory.checked < FRESH_SECONDS:
        return held
    with memory.lock:
        held = memory.catalogue
        version = Country.objects.values_list("version", flat=True).first()
        if held is None or held.version != version:
            held = memory.catalogue = _load()
        memory.checked = now
        return held


def changed() -> None:
    """Whoever changed the catalogue says so: this process reads it anew at once, the others within seconds."""
    Country.objects.update(version=F("version") + 1)
    _memory().catalogue = None
    catalogue_changed.send(sender=Country)


def look_again() -> None:
    """Whoever hears that something changed need not wait those seconds."""
    _memory().checked = 0.0
