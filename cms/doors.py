"""What the search finds besides editors' pages: results, figures, data, the ledger; a place's desks and results."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from cases.languages import address
from cases.pack import Place
from cms import knowledge
from cms.menu import led_to
from cms.models import DeskFinderPage
from cms.models.translated import english
from cms.performance import find


@dataclass(frozen=True)
class Door:
    title: str
    address: str


def by_name() -> Iterator[tuple[str, Callable[[], list[Door]]]]:
    """Each name with what it leads to. Whoever types all words of a name is led there."""
    for where, title, names in (
        ("site:performance", _("Results"), ("performance", "promises kept")),
        ("citizen:published_all", _("Published figures"), ("figures",)),
        ("citizen:data", _("Open data"), ("open data",)),
        ("citizen:ledger", _("The public ledger"), ("ledger",)),
    ):
        for name in (title, *names):
            yield name, partial(_of_page, title, where)
    if house := knowledge.known():
        for place in (*house.districts.values(), *house.provinces.values()):
            for name in (place.name, *place.spellings):
                yield name, partial(_of_place, place)


def _of_page(title: str, where: str) -> list[Door]:
    return [Door(title, address(where))]


def _of_place(place: Place) -> list[Door]:
    """A province's desks stand with all others."""
    finder = DeskFinderPage.objects.live().filter(locale=english()).first()
    asked = f"?{urlencode({'district': place.name})}" if place.parent_id else ""
    desks = (
        [Door(_("Desks in {place}").format(place=place.name), led_to([finder])[0].address + asked)] if finder else []
    )
    results = find("place", place.pk)
    return [*desks, *([Door(_("Results of {place}").format(place=results.name), results.address)] if results else [])]
