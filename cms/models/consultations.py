"""Consultations: a draft, until when to speak up, who took part, and what changed because of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from cms.blocks import PLAIN
from cms.models.frame import PublicPage
from cms.models.translated import words_of


class ConsultationListPage(PublicPage):
    max_count = 1
    parent_page_types = ["cms.HomePage", "cms.PlainPage"]
    subpage_types = ["cms.ConsultationPage"]
    template = "cms/consultations.html"

    class Meta:
        verbose_name = "consultations"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        all_of_them = words_of(ConsultationPage.objects.child_of(self.in_english).live().order_by("-closes", "-pk"))
        return {
            "running": [page for page in all_of_them if page.is_open],
            "coming": [page for page in all_of_them if page.opens > today][::-1],
            "closed": [page for page in all_of_them if page.closes < today],
        }


class ConsultationPage(PublicPage):
    parent_page_types = ["cms.ConsultationListPage"]
    subpage_types: list[str] = []
    template = "cms/consultation.html"

    opens = models.DateField()
    closes = models.DateField()
    how_to_take_part = RichTextField(features=PLAIN)
    write_to = models.EmailField(blank=True, help_text="Where answers go. A link that begins a letter is added.")
    draft = models.ForeignKey("wagtaildocs.Document", models.SET_NULL, null=True, blank=True, related_name="+")
    who_took_part = RichTextField(features=PLAIN, blank=True)
    what_changed = RichTextField(features=PLAIN, blank=True, help_text="What was said, what changed, why.")

    content_panels = [
        *Page.content_panels,
        *map(FieldPanel, ("opens", "closes")),
        *PublicPage.content_panels[1:],
        *map(FieldPanel, ("how_to_take_part", "write_to", "draft", "who_took_part", "what_changed")),
    ]

    class Meta:
        verbose_name = "consultation"

    def clean(self) -> None:
        super().clean()
        if self.opens and self.closes and self.closes < self.opens:
            raise ValidationError({"closes": "It closes before it opens."})

    @property
    def is_open(self) -> bool:
        return self.opens <= timezone.localdate() <= self.closes
