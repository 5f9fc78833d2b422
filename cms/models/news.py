"""News and events: what is new, and where one can meet us."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from cms.models.frame import PublicPage
from cms.models.translated import words_of

PAGE_OF = 20


class NewsListPage(PublicPage):
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage", "cms.EventListPage"]
    template = "cms/news.html"

    class Meta:
        verbose_name = "news"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        doors = [page for page in self.pages_below() if not isinstance(page, NewsPage)]
        return {"news": self.newest()[:PAGE_OF], "years": self._by_year(), "doors": doors}

    def newest(self) -> list["NewsPage"]:
        return words_of(NewsPage.objects.child_of(self.in_english).live().order_by("-day", "-pk"))

    def _by_year(self) -> list[tuple[int, list["NewsPage"]]]:
        """What is older than the first page, so that an address that was sent on is found again."""
        years: dict[int, list[NewsPage]] = {}
        for page in self.newest()[PAGE_OF:]:
            years.setdefault(page.day.year, []).append(page)
        return list(years.items())


class NewsPage(PublicPage):
    parent_page_types = ["cms.NewsListPage"]
    subpage_types: list[str] = []
    template = "cms/news_item.html"

    day = models.DateField(default=timezone.localdate)
    source = models.CharField(max_length=200, blank=True, help_text="Who says so, where it is not this service itself.")

    content_panels = [*Page.content_panels, FieldPanel("day"), *PublicPage.content_panels[1:], FieldPanel("source")]

    class Meta:
        verbose_name = "news item"

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        return {"@type": "NewsArticle", "headline": self.title, "datePublished": self.day.isoformat()}


class EventListPage(PublicPage):
    max_count = 1
    parent_page_types = ["cms.NewsListPage"]
    subpage_types = ["cms.EventPage"]
    template = "cms/events.html"

    class Meta:
        verbose_name = "events"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        events = EventPage.objects.child_of(self.in_english).live()
        return {
            "coming": words_of(events.filter(until__gte=today).order_by("first_day", "pk")),
            "over": words_of(events.filter(until__lt=today).order_by("-first_day", "-pk")),
        }


class EventPage(PublicPage):
    """A day or some days at one place: an outreach desk, a meeting, the Social Protection Week."""

    parent_page_types = ["cms.EventListPage"]
    subpage_types: list[str] = []
    template = "cms/event.html"

    first_day = models.DateField()
    until = models.DateField(help_text="The last day; the same one for a single day.")
    hours = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=160)
    part_of = models.CharField(max_length=80, blank=True, help_text="Like “Social Protection Week 2027”.")
    source = models.CharField(max_length=200, blank=True)

    content_panels = [
        *Page.content_panels,
        *map(FieldPanel, ("first_day", "until", "hours", "place", "part_of")),
        *PublicPage.content_panels[1:],
        FieldPanel("source"),
    ]

    class Meta:
        verbose_name = "event"

    def clean(self) -> None:
        super().clean()
        if self.first_day and self.until and self.until < self.first_day:
            raise ValidationError({"until": "The last day is before the first."})

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        return {
            "@type": "Event",
            "name": self.title,
            "startDate": self.first_day.isoformat(),
            "endDate": self.until.isoformat(),
            "location": {"@type": "Place", "name": self.place},
        }

    def is_over(self, today: date) -> bool:
        return self.until < today
