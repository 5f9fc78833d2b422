"""The time of one case on its page: the promise in a sentence, and where each working day went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import desk_words, timeline
from cases.catalogue import catalogue
from cases.counting import Happening
from cases.lifecycle import OPEN, State
from cases.models import Case, Event, Officer
from cases.timeline import Span


def the_promise(case: Case, events: Sequence[Event], today: date) -> dict[str, Any]:
    questions = [event for event in events if event.kind in ("ask", "seek")]
    said = [event.words for event in questions if event.words]
    here = case.escalations.filter(level=case.level).first() if case.state in OPEN else None
    asked = said[0] if len(questions) == len(said) == 1 else ""
    return {
        "clock": desk_words.clock(case, today, catalogue().day_of, here=here, asked=asked),
        "late": case.is_late(today),
        "at_risk": case.is_at_risk(today, catalogue().soon(today)),
    }


@dataclass(frozen=True)
class Stretch:
    """One line of the account."""

    when: str
    what: str
    words: str
    days: int
    still: int


@dataclass(frozen=True)
class Account:
    """Working days since the opening, each in one of the stretches: some count, in some the clock stood still."""

    stretches: list[Stretch]
    passed: int
    still: int
    promised: int
    days_off: str

    @property
    def counted(self) -> int:
        return self.passed - self.still


def the_account(case: Case, events: Sequence[Event], today: date) -> Account | None:
    """Why it is late, if it is. None on the day of the opening, and where history does not say who had it."""
    day_of, calendar = catalogue().day_of, catalogue().calendar
    history = [Happening(event.kind, day_of(event.at), event.data) for event in events]
    spans = timeline.spans(history, calendar, today=today, pause_cap=settings.PAUSE_CAP_DAYS)
    if not spans:
        return None
    officers = Officer.objects.filter(pk__in={span.owner for span in spans if span.owner}).select_related("user")
    owners = {officer.pk: str(officer) for officer in officers}
    return Account(
        stretches=[_stretch(span, events[span.cause], owners) for span in spans],
        passed=sum(span.days for span in spans),
        still=sum(span.stood_still for span in spans),
        promised=case.resolve_days,
        days_off=_days_off(spans[0].began, spans[-1].ended),
    )


def _stretch(span: Span, cause: Event, owners: dict[int, str]) -> Stretch:
    return Stretch(
        when=_("{first} to {last}").format(first=_short(span.began), last=_short(span.ended)),
        what=_what(span, owners.get(span.owner or 0, "")),
        words=cause.words if span.state == State.WAITING else "",
        days=span.days,
        still=span.stood_still,
    )


def _what(span: Span, owner: str) -> str:
    agency = catalogue().agencies.get(span.agency)
    return {
        State.RECEIVED: _("Nobody had it yet"),
        State.IN_PROGRESS: _("{owner} had it").format(owner=owner),
        State.WAITING: _("We waited for the citizen; {owner} had it").format(owner=owner),
        State.REFERRED: _("{agency} was asked; {owner} had it").format(agency=agency or span.agency, owner=owner),
        State.RESOLVED: _("It was answered, and the answer did not stand"),
        State.CLOSED: _("It was closed, or joined into another case"),
    }.get(State(span.state), "")


def _days_off(first: date, last: date) -> str:
    """Holidays of these days by name. A day that would have been free in any case is none."""
    weekdays = catalogue().country.working_weekdays
    names = {
        day: name for day, name in catalogue().days_off.items() if first < day <= last and day.weekday() in weekdays
    }
    return ", ".join(f"{name} ({_short(day)})" for day, name in sorted(names.items()))


def _short(value: date) -> str:
    return date_format(value, "j F")
