"""Anchors: from time to time the heads of all chains that moved become leaves of one Merkle tree, and its root is kept.

A round costs what is new, not what there is. What is anchored is published: cases/verify.py says how it hangs together,
and reads it without us. Whose case a leaf stands for is known to nobody without its salt.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from cases.ledger import ENTRIES, Entry, broken, fault
from cases.models import Anchor, Case, Event, Leaf, Tile, Watermark
from cases.rows import insert_if_new
from cases.verify import LEAVES_A_FILE, anchor_digest, leaf_hash, path_to, root_of

log = structlog.get_logger()

EVENTS_AT_A_TIME = 20_000
CROWD = 16  # leaves come in multiples of so many: how few cases moved in an hour is nobody's to know

_NEW = f"""{ENTRIES} FROM cases_event AS event JOIN cases_case ON cases_case.id = event.case_id
WHERE event.id > %s AND event.id <= %s ORDER BY event.case_id, event.number"""
_BEFORE = """
SELECT new.case_id, before.number, before.digest
FROM unnest(%s::bigint[], %s::int[]) AS new (case_id, number)
JOIN cases_event AS before ON before.case_id = new.case_id AND before.number = new.number - 1
"""


# --- Anchoring --------------------------------------------------------------------------------------------


def anchor_due(now: datetime, *, settled: int | None = None) -> int:
    """Anchor what is new, if the last time is long enough ago. Returns how many anchors were made.

    `settled`: up to which event no older one can appear any more. The figures find that out (cases/tallies.py).
    """
    last = Anchor.objects.last()
    if last and now < last.at + timedelta(minutes=settings.ANCHOR_MINUTES):
        return 0
    if settled is None:
        settled = Watermark.objects.aggregate(to=Max("counted_to"))["to"] or 0
    made = 0
    while _anchor_some(now, settled):
        made += 1
    return made


def anchor_alone(now: datetime) -> int:
    """Where nobody else writes meanwhile, all there is is settled."""
    return anchor_due(now, settled=Event.objects.aggregate(to=Max("pk"))["to"] or 0)


@transaction.atomic
def _anchor_some(now: datetime, settled: int) -> bool:
    last = Anchor.objects.last() or Anchor(number=0, leaves=0, digest="", events_to=0)
    end = _end_of_portion(last.events_to, settled)
    heads = list(_heads(last.events_to, end))
    if not heads:
        return False
    leaves = _leaves(heads, last.leaves)
    tiles, root = _grown(last.leaves, [leaf.hash for leaf in leaves])
    anchor = Anchor(
        number=last.number + 1,
        at=now.replace(microsecond=0),
        leaves=last.leaves + len(leaves),
        root=root,
        previous=last.digest,
        events_to=end,
    )
    anchor.digest = anchor_digest(anchor.as_published())
    if not insert_if_new(anchor):
        return False  # somebody else was quicker
    Leaf.objects.bulk_create(leaves, batch_size=2000)
    Tile.objects.bulk_create(tiles)
    return True


def _end_of_portion(after: int, settled: int) -> int:
    new = Event.objects.filter(pk__gt=after, pk__lte=settled).order_by("pk").values_list("pk", flat=True)
    return next(iter(new[EVENTS_AT_A_TIME - 1 : EVENTS_AT_A_TIME]), settled)


def _heads(after: int, end: int) -> Iterator[tuple[int, Entry]]:
    """The case and its newest entry. A history that was touched is not anchored: it is told, and stays behind."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [after, end])
        histories = [
            (case, list(rows)) for case, rows in groupby(map(Entry.read, cursor), key=lambda entry: entry.case)
        ]
        cursor.execute(_BEFORE, [[case for case, _rows in histories], [rows[0].number for _case, rows in histories]])
        before = {case: (number, digest) for case, number, digest in cursor}
    for case, rows in histories:
        if touched := _first_fault(rows, *before.get(case, (0, ""))):
            log.error("history_touched", entry=touched.event, case=case)
        else:
            yield case, rows[-1]


