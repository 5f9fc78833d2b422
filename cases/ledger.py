"""The tamper-evident history: each case's events form a hash chain, which anybody can recompute."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, NamedTuple

from django.db import connection

from cases import clock
from cases.crypto import blind
from cases.lifecycle import Actor
from cases.models import Case, Event, Officer, Words
from cases.rows import insert, insert_with_part
from cases.verify import canonical


class Entry(NamedTuple):
    """One event as its digest is made from, however it was read."""

    event: int
    case: int
    reference: str
    number: int
    kind: str
    at: str  # in UTC, as the digest has it
    actor: str
    officer: int | None
    data: Any
    words_digest: str
    previous: str
    digest: str
    seal: str

    @classmethod
    def of(cls, event: Event) -> "Entry":
        return cls(
            event=event.pk,
            case=event.case_id,
            reference=event.case.reference,
            number=event.number,
            kind=event.kind,
            at=event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            actor=event.actor,
            officer=event.officer_id,
            data=event.data,
            words_digest=event.words_digest,
            previous=event.previous,
            digest=event.digest,
            seal=event.seal,
        )

    @classmethod
    def read(cls, row: Sequence) -> "Entry":
        """From a row of ENTRIES, in which the data is still text."""
        try:
            data = json.loads(row[8])
        except (ValueError, RecursionError):
            data = None  # too long a number, or too deep: nothing that we wrote
        return cls._make((*row[:8], data, *row[9:]))


# As Entry has them. Who reads whole histories begins a question with these words.
ENTRIES = """
SELECT event.id, event.case_id, cases_case.reference, event.number, event.kind,
       CASE WHEN event.at >= '0001-01-01Z'
            THEN to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') END, event.actor,
       event.officer_id, event.data, event.words_digest, event.previous, event.digest, event.seal
"""


def digest_of(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of everything the event says, and the digest of the one before."""
    said = {
        "case": entry.reference,
        "number": entry.number,
        "kind": entry.kind,
        "at": entry.at,
        "actor": entry.actor,
        "officer": entry.officer,
        "data": entry.data,
        "words": entry.words_digest,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def seal_of(digest: str) -> str:
    """What only who has our keys can write: the database's own superuser cannot add an entry that looks like ours."""
    return blind(digest, name="entry")


def head_of(digest: str) -> str:
    """What the last entry of a chain is known by: as little to be written without our keys."""
    return blind(digest, name="head")


def fault(entry: Entry, *, number: int, previous: str) -> str:
    """What is wrong with an entry that comes after so many others, the last of which had this digest; "" if nothing."""
    if entry.number != number + 1:
        return f"entry {number + 1} is missing" if entry.number > number else f"number {entry.number} is there twice"
    if entry.previous != previous:
        return "it does not go on from the entry before"
    if entry.digest != digest_of(entry):
        return "it was changed"
    if entry.seal != seal_of(entry.digest):
        return "it was not written by this service"
    return ""


def words_digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()


def append(
    case: Case,
    kind: str,
    *,
    actor: Actor,
    officer: Officer | None = None,
    words: str = "",
    data: dict | None = None,
) -> Event:
    """Add one event. The caller holds the case's row lock, so numbers follow each other without gaps.

    `data` must be free of personal data: it stays for ever. `words` may hold it: they can be erased by law.
    """
    number, previous = (0, "") if kind == "open" else _last(case)
    salt = secrets.token_hex(16) if words else ""
    event = Event(
        case=case,
        number=number + 1,
        kind=kind,
        at=clock.now(),
        actor=actor,
        officer=officer,
        data=data or {},
        words_digest=words_digest(salt, words) if words else "",
        previous=previous,
    )
    event.digest = digest_of(Entry.of(event))
    event.seal = seal_of(event.digest)
    if words:
        insert_with_part(event, Words(event=event, salt=salt, text=words))
    else:
        insert(event)
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, (case.pk, head_of(event.digest)))
    return event


_HEAD = """
INSERT INTO cases_head (case_id, seal) VALUES (%s, %s) ON CONFLICT (case_id) DO UPDATE SET seal = excluded.seal
"""


def _last(case: Case) -> tuple[int, str]:
    events = Event.objects.filter(case=case).order_by("-number")
    return events.values_list("number", "digest").first() or (0, "")


def broken(events: Iterable[Event]) -> Event | None:
    """The first event of one case's chain, in order, that was touched; None when the history is whole."""
    previous = ""
    for number, event in enumerate(events):
        said = getattr(event, "said", None)
        words_kept = said is None or words_digest(said.salt, said.text) == event.words_digest
        if fault(Entry.of(event), number=number, previous=previous) or not words_kept:
            return event
        previous = event.digest
    return None
