"""How to complain and to appeal: the way inside the house in an editor's words, the ladders from the catalogue."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms import knowledge
from cms.blocks import Step
from cms.models.frame import PublicPage


class ComplainPage(PublicPage):
    max_count = 1
    subpage_types = ["cms.PlainPage"]
    template = "cms/complain.html"

    steps = StreamField([("step", Step())])

    content_panels = [*PublicPage.content_panels, FieldPanel("steps")]

    class Meta:
        verbose_name = "how to complain and appeal"

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        steps = [{"@type": "HowToStep", "name": step.value["title"], "text": step.value["text"]} for step in self.steps]
        return {"@type": "HowTo", "name": self.title, "step": steps}

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        return {"advice": knowledge.advice(), "urgent": knowledge.urgent_lines()}
