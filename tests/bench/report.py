"""What the bench says of what it measured, and whether that meets the targets."""

import os
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.crowd import CALLERS, LINES, Call
from tests.bench.stage import Result

if TYPE_CHECKING:
    from tests.bench.callers import Step

MOST_STATEMENTS = 2  # on an ordinary hop
NOT_ORDINARY = ("menu", "sent")  # where a new phone's language was noted; where the case was opened


@dataclass(frozen=True)
class Round:
    """The bare view, whole complaints, and complaints without the hop that opens the case; measured in turns."""

    bare: Result
    whole: Result
    asking: Result


def set_up(database: str, seed: int) -> None:
    print(
        f"Seed {seed}; {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"Django {version('django')}, {database}\n"
        f"Granian {version('granian')} (WSGI) as quickstart starts it, 2 processes of 4 threads; {CALLERS} callers on "
        f"{LINES} connections, from one process on the same cores\n"
        "ms: processor time a hop, user and system, of the web server's processes + of PostgreSQL's",
        flush=True,
    )


def heading() -> None:
    print(f"\n{'':8}{'bare view':>22}{'whole complaint':>30}{'without its last hop':>30}")
    print(f"{'round':8}{'hops/s':>8}{'ms':>14}" + 2 * f"{'hops/s':>9}{'ms':>14}{'ratio':>7}", flush=True)


def line(name: str, rounds: list[Round]) -> None:
    def of(which: str) -> str:
        results: list[Result] = [getattr(one, which) for one in rounds]
        pace = median(result.pace.a_second for result in results)
        web, database = median(result.web_ms for result in results), median(result.database_ms for result in results)
        return f"{pace:>8.0f}{web:>8.2f} + {database:.2f} "

    ratios = (f"{median(_ratios(rounds, which)):>6.2f} " for which in ("whole", "asking"))
    print(f"{name:8}{of('bare')} {of('whole')}{next(ratios)} {of('asking')}{next(ratios)}", flush=True)


def _ratios(rounds: list[Round], which: str) -> list[float]:
    return sorted(getattr(one, which).pace.a_second / one.bare.pace.a_second for one in rounds)


def _by_processor_time(rounds: list[Round], which: str) -> float:
    """What the ratio would be on a machine that does nothing else, the callers' own work included."""
    bare = median(one.bare.all_ms for one in rounds)
    return bare / median(getattr(one, which).all_ms for one in rounds)


def fast_enough(rounds: list[Round], at_least: float) -> bool:
    def told(which: str) -> str:
        ratios = _ratios(rounds, which)
        return (
            f"{median(ratios):.2f} of the bare view's pace ({ratios[0]:.2f} to {ratios[-1]:.2f} in {len(ratios)} "
            f"rounds; {_by_processor_time(rounds, which):.2f} by processor time)"
        )

    own = median(one.whole.own_ms for one in rounds)
    print(
        f"\nratio: {told('whole')}; wanted: {at_least:.2f}\n"
        f"  without the hop that opens the case: {told('asking')}\n"
        f"  the callers themselves took {own:.3f} ms a hop of the same cores"
    )
    return median(_ratios(rounds, "whole")) >= at_least


def few_statements(steps: Iterable["Step"]) -> bool:
    """The most that anybody needed to reach each screen, in the order in which callers come by."""
    most: dict[str, int] = {}
    for step in steps:
        most[step.screen] = max(step.statements, most.get(step.screen, 0))
    worst = max(number for screen, number in most.items() if screen not in NOT_ORDINARY)
    print(
        f"statements: at most {worst} on an ordinary hop; wanted: {MOST_STATEMENTS}\n"
        f"  to reach each screen: {', '.join(f'{screen} {number}' for screen, number in most.items())}"
    )
    return worst <= MOST_STATEMENTS


def none_mixed_up(calls: list[Call], misled: int) -> bool:
    """Each reply must be the very text; a number and PIN must be of the case that this caller opened."""
    replies = Counter(reply for call in calls for reply in call.expected)
    hops = replies.total()
    alike = sum((number / hops) ** 2 for number in replies.values())
    wrong = sum(call.wrong for call in calls) + misled
    print(
        f"wrong: {wrong} of {hops}\n"
        f"  two callers' replies differ with a chance of {1 - alike:.0%}; "
        f"{sum(call.opens_a_case for call in calls)} cases were compared with who opened them, how and in which words"
    )
    return wrong == 0
