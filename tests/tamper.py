"""History is tampered with in thousands of ways: `python -m tests.tamper 10000` counts what was refused, noticed, located.

Each mutation is one transaction that is rolled back: somebody with the rights of the application, of the tables' owner or
of a superuser edits, deletes, inserts, swaps, truncates, or rewrites a chain. Then everything is looked at.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from random import Random
from typing import Any

import django

from tests import ground

APPLICATION, OWNER, SUPERUSER = "application", "owner", "superuser"
ROLES = {APPLICATION: "sws_application", OWNER: "sws_owner", SUPERUSER: ""}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tamper", description=__doc__)
    parser.add_argument("mutations", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    template = ground.template_name()
    with ground.servers(template) as (server, valkey):
        ground.clone(server, template, "tampered")
        os.environ |= {"MODE": "test", "DJANGO_SETTINGS_MODULE": "sws.settings", "REDIS_URL": valkey}
        os.environ |= {"DATABASE_URL": ground.at(server, "tampered")}
        django.setup()
        prepare()
        began = time.monotonic()
        report = tamper(wanted.mutations, Random(wanted.seed))
        print(report, f"{time.monotonic() - began:.0f} seconds", sep="\n")
        return 1 if report.missed else 0


# --- The history ------------------------------------------------------------------------------------------


def prepare(cases: int = 10) -> None:
    """Some cases with lives of different lengths, anchored on the way, some going on after the last anchor.

    And the roles of a real installation.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from cases import actions, anchors, tallies
    from cases.lifecycle import State
    from cases.models import Case
    from tests.builders import make_case, make_officer, now_of

    officer, now = make_officer(), timezone.now()
    for number in range(cases):
        case = make_case(words=f"My card does not work. {number}")
        actions.take(case=case, by=officer)
        for note in range(number % 4):
            actions.add_note(case=now_of(case), by=officer, words=f"Rang {note}.")
        tallies.keep_up()
        anchors.anchor_due(now + timedelta(hours=2 * number))
        if number % 2:
            actions.resolve(case=now_of(case), by=officer, decision="answered", words="It works again.")
            assert now_of(case).state == State.RESOLVED
    for number, case in enumerate(Case.objects.exclude(state=State.RESOLVED).order_by("pk")):
        actions.add_note(case=case, by=officer, words="Rang after the last anchor.")
        if number % 2:
            actions.resolve(case=now_of(case), by=officer, decision="answered", words="It works.")
        actions.add_note(case=now_of(case), by=officer, words="The citizen rang back.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for role in (ROLES[APPLICATION], ROLES[OWNER]):
            cursor.execute(f"CREATE ROLE {role}")
            call_command("grant_to", role, stdout=StringIO())
        for table in ("event", "head", "leaf", "anchor", "tile", "words"):
            cursor.execute(f"ALTER TABLE cases_{table} OWNER TO {ROLES[OWNER]}")
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {ROLES[OWNER]}")


# --- What is done to it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """An entry, by chance; and another of the same case. `anchored`: up to which entry an anchor stands over it."""

    event: Any
    other: Any
    anchored: int
    dice: Random

    @property
    def where(self) -> str:
        return "anchored" if self.event.number <= self.anchored else "tail"


@dataclass(frozen=True)
class Done:
    """What was touched: these cases; exactly this row, where it is still there to be named."""

    cases: tuple[int, ...]
    row: int | None = None


def run(sql: str, *values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)


COLUMNS = {
    "kind": "'seen'", "at": "at + interval '1 second'", "actor": "'nobody'", "officer_id": "coalesce(officer_id, 0) + 1",
    "data": "data || '{\"x\": 1}'", "words_digest": "repeat('a', 64)", "previous": "repeat('b', 64)",
    "digest": "repeat('c', 64)", "seal": "repeat('d', 32)", "number": "number + 100",
}  # fmt: skip


def edit(target: Target) -> Done:
    column = target.dice.choice(list(COLUMNS))
    run(f"UPDATE cases_event SET {column} = {COLUMNS[column]} WHERE id = %s", target.event.pk)
    return Done((target.event.case_id,), target.event.pk)


def delete(target: Target) -> Done:
    run("DELETE FROM cases_words WHERE event_id = %s", target.event.pk)
    run("DELETE FROM cases_event WHERE id = %s", target.event.pk)
    _forge_the_end(target)
    return Done((target.event.case_id,))


FORGERIES = (
    "",
    "UPDATE cases_head SET seal = coalesce((SELECT seal FROM cases_event WHERE case_id = {0} ORDER BY number DESC LIMIT 1)"
    ", '') WHERE case_id = {0}",
    "UPDATE cases_head SET seal = (SELECT seal FROM cases_head WHERE case_id <> {0} LIMIT 1) WHERE case_id = {0}",
    "DELETE FROM cases_head WHERE case_id = {0}",
)


def _forge_the_end(target: Target) -> None:
    """As far as it goes with what the database holds, in which our keys are not."""
    if forgery := target.dice.choice(FORGERIES):
        run(forgery.format(target.event.case_id))


COPY = """
INSERT INTO cases_event (case_id, number, kind, at, actor, officer_id, data, words_digest, previous, digest)
SELECT case_id, %s, 'note', at, actor, officer_id, data, '', %s, digest FROM cases_event WHERE id = %s
"""


def insert(target: Target) -> Done:
    """Between two others, which move up; after the last of all it is only added, without our seal."""
    event = target.event
    run(
        "UPDATE cases_event SET number = number + 1000 WHERE case_id = %s AND number >= %s", event.case_id, event.number
    )
    run(COPY, event.number, event.previous, event.pk)
    run("UPDATE cases_event SET number = number - 999 WHERE case_id = %s AND number > 1000", event.case_id)
    return Done((event.case_id,))


def swap(target: Target) -> Done:
    """The numbers of two entries, or all that they say."""
    one, two = target.event, target.other
    if target.dice.random() < 0.5:
        for row, number in ((one, two.number + 1000), (two, one.number), (one, two.number)):
            run("UPDATE cases_event SET number = %s WHERE id = %s", number, row.pk)
        return Done((one.case_id,))
    said = "kind, at, actor, officer_id, data, words_digest"
    run(
        f"UPDATE cases_event AS mine SET ({said}) = (SELECT {said} FROM cases_event AS theirs "
        "WHERE id = CASE mine.id WHEN %s THEN %s ELSE %s END) WHERE mine.id IN (%s, %s)",
        one.pk, two.pk, one.pk, one.pk, two.pk,
    )  # fmt: skip
    return Done((one.case_id,), max(one.pk, two.pk))


def truncate(target: Target) -> Done:
    """The end of a history, a whole one, or all of them."""
    if target.dice.random() < 0.1:
        run("TRUNCATE cases_event, cases_words CASCADE")
        return Done((target.event.case_id,))
    begin = target.event.number if target.dice.random() < 0.8 else 1
    run(
        "DELETE FROM cases_words WHERE event_id IN (SELECT id FROM cases_event WHERE case_id = %s AND number >= %s)",
        target.event.case_id, begin,
    )  # fmt: skip
    run("DELETE FROM cases_event WHERE case_id = %s AND number >= %s", target.event.case_id, begin)
    _forge_the_end(target)
    return Done((target.event.case_id,))


def rewrite(target: Target) -> Done:
    """An entry, and the whole chain after it made to fit; where an anchor stands over it, even with our keys.

    They are not in the database. Who has them as well can rewrite what no anchor stands over yet: the last hours.
    """
    from cases import ledger
    from cases.models import Event

    run("UPDATE cases_event SET kind = 'seen' WHERE id = %s", target.event.pk)
    with_keys = target.where == "anchored" and target.dice.random() < 0.5
    previous = target.event.previous
    later = Event.objects.filter(case=target.event.case_id, number__gte=target.event.number).select_related("case")
    for event in later.order_by("number"):
        event.previous = previous
        digest = previous = ledger.digest_of(ledger.Entry.of(event))
        seal = ledger.seal_of(digest) if with_keys else event.seal
        run(
            "UPDATE cases_event SET previous = %s, digest = %s, seal = %s WHERE id = %s",
            event.previous, digest, seal, event.pk,
        )  # fmt: skip
    if with_keys:
        run("UPDATE cases_head SET seal = %s WHERE case_id = %s", ledger.head_of(previous), target.event.case_id)
    return Done((target.event.case_id,), None if with_keys else target.event.pk)


KINDS: dict[str, Callable[[Target], Done]] = {
    one.__name__: one for one in (edit, delete, insert, swap, truncate, rewrite)
}


# --- Who does it, and what becomes of it ------------------------------------------------------------------


@dataclass
class Report:
    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)  # who, what, where, what became of it
    missed: list[tuple[int, str, str]] = field(default_factory=list)  # which mutation, who, what

    def __str__(self):
        lines = [
            f"{who:12} {what:9} {where:9} {fate:34} {count:6}"
            for (who, what, where, fate), count in sorted(self.counts.items())
        ]
        return "\n".join([*lines, f"missed: {self.missed[:10] or 'none'}"])


