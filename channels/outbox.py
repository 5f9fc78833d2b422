"""The outbox: what is due is leased, handed to the gateways and marked. Nothing else sends an SMS.

A worker leases a hundred rows in one statement and marks what became of them in another. A row whose worker
died is due again when its lease ends. It may have gone out already, so it is tried once more, alone and
marked beforehand: a second death gives it up rather than send it a third time.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import phonenumbers
import structlog
from django.conf import settings
from django.utils import timezone

from cases.catalogue import catalogue
from channels import gsm7
from channels.gateways import Outcome, Outgoing, SendError, gateway
from channels.gateways.circuits import SECONDS, circuit
from channels.leases import FOUND_AGAIN, LAST_TRY, Leased, Mark, claim, lease_seconds, persist, still_ours
from channels.models import Message
from channels.receipts import STATE, lay_strays, note_opt_out, record_opt_out, record_receipt

__all__ = ["drain", "note_opt_out", "record_opt_out", "record_receipt"]

log = structlog.get_logger()

SENDERS = 8  # requests under way at once, a worker
MARK_EVERY = 0.5  # seconds: a receipt may follow its SMS closely

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
        at = now or timezone.now()
        leased = claim(now=at)
        if not leased:
            break
        taken += _send(leased, at)
    return taken


def _send(leased: list[Leased], now: datetime) -> int:
    # Nothing is begun so late that our lease could end before the answer comes and another worker send it too.
    stop_at = time.monotonic() + lease_seconds() - sum(settings.GATEWAY_TIMEOUT) - 3
    ready, marks = _sort_out(leased, now)
    persist(marks)
    doubtful = [(name, row) for name, row in ready if row.failure == FOUND_AGAIN]
    fresh = [(name, row) for name, row in ready if row.failure != FOUND_AGAIN]
    return _send_one_by_one(doubtful, now, stop_at) + _send_together(fresh, now, stop_at)


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
    sent = Message.objects.filter(
        phone_index__in=indexes, direction=Message.Direction.OUT, sent_at__gt=now - timedelta(hours=1)
    )
    return Counter(sent.values_list("phone_index", flat=True))


def _refusal(row: Leased) -> str:
    if row.failure == LAST_TRY:
        return "died twice"
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
    first = (row.attempts - 1) // FAILOVER_AFTER % max(1, len(names))
    return next((name for name in names[first:] + names[:first] if circuit(name).is_closed()), None)


def _send_one_by_one(rows: list[tuple[str, Leased]], now: datetime, stop_at: float) -> int:
    taken = 0
    for name, row in rows:
        # Committed before it goes: if we die now, whoever finds it knows that it may have gone twice.
        if still_ours(row, failure=LAST_TRY):
            taken += _mark(_fates(name, [row], _hand_over(name, [row], stop_at)), now)
    return taken


def _send_together(rows: list[tuple[str, Leased]], now: datetime, stop_at: float) -> int:
    futures = {_pool.submit(_hand_over, name, group, stop_at): (name, group) for name, group in _groups(rows)}
    taken, waiting = 0, set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=MARK_EVERY)
        said = [(*futures[future], future.result()) for future in done if future.exception() is None]
        taken += _mark([fate for name, group, outcomes in said for fate in _fates(name, group, outcomes)], now)
    for future in futures:
        future.result()  # a gateway's module that broke is heard now that the others' rows are safe
    return taken


def _groups(rows: list[tuple[str, Leased]]) -> Iterator[tuple[str, list[Leased]]]:
    """The same words by the same gateway share a request as far as it lets them, each number once."""
    same: dict[tuple[str, str, int], list[Leased]] = defaultdict(list)
    seen: Counter[tuple[str, str]] = Counter()
    for name, row in rows:
        same[name, row.text, seen[row.phone, row.text]].append(row)
        seen[row.phone, row.text] += 1
    for (name, _, _), group in same.items():
        size = gateway(name).together
        for start in range(0, len(group), size):
            yield name, group[start : start + size]


def _hand_over(name: str, rows: list[Leased], stop_at: float) -> list[Outcome] | None:
    """None when nothing was sent: it is too late to begin, or the gateway went out a moment ago."""
    if time.monotonic() > stop_at or not circuit(name).is_closed():
        return None
    outcomes = gateway(name).send([Outgoing(row.id, row.phone, gsm7.plain(row.text)) for row in rows])
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
    pause = max(row.attempts - 1, CAUTIOUS if error.uncertain else 0)
    if not error.retry or pause >= len(PAUSES):
        return replace(_failed(row, error.code, now), gateway=name)
    # A doubtful row stays so: whatever stops it now, it may have gone out before.
    failure = FOUND_AGAIN if row.failure == FOUND_AGAIN else error.code
    due_at = now + PAUSES[pause]
    return Mark(row.id, row.attempts, State.QUEUED, pause + 1, due_at, failure=failure, gateway=name)


def _taken(name: str, row: Leased, outcome: Outcome, now: datetime) -> Mark:
    state = STATE[outcome.status]
    return Mark(
        row.id,
        row.attempts,
        state,
        row.attempts,
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
    return Mark(row.id, row.attempts, State.QUEUED, row.attempts - 1, due_at, failure=row.failure)


def _failed(row: Leased, why: str, now: datetime) -> Mark:
    return Mark(row.id, row.attempts, State.FAILED, row.attempts, now, failure=why)
