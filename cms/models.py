"""The first page of the public site: words that editors change, beside facts that come from the catalogue."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock, StructBlock, TextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cases.catalogue import NoCountry, catalogue
from cases.pack import Kind
from cms.promises import promises

PLAIN = ["bold", "link", "ul", "ol"]  # what an editor may use: no picture, which would weigh more than the page


class HomePage(Page):
    """There is one of it, at the root of the site. Codes, offices, days and help lines are never typed here."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types: list[str] = []
    template = "cms/home.html"

    headline = models.CharField(max_length=80)
    introduction = models.TextField(max_length=400)
    by_phone = RichTextField(features=PLAIN, help_text="How to use the phone menu. The code to dial is added.")
    by_sms = RichTextField(features=PLAIN)
    at_a_desk = RichTextField(features=PLAIN, help_text="The list of desks is added.")
    on_the_web = RichTextField(features=PLAIN)
    steps = StreamField(
        [("step", StructBlock([("title", CharBlock(max_length=60)), ("text", TextBlock(max_length=300))]))],
        help_text="What happens to a matter, from telling us to the last word.",
    )
    promise = RichTextField(features=PLAIN, help_text="Stands above the table of days.")
    privacy = RichTextField(features=PLAIN, help_text="A citizen's rights over what is stored about them, in short.")

    content_panels = [
        *Page.content_panels,
        *map(FieldPanel, ("headline", "introduction", "by_phone", "by_sms", "at_a_desk", "on_the_web")),
        *map(FieldPanel, ("steps", "promise", "privacy")),
    ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), **_facts()}


def _facts() -> dict[str, Any]:
    """What the catalogue knows; nothing before a country is loaded."""
    try:
        known = catalogue()
    except NoCountry:
        return {}
    rows = promises(known.topics.values(), known.agencies)
    return {
        "country": known.country,
        "agencies": [row.agency for row in rows],
        "promises": rows,
        "kinds": Kind.labels,
        "desks": sorted(known.desks.values(), key=lambda desk: desk.name),
        "places": known.districts,
        "urgent": [line for line in known.helplines.values() if line.sensitive and line.toll_free == "yes"],
    }
