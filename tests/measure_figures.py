"""How figures bear many cases: `python -m tests.measure_figures 100000` writes random histories and counts them twice.

It prints what keeping up costs an event, how long a recount takes and that both agree, and what a page costs at a
hundredth, a tenth and all of the cases. On a server of its own, bounded in time; not part of the suite.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import django

from tests import ground

MOVES = ("sort", "name_officer", "unname_officer")  # these say anew what the case is about; the suite has them
MONTHS, FIRST = 24, date(2024, 1, 1)
SAID: dict[str, dict] = {  # what the figures read of a step
    "resolve": {"decision": "upheld", "told": True},
    "escalate": {"level": 2},
    "agree": {"agreed": True},
    "merge": {"as": "same"},
}
Entry = tuple[int, int, str, datetime, dict]  # case, number, kind, at, data


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure_figures", description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=20, help="after which no more cases are written")
    wanted = parser.parse_args()
    template = ground.template_name()
    with ground.servers(template) as (server, valkey):
        ground.clone(server, template, "measured")
        os.environ |= {"MODE": "test", "DJANGO_SETTINGS_MODULE": "sws.settings", "REDIS_URL": valkey}
        os.environ |= {"DATABASE_URL": ground.at(server, "measured")}
        django.setup()
        return 0 if measure(wanted.cases, Random(wanted.seed), wanted.minutes * 60) else 1


def measure(cases: int, dice: Random, seconds: float) -> bool:
    from cases import tallies
    from cases.statistics import WHOLE, Where, figures
    from tests.builders import open_case

    print(f"{cases} cases")
    open_case()
    events, counting, written, began = 0, 0.0, 1, time.monotonic()
    pages: dict[int, dict[str, float]] = {}
    for size in (cases // 100, cases // 10, cases):  # each over all months, so that only how many they are differs
        for month in range(MONTHS):
            if time.monotonic() - began > seconds:
                break
            more = (size - written) // (MONTHS - month)
            numbers = add_cases(more)
            batch = sorted(histories(dice, more, first_of(month)), key=lambda entry: entry[3:4])
            for part in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):  # a case is met again when it has gone on
                write([(numbers[case], *entry) for case, *entry in part])
                before = time.monotonic()
                events += tallies.keep_up()
                counting += time.monotonic() - before
            written += more
        pages[written] = page_times(first_of(MONTHS))
    before = time.monotonic()
    differences = tallies.recount()
    recounting = time.monotonic() - before
    readable = figures(["received"], where=Where(WHOLE))[0].n  # a history that cannot be read counts as nothing
    print(f"{readable} of {written} cases, {events} events written and counted")
    print(f"keeping up: {1_000_000 * counting / events:.0f} microseconds an event")
    print(f"recount: {recounting:.0f} s, {len(differences)} differences")
    print(size_of_tallies())
    for name in PAGES:
        told = ", ".join(f"{at}: {1000 * times[name]:.1f} ms" for at, times in pages.items())
        smallest, largest = min(pages), max(pages)
        print(f"{name}: {told}; ratio {pages[largest][name] / pages[smallest][name]:.1f}")
    return not differences and readable == written >= cases


def first_of(month: int) -> date:
    return (FIRST + timedelta(days=round(month * 30.5))).replace(day=1)


# --- Histories ----------------------------------------------------------------------------------------------


def histories(dice: Random, cases: int, month: date) -> Iterator[Entry]:
    from cases.catalogue import catalogue

    topics, places = list(catalogue().topics.values()), list(catalogue().districts)
    likely = [1 / rank for rank in range(1, len(topics) + 1)]
    for case, topic in enumerate(dice.choices(topics, likely, k=cases)):
        day = month + timedelta(days=dice.randrange(30))
        matter = {
            "topic": topic.pk,
            "agency": topic.handler_id or topic.agency_id,
            "sensitivity": topic.sensitivity,
            "place": dice.choice(places),
            "acknowledge_due": str(day + timedelta(days=3)),
        }
        yield from life(dice, case, day, matter)


def life(dice: Random, case: int, day: date, matter: dict) -> Iterator[Entry]:
    """A walk through the lifecycle's table; one in twenty stops on the way and stays open."""
    from cases.lifecycle import STEPS, State

    due, opened, state, number = str(day + timedelta(days=dice.choice([7, 14]))), day, State.RECEIVED, 1
    facts = {"channel": dice.choice(["ussd", "sms", "desk"]), "language": dice.choice(["en", "bem", "ny", "loz"])}
    data: dict[str, Any] = {**matter, **facts, "level": 1, "appeal": dice.random() < 0.02, "also_for": []}
    kind: str | None = "open"
    while kind:
        stands = {"state": state.value, "due": due, "days": (day - opened).days * 5 // 7}
        yield (
            case,
            number,
            kind,
            datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC")),
            data | {"stands": stands},
        )
        number, day = number + 1, day + timedelta(days=dice.choice([0, 1, 1, 2, 5]))
        usual = {State.RECEIVED: "take", State.IN_PROGRESS: "resolve", State.WAITING: "hear", State.REFERRED: "recall"}
        ways = [step for step in STEPS if state in STEPS[step].sources and step not in MOVES]
        kind = usual.get(state) if dice.random() < 0.6 else dice.choice(ways)
        if state == State.CLOSED or number > 15 or dice.random() < 0.01:
            return
        if kind is None:
            kind = dice.choice(["confirm", "close", "lapse"])
        state = STEPS[kind].target or state
        data = SAID.get(kind, {}) | ({"rating": dice.randint(1, 5)} if kind == "rate" else {})


def add_cases(many: int) -> list[int]:
    """Rows for events to hang on; what stands in them no figure reads."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case'")
        names = [name for (name,) in cursor if name not in ("id", "reference", "once")]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO cases_case (reference, {columns}) "
            f"SELECT 'x' || nextval('cases_case_id_seq'), {columns} "
            "FROM (SELECT * FROM cases_case ORDER BY id LIMIT 1) AS one, generate_series(1, %s) RETURNING id",
            [many],
        )
        return [number for (number,) in cursor]


def write(entries: list[tuple]) -> None:
    from django.db import connection

    connection.ensure_connection()
    into = "COPY cases_event (case_id, number, kind, at, data, actor, words_digest, previous, digest) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(into) as copy:
        for case, number, kind, at, data in entries:
            copy.write_row((case, number, kind, at, json.dumps(data), "system", "", "", ""))


# --- Pages --------------------------------------------------------------------------------------------------

PAGES: dict[str, Callable[[date], object]] = {
    "the whole, a year, every measure": lambda last: ask(list_all(), (), last),
    "by agency": lambda last: ask(list_all(), ("agency",), last),
    "by programme": lambda last: ask(["received", "resolved", "resolved_on_time", "late_now"], ("programme",), last),
    "by district, the last month": lambda last: ask(["resolved_on_time", "late_now"], ("district",), last, months=1),
    "by month": lambda last: ask(["received", "resolved_on_time", "days_to_resolve_median"], ("month",), last),
}


def list_all() -> list[str]:
    from cases.measures import MEASURES

    return list(MEASURES)


def ask(measures: list[str], by: tuple[str, ...], last: date, months: int = 12) -> object:
    from cases.statistics import WHOLE, Period, Where, figures

    end = last.replace(day=1)
    begin = end
    for _month in range(months):
        begin = (begin - timedelta(days=1)).replace(day=1)
    return figures(measures, by=by, where=Where(WHOLE), period=Period(begin, end - timedelta(days=1)))


def page_times(last: date) -> dict[str, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_tally")
    return {name: median(_seconds(page, last) for _time in range(5)) for name, page in PAGES.items()}


def _seconds(page: Callable[[date], object], last: date) -> float:
    before = time.monotonic()
    page(last)
    return time.monotonic() - before


def size_of_tallies() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), pg_total_relation_size('cases_tally') / 1048576 FROM cases_tally")
        rows, megabytes = cursor.fetchone()
        cursor.execute("SELECT pg_total_relation_size('cases_event') / 1048576")
        return f"tallies: {rows} rows, {megabytes} MB; the events they count: {cursor.fetchone()[0]} MB"


if __name__ == "__main__":
    raise SystemExit(main())
