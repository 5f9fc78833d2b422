"""Looks at the whole ledger: chains, words, leaves, anchors and guards; names each row that was touched.

It reads one frozen state of the database, row by row and in parts, so that its size needs no memory; with several
processes the parts are read at once. It writes nothing but what it found.
"""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import NamedTuple

import django
from django.db import connection, transaction
from psycopg import sql

from cases.crypto import CannotOpen, unseal
from cases.ledger import ENTRIES, Entry, fault, head_of, words_digest
from cases.models import Anchor, Inspection, Tile, Witness
from cases.verify import LEAVES_A_FILE, Line, faults_of, leaf_hash, root_of

ROWS_AT_ONCE = 2000
CASES_A_PART = 20_000
EVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)  # PostgreSQL has times that Python has not
HASH, NO_HASH = re.compile("[0-9a-f]{64}"), "0" * 64
NAMED = 1000  # faults that are named; all are counted


@dataclass(frozen=True)
class Fault:
    """A row that was touched: where it stands, which case it belongs to, and what is wrong."""

    table: str
    row: int
    what: str
    case: int | None = None

    def __str__(self):
        return f"{self.table} {self.row}" + (f" (case {self.case})" if self.case else "") + f": {self.what}"


@dataclass
class Found:
    events: int = 0
    anchors: int = 0
    counted: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, table: str, row: int, what: str, case: int | None = None) -> None:
        self.counted += 1
        if len(self.faults) < NAMED:
            self.faults.append(Fault(table, row, what, case))

    def merge(self, other: "Found") -> None:
        self.events += other.events
        self.anchors += other.anchors
        self.counted += other.counted
        self.faults = (self.faults + other.faults)[:NAMED]


def is_due(now: datetime) -> bool:
    """Every day, from the first anchor on."""
    last = Inspection.objects.first()
    return Anchor.objects.exists() and (last is None or last.at < now - timedelta(days=1))


def inspect(*, processes: int = 1) -> Inspection:
    """Look at everything, and write down what was found."""
    began = time.monotonic()
    found = Found()
    with _frozen() as state:
        parts: list[tuple[Callable[..., Found], tuple]] = [(_look_at_line, ()), (_look_around, ())]
        parts += [(_look_at_cases, part) for part in _parts()]
        for one in _here(parts) if processes == 1 else _beside(parts, state, processes):
            found.merge(one)
    found.faults.sort(key=lambda one: (one.table, one.case or 0, one.row))
    named = [asdict(one) for one in found.faults]
    took = round(time.monotonic() - began, 1)
    return Inspection.objects.create(
        took=took, events=found.events, anchors=found.anchors, faults=found.counted, found=named
    )


def _here(parts: list) -> Iterator[Found]:
    return (look(*part) for look, part in parts)


def _beside(parts: list, state: str, processes: int) -> Iterator[Found]:
    """Each process begins anew: a fork would take along this one's connections and locks."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        yield from [one.result() for one in [pool.submit(_look_in, state, *part) for part in parts]]


def _look_in(state: str, look: Callable[..., Found], part: tuple) -> Found:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(state))
        return look(*part)


@contextmanager
def _frozen() -> Iterator[str]:
    """All parts see one state of the database. Where a transaction is under way already, it is that one's."""
    within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if within:
            yield ""
            return
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


_LAST_CASE = """
SELECT greatest((SELECT max(id) FROM cases_case), (SELECT max(case_id) FROM cases_event),
                (SELECT max(case_id) FROM cases_leaf), 0)
"""


def _parts() -> list[tuple[int, int]]:
    """From which case to before which: those that are, and those of which a leaf or an event is left."""
    ((last,),) = _rows(_LAST_CASE)
    return [(begin, begin + CASES_A_PART) for begin in range(0, last + 1, CASES_A_PART)]


def _anchored_to() -> int | None:
    """The last event under an anchor."""
    return Anchor.objects.values_list("events_to", flat=True).last()


