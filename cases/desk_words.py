"""What an officer reads about a case: due dates, the clock and its history, in words. It looks nothing up."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.lifecycle import OPEN, Actor, State
from cases.models import Case, Channel, ClosedBy, Decision, Escalation, Event, Link, Permit, Referral, Share
from cases.pack import Agency, Place, Topic

# --- The clock ------------------------------------------------------------------------------------------


def day(value: date, today: date) -> str:
    """Friday 4 December; the year only where it is another one."""
    return date_format(value, "l j F" if value.year == today.year else "l j F Y")


def days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=count)


def due(case: Case, today: date) -> str:
    """For one line of a list: “2 days late”, “due tomorrow”; empty once it is answered."""
    if case.state not in OPEN:
        return ""
    left = (case.resolve_due - today).days
    if left < 0:
        return _("{days} late").format(days=days(-left))
    if left < 2:
        return _("due tomorrow") if left else _("due today")
    if left < 7:
        return _("due on {weekday}").format(weekday=date_format(case.resolve_due, "l"))
    return _("due {date}").format(date=date_format(case.resolve_due, "j F" if left < 300 else "j F Y"))


def take_by(case: Case, today: date) -> str:
    """For one line of a list: “take it by Tuesday”; empty once somebody has it."""
    if case.state != State.RECEIVED:
        return ""
    left = (case.acknowledge_due - today).days
    if left < 1:
        return _("take it now") if left else _("take it today")
    if left < 7:
        return _("take it by {weekday}").format(weekday=date_format(case.acknowledge_due, "l"))
    return _("take it by {date}").format(date=date_format(case.acknowledge_due, "j F"))


def clock(
    case: Case, today: date, day_of: Callable[[datetime], date], *, here: Escalation | None = None, asked: str = ""
) -> str:
    """The whole promise: by when, how late, how long it stood still, and the date of the level on which it is.

    `asked` is what the citizen was asked, where that was one thing.
    """
    if case.state == State.CLOSED and case.closed_at:
        by = ClosedBy(case.closed_by).label if case.closed_by else ""
        return _("Closed {date}. {by}.").format(date=day(day_of(case.closed_at), today), by=by)
    if case.resolved_at:
        answered = day_of(case.resolved_at)
        kept = _("in time") if answered <= case.resolve_due else _("late")
        return _("Answered {date}, {kept}.").format(date=day(answered, today), kept=kept)
    return "; ".join([_promise(case, today), *_untaken(case, today), *_pause(case, asked), *_level(here, today)]) + "."


def _promise(case: Case, today: date) -> str:
    date = day(case.resolve_due, today)
    if case.resolve_due < today:
        return _("Was due {date}, {days} ago").format(date=date, days=days((today - case.resolve_due).days))
    if case.state == State.WAITING:
        return _("Due {date} at the latest; the clock stands still while we wait for the citizen").format(date=date)
    return _("Due {date}").format(date=date)


def _untaken(case: Case, today: date) -> list[str]:
    if case.state != State.RECEIVED:
        return []
    date = day(case.acknowledge_due, today)
    if case.acknowledge_due < today:
        return [_("somebody should have taken it by {date}").format(date=date)]
    return [_("to be taken by {date}").format(date=date)]


def _pause(case: Case, asked: str) -> list[str]:
    if not case.days_paused:
        return []
    if asked:
        question = Truncator(asked).words(12).rstrip(".")
        return [
            _("{days} paused while the citizen was asked: “{question}”").format(
                days=days(case.days_paused), question=question
            )
        ]
    return [_("{days} paused while we waited for the citizen").format(days=days(case.days_paused))]


def _level(here: Escalation | None, today: date) -> list[str]:
    """Beside what the citizen was promised, which stays missed."""
    if here is None:
        return []
    date = day(here.resolve_due, today)
    if here.body == Escalation.SUPERVISOR:
        return [_("a supervisor has until {date}").format(date=date)]
    return [_("{body} has until {date}").format(body=here.body, date=date)]


# --- The history ----------------------------------------------------------------------------------------

HEADLINES = {
    "open": gettext_lazy("Case opened"),
    "take": gettext_lazy("Taken"),
    "hand_over": gettext_lazy("Given to"),
    "sort": gettext_lazy("Put where it belongs"),
    "ask": gettext_lazy("Question to the citizen"),
    "hear": gettext_lazy("Answer from the citizen"),
    "inform": gettext_lazy("Information from the citizen"),
    "note": gettext_lazy("Note, for the office only"),
    "name_officer": gettext_lazy("It is about an officer"),
    "unname_officer": gettext_lazy("It is not about this officer"),
    "attach": gettext_lazy("A photo or paper was added"),
    "detach": gettext_lazy("A photo or paper was taken away"),
    "link": gettext_lazy("Linked"),
    "unlink": gettext_lazy("The link was taken back"),
    "merge": gettext_lazy("Joined"),
    "unmerge": gettext_lazy("Taken apart again"),
    "resolve_along": gettext_lazy("Answered with the case it was joined into"),
    "refer": gettext_lazy("Another agency was asked"),
    "seek": gettext_lazy("The citizen was asked whether another agency may help"),
    "consent": gettext_lazy("The citizen agrees"),
    "propose": gettext_lazy("Proposed, without consent"),
    "agree": gettext_lazy("Supervisor, on sharing without consent"),
    "come_back": gettext_lazy("Answer from the other agency"),
    "recall": gettext_lazy("Taken back from the other agency"),
    "check_off": gettext_lazy("What is needed was checked"),
    "sheet": gettext_lazy("Sheet printed for"),
    "enrol": gettext_lazy("Registered by"),
    "release": gettext_lazy("Free to be taken"),
    "escalate": gettext_lazy("Moved up"),
    "day_off": gettext_lazy("The date moved off a public holiday"),
    "acknowledge": gettext_lazy("Looked after by whom it moved up to"),
    "resolve": gettext_lazy("Answered with a decision"),
    "confirm": gettext_lazy("The citizen says it is solved"),
    "dispute": gettext_lazy("The citizen says it is not solved"),
    "appeal": gettext_lazy("The citizen appealed"),
    "review": gettext_lazy("Decided on appeal"),
    "rate": gettext_lazy("The citizen rated the service"),
    "withdraw": gettext_lazy("The citizen withdrew it"),
    "close": gettext_lazy("Closed by the agency"),
    "lapse": gettext_lazy("Closed because nobody objected"),
    "follow_up": gettext_lazy("The citizen was asked whether it stayed solved"),
    "stay_solved": gettext_lazy("The citizen says it is still solved"),
    "reopen": gettext_lazy("The citizen says it is not solved any more"),
    "read": gettext_lazy("Read"),
    "dossier": gettext_lazy("The citizen got what is held about them"),
    "correct": gettext_lazy("Corrected what is on record"),
    "object": gettext_lazy("The citizen objects to the use of their data"),
    "erase_asked": gettext_lazy("Erasing was asked for"),
    "erase_agreed": gettext_lazy("Erasing was agreed to"),
    "erase_refused": gettext_lazy("Erasing was refused"),
    "erase": gettext_lazy("Words and names were erased"),
}


FREED = {
    "named": gettext_lazy("it is about its owner, or not for them to see"),
    "left": gettext_lazy("its owner cannot go on with it"),
    "scope": gettext_lazy("its owner has other work now"),
}


@dataclass(frozen=True)
class Text:
    """One SMS and what became of it. `fate` says it in one line."""

    at: datetime
    outgoing: bool
    failed: bool
    fate: str
    words: str

    @classmethod
    def of(cls, message: Any) -> "Text":
        """`message` is a row of channels', which this room does not import."""
        outgoing = message.direction == "out"
        # A PIN or a code opens the case in the citizen's name: it is not for the office to read, whoever wrote it.
        # Six digits before a stroke begin a card's number.
        words = re.sub(r"(?<!\d)\d{6}(?![\d/])", "••••••", message.text)
        fate = _fate(message) if outgoing else str(message.get_state_display())
        return cls(message.created_at, outgoing, message.state == "failed", fate, words)


