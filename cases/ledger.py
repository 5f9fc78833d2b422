"""The tamper-evident history: each case's events form a hash chain, which anybody can recompute."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import UTC

from cases import clock
from cases.lifecycle import Actor
from cases.models import Case, Event, Officer, Words
from cases.rows import insert


def _digest(event: Event) -> str:
    """SHA-256 over the canonical JSON of everything the event says, and the digest of the one before."""
    said = {
        "case": event.case.reference,
        "number": event.number,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "officer": event.officer_id,
        "data": event.data,
        "words": event.words_digest,
        "previous": event.previous,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


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
    event.digest = _digest(event)
    insert(event)
    if words:
        insert(Words(event=event, salt=salt, text=words))
    return event


def _last(case: Case) -> tuple[int, str]:
    events = Event.objects.filter(case=case).order_by("-number")
    return events.values_list("number", "digest").first() or (0, "")


def broken(events: Iterable[Event]) -> Event | None:
    """The first event of one case's chain, in order, that was touched; None when the history is whole."""
    previous = ""
    for number, event in enumerate(events, start=1):
        said = getattr(event, "said", None)
        words_kept = said is None or words_digest(said.salt, said.text) == event.words_digest
        if (event.number, event.previous, event.digest) != (
            number,
            previous,
            _digest(event),
        ) or not words_kept:
            return event
        previous = event.digest
    return None
