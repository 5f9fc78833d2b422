"""The outbox: what is due is leased, handed to the gateways and marked. Nothing else sends an SMS.

A worker leases a hundred rows at once, hands them over, and marks them together when the answers are there. What a
slow gateway leaves no time to begin with goes back untried. What a dead worker held is due again when the lease ends.
What it had handed over may have gone out, so that is tried once more only: after a second death it is given up rather
than sent a third time.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import phonenumbers
import structlog
from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from cases.catalogue import catalogue
from channels import gsm7
from channels.gateways import Outcome, Outgoing, SendError, gateway
from channels.gateways.circuits import SECONDS, circuit
from channels.leases import FOUND_AGAIN, LAST_TRY, Leased, Mark, claim, hand_over, lease_seconds, persist
from channels.models import Message
from channels.receipts import STATE, lay_strays, note_opt_out, record_opt_out, record_receipt

__all__ = ["drain", "note_opt_out", "record_opt_out", "record_receipt"]

log = structlog.get_logger()

SENDERS = 8  # requests under way at once, a worker

# The pauses before each new try. When they are used up the SMS has failed.
PAUSES = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 6 * 3600)]
CAUTIOUS = 2  # which pause comes first when the answer was lost: it may have gone out, so wait longer, try less
FAILOVER_AFTER = 2  # tries with one gateway before the next has its turn
TOO_MANY = timedelta(minutes=10)  # how long a number that had its fill this hour waits

WHATSAPP = "whatsapp:"

State = Message.State

_pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")


def drain(now: datetime | None = None, seconds: float = 60) -> int:
    """Send what is due until nothing is, or `seconds` have passed. Returns how many a gateway took."""
    taken, stop_at = 0, time.monotonic() + seconds
    while time.monotonic() < stop_at:
        leased = claim(now=now or timezone.now())
        if not leased:
            break
        ready, marks = _sort_out(leased, now or timezone.now())
        persist(marks)
        taken += _send(_parts(ready), now or timezone.now())
    return taken


def _sort_out(leased: list[Leased], now: datetime) -> tuple[list[tuple[str, Leased]], list[Mark]]:
    """Those to send now, with the gateway that has its turn; and the marks of those that may not go, or not yet."""
    ready, marks = [], []
    spent = _spent_this_hour({row.phone_index for row in leased}, now)
    for row in leased:
        name = _route(row)
        if not row.phone or not row.text:
            log.error("sms_cannot_be_opened", message=row.id)  # is FIELD_KEYS complete? it waits until it is
            marks.append(_put_back(row, now + TOO_MANY))
        elif refusal := _refusal(row):
            marks.append(_failed(row, refusal, now))
        elif row.phone_index and spent[row.phone_index] >= settings.SMS_NUMBER_HOURLY_BUDGET:
            marks.append(_put_back(row, now + TOO_MANY))
        elif name is None:
            marks.append(_put_back(row, now + timedelta(seconds=SECONDS)))
        else:
            spent[row.phone_index] += 1
            ready.append((name, row))
    return ready, marks


def _spent_this_hour(indexes: Iterable[str], now: datetime) -> Counter[str]:
    return Counter(_sent_this_hour(now).filter(phone_index__in=indexes).values_list("phone_index", flat=True))


def _sent_this_hour(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(direction=Message.Direction.OUT, sent_at__gt=now - timedelta(hours=1))


def oldest_unsent(now: datetime) -> datetime | None:
    """When the oldest SMS was written that should be out by now, also while it waits for its next try.

    Only what waits because its number had its fill this hour is held on purpose.
    """
    spent = _sent_this_hour(now).exclude(phone_index="").values("phone_index").annotate(many=Count("pk"))
    full = spent.filter(many__gte=settings.SMS_NUMBER_HOURLY_BUDGET).values("phone_index")
    waiting = Message.objects.filter(state__in=[State.QUEUED, State.LEASED]).exclude(phone_index__in=full)
    return waiting.aggregate(oldest=Min("created_at"))["oldest"]


def _refusal(row: Leased) -> str:
    if row.failure == LAST_TRY:
        return "died twice"
    if row.unwanted:
        return "opted out"
    return "" if _is_ours(row.phone) else "foreign number"


def _is_ours(phone: str) -> bool:
    """A number of this country: one abroad costs ten times as much, and is how budgets are stolen."""
    try:
        number = phonenumbers.parse(phone.removeprefix(WHATSAPP))
    except phonenumbers.NumberParseException:
        return False
    region = phonenumbers.region_code_for_number(number)
    return region == catalogue().country.phone_region and phonenumbers.is_possible_number(number)


def _route(row: Leased) -> str | None:
    """The gateway whose turn it is, or the next that is not out; None when all are."""
    names = ["twilio"] if row.phone.startswith(WHATSAPP) else list(settings.SMS_GATEWAYS)
    first = row.attempts // FAILOVER_AFTER % max(1, len(names))
    return next((name for name in names[first:] + names[:first] if circuit(name).is_closed()), None)


def _parts(ready: list[tuple[str, Leased]]) -> list[tuple[str, list[Leased]]]:
    """What goes in one request each, by the gateways' own rules."""
    rows = {row.id: row for _, row in ready}
    batches: dict[str, list[Outgoing]] = defaultdict(list)
    for name, row in ready:
        batches[name].append(_outgoing(row))
    return [
        (name, [rows[sms.id] for sms in part]) for name, batch in batches.items() for part in gateway(name).split(batch)
    ]