# The owner may still be stopped by a foreign key, that of a message about an entry for one.
FINE = {APPLICATION: {"refused"}, OWNER: {"refused", "noticed and located"}, SUPERUSER: {"noticed and located"}}


class Undo(Exception):
    """The end of each mutation."""


def tamper(mutations: int, dice: Random, kinds: Iterable[str] = KINDS) -> Report:
    from cases.models import Event, Leaf

    events = list(Event.objects.select_related("case").order_by("case", "number"))
    anchored: dict[int, int] = {}
    for case, entries in Leaf.objects.exclude(case=None).order_by("entries").values_list("case", "entries"):
        anchored[case] = entries
    report = Report()
    for number in range(mutations):
        who, what, event = dice.choice(list(ROLES)), dice.choice(list(kinds)), dice.choice(events)
        others = [
            one for one in events if one.case_id == event.case_id and one.pk != event.pk and one.kind != event.kind
        ]
        target = Target(event, dice.choice(others), anchored.get(event.case_id, 0), dice)
        fate = _fate(who, KINDS[what], target)
        report.counts[who, what, target.where, fate] += 1
        if fate not in FINE[who]:
            report.missed.append((number, who, what))
    return report


def _fate(who: str, kind: Callable[[Target], Done], target: Target) -> str:
    from django.db import DatabaseError, transaction

    fate = "refused"
    try:
        with transaction.atomic():
            _become(who)
            done = kind(target)
            _leave(who)
            fate = _seen(done)
            raise Undo
    except Undo:
        return fate
    except DatabaseError:
        return "refused"


