"""What editors are told of pages that need them: looked at again too late, links that lead nowhere, links outside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.models import PublicPage

INSIDE = re.compile(r'linktype=\\?"page\\?"[^>]*?id=\\?"(\d+)|id=\\?"(\d+)\\?"[^>]*?linktype=\\?"page')
OUTSIDE = re.compile(r'href=\\?"(https?://[^"\\]+)')


def overdue(today: date) -> list[PublicPage]:
    """Public pages whose day to be looked at again has passed, the longest waiting first."""
    types = [model for model in apps.get_app_config("cms").get_models() if issubclass(model, PublicPage)]
    late = [page for model in types for page in model.objects.live().filter(review_by__lt=today)]
    return sorted(late, key=lambda page: (page.review_by, page.title))


@dataclass(frozen=True)
class Links:
    """One page's links: those to pages that are gone or not public, and those that leave the house."""

    page: Page
    broken: list[int] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def links() -> list[Links]:
    """Nothing outside is fetched: an editor follows those links, the oldest page first."""
    public = set(Page.objects.live().values_list("pk", flat=True))
    found = []
    for page in Page.objects.live().order_by("last_published_at").specific():
        written = " ".join(_written(page))
        led_to = {int(one or other) for one, other in INSIDE.findall(written)}
        told = Links(page, sorted(led_to - public), sorted(set(OUTSIDE.findall(written))))
        if told.broken or told.outside:
            found.append(told)
    return sorted(found, key=lambda told: not told.broken)


def _written(page: Page) -> Iterator[str]:
    for column in page._meta.get_fields():
        if isinstance(column, RichTextField | StreamField):
            yield column.value_to_string(page)


class Report(WagtailAdminTemplateMixin, TemplateView):
    _show_breadcrumbs = True


class Overdue(Report):
    template_name = "cms/admin/overdue.html"
    page_title = "Pages to look at again"
    header_icon = "calendar-check"

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(pages=overdue(timezone.localdate()), today=timezone.localdate(), **facts)


class LinkCheck(Report):
    template_name = "cms/admin/links.html"
    page_title = "Links"
    header_icon = "link"

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(found=links(), **facts)
