"""What editors are told of pages that need them: looked at again too late, links that lead nowhere."""

from datetime import date
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.links import links
from cms.models.frame import LookedAt


def overdue(today: date) -> list[LookedAt]:
    """Public pages whose day to be looked at again has passed, the longest waiting first."""
    types = [model for model in apps.get_app_config("cms").get_models() if issubclass(model, LookedAt)]
    late = [page for model in types for page in model.objects.live().filter(review_by__lt=today)]
    return sorted(late, key=lambda page: (page.review_by, page.title))


class Report(WagtailAdminTemplateMixin, TemplateView):
    """A page of Wagtail's reports that is ours, under its own name: the way to it is the menu."""

    breadcrumbs_items: list[dict[str, str]] = []


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
