"""Who waits at a desk today and for how long still, and how long they waited on the days before. Reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from cases.catalogue import catalogue
from cases.measures import Percentile
from cases.models import Officer, QueueDay, Ticket
from cases.pack import Desk

LAST_CALLS = 12  # what today's pace is worked out from
A_STEP = 5  # minutes: nobody knows it more finely
WEEKS_SHOWN = 4


@dataclass(frozen=True)
class Queue:
    """One desk at this moment. `gap` is how many minutes lie between two calls today; None until there are two."""

    desk: Desk
    waiting: list[Ticket]
    called: list[Ticket]  # newest first
    served: int
    left: int
    gap: float | None

    @property
    def minutes(self) -> int | None:
        """How long somebody waits who comes now."""
        return expected(len(self.waiting), self.gap)

    def minutes_of(self, ticket: Ticket) -> int | None:
        """How long still; of a number that does not wait, none."""
        return expected(self.waiting.index(ticket), self.gap) if ticket in self.waiting else None


def queue_of(desk: Desk) -> Queue:
    tickets = list(Ticket.objects.filter(day__desk=desk, day__day=catalogue().today()).order_by("number"))
    by_state = {state: [one for one in tickets if one.state == state] for state in Ticket.State}
    calls = sorted(ticket.called_at for ticket in tickets if ticket.called_at)
    return Queue(
        desk=desk,
        waiting=by_state[Ticket.State.WAITING],
        called=sorted(by_state[Ticket.State.CALLED], key=lambda one: one.called_at or one.taken_at, reverse=True),
        served=len(by_state[Ticket.State.SERVED]),
        left=len(by_state[Ticket.State.LEFT]),
        gap=gap_between(calls),
    )


def with_officer(officer: Officer) -> Ticket | None:
    """The number this officer called and serves."""
    mine = Ticket.objects.filter(called_by=officer, state=Ticket.State.CALLED, day__day=catalogue().today())
    return mine.select_related("day").order_by("-called_at").first()


def gap_between(calls: Sequence[datetime]) -> float | None:
    """Minutes from one call to the next, as it mostly was lately: one long pause at noon changes nothing."""
    gaps = [(later - earlier) / timedelta(minutes=1) for earlier, later in pairwise(calls[-LAST_CALLS:])]
    return median(gaps) if gaps else None


def expected(ahead: int, gap: float | None) -> int | None:
    """Minutes for who has so many before them, in steps; at least one step while somebody is before them."""
    if gap is None:
        return None
    return -int(-ahead * max(gap, 1) // A_STEP) * A_STEP


def desks_of(officer: Officer) -> list[Desk]:
    """The desks in this officer's place, by name."""
    here = officer.place_id
    desks = [desk for desk in catalogue().desks.values() if here in (None, desk.place_id, desk.place.parent_id)]
    return sorted(desks, key=lambda desk: desk.name)


@dataclass(frozen=True)
class Waited:
    """One desk over some weeks: how many came, how many were not there when called, and how long they waited."""

    desk: Desk
    days: int
    given: int
    served: int
    left: int
    median: int | None
    p90: int | None


def waited(officer: Officer, *, today: date) -> list[Waited]:
    """Of each desk in this officer's place, over the last weeks; today is not over yet."""
    since = today - timedelta(weeks=WEEKS_SHOWN)
    over = QueueDay.objects.filter(day__gte=since, day__lt=today, ended_at__isnull=False)
    days = list(over.filter(desk__in=desks_of(officer)))
    found = [(desk, [one for one in days if one.desk_id == desk.pk]) for desk in desks_of(officer)]
    return [_sum(desk, its) for desk, its in found if its]


def _sum(desk: Desk, days: list[QueueDay]) -> Waited:
    minutes: Counter[int] = Counter()
    for day in days:
        minutes.update({int(waited): times for waited, times in day.waits.items()})
    half, nine_in_ten = (Percentile(percent, ("waits",))({"waits": minutes})[1] for percent in (50, 90))
    return Waited(
        desk,
        days=len(days),
        given=sum(day.given for day in days),
        served=sum(day.served for day in days),
        left=sum(day.left for day in days),
        median=None if half is None else int(half),
        p90=None if nine_in_ten is None else int(nine_in_ten),
    )
