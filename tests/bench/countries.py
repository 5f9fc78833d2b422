"""Countries of different sizes side by side on one server, each a database with a process in front, asked in turns.

Whatever else the machine does falls on all of them alike. Printed are medians and the ratio of the largest to the
smallest; a bench fails where that is missed.
"""

import argparse
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from statistics import median, quantiles
from time import monotonic, perf_counter
from typing import Any

import django

from tests import ground
from tests.bench.scratch import scratch

SIZES = (10_000, 100_000, 1_000_000)
MINUTES = 10  # to build the countries; measuring takes one or two more
WARM_UP = 12  # PostgreSQL plans a statement ten times before it keeps the plan


@dataclass(frozen=True)
class Visit:
    """A page, and who opens it."""

    visit: Callable[[Any], Any]
    by: tuple[str, ...]


def asked(prog: str, about: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--at-most", type=float, default=3.0, help="times what the smallest costs, to succeed")
    return parser


def compare(bench: str, visits: Mapping[str, Visit], wanted: argparse.Namespace, *building: str) -> int:
    """`bench` is a module with VISITS and furnish(size, people, ...). The exit code of a program."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    until = monotonic() + 60 * MINUTES
    with scratch() as server:
        countries = [_Country(bench, server, size) for size in wanted.sizes]
        try:
            for country in countries:
                if monotonic() > until:
                    print("Stopped: there was no time left to build a country.")
                    return 1
                print(f"{country.size:>9,} cases built in {country.ask('build', *building):.0f} s", flush=True)
            return 0 if _compare(countries, visits, wanted.rounds, wanted.at_most) else 1
        except KeyboardInterrupt:
            print("Stopped.")
            return 1
        finally:
            for country in countries:
                country.end()


def _compare(countries: list["_Country"], visits: Mapping[str, Visit], rounds: int, at_most: float) -> bool:
    sizes = "".join(f"{country.size:>11,}" for country in countries)
    print(f"\n{'median, ms':26}{sizes}{'ratio':>8}{'middle half':>14}   worst officer")
    met = True
    for title, visit in visits.items():
        for officer in visit.by:
            for country in countries:
                country.ask("warm up", title, officer)
        times = [  # round by round, officer by officer, country by country
            [[country.ask("measure", title, officer) for country in countries] for officer in visit.by]
            for _round in range(rounds)
        ]
        met &= _print(title, times, visit.by) <= at_most
    print(f"\nwanted: at most {at_most} for each")
    return met


def _print(title: str, times: list[list[list[float]]], officers: tuple[str, ...]) -> float:
    """The line of a page; the ratio of a round is that of all officers' times together."""
    of_all = [
        median(sum(of_size) / len(officers) for of_size in sizes) for sizes in zip(*map(_by_size, times), strict=True)
    ]
    ratios = [sum(sizes[-1]) / sum(sizes[0]) for sizes in map(_by_size, times)]
    low, ratio, high = quantiles(ratios)
    of_each = {
        officer: median(one[number][-1] for one in times) / median(one[number][0] for one in times)
        for number, officer in enumerate(officers)
    }
    worst = max(of_each, key=of_each.__getitem__)
    told = "".join(f"{took:>11.1f}" for took in of_all)
    print(f"{title:26}{told}{ratio:>8.2f}{f'{low:.2f} to {high:.2f}':>14}   {of_each[worst]:.2f} {worst}", flush=True)
    return ratio


def _by_size(of_officers: list[list[float]]) -> list[tuple[float, ...]]:
    return list(zip(*of_officers, strict=True))


class _Country:
    """A database of so many cases and a process in front of it, like a web worker: it keeps connection and plans."""

    def __init__(self, bench: str, server: str, size: int) -> None:
        self.size = size
        ours, theirs = multiprocessing.Pipe()
        self.pipe = ours
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_serve, args=[theirs, bench, server, size], daemon=True)
        self.process.start()

    def ask(self, *what: str) -> float:
        """How long it took: seconds of a building, else milliseconds."""
        self.pipe.send(what)
        return self.pipe.recv()

    def end(self) -> None:
        self.process.terminate()
        self.process.join()


def _serve(pipe: Any, bench: str, server: str, size: int) -> None:
    name = f"bench_{size}"
    ground.clone(server, ground.template_name(), name)
    os.environ["DATABASE_URL"] = ground.at(server, name)
    django.setup()
    module, people = import_module(bench), dict[str, Any]()
    while True:
        match pipe.recv():
            case ("build", *how):
                pipe.send(module.furnish(size, people, *how))
            case ("warm up", visit, who):
                pipe.send(sum(_time(module.VISITS[visit].visit, people[who]) for _ in range(WARM_UP)))
            case ("measure", visit, who):
                pipe.send(_time(module.VISITS[visit].visit, people[who]))


def _time(visit: Callable[[Any], Any], who: Any) -> float:
    start = perf_counter()
    visit(who)
    return 1000 * (perf_counter() - start)
