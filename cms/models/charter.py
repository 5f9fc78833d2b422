"""The service charter: what is promised, and beside each promise the standards as they hold today."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock, ChoiceBlock, RichTextBlock, StructBlock
from wagtail.fields import StreamField

from cms import knowledge
from cms.blocks import PLAIN
from cms.models.frame import PublicPage


class PromiseBlock(StructBlock):
    """One promise in words; the table beside it is made from the catalogue each time the page is shown."""

    title = CharBlock(max_length=80)
    text = RichTextBlock(features=PLAIN)
    beside = ChoiceBlock(
        choices=[
            ("matters", "How soon each matter is taken and answered"),
            ("levels", "How soon a level above answers"),
            ("paused", "How long the clock may stand still"),
            ("kept", "How long a closed case is kept"),
        ],
        required=False,
        label="table beside it",
    )

    class Meta:
        icon = "tick"
        description = "A promise, with the standards that hold today beside it."
        template = "cms/blocks/promise.html"
        preview_value = {
            "title": "You get an answer by a date",
            "text": "<p>We tell you the date at once.</p>",
            "beside": "levels",
        }


class CharterPage(PublicPage):
    max_count = 1
    subpage_types = ["cms.PlainPage"]
    template = "cms/charter.html"

    promises = StreamField([("promise", PromiseBlock())])

    content_panels = [*PublicPage.content_panels, FieldPanel("promises")]

    class Meta:
        verbose_name = "service charter"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        return knowledge.standards()
