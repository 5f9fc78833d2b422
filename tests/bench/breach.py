"""`python -m tests.bench.breach`: how long it takes to say who saw or exported what, with a million events to look through.

The worst is asked: all of them lie between the two times. It is compared, line by line, with what was written.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic, process_time
from typing import Any

import django

from tests.bench.scratch import scratch

OFFICERS, EVENTS_OF_A_CASE = 300, 5
SECONDS = 60  # what the law leaves no more than
START = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=30)  # one event from the next

CASES = """
INSERT INTO cases_case ({columns}, reference)
SELECT {columns}, lpad(number::text, 12, '0') FROM cases_case one, generate_series(1, %(cases)s) number
"""
EVENTS = """
INSERT INTO cases_event (case_id, number, kind, at, actor, officer_id, data, words_digest, previous, digest)
SELECT cases[1 + number / %(each)s %% %(cases)s], 10 + number %% %(each)s,
    (ARRAY['note', 'take', 'hand_over', 'read', 'resolve'])[1 + number %% 5], %(start)s + number * %(apart)s, 'officer',
    officers[1 + number %% %(officers)s], '{}', '', '', ''
FROM generate_series(0, %(events)s - 1) number,
    (SELECT array_agg(id ORDER BY id) AS cases FROM cases_case) every_case,
    (SELECT array_agg(id ORDER BY id) AS officers FROM cases_officer) every_officer
"""
READINGS = """
INSERT INTO cases_reading (at, officer_id, case_id)
SELECT at + interval '1 second', officer_id, case_id FROM cases_event WHERE kind = 'take'
"""
GIVEN_OUT = """
INSERT INTO cases_disclosure (at, what, "to", ground, by_id, cases)
SELECT at + interval '2 seconds', 'export', 'A list', 's 49', officer_id, 7 FROM cases_event
WHERE kind = 'take' AND id %% 100 = 0
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.breach", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with scratch():
        django.setup()
        return 0 if _measure(wanted.events) else 1


def _measure(events: int) -> bool:
    from django.db import connection

    from cases import breach
    from cases.models import Role
    from tests.builders import EVERYTHING, make_case, make_officer

    make_case()
    for _ in range(OFFICERS - 1):
        make_officer()
    auditor = make_officer(role=Role.AUDITOR, clearances=EVERYTHING)
    began = monotonic()
    with connection.cursor() as cursor:
        written = _write(cursor, events)
    print(
        f"{written:,} lines written in {monotonic() - began:.0f} s: {events:,} events, what was read, what was given out"
    )
    until = START + events * APART + timedelta(days=1)
    day = START + events * APART / 2
    with tempfile.TemporaryFile("w+", newline="") as file:
        took = [
            _timed("who saw how much, all of it", lambda: breach.summary(breach.seen(START, until, by=auditor))),
            _timed(
                "line by line as a file, all of it", lambda: breach.write(file, breach.seen(START, until, by=auditor))
            ),
            _timed("one day", lambda: breach.summary(breach.seen(day, day + timedelta(days=1), by=auditor))),
        ]
        file.seek(0)
        lines = sum(1 for _line in file) - 1
    told = sum(total.lines for total in breach.summary(breach.seen(START, until, by=auditor)))
    print(f"exact: {lines:,} lines in the file and {told:,} in the summary, of {written:,}")
    print(f"wanted: at most {SECONDS} s for each")
    return lines == told == written and max(took) <= SECONDS


def _write(cursor: Any, events: int) -> int:
    """How many lines the answer has to have."""
    facts: dict[str, Any] = {
        "cases": events // EVENTS_OF_A_CASE,
        "events": events,
        "each": EVENTS_OF_A_CASE,
        "officers": OFFICERS,
    }
    facts |= {"start": START, "apart": APART}
    cursor.execute("SET session_replication_role = replica")  # no triggers: histories that are no chains
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case'")
    columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in ("id", "reference", "once"))
    cursor.execute(CASES.format(columns=columns), facts)
    counts = []
    for statement in (EVENTS, READINGS, GIVEN_OUT):
        cursor.execute(statement, facts)
        counts.append(cursor.rowcount)
    cursor.execute("RESET session_replication_role")
    cursor.execute("VACUUM ANALYZE")
    return sum(counts)


def _timed(what: str, ask: Callable[[], Any]) -> float:
    began, worked = monotonic(), process_time()
    ask()
    took = monotonic() - began
    print(f"{what}: {took:.1f} s ({process_time() - worked:.1f} s of it worked by Python)", flush=True)
    return took


if __name__ == "__main__":
    sys.exit(main())