def _fate(message: Any) -> str:
    """“Delivered 4 December, 10:12, 2 SMS”; “Failed: the phone was off”; “Waiting to be sent, tried 2 times”."""
    state = str(message.get_state_display())
    if message.why_failed:
        return _("{state}: {why}").format(state=state, why=message.why_failed)
    when = message.delivered_at or message.sent_at
    if when is None and message.attempts:
        tries = ngettext("tried {count} time", "tried {count} times", message.attempts).format(count=message.attempts)
        return f"{state}, {tries}"
    parts = ngettext("{count} SMS", "{count} SMS", message.parts).format(count=message.parts)
    moment = " " + date_format(timezone.localtime(when), "j F, H:i") if when else ""
    return f"{state}{moment}, {parts}"


@dataclass(frozen=True)
class Line:
    """One entry of the story. `texts` are the SMS it caused."""

    at: datetime
    who: str
    headline: str
    kind: str = "message"
    words: str = ""
    texts: list[Text] = field(default_factory=list)
    of: str = ""  # the number of the joined case in which it happened


def alone(text: Text) -> Line:
    """An SMS that tells of no event: an answer to STATUS, a code."""
    if text.outgoing:
        return Line(text.at, str(Actor.SYSTEM.label), _("SMS to the citizen"), texts=[text])
    return Line(text.at, str(Actor.CITIZEN.label), _("SMS from the citizen"), words=text.words)


def change(event: Event) -> str:
    """What somebody did, for who has the page open: “Bob Banda: Note, for the office only”."""
    who = str(event.officer) if event.officer else str(Actor(event.actor).label)
    return f"{who}: {HEADLINES.get(event.kind, event.kind)}"


@dataclass(frozen=True)
class Names:
    """What the codes in an event stand for."""

    agencies: Mapping[str, Agency]
    topics: Mapping[str, Topic]
    places: Mapping[str, Place]
    officers: Mapping[int, str]
    cases: Mapping[int, str] = field(default_factory=dict)


