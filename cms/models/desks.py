"""The desk finder: from a district, however it is spelt, to the desk in it."""

from typing import Any

from django.http import HttpRequest

from cms import knowledge
from cms.models.frame import PublicPage


class DeskFinderPage(PublicPage):
    max_count = 1
    subpage_types = ["cms.PlainPage", "cms.PartnerDirectoryPage"]
    template = "cms/desks.html"

    class Meta:
        verbose_name = "desk finder"

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        desks = [
            {"@type": "GovernmentOffice", "name": desk.name, "address": desk.where, "areaServed": at.district.name}
            for _province, places in knowledge.desks_by_province()
            for at in places
            for desk in at.desks
        ]
        return {"@type": "ItemList", "name": self.title, "itemListElement": desks}

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        asked = request.GET.get("district", "").strip()[:60]
        return {
            "asked": asked,
            "found": knowledge.places_called(asked),
            "provinces": knowledge.desks_by_province(),
            "doors": self.pages_below(),
        }
