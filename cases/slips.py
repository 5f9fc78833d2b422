"""Lists and counts in SQL over the slips an officer sees: each is read off an index, however many cases there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composable, Composed, Identifier

from cases.catalogue import catalogue
from cases.queries import Sight

SOON = 2  # working days: what is due within them is at risk


@dataclass(frozen=True)
class Choice:
    """Which slips, and in which order: by a date, and on one date what matters more comes first."""

    holds: Composable
    by: str = "wanted_by"
    newest_first: bool = False
    few: bool = False  # an index leads straight to them, whatever the place

    def backwards(self) -> "Choice":
        return replace(self, newest_first=not self.newest_first)

    def beyond(self) -> "Choice":
        """What follows the slip of which %(day)s, %(rank)s and %(pk)s are the key."""
        key = SQL("(slip.{}, slip.rank, slip.case_id) {} (%(day)s, %(rank)s, %(pk)s)")
        here = key.format(Identifier(self.by), SQL("<" if self.newest_first else ">"))
        return replace(self, holds=SQL("{} AND {}").format(self.holds, here))


def first(sight: Sight, choice: Choice, most: int) -> Composed:
    """The first rows: (case, date, rank). Of each place on its own, then merged, so that nothing else is read."""
    parts = {
        "by": Identifier(choice.by),
        "turn": SQL("DESC" if choice.newest_first else "ASC"),
        "most": most,
    }
    order = SQL("ORDER BY {by} {turn}, rank {turn}, case_id {turn} LIMIT {most}").format(**parts)
    rows = SQL("SELECT case_id, {by}, rank FROM cases_slip slip WHERE {where}").format(
        by=parts["by"], where=_where(sight, choice)
    )
    if not _place_by_place(sight, choice):
        return SQL("{} {}").format(rows, order)
    return SQL(
        "SELECT head.* FROM places CROSS JOIN LATERAL ({rows} AND slip.place = places.place {order}) head {order}"
    ).format(rows=rows, order=order)


def count(sight: Sight, choice: Choice, most: int) -> Composed:
    """How many, up to `most`."""
    slips = SQL("cases_slip slip")
    if _place_by_place(sight, choice):
        slips = SQL("places JOIN cases_slip slip ON slip.place = places.place")
    return SQL("SELECT count(*) FROM (SELECT FROM {slips} WHERE {where} LIMIT {most}) found").format(
        slips=slips, where=_where(sight, choice), most=most
    )


def ask(sight: Sight, question: Composed, values: Mapping[str, Any]) -> list[tuple]:
    if sight.places is not None:
        question = SQL("WITH places (place) AS MATERIALIZED ({}) {}").format(sight.places, question)
    with connection.cursor() as cursor:
        cursor.execute(question, {**values, **_days(), **sight.facts})
        return cursor.fetchall()


def _where(sight: Sight, choice: Choice) -> Composed:
    where = SQL("{} AND {}").format(sight.seen, choice.holds)
    if sight.places is None or _place_by_place(sight, choice):
        return where
    # Not by an index on the place: an expression stands in none.
    return SQL("{} AND slip.place || '' IN (SELECT place FROM places)").format(where)


def _place_by_place(sight: Sight, choice: Choice) -> bool:
    return sight.places is not None and not choice.few


def _days() -> dict[str, date]:
    today = catalogue().today()
    return {"today": today, "soon": catalogue().calendar.add(today, SOON)}