def line(event: Event, *, names: Names, texts: list[Text]) -> Line:
    detail = _detail(event, names)
    headline = str(HEADLINES.get(event.kind, event.kind))
    repeated = event.kind == "open"  # the citizen's own words stand above the history
    return Line(
        at=event.at,
        who=_who(event),
        headline=f"{headline}: {detail}" if detail else headline,
        kind=event.kind,
        words="" if repeated else event.words,
        texts=texts,
    )


def _who(event: Event) -> str:
    if event.officer and event.actor == Actor.CITIZEN:
        return _("The citizen, written down by {officer}").format(officer=event.officer)
    return str(event.officer or Actor(event.actor).label)


def _detail(event: Event, names: Names) -> str:
    data = event.data
    agency = str(names.agencies.get(data.get("agency", ""), data.get("agency", "")))
    details: dict[str, Callable[[], str]] = {
        "open": lambda: str(Channel(data["channel"]).label),
        "hand_over": lambda: _given_to(names.officers.get(data["to"], ""), data.get("why", "")),
        "name_officer": lambda: names.officers.get(data["officer"], ""),
        "unname_officer": lambda: names.officers.get(data["officer"], ""),
        "link": lambda: f"{Link.Kind(data['kind']).label}, {names.cases.get(data['other'], '')}",
        "unlink": lambda: names.cases.get(data["other"], ""),
        "merge": lambda: _joined(data["as"], names.cases.get(data["other"], "")),
        "unmerge": lambda: names.cases.get(data["other"], ""),
        "release": lambda: str(FREED[data["why"]]),
        "sort": lambda: _("{before} → {after}").format(
            before=_where(data["old_topic"], data["old_place"], names),
            after=_where(data["topic"], data["place"], names),
        ),
        "hear": lambda: _("does not agree that {agency} is asked").format(agency=agency) if agency else "",
        **dict.fromkeys(("refer", "seek", "propose", "consent"), lambda: _shared(agency, data)),
        "agree": lambda: f"{agency}, {_('yes') if data['agreed'] else _('no')}",
        "check_off": lambda: _("{there} there, {missing} missing").format(**data),
        "sheet": lambda: agency,
        "enrol": lambda: _("{agency}, after {days}").format(agency=agency, days=days(data["days"])),
        "come_back": lambda: f"{agency}, {Referral.State(data['answer']).label}",
        "recall": lambda: ", ".join(str(names.agencies.get(code, code)) for code in data["agencies"]),
        **dict.fromkeys(("dispute", "reopen"), lambda: names.officers.get(data.get("to") or 0, "")),
        "appeal": lambda: data.get("body", ""),
        "review": lambda: str(Decision(data["decision"]).label) if data["decision"] else _("not decided any more"),
        "escalate": lambda: ", ".join(filter(None, [data["body"], names.officers.get(data.get("officer"), "")])),
        "resolve": lambda: str(Decision(data["decision"]).label),
        "rate": lambda: _("{stars} of 5").format(stars=data["rating"]),
    }
    return details[event.kind]() if event.kind in details else ""


# Why it was given by the system.
GIVEN = {
    "cover": gettext_lazy("{officer}, who covers"),
    "back": gettext_lazy("{officer}, who is back"),
}


def _given_to(officer: str, why: str) -> str:
    return str(GIVEN[why]).format(officer=officer) if why in GIVEN else officer


def _joined(how: str, other: str) -> str:
    if how == "stays":
        return _("{case} was joined into this one").format(case=other)
    if how == "along":
        return _("it went along into {case}").format(case=other)
    return _("into {case}").format(case=other)


READ = {
    "page": gettext_lazy("Page"),
    "paper": gettext_lazy("Paper"),
    "attachment": gettext_lazy("Attachment"),
    "export": gettext_lazy("Export"),
}


def what_was_read(event: Event) -> str:
    return str(READ[event.data.get("what", "page")])


def _shared(agency: str, data: dict) -> str:
    """NAPSA: Words, Form. The citizen agreed at the desk"""
    shared = ", ".join(str(Share(part).label) for part in data["shared"]) or _("the topic only")
    return f"{agency}: {shared}. {Permit(data['consent']).label}"


def allowed(referral: Referral) -> str:
    """Why this may be shared, and on whose word."""
    if referral.ground is None:
        return str(Permit(referral.consent).label) + "."
    ground = f"{referral.ground} ({referral.ground.basis})"
    if referral.agreed_by is None:
        return _("Without consent: {ground}.").format(ground=ground)
    return _("Without consent: {ground}. {officer} agreed.").format(ground=ground, officer=referral.agreed_by)


def _where(topic: str, place: str | None, names: Names) -> str:
    """A topic and a place by name; what was retired since, by its code."""
    named = [str(names.topics.get(topic, topic)), str(names.places.get(place, place)) if place else ""]
    return ", ".join(filter(None, named))
