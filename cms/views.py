"""Addresses of the public site that are no page of an editor's: search, feed, workbook, what robots may read."""

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.languages import in_language, with_addresses
from cms import searching, statistics
from cms.models import NewsPage
from cms.models.translated import english

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[: searching.LONGEST]
    return render(request, "cms/search.html", {"asked": asked, "found": searching.search(asked)})


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    rooms = ("/track", "/search", "/follow")
    shut = ["/cms", "/desk", *(in_language(room, language.code) for room in rooms for language in with_addresses())]
    lines = ["User-agent: *", *(f"Disallow: {room}/" for room in shut)]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    made = HttpResponse(statistics.as_workbook(), content_type=XLSX)
    made["Content-Disposition"] = 'attachment; filename="statistics.xlsx"'
    return made


class NewsFeed(Feed):
    feed_type = Atom1Feed
    title = _("News of the Single Window Service")
    link = "/news/"

    def items(self) -> list[NewsPage]:
        return list(NewsPage.objects.live().filter(locale=english()).order_by("-day", "-pk")[:20])

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.introduction

    def item_link(self, item: NewsPage) -> str:
        return item.full_url or ""

    def item_updateddate(self, item: NewsPage):
        return item.last_published_at
