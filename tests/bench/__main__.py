"""`make bench`: a full complaint by USSD on the production set-up, beside a bare view, in turns in one run."""

import argparse
import signal
import sys
from itertools import count
from random import Random
from time import monotonic

import django

from tests.bench import report
from tests.bench.crowd import Call, Silence
from tests.bench.report import Round
from tests.bench.stage import Stage, stage

SECONDS = 120  # no run takes longer
BARE_REPLY = "CON Single Window Service. What do you need?"


def main() -> int:
    wanted = _wanted()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # whoever stops us: what we started stops too
    until = monotonic() + SECONDS
    try:
        with stage() as ground:
            return 0 if _bench(ground, wanted, until) else 1
    except Silence as silence:
        print(f"Stopped: {silence}")
    except KeyboardInterrupt:
        print("Stopped.")
    return 1


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="how often each is measured")
    parser.add_argument("--calls", type=int, default=100, help="complaints in a round")
    parser.add_argument("--scripts", type=int, default=40, help="different ways through a complaint")
    parser.add_argument("--at-least", type=float, default=0.5, help="of the bare view's pace, to succeed")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _bench(ground: Stage, wanted: argparse.Namespace, until: float) -> bool:
    """Rehearse, warm up, measure in turns, look the cases up; whether all targets were met."""
    django.setup()  # not before the stage stands: it says where the database is
    from tests.bench import callers

    report.set_up(ground.database, wanted.seed)
    chance, numbers = Random(wanted.seed), count(1)
    scripts = [callers.rehearse(chance, next(numbers)) for _ in range(wanted.scripts)]
    everybody: list[callers.Caller] = []

    def crowd(*, to_the_end: bool = True) -> list[Call]:
        new = [
            callers.follow(chance.choice(scripts), next(numbers), to_the_end=to_the_end) for _ in range(wanted.calls)
        ]
        everybody.extend(new)
        return [caller.call for caller in new]

    rounds: list[Round] = []
    report.heading()
    for number in range(wanted.rounds + 1):
        whole, dropped = crowd(), crowd(to_the_end=False)
        now = Round(
            bare=ground.bare.measure([_on_bare(call) for call in whole], until=until),
            whole=ground.house.measure(whole, until=until),
            asking=ground.house.measure(dropped, until=until),
        )
        if number:  # the first round warms everything up
            rounds.append(now)
            report.line(str(number), [now])
    report.line("median", rounds)
    met = [
        report.fast_enough(rounds, wanted.at_least),
        report.few_statements(step for script in scripts for step in script.steps),
        report.none_mixed_up([caller.call for caller in everybody], callers.misled(everybody)),
    ]
    return all(met)


def _on_bare(call: Call) -> Call:
    return Call(call.requests, [BARE_REPLY] * len(call.requests))


if __name__ == "__main__":
    sys.exit(main())
