"""`python -m tests.bench.public`: what the performance pages cost with ten thousand, a hundred thousand and a million cases.

Cold: nothing is in memory but the code, as in a process that has just started: no release, page, template, catalogue or map.
Warm: as with every visit after that. Unchanged: for a browser or a cache between that has the page already.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper
from time import monotonic
from typing import Any

from tests.bench.countries import Visit, asked, compare

MONTHS = 3  # released
PAGES = {
    "the country": "/performance/",
    "a province": "/performance/place/ZM110/",
    "a district": "/performance/place/ZM105006/",
    "an agency": "/performance/agency/NHIMA/",
    "a picture": "/embed/months/country/all.svg",
}
ANYBODY = "anybody"


@dataclass
class Visitor:
    """A browser, and what it remembers of a page."""

    client: Any
    etags: dict[str, str] = field(default_factory=dict)


def _warm(address: str) -> Callable[[Visitor], None]:
    def visit(visitor: Visitor) -> None:
        answer = visitor.client.get(address)
        assert answer.status_code == 200, (address, answer)
        visitor.etags[address] = answer["ETag"]

    return visit


def _cold(address: str) -> Callable[[Visitor], None]:
    def visit(visitor: Visitor) -> None:
        from cases import releases

        _forget()
        _warm(address)(visitor)
        assert releases._frozen.cache_info().misses, f"{address} told nothing of a release"

    return visit


def _forget() -> None:
    """All that the house keeps in memory, found by looking, so that no memory is left out; and the compiled templates."""
    from django.template import engines

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("cases", "channels", "cms", "sws"):
            for thing in vars(module).values():
                if type(thing) is _lru_cache_wrapper:
                    thing.cache_clear()
    for loader in engines["django"].engine.template_loaders:
        loader.reset()


def _unchanged(address: str) -> Callable[[Visitor], None]:
    def visit(visitor: Visitor) -> None:
        if address not in visitor.etags:
            _warm(address)(visitor)
        answer = visitor.client.get(address, headers={"If-None-Match": visitor.etags[address]})
        assert answer.status_code == 304, (address, answer)

    return visit


VISITS = {
    f"{name}, {how}": Visit(visit(address), (ANYBODY,))
    for name, address in PAGES.items()
    for how, visit in (("cold", _cold), ("warm", _warm), ("unchanged", _unchanged))
}


def main() -> int:
    return compare("tests.bench.public", VISITS, asked("python -m tests.bench.public", __doc__).parse_args())


def furnish(size: int, people: dict[str, Visitor]) -> float:
    """Build a country and publish its last months. Returns how many seconds that took."""
    from django.conf import settings

    from tests.bench import world

    settings.KEEP_PAGES = True  # as in production
    start = monotonic()
    world.build(size, searched=False)
    publish(people)
    return monotonic() - start


def publish(people: dict[str, Visitor], months: int = MONTHS) -> None:
    """The last months of the country that stands, for anybody to read."""
    from django.contrib.auth.models import User
    from django.test import Client

    from cases import releasing
    from cases.catalogue import catalogue
    from cases.models import Officer, Role
    from cases.tables import Month
    from sws.demo_figures import whole_months

    manager = Officer.objects.create(user=User.objects.create(username="who-publishes"), role=Role.MANAGER)
    for one in whole_months(catalogue().today(), months):
        releasing.publish_release(by=manager, release=releasing.draft_release(by=manager, month=Month(one)))
    people[ANYBODY] = Visitor(Client())


if __name__ == "__main__":
    sys.exit(main())