def _first_fault(entries: Iterable[Entry], number: int, previous: str) -> Entry | None:
    for entry in entries:
        if fault(entry, number=number, previous=previous):
            return entry
        number, previous = entry.number, entry.digest
    return None


def _leaves(heads: list[tuple[int, Entry]], begin: int) -> list[Leaf]:
    """In the order of their hashes, which tells nothing."""
    leaves = [_leaf(case, entry.number, entry.digest) for case, entry in heads]
    leaves += [_leaf(None, 0, "") for _one in range(-len(heads) % CROWD)]
    leaves.sort(key=lambda leaf: leaf.hash)
    for place, leaf in enumerate(leaves, start=begin):
        leaf.place = place
    return leaves


def _leaf(case: int | None, entries: int, head: str) -> Leaf:
    salt = secrets.token_hex(16)
    return Leaf(case_id=case, entries=entries, salt=salt, hash=leaf_hash(salt, entries, head))


def _grown(length: int, new: list[str]) -> tuple[list[Tile], str]:
    """The tiles that are full now, and the root of all."""
    number, started = divmod(length, LEAVES_A_FILE)
    rest = iter([*leaf_file(number, length), *new] if started else new)
    roots, tiles = _tile_roots(number), []
    while chunk := list(islice(rest, LEAVES_A_FILE)):
        roots.append(root_of(chunk))
        if len(chunk) == LEAVES_A_FILE:
            tiles.append(Tile(number=len(roots) - 1, root=roots[-1]))
    return tiles, root_of(roots)


def _tile_roots(many: int) -> list[str]:
    return list(Tile.objects.filter(number__lt=many).order_by("number").values_list("root", flat=True))


def leaf_file(number: int, length: int) -> list[str]:
    """The leaves of one published file, as far as they are anchored."""
    begin, end = number * LEAVES_A_FILE, min((number + 1) * LEAVES_A_FILE, length)
    leaves = Leaf.objects.filter(place__gte=begin, place__lt=end).order_by("place")
    return list(leaves.values_list("hash", flat=True))


# --- What a citizen can prove -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How a case stands in the ledger."""

    entries: int
    anchored: int  # the entries that are under an anchor
    since: datetime | None  # since when they are
    whole: bool  # nothing was touched


def standing(case: Case) -> Standing:
    """Its entries are reckoned anew, and set beside the leaves that stand for them."""
    events = list(case.events.select_related("case", "said").order_by("number"))
    leaves = list(case.leaves.order_by("entries"))
    heads = {event.number: event.digest for event in events}
    stand = all(leaf.hash == leaf_hash(leaf.salt, leaf.entries, heads.get(leaf.entries, "")) for leaf in leaves)
    anchor = Anchor.objects.filter(leaves__gt=leaves[-1].place).first() if leaves else None
    return Standing(
        entries=len(events),
        anchored=leaves[-1].entries if leaves else 0,
        since=anchor.at if anchor else None,
        whole=bool(events) and stand and broken(events) is None,
    )


def proof_of(case: Case) -> dict[str, Any]:
    """What cases/verify.py checks against the published anchors. It does not say whose case it is, nor which."""
    anchor = Anchor.objects.last()
    entries = list(case.events.order_by("number").values_list("digest", flat=True))
    points = [_point(leaf, entries, anchor) for leaf in case.leaves.order_by("entries")] if anchor else []
    return {"entries": entries, "anchored": points, "anchor": anchor.as_published() if anchor else None}


def _point(leaf: Leaf, entries: list[str], anchor: Anchor) -> dict[str, Any]:
    number, inside = divmod(leaf.place, LEAVES_A_FILE)
    full = anchor.leaves // LEAVES_A_FILE
    roots, partial = _tile_roots(full), leaf_file(full, anchor.leaves)
    own = partial if number == full else leaf_file(number, anchor.leaves)
    path = path_to(own, inside) + path_to([*roots, root_of(partial)] if partial else roots, number)
    head = entries[leaf.entries - 1] if leaf.entries <= len(entries) else ""
    return {"entries": leaf.entries, "head": head, "salt": leaf.salt, "leaf": leaf.place, "path": path}
