"""The sections of the public site: the pages below the first one that an editor shows in menus."""

from dataclasses import dataclass

from wagtail.models import Page

UNDER_THE_FIRST = 3  # the tree's root, the first page, its sections


@dataclass(frozen=True)
class Section:
    title: str
    address: str

    def holds(self, path: str) -> bool:
        return path.startswith(self.address)


def sections() -> list[Section]:
    shown = Page.objects.live().in_menu().filter(depth=UNDER_THE_FIRST).order_by("path")
    return [Section(title, f"/{slug}/") for title, slug in shown.values_list("title", "slug")]
