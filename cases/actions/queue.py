"""The queue of a desk: numbers are given, called, and gone when the day is over. It knows no citizen and no case.

The row of the day is locked by whoever gives or calls a number, so none is given or called twice.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed
from cases.catalogue import catalogue
from cases.models import Officer, QueueDay, Ticket
from cases.pack import Desk
from cases.permissions import may_open
from cases.tickets import desks_of


@transaction.atomic
def give_ticket(*, desk: Desk, by: Officer, once: str) -> Ticket:
    """The next number of today. `once` names the request: asked again with the same, it gives the same number."""
    day = _today(desk, by)
    before = Ticket.objects.filter(once=once).first()
    if before:
        return before
    day.given += 1
    day.save(update_fields=["given"])
    return Ticket.objects.create(day=day, number=day.given, once=once)


@transaction.atomic
def call_next(*, desk: Desk, by: Officer, after: int | None, counter: int | None = None) -> Ticket:
    """Call who waits longest. Who calls the next has served the one before.

    `after` is the number that was with this officer when the button was shown: pressed twice, it calls once.
    """
    day = _today(desk, by)
    mine = day.tickets.filter(state=Ticket.State.CALLED, called_by=by).first()
    if mine and mine.number != after:
        return mine
    ticket = day.tickets.filter(state=Ticket.State.WAITING).order_by("number").first()
    if ticket is None:
        raise NotAllowed(_("Nobody is waiting."))
    if mine:
        _end(mine, Ticket.State.SERVED)
    ticket.state, ticket.called_at, ticket.called_by, ticket.counter = Ticket.State.CALLED, clock.now(), by, counter
    ticket.save()
    return ticket


@transaction.atomic
def end_ticket(*, desk: Desk, number: int, by: Officer, came: bool) -> Ticket:
    """They were served, or are not there any more. Said twice, it is done once."""
    ticket = _today(desk, by).tickets.filter(number=number).first()
    if ticket is None:
        raise NotAllowed(_("This number was not given today."))
    if came and ticket.state == Ticket.State.WAITING:
        raise NotAllowed(_("Call this number first."))
    if ticket.state in (Ticket.State.WAITING, Ticket.State.CALLED):
        _end(ticket, Ticket.State.SERVED if came else Ticket.State.LEFT)
    return ticket


def _end(ticket: Ticket, state: Ticket.State) -> None:
    ticket.state = state
    ticket.save(update_fields=["state"])


def _today(desk: Desk, by: Officer) -> QueueDay:
    """The row of today, locked until the transaction ends."""
    if not may_open(by, "queue") or desk not in desks_of(by):
        raise NotAllowed(_("This desk is not in your place."))
    today = catalogue().today()
    QueueDay.objects.get_or_create(desk=desk, day=today)
    return QueueDay.objects.select_for_update().get(desk=desk, day=today)


def end_queue_days(now: datetime) -> int:
    """What is left of a day that is over are counts; its numbers go. Returns how many days ended."""
    over = QueueDay.objects.filter(ended_at=None, day__lt=catalogue().day_of(now))
    return sum(_end_day(pk) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def _end_day(pk: int) -> int:
    day = QueueDay.objects.select_for_update().get(pk=pk)
    if day.ended_at:
        return 0
    tickets = list(day.tickets.all())
    waits = Counter((one.called_at - one.taken_at) // timedelta(minutes=1) for one in tickets if one.called_at)
    day.waits = {str(minutes): times for minutes, times in sorted(waits.items())}
    day.served = sum(one.state in (Ticket.State.CALLED, Ticket.State.SERVED) for one in tickets)
    day.left = len(tickets) - day.served
    day.ended_at = clock.now()
    day.save()
    day.tickets.all().delete()
    return 1
