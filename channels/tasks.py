"""What workers do and when: the rounds each of them makes, bell or no bell. Decides nothing itself."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.utils import timezone

from cases import (
    access,
    actions,
    alarms,
    anchors,
    digest,
    entries,
    exports,
    inspecting,
    limits,
    presence,
    releasing,
    tallies,
)
from cases.views.kept import changed
from channels import bell, data_rights, delivery, outbox, receipts, sessions, sms, witnesses

log = structlog.get_logger()

# --- The rounds ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sweep:
    act: Callable[[], object]
    every: float  # seconds, in each worker
    alone: bool = True  # never in two workers at once


SWEEPS = {
    "outbox": Sweep(outbox.drain, every=2, alone=False),  # rows are leased: the more the merrier
    "inbox": Sweep(sms.handle_left_over, every=10),
    "entries": Sweep(entries.lay_all, every=5, alone=False),  # two at once lay different ones
    "answers": Sweep(sessions.empty_what_is_over, every=60),
    "screens": Sweep(sessions.count_and_forget, every=300),
    "tries": Sweep(limits.forget_old_tries, every=600),
    "presence": Sweep(presence.forget, every=60),
    "codes": Sweep(access.forget_old_codes, every=3600),
    "logins": Sweep(SessionStore.clear_expired, every=3600),
    "spent": Sweep(delivery.count_messages, every=60),
    "receipts": Sweep(receipts.forget_strays, every=3600),
    "escalate": Sweep(lambda: actions.escalate_overdue(timezone.now()), every=60),
    "figures": Sweep(tallies.keep_up, every=10),
    "anchor": Sweep(lambda: anchor(), every=30),
    "alarms": Sweep(alarms.remember, every=60),  # worked out once a day, as soon as all is counted
    "witnesses": Sweep(lambda: witnesses.tell(timezone.now()), every=30),
    "inspection": Sweep(lambda: want_inspection(), every=600),
    "releases": Sweep(releasing.draft_what_is_due, every=3600),
    "drafts": Sweep(releasing.prepare_wanted, every=30, alone=False),  # rows are leased; what no worker heard of
    "rights": Sweep(lambda: data_rights.tell_rights(timezone.now()), every=30),
    "erase": Sweep(lambda: actions.erase_due(timezone.now()), every=600),
    "retain": Sweep(lambda: actions.retain(timezone.now()), every=30),
    "days_off": Sweep(lambda: actions.move_off_days_off(timezone.now()), every=60),
    "exports": Sweep(exports.make_wanted, every=30, alone=False),  # rows are leased; what no worker heard of
    "old exports": Sweep(lambda: exports.forget_old(timezone.now()), every=3600),
    "moves": Sweep(actions.make_moves, every=30, alone=False),  # rows are locked; what no worker heard of
    "cover": Sweep(lambda: actions.cover_absences(timezone.now()), every=60),
    "surveys": Sweep(lambda: actions.release_surveys(timezone.now()), every=3600),
    "queues": Sweep(lambda: actions.end_queue_days(timezone.now()), every=600),
    "digests": Sweep(lambda: digest.send_due(timezone.now()), every=300, alone=False),  # rows are taken one by one
    "pages": Sweep(lambda: call_command("publish_scheduled"), every=60),
    "followers": Sweep(lambda: call_command("tell_followers"), every=10, alone=False),  # rows are taken one by one
    "close": Sweep(lambda: actions.close_silent(timezone.now()), every=600),
    "follow up": Sweep(lambda: actions.follow_up_closed(timezone.now()), every=600),
}


AGAIN = 30.0  # seconds until a sweep that failed is tried again


class Rounds:
    """One worker's rounds: which sweep is due when."""

    def __init__(self) -> None:
        self.due = dict.fromkeys(SWEEPS, 0.0)

    def make(self) -> None:
        for name, sweep in SWEEPS.items():
            if time.monotonic() >= self.due[name]:
                pause = sweep.every if run(name) else min(sweep.every, AGAIN)
                self.due[name] = time.monotonic() + pause


def run(name: str) -> bool:
    """Whether it went well. Never raises: one sweep that fails must not stop the others, nor the worker."""
    sweep = SWEEPS[name]
    if not connection.in_atomic_block:
        close_old_connections()  # drops one that broke, so that a database that restarted is found again
    try:
        with alone(name) if sweep.alone else nullcontext(True) as mine:
            if mine:
                sweep.act()
        return True
    except Exception as error:
        # The outermost edge of the worker. The message may quote a row, so only the kind and the place are told.
        log.error("sweep_failed", sweep=name, error=type(error).__name__, where=_where(error))
        return False


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:])


_HOUSE = 20_260_101  # keeps our advisory locks apart from anybody else's


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether we have this to ourselves, in all workers on all machines. A worker that dies lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_HOUSE, name])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_HOUSE, name])


def look() -> None:
    """The job behind the bell: somebody wrote a message a moment ago."""
    bell.heard()
    run("outbox")


def make_exports() -> None:
    """Somebody asked for a file. It is made beside the rounds, so that no message waits for it."""
    bell.heard(bell.EXPORTS)
    run("exports")


def make_moves() -> None:
    """Somebody shared out work: many cases, beside the rounds as well."""
    bell.heard(bell.MOVES)
    run("moves")


def prepare_drafts() -> None:
    """Somebody asked for figures to be drafted: counted and protected beside the rounds."""
    bell.heard(bell.DRAFTS)
    run("drafts")


def anchor() -> None:
    """The public pages that are kept name the newest root."""
    if anchors.anchor_due(timezone.now()):
        changed()


def want_inspection() -> None:
    if inspecting.is_due(timezone.now()):
        bell.ring(bell.INSPECTION)


def inspect_ledger() -> None:
    """It may take a minute, so it is done beside the rounds; once, however often the bell rang."""
    bell.heard(bell.INSPECTION)
    with alone("inspect") as mine:
        if mine and inspecting.is_due(timezone.now()):
            inspecting.inspect()


def listen() -> None:
    exports.export_wanted.connect(_wake_for_files, dispatch_uid="channels.exports")
    actions.moves_wanted.connect(_wake_for_moves, dispatch_uid="channels.moves")
    releasing.draft_wanted.connect(_wake_for_drafts, dispatch_uid="channels.drafts")


def _wake_for_files(**_facts: object) -> None:
    bell.ring(bell.EXPORTS)


def _wake_for_moves(**_facts: object) -> None:
    bell.ring(bell.MOVES)


def _wake_for_drafts(**_facts: object) -> None:
    bell.ring(bell.DRAFTS)
