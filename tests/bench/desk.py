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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from statistics import median, quantiles
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
    "a district's supervisor": ("supervisor", None, "ZM110007", ["private"]),
    "the whole country": ("manager", None, None, ["private", "staff"]),
}
MANAGERS = ("an agency's province", "a district's supervisor", "the whole country")  # others have no such page


@dataclass
class Desk:
    """One officer in front of one country, and what they look for there."""

    officer: Any
    client: Any
    wanted: dict[str, str]
    deep: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A page, and who opens it."""

    visit: Callable[[Desk], Any]
    by: tuple[str, ...] = tuple(OFFICERS)


def _get(address: str) -> Callable[[Desk], Any]:
    return lambda desk: _seen(desk.client.get(address))


def _seen(answer: Any) -> None:
    assert answer.status_code == 200, answer


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
        _seen(desk.client.get(desk.deep[address]))

    return visit


def _find(what: str) -> Callable[[Desk], Any]:
    return lambda desk: _seen(desk.client.post("/desk/cases/", {"q": desk.wanted[what]}))


def _figures(*by: str, measures: Iterable[str] = (), months: int = 12) -> Callable[[Desk], Any]:
    """These figures, or all there are, of the last months."""

    def ask(desk: Desk) -> None:
        from cases.behind import months_back, read_period
        from cases.catalogue import catalogue
        from cases.measures import MEASURES
        from cases.statistics import Where, figures, scope_of

        period = read_period(months_back(catalogue().today(), months))
        rows = figures(tuple(measures) or MEASURES, by=by, where=Where(scope_of(desk.officer)), period=period)
        assert any(row.value for row in rows)

    return ask


FEW = ("received", "resolved", "resolved_on_time", "disputed_share")  # of what is kept of topics in each district
# Another page that must bear a million cases is one more line.
VISITS: dict[str, Visit] = {
    "worklist": Visit(_get("/desk/")),
    "a group's deep page": Visit(_deep("/desk/?group=late")),
    "closed cases' deep page": Visit(_deep("/desk/?state=closed")),
    "complaints only": Visit(_get("/desk/?kind=complaint")),
    "find a part of a number": Visit(_find("part")),
    "find a phone": Visit(_find("phone")),
    "find a name": Visit(_find("name")),
    "find a misspelt name": Visit(_find("misspelt")),
    "find three words": Visit(_find("words")),
    "find a very common name": Visit(_find("common")),
    "manager's home": Visit(_get("/desk/manage/"), MANAGERS),
    "home, answered on time": Visit(_get("/desk/manage/?map=resolved_on_time"), MANAGERS),
    "figures side by side": Visit(_get("/desk/manage/figures/"), MANAGERS),
    "every figure of a year": Visit(_figures(), MANAGERS),
    "a year by agency": Visit(_figures("agency"), MANAGERS),
    "a year by programme": Visit(_figures("programme", measures=FEW), MANAGERS),
    "a quarter by district": Visit(_figures("district", months=3), MANAGERS),
    "a year by month": Visit(
        _figures("month", measures=("received", "resolved_on_time", "days_to_resolve_p90")), MANAGERS
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--at-most", type=float, default=2.0, help="times what the smallest costs, to succeed")
    parser.add_argument("--no-search", action="store_true", help="half of the time to build the countries")
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    until = monotonic() + 60 * MINUTES
    visits = {title: visit for title, visit in VISITS.items() if not (wanted.no_search and title.startswith("find "))}
    building = ("build",) if not wanted.no_search else ("build", "no search")
    with scratch() as server:
        countries = [_Country(server, size) for size in wanted.sizes]
        try:
            for country in countries:
                if monotonic() > until:
                    print("Stopped: there was no time left to build a country.")
                    return 1
                print(f"{country.size:>9,} cases built in {country.ask(*building):.0f} s", flush=True)
            return 0 if _compare(countries, visits, wanted.rounds, wanted.at_most) else 1
        except KeyboardInterrupt:
            print("Stopped.")
            return 1
        finally:
            for country in countries:
                country.end()


def _compare(countries: list["_Country"], visits: dict[str, Visit], rounds: int, at_most: float) -> bool:
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
            case ("build", *less):
                pipe.send(furnish(size, desks, searched=not less))
            case ("warm up", visit, officer):
                pipe.send(sum(_time(VISITS[visit].visit, desks[officer]) for _ in range(WARM_UP)))
            case ("measure", visit, officer):
                pipe.send(_time(VISITS[visit].visit, desks[officer]))


def _time(visit: Callable[[Desk], Any], desk: Desk) -> float:
    start = perf_counter()
    visit(desk)
    return 1000 * (perf_counter() - start)


def furnish(size: int, desks: dict[str, Desk], *, searched: bool = True) -> float:
    """Build a country and put its officers before it. Returns how many seconds that took."""
    from django.contrib.auth.models import User
    from django.test import Client

    from cases.models import Officer
    from tests.bench import world

    start = monotonic()
    world.build(size, searched=searched)
    for number, (title, (role, agency, place, clearances)) in enumerate(OFFICERS.items()):
        user = User.objects.create(username=f"officer-{number}", first_name=title)
        officer = Officer.objects.create(user=user, role=role, agency_id=agency, place_id=place, clearances=clearances)
        client = Client()
        client.force_login(user)
        desks[title] = Desk(officer, client, world.things_to_find(officer) if searched else {})
    return monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