def _outgoing(row: Leased) -> Outgoing:
    return Outgoing(row.id, row.phone, gsm7.plain(row.text))


def _send(parts: list[tuple[str, list[Leased]]], now: datetime) -> int:
    """Hand over all at once, a few requests under way at a time; wait for the answers, mark them."""
    ours = {row.id: row for row in hand_over([row for _, rows in parts for row in rows], now=now)}
    begin_by = time.monotonic() + lease_seconds() / 2  # the other half is for the answer
    mine = [(name, [ours[row.id] for row in rows if row.id in ours]) for name, rows in parts]
    futures = [(_pool.submit(_ask, name, rows, begin_by), name, rows) for name, rows in mine if rows]
    wait([future for future, _, _ in futures])
    fates = [
        fate
        for future, name, rows in futures
        if future.exception() is None
        for fate in _fates(name, rows, future.result())
    ]
    taken = _mark(fates, now)
    for future, _, _ in futures:
        future.result()  # a gateway's module that broke is heard now that the others' rows are safe
    return taken


def _ask(name: str, rows: list[Leased], begin_by: float) -> list[Outcome] | None:
    """None when it was not even tried: its turn came too late, or the gateway went out a moment ago."""
    if time.monotonic() > begin_by or not circuit(name).is_closed():
        return None
    outcomes = gateway(name).send([_outgoing(row) for row in rows])
    circuit(name).hear(outage=any(one.error and one.error.outage for one in outcomes))
    return outcomes


@dataclass(frozen=True)
class Fate:
    gateway: str
    row: Leased
    outcome: Outcome | None  # None: it was not even tried


def _fates(name: str, rows: list[Leased], outcomes: list[Outcome] | None) -> list[Fate]:
    if outcomes is None:
        return [Fate(name, row, None) for row in rows]
    by_id = {outcome.id: outcome for outcome in outcomes}
    return [Fate(name, row, by_id[row.id]) for row in rows]


def _mark(fates: list[Fate], now: datetime) -> int:
    marks = [_mark_of(fate, now) for fate in fates]
    persist(marks)
    lay_strays([one.provider_id for one in marks if one.provider_id])
    for fate in fates:
        if fate.outcome and fate.outcome.error and fate.outcome.error.opted_out:
            note_opt_out(phone_index=fate.row.phone_index, now=now)
    return sum(one.sent_at is not None for one in marks)


def _mark_of(fate: Fate, now: datetime) -> Mark:
    row, outcome = fate.row, fate.outcome
    if outcome is None:
        return _put_back(row, now)
    if outcome.error is None:
        return _taken(fate.gateway, row, outcome, now)
    return _refused(fate.gateway, row, outcome.error, now)


def _refused(name: str, row: Leased, error: SendError, now: datetime) -> Mark:
    log.warning("sms_refused", gateway=name, message=row.id, code=error.code, why=error.sentence)
    pause = max(row.attempts, CAUTIOUS if error.uncertain else 0)
    if not error.retry or pause >= len(PAUSES):
        return replace(_failed(row, error.code, now), gateway=name, attempts=row.attempts + 1)
    # A doubtful row stays so: whatever stops it now, it may have gone out before.
    failure = FOUND_AGAIN if row.failure == FOUND_AGAIN else error.code
    due_at = now + PAUSES[pause]
    return Mark(row.id, row.until, State.QUEUED, pause + 1, due_at, failure=failure, gateway=name)


def _taken(name: str, row: Leased, outcome: Outcome, now: datetime) -> Mark:
    state = STATE[outcome.status]
    return Mark(
        row.id,
        row.until,
        state,
        row.attempts + 1,
        now,
        gateway=name,
        provider_id=outcome.provider_id or None,
        cost=outcome.cost,
        parts=outcome.parts,
        sent_at=now,
        delivered_at=now if state == State.DELIVERED else None,
    )


def _put_back(row: Leased, due_at: datetime) -> Mark:
    """Nothing was tried, so nothing is counted."""
    return Mark(row.id, row.until, State.QUEUED, row.attempts, due_at, failure=row.failure)


def _failed(row: Leased, why: str, now: datetime) -> Mark:
    return Mark(row.id, row.until, State.FAILED, row.attempts, now, failure=why)
