"""`python -m tests.bench.ledger`: how long it takes to look at a million entries of history, and that a touched one is named.

Lives are lived through the actions and copied, each copy with a chain, seals and sealed words of its own, spread over the
table as in life; all is anchored as the worker does it. Then one entry in the middle is changed as a superuser can.
"""

import argparse
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from time import monotonic
from typing import Any

import django

from tests.bench.scratch import scratch

SECONDS = 60  # wanted for a million
MINUTES = 10  # that one look may take at most

CASES = """
INSERT INTO cases_case ({columns}, id, reference)
SELECT {columns}, %(last)s * number + id, lpad((%(last)s * number + id)::text, 12, '0')
FROM cases_case one, generate_series(1, %(copies)s) number
"""
EVENTS = """COPY cases_event (
    case_id, number, kind, at, actor, officer_id, data, words_digest, previous, digest, seal, id
) FROM STDIN"""
HEADS = "COPY cases_head (case_id, seal) FROM STDIN"
WORDS = "COPY cases_words (event_id, salt, text) FROM STDIN"
TOUCH = """
ALTER TABLE cases_event DISABLE TRIGGER event_no_change;
UPDATE cases_event SET actor = CASE actor WHEN 'officer' THEN 'system' ELSE 'officer' END WHERE id = {};
ALTER TABLE cases_event ENABLE ALWAYS TRIGGER event_no_change
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[2], help="Look with so many; again with so many.")
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with scratch():
        django.setup()
        from cases.models import Event

        began = monotonic()
        print(f"{build(wanted.events)} in {monotonic() - began:.0f} s", flush=True)
        looks = [_look(processes) for processes in wanted.processes]
        touched = touch(Event.objects.order_by("pk")[Event.objects.count() // 2])
        found, took = _look(wanted.processes[0])
        print(f"wanted: at most {SECONDS} s; whole at first, then one fault, in {touched}")
        is_named = found.startswith(f"{touched} ") and ": 1 faults" in found
        is_whole = all("whole" in said for said, _took in looks)
        return 0 if is_whole and is_named and all(took <= SECONDS for _said, took in [*looks, (found, took)]) else 1


def build(events: int, *, days: int = 30) -> str:
    """A history of about so many entries, from lives of so many days; what there is then."""
    from django.db import connection
    from django.utils import timezone

    from cases import anchors
    from cases.models import Anchor, Case, Event, Leaf, Words
    from tests.lives import live

    logging.disable(logging.WARNING)  # that nobody is there to answer for a level
    for _day in live(Random(1), days=days, turns=40):
        pass
    logging.disable(logging.NOTSET)
    lived = list(Event.objects.select_related("case", "said").order_by("number", "case"))
    copies, last = max(0, round(events / len(lived)) - 1), max(event.case_id for event in lived)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # nobody reads lists here
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case'")
        unique = ("id", "reference", "once", "appeal_of_id")
        columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in unique)
        cursor.execute(CASES.format(columns=columns), {"last": last, "copies": copies})
        words: list[tuple] = []
        heads: dict[int, str] = {}
        with cursor.copy(EVENTS) as copy:
            for row in _histories(lived, copies, last, words, heads):
                copy.write_row(row)
        with cursor.copy(WORDS) as copy:
            for row in words:
                copy.write_row(row)
        with cursor.copy(HEADS) as copy:
            for row in heads.items():
                copy.write_row(row)
        cursor.execute("RESET session_replication_role")
        anchors.anchor_alone(timezone.now())
        cursor.execute("VACUUM ANALYZE")
    counted = ((model.objects.count(), model._meta.verbose_name_plural) for model in (Event, Words, Case, Leaf, Anchor))
    return ", ".join(f"{many:,} {name}" for many, name in counted)


def _histories(
    lived: list[Any], copies: int, last: int, words: list[tuple], heads: dict[int, str]
) -> Iterator[tuple[Any, ...]]:
    """All first entries, then all second ones, and so on; what was said comes into `words`, each end into `heads`."""
    from cases.crypto import seal
    from cases.ledger import Entry, digest_of, head_of, seal_of

    digests: dict[int, str] = {}
    ids = count(max(event.pk for event in lived) + 1)
    for event in lived:
        for number in range(1, copies + 1):
            case = last * number + event.case_id
            entry = Entry.of(event)._replace(
                event=next(ids), case=case, reference=f"{case:012}", previous=digests.get(case, "")
            )
            digests[case] = digest = digest_of(entry)
            heads[case] = head_of(digest)
            yield (*entry[1:2], *entry[3:8], json.dumps(entry.data), *entry[9:11], digest, seal_of(digest), entry.event)
            if said := getattr(event, "said", None):
                words.append((entry.event, said.salt, seal(said.text, name="cases.words.text")))


def _look(processes: int) -> tuple[str, float]:
    """What the command said, and how long it took."""
    command = [sys.executable, "manage.py", "verify_ledger", f"--processes={processes}"]
    began, worked = monotonic(), _worked()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * MINUTES, check=False)
    took, said = monotonic() - began, done.stdout + done.stderr
    print(
        f"{processes} processes: {took:.1f} s ({_worked() - worked:.1f} s worked by Python)\n  {said.strip()}",
        flush=True,
    )
    return said, took


def _worked() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def touch(event: Any) -> str:
    """Change an entry, with the guard down and up again; how a look should name it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TOUCH.format(event.pk))
    return f"cases_event {event.pk}"


if __name__ == "__main__":
    sys.exit(main())
