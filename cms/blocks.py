"""What an editor builds a page from; each block shows in the picker what it will look like, and for what it is."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StaticBlock,
    StreamBlock,
    StructBlock,
    TextBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageBlock

from cms import knowledge

PLAIN = ["bold", "link", "ul", "ol"]  # short words inside something else
WRITTEN = ["h2", "h3", *PLAIN, "document-link"]  # words that are the page; a picture is a block of its own


class Notice(StructBlock):
    kind = ChoiceBlock(choices=[("calm", _("Good to know")), ("warning", _("Take care"))], default="calm")
    text = RichTextBlock(features=PLAIN)

    class Meta:
        icon = "info-circle"
        description = "One thing that must not be missed."
        template = "cms/blocks/notice.html"
        preview_value = {"kind": "warning", "text": "<p>Nobody may ask you for money to be registered.</p>"}


class Step(StructBlock):
    title = CharBlock(max_length=60)
    text = TextBlock(max_length=400)

    class Meta:
        icon = "order"
        description = "One numbered step."
        template = "cms/blocks/step.html"
        preview_value = {"title": "You tell us", "text": "In your own words, by phone, by SMS or at a desk."}


class Question(StructBlock):
    question = CharBlock(max_length=120)
    answer = RichTextBlock(features=PLAIN)

    class Meta:
        icon = "help"
        description = "A question that opens to its answer."
        template = "cms/blocks/question.html"
        preview_value = {"question": "Do I need a phone?", "answer": "<p>No. Come to a desk.</p>"}


class Quote(StructBlock):
    words = TextBlock(max_length=500)
    who = CharBlock(max_length=120, help_text="Who said it, and when. With their consent.")

    class Meta:
        icon = "openquote"
        description = "What somebody said, with their name or role."
        template = "cms/blocks/quote.html"
        preview_value = {"words": "Now I know by which date they must answer.", "who": "A visitor of a desk"}


class Picture(StructBlock):
    image = ImageBlock()  # asks for a text alternative, or for the word that it only decorates
    caption = CharBlock(max_length=200, required=False)

    class Meta:
        icon = "image"
        description = "A picture with its text alternative. It is made small before it is sent."
        template = "cms/blocks/picture.html"
        preview_template = "cms/blocks/picture_preview.html"


class Table(StructBlock):
    caption = CharBlock(max_length=150, help_text="What the table shows, with date and source.")
    table = TypedTableBlock([("text", CharBlock(required=False)), ("words", RichTextBlock(features=PLAIN))])

    class Meta:
        icon = "table"
        description = "A table with a heading for each column."
        template = "cms/blocks/table.html"
        preview_value = {
            "caption": "When the desk is open",
            "table": {
                "columns": [{"type": "text", "heading": "Day"}, {"type": "text", "heading": "Hours"}],
                "rows": [{"values": ["Monday", "as the office says"]}, {"values": ["Tuesday", "as the office says"]}],
                "caption": "",
            },
        }


class HelpLines(StaticBlock):
    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "lines": knowledge.urgent_lines()}

    class Meta:
        icon = "warning"
        admin_text = "The help lines of the catalogue, with their numbers."
        description = "Whom to call when somebody is in danger. The numbers come from the catalogue."
        template = "cms/blocks/lines.html"
        preview_value = None


class Ladder(StructBlock):
    """The levels come from the catalogue; an editor says for whom they are."""

    title = CharBlock(max_length=80)
    text = RichTextBlock(features=PLAIN, required=False)
    ladder = ChoiceBlock(choices=knowledge.names_of_ladders)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "steps": knowledge.ladder(value["ladder"])}

    def get_searchable_content(self, value: Any) -> list[str]:
        return [*super().get_searchable_content(value), *(step.body for step in knowledge.ladder(value["ladder"]))]

    class Meta:
        icon = "arrow-up-big"
        description = "Where a matter goes next, level by level, with the time the law leaves."
        template = "cms/blocks/ladder.html"
        preview_value = {"title": "Work injury", "text": "", "ladder": "WCFCB"}


class PageWords(StreamBlock):
    words = RichTextBlock(
        features=WRITTEN,
        icon="pilcrow",
        description="Headings, paragraphs and lists.",
        template="cms/blocks/words.html",
        preview_value="<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>",
    )
    notice = Notice()
    steps = ListBlock(
        Step(),
        icon="list-ol",
        description="What to do first, second, third.",
        template="cms/blocks/steps.html",
        preview_value=[
            {"title": "Bring your card", "text": "Your NRC, or its number."},
            {"title": "Get your number", "text": "The officer gives you a case number."},
        ],
    )
    question = Question()
    quote = Quote()
    picture = Picture()
    table = Table()
    ladder = Ladder()
    help_lines = HelpLines()
