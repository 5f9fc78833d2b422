"""Keeps the tallies up with the events, and counts them anew to prove it; the one writer of its two tables.

Which events are new? Their numbers are given out in one order and committed in another, so the highest number seen
says nothing: number 7 may appear after 8. Therefore a mark is set: first the last number given out is read, then the
first transaction number not yet given out. Whoever holds an event's number has a transaction number already, since
the case is written or locked before its event is; so once no transaction below the mark is running, every event up
to the marked number is either there for good or will never be. Those are counted, once, in the transaction that
moves the watermark. A long transaction makes the figures wait; nothing makes them wrong. (After a restore into
another server, whose transaction numbers begin anew, a mark from the old one is set again.)
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from django.db import connection, transaction
from psycopg import sql

from cases.counting import KEPT, STOCK, Cell, Happening, Kept, Tally
from cases.histories import histories, tallied_or_nothing
from cases.models import Event, TallyCount, Watermark

EVENTS_AT_A_TIME = 5_000
CELLS_AT_A_TIME = 50_000

_KEY = sql.SQL(", ").join(map(sql.Identifier, TallyCount.KEY))

# One cell goes into every row that it is part of.
_ADD = sql.SQL("""
WITH added AS (
    INSERT INTO {table} AS old ({key}, count)
    SELECT kept.facet, kept.area, kept.grain, tally,
           CASE kept.grain WHEN 'day' THEN day WHEN 'week' THEN week ELSE month END,
           CASE kept.area WHEN 'place' THEN place WHEN 'province' THEN province ELSE '' END,
           agency, sensitivity,
           CASE kept.facet WHEN 'topic' THEN topic WHEN 'channel' THEN channel WHEN 'language' THEN language
                           WHEN 'level' THEN level ELSE '' END,
           CASE WHEN kept.amounts THEN amount ELSE 0 END,
           sum(times)
    FROM (
        SELECT cell.*, date_trunc('week', day)::date AS week, date_trunc('month', day)::date AS month,
               coalesce(cases_place.parent_id, place) AS province, tally = ANY(%s) AS is_stock
        FROM unnest(%s::text[], %s::date[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                    %s::text[], %s::text[], %s::int[])
             AS cell (tally, day, amount, agency, sensitivity, place, topic, channel, language, level, times)
        LEFT JOIN cases_place ON cases_place.code = place
    ) AS cell
    JOIN unnest(%s::text[], %s::text[], %s::text[], %s::bool[]) AS kept (facet, area, grain, amounts)
        ON (kept.grain = 'day') = is_stock AND (kept.facet <> 'topic' OR kept.grain <> 'week' OR tally = %s)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING sum(times) <> 0
    ON CONFLICT ({key}) DO UPDATE SET count = old.count + EXCLUDED.count
    RETURNING old.count, old.ctid AS row
) SELECT row FROM added WHERE count = 0
""")
_REMOVE = sql.SQL("DELETE FROM {table} WHERE ctid = ANY(%s::tid[])")  # nobody else writes: the rows stay where they are
_LAST_NUMBER = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM cases_event_id_seq"
_NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# A snapshot leaves out one's own transaction, and rightly: its events are there for us to see.
# Nor does one that is known to write in another database of the same server keep ours waiting.
_OLDEST_RUNNING = """
SELECT min(xid::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS xid WHERE NOT EXISTS (
    SELECT FROM pg_stat_activity other WHERE other.datname <> current_database()
    AND other.backend_xid::text::bigint = xid::text::bigint % 4294967296
)
"""


# --- Keeping up -------------------------------------------------------------------------------------------


def keep_up() -> int:
    """Count what is new and settled. Returns how many events that were."""
    Watermark.objects.get_or_create(pk=1)
    return sum(_count_to(_settled_to()) for _look in range(2))  # what was marked last time, and what may be marked now


@transaction.atomic
def _settled_to() -> int:
    """Up to which event all are settled; where the last mark has served, a new one is set."""
    mark = Watermark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None:
        return 0  # a recount has it
    if mark.next_to <= mark.counted_to or mark.after > _one(_NEXT_TRANSACTION):
        mark.next_to, mark.after = _one(_LAST_NUMBER), _one(_NEXT_TRANSACTION)  # in this order
        mark.save()
    return mark.next_to if _is_settled(mark.after) else 0


def _is_settled(after: int) -> bool:
    _one("SELECT pg_stat_clear_snapshot()::text")  # who is at work is otherwise remembered until our transaction ends
    oldest = _one(_OLDEST_RUNNING)
    return oldest is None or oldest >= after


def _count_to(last: int) -> int:
    counted = 0
    while step := _count_some(last):
        counted += step
    return counted


@transaction.atomic
def _count_some(last: int) -> int:
    mark = Watermark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None or mark.counted_to >= last:
        return 0  # a recount has it, or all is counted
    new = Event.objects.filter(pk__gt=mark.counted_to, pk__lte=last).order_by("pk")
    rows = list(new.values_list("pk", "case")[:EVENTS_AT_A_TIME])
    end = rows[-1][0] if len(rows) == EVENTS_AT_A_TIME else last
    changed: Counter[Cell] = Counter()
    for case, history in histories(Event.objects.filter(case__in={case for _event, case in rows}, pk__lte=end)):
        changed.update(tallied_or_nothing(case, [event for _number, event in history]))
        changed.subtract(tallied_or_nothing(case, [event for number, event in history if number <= mark.counted_to]))
    _add({cell: times for cell, times in changed.items() if times})
    mark.counted_to = end
    mark.save(update_fields=["counted_to"])
    return len(rows)


def _add(cells: dict[Cell, int], table: str = "cases_tally") -> None:
    if not cells:
        return
    columns = [*map(list, zip(*cells, strict=True)), list(cells.values())]
    kept = [[getattr(one, field.name) for one in KEPT] for field in fields(Kept)]
    with connection.cursor() as cursor:
        name = sql.Identifier(table)
        cursor.execute(_ADD.format(table=name, key=_KEY), [list(STOCK), *columns, *kept, Tally.RECEIVED])
        if empty := [row for (row,) in cursor]:
            cursor.execute(_REMOVE.format(table=name), [empty])


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


# --- Counting anew ----------------------------------------------------------------------------------------

_DIFFERENCES = sql.SQL("""
SELECT {key}, coalesce(kept.count, 0), coalesce(fresh.count, 0)
FROM cases_tally AS kept FULL JOIN fresh USING ({key})
WHERE kept.count IS DISTINCT FROM fresh.count ORDER BY {key}
""")
_REPLACE = sql.SQL("INSERT INTO cases_tally ({key}, count) SELECT {key}, count FROM fresh")


@dataclass(frozen=True)
class Difference:
    """A cell that was kept wrong."""

    cell: tuple
    kept: int
    fresh: int


@transaction.atomic
def recount(*, write: bool = False) -> list[Difference]:
    """Count all events up to the watermark in a fresh table, and compare; `write` then puts it in the old one's place.

    Meanwhile the figures stand still, and nothing else waits.
    """
    Watermark.objects.get_or_create(pk=1)
    mark = Watermark.objects.select_for_update().get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("CREATE TEMPORARY TABLE fresh (LIKE cases_tally INCLUDING ALL) ON COMMIT DROP")
        for cells in _in_portions(histories(Event.objects.filter(pk__lte=mark.counted_to))):
            _add(cells, "fresh")
        cursor.execute(_DIFFERENCES.format(key=_KEY))
        differences = [Difference(tuple(row[:-2]), *row[-2:]) for row in cursor]
        if write:
            cursor.execute("DELETE FROM cases_tally")
            cursor.execute(_REPLACE.format(key=_KEY))
        cursor.execute("DROP TABLE fresh")
    return differences


def _in_portions(lives: Iterable[tuple[int, list[tuple[int, Happening]]]]) -> Iterator[dict[Cell, int]]:
    cells: Counter[Cell] = Counter()
    for case, history in lives:
        cells.update(tallied_or_nothing(case, [event for _number, event in history]))
        if len(cells) >= CELLS_AT_A_TIME:
            yield cells
            cells = Counter()
    yield cells
