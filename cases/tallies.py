"""Keeps the tallies up with the events, and counts them anew to prove it; the one writer of its three tables.

Which events are new? Their numbers are given out in one order and committed in another, so the highest number seen
says nothing: number 7 may appear after 8. Therefore a mark is set: first the last number given out is read, then the
first transaction number not yet given out. Whoever holds an event's number has a transaction number already, since
the case is written or locked before its event is; so once no transaction below the mark is running, every event up
to the marked number is either there for good or will never be. Those are counted, once, in the transaction that
moves the watermark. A long transaction makes the figures wait; nothing makes them wrong. (After a restore into
another server, whose transaction numbers begin anew, a mark from the old one is set again.)

Once a day the day is turned: promises that passed days ago are put together in one row, since they are late whenever
one looks; and the year of arrivals is added up. So a page reads as many rows in the tenth year as in the first.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from cases.catalogue import catalogue
from cases.counting import AMOUNTS, KEPT, NOW, STOCK, Cell, Happening, Kept, Tally
from cases.histories import histories, tallied_or_nothing
from cases.models import Arrivals, Event, TallyCount, Watermark
from cases.rises import HISTORY

EVENTS_AT_A_TIME = 5_000
CELLS_AT_A_TIME = 50_000
LONG_LATE = timedelta(days=2)  # a promise that passed so long ago is late by everybody's clock
REMEMBERED = timedelta(weeks=HISTORY + 8)  # of what came in by the week; somewhat more than is looked at

_TALLIES, _ARRIVALS = sql.Identifier("cases_tally"), sql.Identifier("cases_arrivals")
_FRESH, _FRESH_ARRIVALS = sql.Identifier("fresh"), sql.Identifier("fresh_arrivals")
_GIVEN = sql.SQL("""unnest(
    %(tallies)s::text[], %(days)s::date[], %(numbers)s::int[], %(agencies)s::text[], %(sensitivities)s::text[],
    %(places)s::text[], %(topics)s::text[], %(channels)s::text[], %(languages)s::text[], %(levels)s::text[],
    %(times)s::int[]
)""")

# One cell goes into every row that it is part of.
_ADD = sql.SQL("""
WITH counted AS (
    SELECT kept.facet, kept.area, kept.grain,
        CASE kept.grain WHEN 'day' THEN CASE WHEN day < %(late_before)s THEN %(now)s::date ELSE day END
                        ELSE date_trunc(kept.grain, day)::date END AS period,
        CASE kept.area WHEN 'place' THEN place WHEN 'province' THEN coalesce(cases_place.parent_id, place)
                       ELSE '' END AS place,
        agency, sensitivity,
        CASE kept.facet WHEN 'topic' THEN topic WHEN 'channel' THEN channel WHEN 'language' THEN language
                        WHEN 'level' THEN level ELSE '' END AS value,
        tally, CASE WHEN kept.amounts AND tally = ANY(%(with_amount)s) THEN tally || ' ' || amount END AS amount,
        sum(times) AS times
    FROM {cells} AS cell
        (tally, day, amount, agency, sensitivity, place, topic, channel, language, level, times)
    LEFT JOIN cases_place ON cases_place.code = place
    JOIN unnest(%(facet)s::text[], %(area)s::text[], %(grain)s::text[], %(amounts)s::bool[])
        AS kept (facet, area, grain, amounts) ON (kept.grain = 'day') = (tally = ANY(%(stock)s))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING sum(times) <> 0
), added AS (
    INSERT INTO {table} AS before ({key}, {tallies}, amounts)
    SELECT {key}, {sums}, coalesce(jsonb_object_agg(amount, times) FILTER (WHERE amount IS NOT NULL), '{{}}')
    FROM counted GROUP BY {key}
    ON CONFLICT ({key}) DO UPDATE SET {more}, amounts = cases_add_counts(before.amounts, EXCLUDED.amounts)
    RETURNING before.ctid AS row, ({tallies}) = ({nothing}) AS is_empty
) SELECT row FROM added WHERE is_empty
""")
_ARRIVE = sql.SQL("""
WITH added AS (
    INSERT INTO {table} AS before ({key}, weeks, total, squares)
    SELECT {key}, jsonb_object_agg(week, times), 0, 0 FROM (
        SELECT {key}, date_trunc('week', day)::date AS week, sum(times) AS times
        FROM {cells} AS cell
            (tally, day, amount, agency, sensitivity, place, topic, channel, language, level, times)
        WHERE tally = %(received)s AND date_trunc('week', day) >= %(since)s
        GROUP BY {key}, week HAVING sum(times) <> 0
    ) AS counted GROUP BY {key}
    ON CONFLICT ({key}) DO UPDATE SET weeks = cases_add_counts(before.weeks, EXCLUDED.weeks)
    RETURNING before.ctid AS row, weeks
) SELECT row FROM added WHERE weeks = '{{}}'
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
    counted = sum(_count_to(_settled_to()) for _look in range(2))  # what was marked last time, and what may be now
    _turn(catalogue().today())
    return counted


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
    _add({cell: times for cell, times in changed.items() if times}, mark)
    mark.counted_to = end
    mark.save(update_fields=["counted_to"])
    return len(rows)


