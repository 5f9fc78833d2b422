"""The outbox's rows in SQL: lease the due ones, write what became of them. Decides nothing and sends nothing."""

import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from cases.crypto import CannotOpen, unseal
from channels.models import Message

log = structlog.get_logger()

LEASE = 30  # seconds; longer only where GATEWAY_TIMEOUT asks for it
TO_MARK = 5  # seconds, then, between the last answer and the end of the lease

# What `failure` says of a leased row, and of a doubtful one that waits for its next try.
HANDED_OVER = "handed over"  # a gateway may have it by now
FOUND_AGAIN = "found again"  # its worker died after that: it may have gone out
LAST_TRY = "last try"  # and a gateway may have it for the second time


@dataclass(frozen=True)
class Leased:
    """One row in our hands. `until` is when the lease ends and what it is known by."""

    id: int
    until: datetime
    phone: str
    text: str
    phone_index: str
    attempts: int  # how often a gateway was given it before
    failure: str
    unwanted: bool  # they opted out after it was written


@dataclass(frozen=True)
class Mark:
    """What a leased row becomes. Written only while it is still ours."""

    id: int
    until: datetime  # the lease it is written under
    state: Message.State
    attempts: int
    due_at: datetime
    failure: str = ""
    gateway: str = ""
    provider_id: str | None = None
    cost: str = ""
    parts: int | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None


# A leased row is due when its lease ends, so "due" is all there is to look for. The hour's budget is counted
# in the same breath; workers that count at the same moment may each pass it by one batch.
_CLAIM = """
WITH due AS (
    SELECT id, state FROM channels_message
    WHERE state IN ('queued', 'leased') AND due_at <= %(now)s
    ORDER BY due_at
    LIMIT greatest(0, least(%(limit)s, %(budget)s - (
        SELECT count(*) FROM channels_message
        WHERE direction = 'out' AND sent_at IS NOT NULL AND sent_at > %(now)s - interval '1 hour'
    )))
    FOR UPDATE SKIP LOCKED
)
UPDATE channels_message AS message
SET state = 'leased', leased_until = %(until)s, due_at = %(until)s,
    failure = CASE failure WHEN 'handed over' THEN 'found again' ELSE failure END
FROM due WHERE message.id = due.id
RETURNING message.id, leased_until, phone, text, phone_index, attempts, failure, EXISTS (
    SELECT FROM channels_caller AS caller
    WHERE caller.index = message.phone_index AND caller.opted_out_at > message.created_at
)
"""


def lease_seconds() -> float:
    """Twice as long as a gateway may take to answer, and a little."""
    return max(LEASE, 2 * sum(settings.GATEWAY_TIMEOUT) + TO_MARK)


_PHONE, _TEXT = "channels.message.phone", "channels.message.text"  # as SealedTextField seals them


def claim(*, now: datetime, limit: int = 100) -> list[Leased]:
    values: dict[str, Any] = {
        "now": now,
        "until": now + timedelta(seconds=lease_seconds()),
        "limit": limit,
        "budget": settings.SMS_HOURLY_BUDGET,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return [
            Leased(id_, until, _open(_PHONE, phone), _open(_TEXT, text), *rest)
            for id_, until, phone, text, *rest in cursor.fetchall()
        ]


def _open(name: str, sealed: bytes) -> str:
    """'' when its key is lost, so that one such row does not stop the others."""
    try:
        return unseal(sealed, name=name)
    except CannotOpen:
        return ""


_HAND_OVER = """
UPDATE channels_message
SET leased_until = %(until)s, due_at = %(until)s, attempts = attempts + 1,
    failure = CASE failure WHEN 'found again' THEN 'last try' ELSE 'handed over' END
FROM unnest(%(ids)s::bigint[], %(leases)s::timestamptz[]) AS ours(id, lease)
WHERE channels_message.id = ours.id AND state = 'leased' AND leased_until = ours.lease
RETURNING channels_message.id
"""


def hand_over(rows: list[Leased], *, now: datetime) -> list[Leased]:
    """Those that are still ours, under a new lease; written before a gateway gets them, so that a death shows."""
    until = now + timedelta(seconds=lease_seconds())
    values: dict[str, Any] = {"until": until, "ids": [row.id for row in rows], "leases": [row.until for row in rows]}
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, values)
        ours = {id_ for (id_,) in cursor.fetchall()}
    return [replace(row, until=until) for row in rows if row.id in ours]


_MARK = """
UPDATE channels_message AS message
SET state = mark.state, attempts = mark.attempts, due_at = mark.due_at, leased_until = NULL,
    failure = mark.failure, gateway = mark.gateway, provider_id = mark.provider_id, cost = mark.cost,
    parts = coalesce(mark.parts, message.parts), sent_at = mark.sent_at, delivered_at = mark.delivered_at
FROM jsonb_to_recordset(%s::jsonb) AS mark(
    id bigint, until timestamptz, state text, attempts smallint, due_at timestamptz, failure text, gateway text,
    provider_id text, cost text, parts smallint, sent_at timestamptz, delivered_at timestamptz
)
WHERE message.id = mark.id AND message.state = 'leased' AND message.leased_until = mark.until
"""


def persist(marks: list[Mark]) -> None:
    """Write what became of leased rows. A lease that ended meanwhile is somebody else's: theirs is the last word."""
    if not marks:
        return
    try:
        _write(marks)
    except IntegrityError:
        # A provider gave one id twice. Its receipts are lost, but nobody gets an SMS again and again.
        log.error("provider_id_given_twice", gateways=sorted({one.gateway for one in marks}))
        _write([replace(one, provider_id=None) for one in marks])


def _write(marks: list[Mark]) -> None:
    """A database that restarts is waited for: what is not marked would be sent a second time."""
    rows = json.dumps([asdict(one) for one in marks], default=str)
    for pause in (0.2, 1, 3, 0):
        try:
            with connection.cursor() as cursor:
                cursor.execute(_MARK, [rows])
            return
        except (OperationalError, InterfaceError):
            if not pause or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
