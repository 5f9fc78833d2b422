"""What every page knows about the house. Nothing is looked up before a page asks for it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from cases.catalogue import NoCountry, catalogue
from cms.menu import sections


@dataclass(frozen=True)
class HelpLine:
    label: str
    numbers: list[str]


def house(request: HttpRequest) -> dict:
    return {
        "ussd_code": settings.USSD_CODE,
        "simulator": settings.SIMULATOR,
        "demo": settings.MODE == "demo",
        "helplines": helplines,
        "sections": sections,
    }


def helplines() -> list[HelpLine]:
    """The catalogue's help lines; numbers that say the same (112, 999 …) share a line."""
    try:
        known = catalogue().helplines.values()
    except NoCountry:
        return []
    by_label: dict[str, list[str]] = {}
    for line in sorted(known, key=lambda line: line.order):
        by_label.setdefault(line.label, []).append(line.number)
    return [HelpLine(label, numbers) for label, numbers in by_label.items()]