def _add(
    cells: dict[Cell, int], mark: Watermark, *, table: sql.Identifier = _TALLIES, arrivals: sql.Identifier = _ARRIVALS
) -> None:
    if not cells:
        return
    columns = [*map(list, zip(*cells, strict=True)), list(cells.values())]
    names = ("tallies", "days", "numbers", "agencies", "sensitivities", "places", "topics", "channels", "languages",
             "levels", "times")  # fmt: skip
    add_from(_GIVEN, mark, dict(zip(names, columns, strict=True)), table=table, arrivals=arrivals)


def add_from(
    cells: sql.Composable,
    mark: Watermark,
    given: dict[str, Any] | None = None,
    *,
    table: sql.Identifier = _TALLIES,
    arrivals: sql.Identifier = _ARRIVALS,
) -> None:
    """Add what PostgreSQL is given as rows like a Cell with how often each: as a table, or in numbers of ours."""
    kept = {field.name: [getattr(one, field.name) for one in KEPT] for field in fields(Kept)}
    days = {"late_before": _late_before(mark), "since": _since(mark), "now": NOW}
    values = (
        kept | days | {"with_amount": list(AMOUNTS), "stock": list(STOCK), "received": Tally.RECEIVED} | (given or {})
    )
    with connection.cursor() as cursor:
        for statement, into in (
            (_ADD, _PARTS | {"table": table}),
            (_ARRIVE, {"table": arrivals, "key": _list(Arrivals.KEY)}),
        ):
            cursor.execute(statement.format(cells=cells, **into), values)
            if empty := [row for (row,) in cursor]:
                cursor.execute(_REMOVE.format(table=into["table"]), [empty])


def _list(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _each(template: str) -> sql.Composed:
    """The same for every tally."""
    return sql.SQL(", ").join(
        sql.SQL(template).format(tally=sql.Identifier(tally), name=sql.Literal(str(tally))) for tally in Tally
    )


_PARTS = {
    "key": _list(TallyCount.KEY),
    "tallies": _list(Tally),
    "sums": _each("coalesce(sum(times) FILTER (WHERE tally = {name}), 0)"),
    "more": _each("{tally} = before.{tally} + EXCLUDED.{tally}"),
    "nothing": _each("0"),
}


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


# --- The turn of the day --------------------------------------------------------------------------------

_GROW_LATE = sql.SQL("""
WITH passed AS (
    DELETE FROM cases_tally WHERE grain = 'day' AND period > %(now)s AND period < %(late_before)s
    RETURNING {key}, open_by_due
)
INSERT INTO cases_tally AS before ({key}, {tallies}, amounts)
SELECT {key_now}, {none_but_due}, '{{}}' FROM passed GROUP BY {key_now}
ON CONFLICT ({key}) DO UPDATE SET open_by_due = before.open_by_due + EXCLUDED.open_by_due
""")
_SUM_UP = """
UPDATE cases_arrivals AS one SET (weeks, total, squares) = (
    SELECT coalesce(jsonb_object_agg(week, times), '{}'), coalesce(sum(times) FILTER (WHERE is_history), 0),
           coalesce(sum(times * times) FILTER (WHERE is_history), 0)
    FROM (
        SELECT key::date AS week, value::int AS times, key::date >= %(first)s AND key::date < %(monday)s AS is_history
        FROM jsonb_each_text(one.weeks)
    ) AS remembered WHERE week >= %(since)s
)
"""
_FIRST_WEEK = "SELECT min(week)::date FROM cases_arrivals, jsonb_object_keys(weeks) AS week"


def _late_before(mark: Watermark) -> date:
    """Promises of days before this one are kept together."""
    return mark.turned_on - LONG_LATE if mark.turned_on else NOW


def _since(mark: Watermark) -> date:
    """What came in is told by the week from this Monday on."""
    return _monday(mark.turned_on) - REMEMBERED if mark.turned_on else NOW


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@transaction.atomic
def _turn(today: date) -> None:
    mark = Watermark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None or (mark.turned_on and mark.turned_on >= today):
        return
    mark.turned_on = today
    with connection.cursor() as cursor:
        key_now = [
            sql.Placeholder("now") + sql.SQL("::date") if name == "period" else sql.Identifier(name)
            for name in TallyCount.KEY
        ]
        none_but_due = [sql.SQL("sum(open_by_due)" if tally == Tally.OPEN_BY_DUE else "0") for tally in Tally]
        commas = sql.SQL(", ")
        statement = _GROW_LATE.format(key_now=commas.join(key_now), none_but_due=commas.join(none_but_due), **_PARTS)
        cursor.execute(statement, {"now": NOW, "late_before": _late_before(mark)})
    _sum_up(mark)
    mark.save(update_fields=["turned_on", "first_week"])


def _sum_up(mark: Watermark) -> None:
    """Add up the year of arrivals that the day of the last turn looks back on, and forget what is older."""
    if mark.turned_on is None:
        return
    monday = _monday(mark.turned_on)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_WEEK)
        mark.first_week = min(mark.first_week or monday, cursor.fetchone()[0] or monday)
        first = max(mark.first_week, monday - timedelta(weeks=HISTORY))
        cursor.execute(_SUM_UP, {"first": first, "monday": monday, "since": _since(mark)})
        cursor.execute("DELETE FROM cases_arrivals WHERE weeks = '{}'")


