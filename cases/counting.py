"""What the events of one case add to the figures; pure, so that a recount of all histories is the very same sum.

A case counts as it stands: when it is sorted or moves up a level, everything counted of it moves along, so that
figures agree with the cases one may see. What happened keeps the day on which it happened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from cases.lifecycle import OPEN, State

STANDS = "stands"  # in an event's data: how the case stands after it


class Tally(StrEnum):
    """Each thing that is counted, in a column of its own. Those with an amount are kept as histograms of it."""

    RECEIVED = "received"
    ACKNOWLEDGED_ON_TIME = "acknowledged_on_time"  # amount: working days since the opening
    ACKNOWLEDGED_LATE = "acknowledged_late"  # the same
    RESOLVED_ON_TIME = "resolved_on_time"  # the same
    RESOLVED_LATE = "resolved_late"  # the same
    REGISTERED = "registered"  # the same
    TOLD = "told"
    DISPUTED = "disputed"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    APPEAL_UPHELD = "appeal_upheld"
    CONFIRMED = "confirmed"
    STAYED = "stayed"
    CAME_BACK = "came_back"
    CLOSED_BY_AGENCY = "closed_by_agency"
    CLOSED_BY_SILENCE = "closed_by_silence"
    WITHDRAWN = "withdrawn"
    RATED = "rated"  # amount: 1 to 5
    ESCALATED = "escalated"
    REFERRED = "referred"
    HANDED_OVER = "handed_over"
    MOVED = "moved"
    OPEN_BY_DUE = "open_by_due"  # the day is the promised date: late is a matter of time
    OPEN_BY_OPENING = "open_by_opening"  # amount: the number of the day of the opening; so is age


STOCK = (Tally.OPEN_BY_DUE, Tally.OPEN_BY_OPENING)  # how many there are now, where the others count what happened
NOW = date.min  # the period of what has none
AMOUNTS = (
    Tally.ACKNOWLEDGED_ON_TIME, Tally.ACKNOWLEDGED_LATE, Tally.RESOLVED_ON_TIME, Tally.RESOLVED_LATE, Tally.REGISTERED,
    Tally.RATED, Tally.OPEN_BY_OPENING,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """One way in which counts are kept: under which facet, how fine a place, per what; and whether with amounts.

    A question that none of these answers is refused. A finer one more would be as many rows again as there are cases.
    (What came in of a topic by the week is kept apart: models.Arrivals.)
    """

    facet: str
    area: str
    grain: str
    amounts: bool = False


_AREAS = ("country", "province", "place")
KEPT = (
    *(Kept("all", area, "month", amounts=True) for area in _AREAS),
    *(Kept("topic", area, "month", amounts=area != "place") for area in _AREAS),
    *(Kept(facet, area, "month", amounts=True) for facet in ("channel", "language", "level") for area in _AREAS[:2]),
    *(Kept("all", area, "week") for area in _AREAS),
    *(Kept(facet, area, "day", amounts=True) for facet in ("all", "topic") for area in _AREAS),  # of what is open
    *(Kept(facet, area, "day", amounts=True) for facet in ("channel", "language", "level") for area in _AREAS[:2]),
)


class Cell(NamedTuple):
    """Where one is added: what, on which day, how much, and everything a figure can be told apart by."""

    tally: str
    day: date
    amount: int
    agency: str
    sensitivity: str
    place: str  # a district, a province where the district is not said, or ""
    topic: str
    channel: str
    language: str
    level: str


@dataclass(frozen=True)
class Happening:
    """An event as the figures read it: its kind, the local date and what it says."""

    kind: str
    day: date
    data: Mapping[str, Any]


@dataclass
class _Life:
    """One case, as far as its history has been read."""

    opening: Happening
    matter: Mapping[str, Any]  # topic, agency, place, sensitivity, and when it is to be taken
    level: int
    counts: Counter[tuple[Tally, date, int]] = field(default_factory=Counter)
    stands: Mapping[str, Any] = field(default_factory=dict)
    acknowledged: bool = False
    answered: date | None = None
    told: bool = False
    rated: tuple[Tally, date, int] | None = None

    def add(self, tally: Tally, day: date, amount: int = 0) -> None:
        self.counts[tally, day, amount] += 1


# --- What each kind of event counts -----------------------------------------------------------------------


def _just(tally: Tally) -> Callable[[_Life, Happening], None]:
    return lambda life, event: life.add(tally, event.day)


def _opened(life: _Life, event: Happening) -> None:
    life.add(Tally.RECEIVED, event.day)
    for _agency in event.data["also_for"]:
        life.add(Tally.REFERRED, event.day)


def _sorted(life: _Life, event: Happening) -> None:
    life.matter = event.data
    life.add(Tally.MOVED, event.day)


def _about_staff(life: _Life, event: Happening) -> None:
    """Who is named in a case, or no longer, changes whose matter it is; the case stays where it was."""
    life.matter = event.data


def _escalated(life: _Life, event: Happening) -> None:
    life.level = event.data["level"]
    life.add(Tally.ESCALATED, event.day)


def _resolved(life: _Life, event: Happening) -> None:
    """Each answer counts, in the month it was given; one that is disputed is not taken back but counted as disputed."""
    in_time = event.day <= date.fromisoformat(life.stands["due"])
    days, decision = life.stands["days"], event.data["decision"]
    life.add(Tally.RESOLVED_ON_TIME if in_time else Tally.RESOLVED_LATE, event.day, days)
    if decision == "registered":
        life.add(Tally.REGISTERED, event.day, days)
    if life.opening.data["appeal"]:
        life.add(Tally.APPEAL_DECIDED, event.day)
        if decision in ("upheld", "partly_upheld"):
            life.add(Tally.APPEAL_UPHELD, event.day)
    life.answered, life.told = event.day, False
    if event.data["told"]:
        _is_told(life)


def _is_told(life: _Life) -> None:
    """Whoever reacts to an answer knows it, though no SMS was written; it counts on the day of the answer."""
    if life.answered and not life.told:
        life.told = True
        life.add(Tally.TOLD, life.answered)


def _reacted(tally: Tally) -> Callable[[_Life, Happening], None]:
    def count(life: _Life, event: Happening) -> None:
        life.add(tally, event.day)
        _is_told(life)

    return count


def _rated(life: _Life, event: Happening) -> None:
    """Who rates twice is counted once, with what they said last."""
    _is_told(life)
    if life.rated:
        life.counts[life.rated] -= 1
    life.rated = (Tally.RATED, event.day, event.data["rating"])
    life.counts[life.rated] += 1


COUNTS: dict[str, Callable[[_Life, Happening], None]] = {
    "open": _opened,
    "sort": _sorted,
    "name_officer": _about_staff,
    "unname_officer": _about_staff,
    "escalate": _escalated,
    "resolve": _resolved,
    "confirm": _reacted(Tally.CONFIRMED),
    "dispute": _reacted(Tally.DISPUTED),
    "appeal": _reacted(Tally.APPEALED),
    "rate": _rated,
    "close": _just(Tally.CLOSED_BY_AGENCY),
    "lapse": _just(Tally.CLOSED_BY_SILENCE),
    "withdraw": _just(Tally.WITHDRAWN),
    "stay_solved": _just(Tally.STAYED),
    "reopen": _just(Tally.CAME_BACK),
    "refer": _just(Tally.REFERRED),
    "consent": _just(Tally.REFERRED),
    "agree": lambda life, event: life.add(Tally.REFERRED, event.day) if event.data["agreed"] else None,
    "hand_over": _just(Tally.HANDED_OVER),
}
# Of these the figures take only how the case stands after them: whether it is open, until when, and who has it.
ONLY_STANDS = {
    "take": "A case is acknowledged by the first step after which an officer has it, whatever that step is called.",
    "ask": "The promised date moves while we wait for the citizen.",
    "hear": "The promised date is worked out anew.",
    "inform": "A citizen who adds something changes no figure.",
    "day_off": "The promised date moved off a public holiday.",
    "acknowledge": "Who looks after it changes no figure; that it moved up is counted.",
    "note": "A note is the office's own.",
    "link": "A link between cases changes no figure.",
    "unlink": "The same.",
    "merge": "What was joined into another case is open no longer, so one matter is open once; both were received.",
    "unmerge": "It is open again, with the date it was promised.",
    "resolve_along": "The answer itself is an event like any other: whoever else stood behind the matter was answered.",
    "read": "A reading is the office's own.",
    "attach": "A photo or a paper beside the case changes no figure.",
    "detach": "The same.",
    "dossier": "A right over data that was served changes no figure but its case's own answer.",
    "correct": "The same.",
    "object": "The same.",
    "erase_asked": "The same.",
    "erase_agreed": "The same.",
    "erase_refused": "The same.",
    "erase": "Words and names go; what was counted stays.",
    "seek": "Another agency is asked only once the citizen agrees.",
    "propose": "Another agency is asked only once a supervisor agrees.",
    "come_back": "Another agency's answer changes no figure; that it was asked is counted.",
    "release": "A case that is free again waits to be taken; what was counted of its owner's work stays counted.",
    "check_off": "What was brought is between the citizen and the office.",
    "sheet": "A sheet is the office's own.",
    "enrol": "A registration is counted with its decision; that a member number came is kept with its days.",
    "follow_up": "What the citizen answers is counted, not that they were asked.",
    "review": "That an appeal was right is counted at the appeal.",
    "recall": "That the other agency was asked stays counted.",
}


# --- One case ---------------------------------------------------------------------------------------------


def tallied(history: Iterable[Happening]) -> Counter[Cell]:
    """What a history, or the beginning of one, adds to the figures.

    Nothing, where it was begun before events said how a case stands.
    """
    life: _Life | None = None
    for event in history:
        if event.kind == "open" and STANDS in event.data:
            life = _Life(opening=event, matter=event.data, level=event.data["level"])
        if life:
            _read(life, event)
    return _cells(life) if life else Counter()


def _read(life: _Life, event: Happening) -> None:
    life.stands = event.data[STANDS]
    if not life.acknowledged and (life.stands["state"] not in (State.RECEIVED, State.CLOSED) or _is_joined(event)):
        life.acknowledged = True
        in_time = event.day <= date.fromisoformat(life.matter["acknowledge_due"])
        tally = Tally.ACKNOWLEDGED_ON_TIME if in_time else Tally.ACKNOWLEDGED_LATE
        life.add(tally, event.day, life.stands["days"])
    if count := COUNTS.get(event.kind):
        count(life, event)


def _is_joined(event: Happening) -> bool:
    """An officer who joined it into another case has taken it up."""
    return event.kind == "merge" and event.data["as"] in ("same", "other")


def _cells(life: _Life) -> Counter[Cell]:
    counts = life.counts
    if life.stands["state"] in OPEN:
        life.add(Tally.OPEN_BY_DUE, date.fromisoformat(life.stands["due"]))
        life.add(Tally.OPEN_BY_OPENING, NOW, life.opening.day.toordinal())
    where = (
        life.matter["agency"],
        life.matter["sensitivity"],
        life.matter["place"] or "",
        life.matter["topic"],
        life.opening.data["channel"],
        life.opening.data["language"],
        str(life.level),
    )
    return Counter({Cell(*count, *where): times for count, times in counts.items() if times})
