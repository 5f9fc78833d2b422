"""The media pack: figures to quote with date and source, and pictures to use."""

from typing import Any

from django.http import HttpRequest

from cms import knowledge
from cms.models.frame import PublicPage


class MediaPackPage(PublicPage):
    max_count = 1
    subpage_types = ["cms.PlainPage"]
    template = "cms/media.html"

    class Meta:
        verbose_name = "media pack"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        return {"figures": knowledge.newest_figures(), "lines": knowledge.urgent_lines()}