# --- Counting anew ----------------------------------------------------------------------------------------

_DIFFERENCES = sql.SQL("""
SELECT {key}, coalesce(to_jsonb(kept) - %(key)s::text[], '{{}}'), coalesce(to_jsonb(fresh) - %(key)s::text[], '{{}}')
FROM {table} AS kept FULL JOIN {fresh} AS fresh USING ({key})
WHERE to_jsonb(kept) - %(worked_out)s::text[] IS DISTINCT FROM to_jsonb(fresh) - %(worked_out)s::text[]
ORDER BY {key}
""")
_SUMS = ["total", "squares"]  # worked out of the weeks at the turn of the day


@dataclass(frozen=True)
class Difference:
    """A number that was kept wrong."""

    cell: tuple
    kept: int
    fresh: int


@transaction.atomic
def recount(*, write: bool = False) -> list[Difference]:
    """Count all events up to the watermark in fresh tables, and compare; `write` then puts these in the others' place.

    Meanwhile the figures stand still, and nothing else waits.
    """
    Watermark.objects.get_or_create(pk=1)
    mark = Watermark.objects.select_for_update().get(pk=1)
    pairs = ((_TALLIES, _FRESH, TallyCount.KEY), (_ARRIVALS, _FRESH_ARRIVALS, Arrivals.KEY))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for table, fresh, _key in pairs:
            create = sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL) ON COMMIT DROP")
            cursor.execute(create.format(fresh, table))
        for cells in _in_portions(histories(Event.objects.filter(pk__lte=mark.counted_to))):
            _add(cells, mark, table=_FRESH, arrivals=_FRESH_ARRIVALS)
        differences = [one for pair in pairs for one in _differences(cursor, *pair)]
        for table, fresh, _key in pairs:
            if write:
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))
                cursor.execute(sql.SQL("INSERT INTO {} SELECT * FROM {}").format(table, fresh))
            cursor.execute(sql.SQL("DROP TABLE {}").format(fresh))
    if write:
        _sum_up(mark)
    return differences


def _differences(
    cursor: Any, table: sql.Identifier, fresh: sql.Identifier, key: tuple[str, ...]
) -> Iterator[Difference]:
    statement = _DIFFERENCES.format(table=table, fresh=fresh, key=_list(key))
    cursor.execute(statement, {"key": list(key), "worked_out": _SUMS})
    for *cell, kept, anew in cursor:
        numbers, fresh_numbers = _numbers(kept), _numbers(anew)
        for name in sorted(numbers.keys() | fresh_numbers.keys()):
            if numbers.get(name, 0) != fresh_numbers.get(name, 0):
                yield Difference((*cell, name), numbers.get(name, 0), fresh_numbers.get(name, 0))


def _numbers(row: str) -> dict[str, int]:
    """All that a row counts, its amounts and weeks among the rest."""
    counts = json.loads(row)
    inner = [counts.pop(name, {}) for name in ("amounts", "weeks")]
    return {name: times for name, times in counts.items() if name not in _SUMS} | inner[0] | inner[1]


def _in_portions(lives: Iterable[tuple[int, list[tuple[int, Happening]]]]) -> Iterator[dict[Cell, int]]:
    cells: Counter[Cell] = Counter()
    for case, history in lives:
        cells.update(tallied_or_nothing(case, [event for _number, event in history]))
        if len(cells) >= CELLS_AT_A_TIME:
            yield cells
            cells = Counter()
    yield cells
