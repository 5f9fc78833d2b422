"""`python -m tests.bench.desk`: what an officer's pages cost with ten thousand, a hundred thousand and a million cases.

The countries stand side by side on one server and are asked in turns, so that whatever else the machine does falls on
all of them alike. Printed are medians and the ratio of the largest to the smallest; it fails where that is missed.
"""

import argparse
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from statistics import median
from time import monotonic, perf_counter
from typing import Any

import django

from tests import ground
from tests.bench.scratch import scratch

SIZES = (10_000, 100_000, 1_000_000)
MINUTES = 10  # to build the countries; measuring takes one or two more
WARM_UP = 12  # PostgreSQL plans a statement ten times before it keeps the plan
DEEP = 20  # pages turned over before a list is measured

# From a district to the whole country: role, agency, place, clearances.
OFFICERS = {
    "a district's desk": ("desk", None, "ZM110007", ["private"]),
    "an agency in the capital": ("agency", "NHIMA", "ZM105006", ["private"]),
    "an agency's province": ("agency_head", "MCDSS", "ZM102", ["private", "staff"]),
    "a national agency": ("agency", "NHIMA", None, ["private"]),
    "the whole country": ("manager", None, None, ["private", "staff"]),
}


@dataclass
class Desk:
    """One officer in front of one country, and what they look for there."""

    client: Any
    wanted: dict[str, str]
    deep: dict[str, str] = field(default_factory=dict)


def _get(address: str) -> Callable[[Desk], Any]:
    return lambda desk: desk.client.get(address)


def _deep(address: str) -> Callable[[Desk], Any]:
    """A list, as many pages down as there are, and no more than DEEP."""

    def visit(desk: Desk) -> Any:
        if address not in desk.deep:
            desk.deep[address] = address
            for _page in range(DEEP):
                page = desk.client.get(desk.deep[address]).content.decode()
                onward = re.search(r'rel="next" href="([^"]+)"', page)
                if not onward or len(re.findall('class="number"', page)) < 25:
                    break
                desk.deep[address] = "/desk/" + unescape(onward.group(1))
        return desk.client.get(desk.deep[address])

    return visit


def _find(what: str) -> Callable[[Desk], Any]:
    return lambda desk: desk.client.post("/desk/cases/", {"q": desk.wanted[what]})


# Another page that must bear a million cases is one more line.
VISITS: dict[str, Callable[[Desk], Any]] = {
    "worklist": _get("/desk/"),
    "a group's deep page": _deep("/desk/?group=late"),
    "closed cases' deep page": _deep("/desk/?state=closed"),
    "complaints only": _get("/desk/?kind=complaint"),
    "find a part of a number": _find("part"),
    "find a phone": _find("phone"),
    "find a name": _find("name"),
    "find a misspelt name": _find("misspelt"),
    "find three words": _find("words"),
    "find a very common name": _find("common"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--at-most", type=float, default=2.0, help="times what the smallest costs, to succeed")
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    until = monotonic() + 60 * MINUTES
    with scratch() as server:
        countries = [_Country(server, size) for size in wanted.sizes]
        try:
            for country in countries:
                if monotonic() > until:
                    print("Stopped: there was no time left to build a country.")
                    return 1
                print(f"{country.size:>9,} cases built in {country.ask('build'):.0f} s", flush=True)
            return 0 if _compare(countries, wanted.rounds, wanted.at_most) else 1
        except KeyboardInterrupt:
            print("Stopped.")
            return 1
        finally:
            for country in countries:
                country.end()


def _compare(countries: list["_Country"], rounds: int, at_most: float) -> bool:
    sizes = [country.size for country in countries]
    print(f"\n{'median, ms':26}" + "".join(f"{size:>11,}" for size in sizes) + f"{'ratio':>8}{'worst officer':>28}")
    met = True
    for visit in VISITS:
        times = {(officer, country.size): [] for officer in OFFICERS for country in countries}
        for officer in OFFICERS:
            for country in countries:
                country.ask("warm up", visit, officer)
        for _round in range(rounds):
            for officer in OFFICERS:
                for country in countries:
                    times[officer, country.size].append(country.ask("measure", visit, officer))
        by_size = {size: median(median(times[officer, size]) for officer in OFFICERS) for size in sizes}
        ratios = {officer: median(times[officer, sizes[-1]]) / median(times[officer, sizes[0]]) for officer in OFFICERS}
        worst = max(ratios, key=ratios.__getitem__)
        ratio = by_size[sizes[-1]] / by_size[sizes[0]]
        met &= ratio <= at_most
        told = "".join(f"{by_size[size]:>11.1f}" for size in sizes)
        print(f"{visit:26}{told}{ratio:>8.2f}{ratios[worst]:>7.2f} {worst}", flush=True)
    print(f"\nwanted: at most {at_most} for each")
    return met


class _Country:
    """A database of so many cases and a process in front of it, like a web worker: it keeps connection and plans."""

    def __init__(self, server: str, size: int) -> None:
        self.size = size
        ours, theirs = multiprocessing.Pipe()
        self.pipe = ours
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_serve, args=[theirs, server, size], daemon=True)
        self.process.start()

    def ask(self, *what: str) -> float:
        """How long it took: seconds of a building, else milliseconds."""
        self.pipe.send(what)
        return self.pipe.recv()

    def end(self) -> None:
        self.process.terminate()
        self.process.join()


def _serve(pipe: Any, server: str, size: int) -> None:
    name = f"bench_{size}"
    ground.clone(server, ground.template_name(), name)
    os.environ["DATABASE_URL"] = ground.at(server, name)
    django.setup()
    desks: dict[str, Desk] = {}
    while True:
        match pipe.recv():
            case ("build",):
                pipe.send(_build(size, desks))
            case ("warm up", visit, officer):
                pipe.send(sum(_time(VISITS[visit], desks[officer]) for _ in range(WARM_UP)))
            case ("measure", visit, officer):
                pipe.send(_time(VISITS[visit], desks[officer]))


def _time(visit: Callable[[Desk], Any], desk: Desk) -> float:
    start = perf_counter()
    answer = visit(desk)
    took = 1000 * (perf_counter() - start)
    assert answer.status_code == 200, answer
    return took


def _build(size: int, desks: dict[str, Desk]) -> float:
    from django.contrib.auth.models import User
    from django.test import Client

    from cases.models import Officer
    from tests.bench import world

    start = monotonic()
    world.build(size)
    for number, (title, (role, agency, place, clearances)) in enumerate(OFFICERS.items()):
        user = User.objects.create(username=f"officer-{number}", first_name=title)
        officer = Officer.objects.create(user=user, role=role, agency_id=agency, place_id=place, clearances=clearances)
        client = Client()
        client.force_login(user)
        desks[title] = Desk(client, world.things_to_find(officer))
    return monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
