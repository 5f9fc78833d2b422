"""The library: laws, reports and briefs, found by kind, topic and language."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import Tag, TaggedItemBase
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from cms import knowledge
from cms.models.frame import PublicPage
from cms.models.translated import the_same, words_of


class LibraryTag(TaggedItemBase):
    content_object = ParentalKey("cms.LibraryItemPage", on_delete=models.CASCADE, related_name="tagged_items")


class LibraryPage(PublicPage):
    max_count = 1
    parent_page_types = ["cms.HomePage", "cms.PlainPage"]
    subpage_types = ["cms.LibraryItemPage"]
    template = "cms/library.html"

    class Meta:
        verbose_name = "library"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        items = LibraryItemPage.objects.child_of(self.in_english).live().order_by("-year", "title")
        items = items.prefetch_related("tags")
        asked = {name: request.GET.get(name, "")[:40] for name in ("kind", "topic", "language")}
        shown = words_of([item for item in items if item.answers(asked)])
        return {
            "asked": asked,
            "shown": shown,
            "kinds": LibraryItemPage.Kind.choices,
            "topics": Tag.objects.filter(cms_librarytag_items__isnull=False).distinct().order_by("name"),
            "languages": [
                (code, name) for code, name in knowledge.languages() if any(code == i.language for i in items)
            ],
        }


class LibraryItemPage(PublicPage):
    class Kind(models.TextChoices):
        LAW = "law", _("Law")
        REPORT = "report", _("Report")
        BRIEF = "brief", _("Brief")
        MANUAL = "manual", _("Manual")

    parent_page_types = ["cms.LibraryPage"]
    subpage_types: list[str] = []
    template = "cms/library_item.html"

    kind = models.CharField(max_length=8, choices=Kind)
    year = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, default="en", help_text="The language it is written in, by its code.")
    by = models.CharField(max_length=120, blank=True, verbose_name="who wrote it")
    document = models.ForeignKey(
        "wagtaildocs.Document", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The text itself."
    )
    source = models.CharField(max_length=200, help_text="Where it was taken from.")
    tags = ClusterTaggableManager(through=LibraryTag, blank=True, verbose_name="topics")

    content_panels = [
        *Page.content_panels,
        *map(FieldPanel, ("kind", "year", "language", "by", "document", "tags")),
        *PublicPage.content_panels[1:],
        FieldPanel("source"),
    ]
    search_fields = [*PublicPage.search_fields, index.SearchField("by"), index.SearchField("source")]
    override_translatable_fields = the_same("language")

    class Meta:
        verbose_name = "law, report or brief"

    def answers(self, asked: dict[str, str]) -> bool:
        topics = {tag.slug for tag in self.tags.all()}
        return (
            asked["kind"] in ("", self.kind)
            and asked["language"] in ("", self.language)
            and (not asked["topic"] or asked["topic"] in topics)
        )

    @property
    def in_language(self) -> str:
        return dict(knowledge.languages()).get(self.language, self.language)

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        kind = "Legislation" if self.kind == self.Kind.LAW else "Report"
        return {"@type": kind, "name": self.title, "datePublished": str(self.year)}