TABLES = ("event", "leaf", "anchor", "tile")


def _become(who: str) -> None:
    """The owner takes the guards down, the superuser foreign keys as well; both put everything up again."""
    if ROLES[who]:
        run(f"SET LOCAL ROLE {ROLES[who]}")
    if who == APPLICATION:
        return
    run("ALTER TABLE cases_event DISABLE TRIGGER USER")
    if who == SUPERUSER:
        run("SET LOCAL session_replication_role = replica")


def _leave(who: str) -> None:
    from django.db import connection

    if who == APPLICATION:
        return
    run("SET LOCAL session_replication_role = origin") if who == SUPERUSER else run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE cases_event ENABLE TRIGGER USER")
    for guard in ("event_no_change", "event_no_truncate"):
        run(f"ALTER TABLE cases_event ENABLE ALWAYS TRIGGER {guard}")
    run("RESET ROLE")
    assert connection.in_atomic_block


def _seen(done: Done) -> str:
    from cases.inspecting import inspect

    found = inspect().found
    if not found:
        return "NOT NOTICED"
    cases = {one["case"] for one in found if one["table"] in ("cases_event", "cases_leaf", "cases_head", "cases_case")}
    rows = {one["row"] for one in found if one["table"] == "cases_event"}
    located = cases >= set(done.cases) and (done.row is None or done.row in rows)
    return "noticed and located" if located else "noticed, NOT LOCATED"


if __name__ == "__main__":
    raise SystemExit(main())
