"""Where a running conversation is kept between two hops: one read and one write, in plain SQL, sealed."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from cases import actions
from cases.crypto import CannotOpen, seal, unseal
from channels.conversation import RECALLED, State
from channels.dialogs import draft_of

_READ = "SELECT sealed, hops, ended FROM channels_session WHERE key = %s"
# For a call that is probably new: what is known of its caller, in the same statement. Six times the work.
_READ_OR_BEGIN = """
SELECT own.sealed, own.hops, own.ended, caller.language, draft.sealed
FROM (SELECT %(key)s::text AS key, %(caller)s::text AS caller) asked
LEFT JOIN channels_session own ON own.key = asked.key
LEFT JOIN channels_caller caller ON own.key IS NULL AND caller.index = asked.caller
LEFT JOIN LATERAL (
    SELECT sealed FROM channels_session
    WHERE own.key IS NULL AND caller = asked.caller AND resumable AND NOT ended
      AND updated_at > now() - %(minutes)s * interval '1 minute'
    ORDER BY updated_at DESC LIMIT 1
) draft ON true
"""
_BEGIN = """
INSERT INTO channels_session (key, caller, screen, language, sealed, hops, ended, resumable, updated_at)
VALUES (%(key)s, %(caller)s, %(screen)s, %(language)s, %(sealed)s, %(hops)s, %(ended)s, %(resumable)s, now())
ON CONFLICT (key) DO NOTHING
"""
_GO_ON = """
UPDATE channels_session SET caller = %(caller)s, screen = %(screen)s, language = %(language)s, sealed = %(sealed)s,
    hops = %(hops)s, ended = %(ended)s, resumable = %(resumable)s, resumed = %(resumed)s, updated_at = now()
WHERE key = %(key)s AND hops = %(hops)s - 1
"""
_USE_UP_DRAFTS = "UPDATE channels_session SET resumable = false WHERE caller = %s AND key <> %s AND resumable"
_CLAIM = "SELECT FROM channels_session WHERE key = %s AND hops = %s FOR UPDATE SKIP LOCKED"
_REMEMBER = """
INSERT INTO channels_caller (index, language) VALUES (%s, %s)
ON CONFLICT (index) DO UPDATE SET language = EXCLUDED.language
"""


@dataclass(frozen=True)
class Running:
    """A conversation as it stands after so many hops: none if it is new. Its facts are fixed when it begins."""

    key: str
    caller: str
    language: str = "en"
    language_known: bool = False
    draft: tuple[str, ...] = ()
    state: State = field(default_factory=State)
    transcript: str = ""
    reply: str = ""
    free_text: bool = False
    hops: int = 0
    ended: bool = False

    @property
    def worth_resuming(self) -> tuple[str, ...]:
        """The answers a later call may go on with; what this call was itself offered and has not yet declined."""
        return draft_of(self.state.answers) or (() if self.state.answers else self.draft)

    def after_a_hop(self, **changes: Any) -> "Running":
        return replace(self, hops=self.hops + 1, **changes)

    def chose_a_language(self, before: "Running") -> bool:
        """Now, and not earlier in this conversation."""
        first_answer = not before.language_known and not before.state.answers and bool(self.state.answers)
        return self.language != before.language or first_answer


def read(key: str, caller: str, *, begun: bool = False) -> Running:
    """The conversation as it stands, or a new one. What has probably `begun` is looked for alone at first."""
    with connection.cursor() as cursor:
        if begun:
            cursor.execute(_READ, [key])
            if row := cursor.fetchone():
                return _as_kept(key, caller, *row)
        cursor.execute(_READ_OR_BEGIN, {"key": key, "caller": caller, "minutes": settings.RESUME_MINUTES})
        sealed, hops, ended, language, draft = cursor.fetchone()
    if hops:
        return _as_kept(key, caller, sealed, hops, ended)
    return Running(
        key,
        caller,
        language=language or "en",
        language_known=bool(language),
        draft=_draft(draft) if draft else (),
    )


def write(running: Running, *, screen: str, resumable: bool, forget_caller: bool = False) -> bool:
    """The conversation after its hop. False when another request made that hop first; nothing was written then."""
    worth = running.worth_resuming if resumable and not running.ended else ()
    facts: dict[str, Any] = {
        "key": running.key,
        "caller": "" if forget_caller else running.caller,
        "screen": screen,
        "language": running.language,
        "sealed": _seal(running),
        "hops": running.hops,
        "ended": running.ended,
        "resumable": bool(worth),
        "resumed": RECALLED in running.state.answers,
    }
    is_new = running.hops == 1
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN if is_new else _GO_ON, facts)
        written = cursor.rowcount == 1
        if written and is_new and running.draft:
            cursor.execute(_USE_UP_DRAFTS, [running.caller, running.key])
    return written


def remember_language(caller: str, language: str) -> None:
    """The language chosen once is spoken from now on, in calls and in text messages."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [caller, language])
    actions.choose_language(phone_index=caller, language=language)


class AnsweredElsewhere(Exception):
    """The gateway sent one request twice at the same time, and another thread or process has it in hand."""


class Claim:
    """Taken before a dialogue writes, so that a request that came twice at once does its work once.

    What is written from there on is saved together with what the caller then hears, or not at all.
    """

    def __init__(self, running: Running) -> None:
        self.running, self.held = running, ExitStack()
        self.is_held = False

    def take(self) -> None:
        """Raises AnsweredElsewhere."""
        if self.is_held:
            return
        self.held.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [self.running.key, self.running.hops])
            self.is_held = cursor.rowcount == 1
        if not self.is_held:
            raise AnsweredElsewhere

    def __enter__(self) -> "Claim":
        return self

    def __exit__(self, *error: Any) -> None:
        self.held.__exit__(*error)


def _seal(running: Running) -> bytes:
    ended = running.ended
    kept: dict[str, Any] = {
        "language": running.language,
        "known": running.language_known,
        "transcript": running.transcript,
        "reply": running.reply,
        "free": running.free_text,
    }
    if not ended:  # what was answered now lives in the case, or nowhere
        kept |= {"answers": running.state.answers, "page": running.state.page, "draft": running.draft}
    return seal(json.dumps(kept), name="session")


def _open(sealed: bytes, key: str, caller: str, **facts: Any) -> Running:
    kept = json.loads(unseal(sealed, name="session"))
    return Running(
        key,
        caller,
        language=kept["language"],
        language_known=kept["known"],
        draft=tuple(kept.get("draft", ())),
        state=State(tuple(kept.get("answers", ())), kept.get("page", 0)),
        transcript=kept["transcript"],
        reply=kept["reply"],
        free_text=kept["free"],
        **facts,
    )


def _as_kept(key: str, caller: str, sealed: bytes, hops: int, ended: bool) -> Running:
    if not sealed:  # over, and emptied since: there is nothing to repeat
        return Running(key, caller, hops=hops, ended=True)
    return _open(sealed, key, caller, hops=hops, ended=ended)


def _draft(sealed: bytes) -> tuple[str, ...]:
    try:
        return _open(sealed, "", "").worth_resuming
    except CannotOpen:  # sealed with a key that is gone: then there is nothing to go on with
        return ()
