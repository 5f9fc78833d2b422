"""`make bench`: a full complaint by USSD on the production set-up, beside a bare view, in turns in one run."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from itertools import count
from random import Random
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING

import django

from tests.bench.crowd import LINES, Call, Silence
from tests.bench.stage import Result, Stage, stage

if TYPE_CHECKING:
    from tests.bench.callers import Caller, Script

SECONDS = 120  # no run takes longer
SCRIPTS = 40  # different ways through a complaint
MOST_STATEMENTS = 2  # on an ordinary hop
NOT_ORDINARY = ("menu", "sent")  # where a new phone's language was noted; where the case was opened
BARE_REPLY = "CON Single Window Service. What do you need?"


def main() -> int:
    wanted = _wanted()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # whoever stops us: what we started stops too
    until = monotonic() + SECONDS
    try:
        with stage() as ground:
            return 0 if all(_bench(ground, wanted, until)) else 1
    except Silence as silence:
        print(f"Stopped: {silence}")
    except KeyboardInterrupt:
        print("Stopped.")
    return 1


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each of the two is measured")
    parser.add_argument("--calls", type=int, default=400, help="complaints in a round")
    parser.add_argument("--at-least", type=float, default=0.5, help="of the bare view's pace, to succeed")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _bench(ground: Stage, wanted: argparse.Namespace, until: float) -> list[bool]:
    """Rehearse, warm up, measure in turns, look the cases up; which targets were met."""
    django.setup()  # not before the stage stands: it says where the database is
    from tests.bench import callers

    print(_set_up(ground, wanted.seed), flush=True)
    chance, numbers = Random(wanted.seed), count(1)
    scripts = [callers.rehearse(chance, next(numbers)) for _ in range(SCRIPTS)]

    def crowd() -> list[Caller]:
        return [callers.follow(chance.choice(scripts), next(numbers)) for _ in range(wanted.calls)]

    everybody: list[Caller] = []
    rounds: list[tuple[Result, Result]] = []
    print("\n round        house: hops/s   ms a hop        bare: hops/s   ms a hop        ratio", flush=True)
    for number in range(wanted.rounds + 1):  # the first warms both up and does not count
        now = crowd()
        everybody += now
        house = ground.house.measure([caller.call for caller in now], until=until)
        bare = ground.bare.measure([_on_bare(caller.call) for caller in now], until=until)
        if number:
            rounds.append((house, bare))
            print(_line(str(number), [(house, bare)]), flush=True)
    print(_line("median", rounds))
    return [
        _fast_enough(rounds, wanted.at_least),
        _few_statements(scripts),
        _none_mixed_up(everybody, callers.misled(everybody)),
    ]


def _on_bare(call: Call) -> Call:
    return Call(call.requests, [BARE_REPLY] * len(call.requests))


# --- What is said -------------------------------------------------------------------------------------


def _set_up(ground: Stage, seed: int) -> str:
    return (
        f"Seed {seed}; {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"Django {version('django')}, {ground.database}\n"
        f"Granian {version('granian')} (WSGI) as quickstart starts it: 2 processes of 4 threads; {LINES} people call "
        "at once, from one process on the same cores.\n"
        "ms a hop: processor time, user and system, of the web server's processes + of PostgreSQL's."
    )


def _line(name: str, rounds: list[tuple[Result, Result]]) -> str:
    def middle(value: Callable[[Result], float], which: int) -> float:
        return median(value(pair[which]) for pair in rounds)

    def of(which: int) -> str:
        pace, web, database = (
            middle(value, which)
            for value in (lambda it: it.pace.a_second, lambda it: it.web_ms, lambda it: it.database_ms)
        )
        return f"{pace:>12.0f} {web:>9.2f} + {database:.2f}"

    return f" {name:<12}{of(0)}    {of(1)}{median(map(_ratio, rounds)):>12.2f}"


def _ratio(pair: tuple[Result, Result]) -> float:
    house, bare = pair
    return house.pace.a_second / bare.pace.a_second


def _fast_enough(rounds: list[tuple[Result, Result]], at_least: float) -> bool:
    ratios = sorted(map(_ratio, rounds))
    own = median(1000 * house.pace.own_seconds / house.pace.hops for house, _bare in rounds)
    print(
        f"ratio: {median(ratios):.2f} of the bare view's pace (from {ratios[0]:.2f} to {ratios[-1]:.2f} in "
        f"{len(ratios)} rounds); wanted: {at_least:.2f}. The crowd itself took {own:.3f} ms a hop of the same cores."
    )
    return median(ratios) >= at_least


def _few_statements(scripts: list[Script]) -> bool:
    """The most that any call needed to reach each screen, in the order in which callers come by."""
    most: dict[str, int] = {}
    for script in scripts:
        for step in script.steps:
            most[step.screen] = max(step.statements, most.get(step.screen, 0))
    print("\nSQL statements to reach each screen: " + ", ".join(f"{name} {number}" for name, number in most.items()))
    worst = max(number for name, number in most.items() if name not in NOT_ORDINARY)
    print(f"statements: at most {worst} on an ordinary hop; wanted: {MOST_STATEMENTS}")
    return worst <= MOST_STATEMENTS


def _none_mixed_up(everybody: list[Caller], misled: int) -> bool:
    """Each reply but the last must be the very text; the last, and the case behind it, must be the caller's own."""
    replies = Counter(step.reply for caller in everybody for step in caller.script.steps)
    hops = replies.total()
    alike = sum((number / hops) ** 2 for number in replies.values())
    wrong = sum(caller.call.wrong for caller in everybody)
    print(
        f"\n{len(everybody)} cases were compared with who opened them, how and in which words.\n"
        f"wrong: {wrong + misled} of {hops}; any two replies differ with a chance of {1 - alike:.0%}"
    )
    return wrong + misled == 0


if __name__ == "__main__":
    sys.exit(main())