def _rows(ask: str | sql.Composed, *values: int) -> Iterator[tuple]:
    """A few at a time, so that memory does not grow with the ledger."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(ask, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


# --- The chains of some cases -----------------------------------------------------------------------------

_HISTORIES = sql.SQL("""
{entries}, said.event_id, said.salt, said.text, cases_case.erased_at IS NOT NULL OR (event.kind = 'attach' AND EXISTS (
    SELECT FROM cases_attachment AS kept WHERE kept.removed_at IS NOT NULL
        AND kept.id = substring(event.data ->> 'attachment' FROM '^[0-9]{{1,18}}$')::bigint
))
FROM cases_event AS event LEFT JOIN cases_case ON cases_case.id = event.case_id
LEFT JOIN cases_words AS said ON said.event_id = event.id
WHERE event.case_id >= %s AND event.case_id < %s ORDER BY event.case_id, event.number, event.id
""").format(entries=sql.SQL(ENTRIES))
_LEAVES = """
SELECT case_id, place, entries, salt, hash FROM cases_leaf
WHERE case_id >= %s AND case_id < %s ORDER BY case_id, entries
"""
# Entry by entry, or each part would read all cases and all words to find its own; until the transaction ends.
_LOOK_UP = """
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL random_page_cost = 1;
SET LOCAL max_parallel_workers_per_gather = 0
"""
_HEADS = "SELECT case_id, seal FROM cases_head WHERE case_id >= %s AND case_id < %s"
# Whoever moves a case by hand writes no entry.
_STANDS_OTHERWISE = """
SELECT one.id, last.state IS NULL FROM cases_case AS one LEFT JOIN LATERAL (
    SELECT data -> 'stands' ->> 'state' AS state FROM cases_event WHERE case_id = one.id ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE one.id >= %s AND one.id < %s AND last.state IS DISTINCT FROM one.state ORDER BY one.id
"""


class Told(NamedTuple):
    """Words as they are kept. They may be missing where `may_be_gone`."""

    event: int | None
    salt: str
    text: bytes
    may_be_gone: bool


class Point(NamedTuple):
    """A leaf that stands for the head of a case."""

    place: int
    entries: int
    salt: str
    hash: str


def _look_at_cases(begin: int, end: int) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP)
    found, events_to = Found(), _anchored_to() or 0
    leaves: dict[int, list[Point]] = {}
    for case, *leaf in _rows(_LEAVES, begin, end):
        leaves.setdefault(case, []).append(Point(*leaf))
    for case, is_gone in _rows(_STANDS_OTHERWISE, begin, end):
        what = "its whole history is gone" if is_gone else "it stands otherwise than its last entry says"
        found.add("cases_case", case, what, case)
    heads: dict[int, str] = dict(_rows(_HEADS, begin, end))
    chain = _Chain(found, 0, [], "", events_to)
    for row in _rows(_HISTORIES, begin, end):
        if row[1] != chain.case:
            chain.end()
            chain = _Chain(found, row[1], leaves.pop(row[1], []), heads.pop(row[1], ""), events_to)
        chain.go_on(Entry.read(row[:13]), Told(*row[13:]))
        found.events += 1
    chain.end()
    for case, points in leaves.items():
        found.add("cases_leaf", points[-1].place, f"the {points[-1].entries} entries it stands for are gone", case)
    return found


class _Chain:
    """One case's entries, one after the other, beside the leaves that stand for its heads."""

    def __init__(self, found: Found, case: int, points: list[Point], head: str, events_to: int) -> None:
        self.found, self.case, self.head, self.events_to = found, case, head, events_to
        self.points = {point.entries: point for point in points}
        self.anchored = max(self.points, default=0)
        self.number, self.previous = 0, ""

    def go_on(self, entry: Entry, told: Told) -> None:
        for what in (*self._faults_of(entry), *_faults_of_words(entry, told)):
            self.found.add("cases_event", entry.event, f"entry {entry.number}: {what}", self.case)
        self.number, self.previous = entry.number, entry.digest

    def _faults_of(self, entry: Entry) -> Iterator[str]:
        if entry.reference is None:
            yield "its case is gone"
        elif what := fault(entry, number=self.number, previous=self.previous):
            yield what
        point = self.points.pop(entry.number, None)
        if point and _leaf_hash(point.salt, point.entries, entry.digest) != point.hash:
            yield f"it is not what leaf {point.place} stands for: the history up to here was rewritten"
        if entry.number > self.anchored and entry.event <= self.events_to:
            yield "it was put in after its time had been anchored"

    def end(self) -> None:
        for point in self.points.values():
            what = f"the history was cut short: {self.number} of {point.entries} entries are left"
            self.found.add("cases_leaf", point.place, what, self.case)
        if self.case and self.head != head_of(self.previous):
            what = f"entry {self.number} is not the last by its seal: what came after is gone, or the seal was touched"
            self.found.add("cases_head", self.case, what, self.case)


def _leaf_hash(salt: str, entries: int, head: str) -> str:
    """Nothing, where the salt is none any more."""
    try:
        return leaf_hash(salt, entries, head)
    except ValueError:
        return ""


def _faults_of_words(entry: Entry, told: Told) -> Iterator[str]:
    if told.event is None:
        if entry.words_digest and not told.may_be_gone:
            yield "its words are gone, and nobody erased them"
        return
    try:
        kept = words_digest(told.salt, unseal(told.text, name="cases.words.text")) == entry.words_digest
    except CannotOpen:
        kept = False
    if not kept:
        yield "its words were changed"


# --- The line of leaves and the anchors over it -----------------------------------------------------------


_LINE = "SELECT place, case_id, salt, hash FROM cases_leaf ORDER BY place"


def _look_at_line() -> Found:
    anchors = list(Anchor.objects.filter(at__range=EVER))
    found = Found(anchors=Anchor.objects.count())
    for number in Anchor.objects.exclude(at__range=EVER).values_list("number", flat=True):
        found.add("cases_anchor", number, "its time is none")
    for number, sentence in faults_of([anchor.as_published() for anchor in anchors]):
        found.add("cases_anchor", number, sentence)
    leaves = _Leaves(found, anchors)
    for place, case, salt, leaf in _rows(_LINE):
        if place != leaves.line.length:
            found.add("cases_leaf", leaves.line.length, f"it is missing: leaf {place} comes next")
            break
        if case is None and leaf != _leaf_hash(salt, 0, ""):
            found.add("cases_leaf", place, "it stands for a case, and does not say which any more")
        if not HASH.fullmatch(leaf):
            found.add("cases_leaf", place, "its hash is none")
            leaf = NO_HASH
        leaves.add(leaf)
    leaves.end()
    return found


class _Leaves:
    """All leaves, one after the other, beside the tiles and the anchors over them."""

    def __init__(self, found: Found, anchors: list[Anchor]) -> None:
        self.found, self.line, self.file = found, Line(), list[str]()
        self.last = anchors[-1].leaves if anchors else 0
        self.anchors = {anchor.leaves: anchor for anchor in anchors}
        self.tiles = dict(Tile.objects.values_list("number", "root"))

    def add(self, leaf: str) -> None:
        self.line.add(leaf)
        self.file.append(leaf)
        if len(self.file) == LEAVES_A_FILE:
            number = self.line.length // LEAVES_A_FILE - 1
            if self.tiles.pop(number, "") != root_of(self.file):
                self.found.add("cases_tile", number, "it is not the root over its leaves")
            self.file = []
        anchor = self.anchors.pop(self.line.length, None)
        if anchor and anchor.root != self.line.root():
            self.found.add("cases_anchor", anchor.number, "its root is not the root over its leaves: rewritten")

    def end(self) -> None:
        for anchor in self.anchors.values():
            what = f"the {anchor.leaves} leaves it stands over are not all there"
            self.found.add("cases_anchor", anchor.number, what)
        for number in self.tiles:
            self.found.add("cases_tile", number, "its leaves are not there")
        if self.line.length > self.last:
            self.found.add("cases_leaf", self.line.length - 1, "no anchor stands over it")


# --- What is around it ------------------------------------------------------------------------------------

GUARDS = {  # what the migrations have put up
    f"{name}_{what}": f"cases_{name}"
    for name in ("event", "personevent", "anchor", "leaf", "tile")
    for what in ("no_change", "no_truncate")
}
_STANDING = """
SELECT tgname, tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgenabled = 'A' AND prosrc LIKE '%%RAISE EXCEPTION%%'
"""
_ORPHANS = "SELECT event_id FROM cases_words WHERE NOT EXISTS (SELECT FROM cases_event WHERE id = event_id) ORDER BY 1"
_WAITING = "SELECT min(id), count(*) FROM cases_event WHERE id > %s AND at < now() - interval '1 day'"
_COUNTS = "SELECT (SELECT count(*) FROM cases_event), (SELECT count(*) FROM cases_anchor)"


def _look_around() -> Found:
    found, standing = Found(), dict(_rows(_STANDING))
    for guard, table in GUARDS.items():
        if standing.get(guard) != table:
            found.add(table, 0, f"its guard {guard} is down")
    for (event,) in _rows(_ORPHANS):
        found.add("cases_words", event, "the entry they belong to is gone")
    anchored = _anchored_to()
    first, many = next(_rows(_WAITING, anchored or 0))
    if anchored is not None and many:
        found.add("cases_event", first, f"{many} entries from here on have waited more than a day for an anchor")
    for witness in Witness.objects.filter(disputes=True):
        found.add("cases_witness", witness.pk, "this witness keeps another history than we tell")
    counts, before = next(_rows(_COUNTS)), Inspection.objects.first()
    if before and (counts[0] < before.events or counts[1] < before.anchors):
        found.add(
            "cases_inspection",
            before.pk,
            f"it saw {before.events} entries and {before.anchors} anchors, more than are left",
        )
    return found
