"""Links to pages, by their names in the language of the address: the sections of the site, and the way back up."""

from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.models import Page

from cases.languages import SOURCE, in_language, spoken
from cms.models.translated import english, translations

UNDER_THE_FIRST = 3  # the tree's root, the first page, its sections


@dataclass(frozen=True)
class Section:
    title: str
    address: str
    tongue: str = SOURCE  # the language of its title

    def holds(self, path: str) -> bool:
        return path.startswith(self.address)


def sections() -> list[Section]:
    shown = Page.objects.live().in_menu().filter(depth=UNDER_THE_FIRST, locale=english())
    return led_to(shown.order_by("path"))


def led_to(asked: Iterable[Page]) -> list[Section]:
    """These English pages, each by its translated name where it has one."""
    pages, names = list(asked), {}
    if spoken() != SOURCE:
        names = dict(translations(pages, [spoken()]).values_list("translation_key", "title"))
    return [
        Section(
            names.get(page.translation_key, page.title),
            in_language(f"/{page.url_path.split('/', 2)[2]}", spoken()),
            spoken() if page.translation_key in names else SOURCE,
        )
        for page in pages
    ]
