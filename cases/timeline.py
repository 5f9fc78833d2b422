"""Where the time of a case went, from its events: who had it, in which state, how many working days. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.counting import STANDS, Happening
from cases.deadlines import Calendar
from cases.lifecycle import OPEN, State

ASKS = ("refer", "consent", "agree")  # after which another agency has it


@dataclass(frozen=True)
class Span:
    """A stretch in which the same people had it: the working days after `began`, up to and including `ended`."""

    began: date
    ended: date
    state: str
    owner: int | None
    agency: str  # which one was asked, where the case lies with it
    cause: int  # which of the events began it
    days: int
    stood_still: int  # of these days: the clock waited for the citizen


def spans(history: Sequence[Happening], calendar: Calendar, *, today: date, pause_cap: int) -> list[Span]:
    """In order, and none without a working day: so their days add up to all that passed since the opening.

    They end today, or where the clock did: with the last answer, or when the citizen withdrew. A pause stands still
    for as long as the cap of all pauses reaches; an answer that was contested for as long as it lay with the citizen.
    Nothing stands still while the work is done in another case, into which it was joined. Of a case that was opened
    before events said how it stands, there are none.
    """
    if any("owner" not in event.data.get(STANDS, ()) for event in history):
        return []
    found: list[Span] = []
    left, agency, joined = pause_cap, "", False
    for cause, event in enumerate(history):
        stands = event.data[STANDS]
        ended = history[cause + 1].day if cause + 1 < len(history) else today
        agency = _asked(event, agency) if stands["state"] == State.REFERRED else ""
        days = calendar.between(event.day, ended)
        joined = stands["state"] == State.CLOSED and (joined or event.kind == "merge")
        lay = {State.WAITING: min(days, left), State.RESOLVED: days, State.CLOSED: days}
        still = 0 if joined else lay.get(stands["state"], 0)
        left -= still if stands["state"] == State.WAITING else 0
        one = Span(event.day, ended, stands["state"], stands["owner"], agency, cause, days, still)
        if found and _goes_on(found[-1], one):
            one = _joined(found.pop(), one)
        found.append(one)
    while found and found[-1].state not in OPEN:
        found.pop()
    return [one for one in found if one.days]


def _asked(event: Happening, before: str) -> str:
    return event.data["agency"] if event.kind in ASKS else before


def _goes_on(before: Span, after: Span) -> bool:
    return (before.state, before.owner, before.agency) == (after.state, after.owner, after.agency)


def _joined(before: Span, after: Span) -> Span:
    days, still = before.days + after.days, before.stood_still + after.stood_still
    return Span(before.began, after.ended, before.state, before.owner, before.agency, before.cause, days, still)
