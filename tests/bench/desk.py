"""`python -m tests.bench.desk`: what an officer's pages cost with ten thousand, a hundred thousand and a million cases.

Everyday pages of officers from a district to the whole country, and their searches.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from time import monotonic
from typing import Any

from tests.bench.countries import Visit, asked, compare

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
EVERYBODY = tuple(OFFICERS)
MANAGERS = ("an agency's province", "a district's supervisor", "the whole country")  # others have no such page


@dataclass
class Desk:
    """One officer in front of one country, and what they look for there."""

    officer: Any
    client: Any
    wanted: dict[str, str]
    deep: dict[str, str] = field(default_factory=dict)


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
    "worklist": Visit(_get("/desk/"), EVERYBODY),
    "a group's deep page": Visit(_deep("/desk/?group=late"), EVERYBODY),
    "closed cases' deep page": Visit(_deep("/desk/?state=closed"), EVERYBODY),
    "complaints only": Visit(_get("/desk/?kind=complaint"), EVERYBODY),
    "find a part of a number": Visit(_find("part"), EVERYBODY),
    "find a phone": Visit(_find("phone"), EVERYBODY),
    "find a name": Visit(_find("name"), EVERYBODY),
    "find a misspelt name": Visit(_find("misspelt"), EVERYBODY),
    "find three words": Visit(_find("words"), EVERYBODY),
    "find a very common name": Visit(_find("common"), EVERYBODY),
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
    parser = asked("python -m tests.bench.desk", __doc__)
    parser.add_argument("--no-search", action="store_true", help="half of the time to build the countries")
    parser.add_argument("--pages", default="", help="only those with this in their name")
    wanted = parser.parse_args()
    visits = {title: visit for title, visit in VISITS.items() if wanted.pages in title}
    if wanted.no_search:
        visits = {title: visit for title, visit in visits.items() if not title.startswith("find ")}
    return compare("tests.bench.desk", visits, wanted, *(["no search"] if wanted.no_search else []))


def furnish(size: int, desks: dict[str, Desk], how: str = "") -> float:
    """Build a country and put its officers before it. Returns how many seconds that took."""
    from django.contrib.auth.models import User
    from django.test import Client

    from cases.models import Officer
    from tests.bench import world

    start, searched = monotonic(), how != "no search"
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
