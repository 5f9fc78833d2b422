"""What every page of the public site has beside its own: an introduction, free words, and a day to look at it again."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import PageWords
from cms.models.translated import Translated, words_of

HALF_A_YEAR = timedelta(days=182)  # Access to Information Act 24/2023, s 8(3): brought up to date twice a year


def in_half_a_year() -> date:
    return timezone.localdate() + HALF_A_YEAR


class LookedAt(Translated):
    """Somebody vouches for each page again and again; the day stands at its end."""

    review_by = models.DateField(
        default=in_half_a_year,
        help_text="By when somebody reads this page again and checks that all of it still holds.",
    )

    settings_panels = [MultiFieldPanel([FieldPanel("review_by")], heading="Kept up to date"), *Page.settings_panels]

    class Meta:
        abstract = True


class PublicPage(LookedAt):
    """Facts that the catalogue knows are never typed into a page: they are read from it when the page is shown."""

    introduction = models.TextField(
        max_length=300,
        blank=True,
        help_text="One or two sentences under the title. Search engines and messengers show them too.",
    )
    body = StreamField(PageWords(), blank=True, verbose_name="words")

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction", boost=2),
        index.SearchField("body"),
        index.FilterField("review_by"),
    ]

    class Meta:
        abstract = True

    @property
    def described(self) -> str:
        """The sentence a messenger or a search engine shows."""
        return self.search_description or self.introduction

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        """The page in the words of schema.org."""
        return {"@type": "WebPage", "name": self.title}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), **self.facts(request)}

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        """What the page shows that nobody typed into it."""
        return {}

    def pages_below(self) -> list[Page]:
        """What a visitor finds under this page, in the order of the editor's tree."""
        return words_of(self.in_english.get_children().live().public().specific())


class BuiltPage(models.Model):
    """That a page of the country pack was made. It is made once: what editors do with it then stands."""

    address = models.CharField(max_length=200, primary_key=True)

    def __str__(self):
        return self.address
