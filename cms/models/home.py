"""The first page of the public site: words that editors change, beside facts that come from the catalogue."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField

from cases.pack import Kind
from cms import knowledge
from cms.blocks import PLAIN, Step
from cms.models.frame import LookedAt
from cms.promises import promises

# What stands there until an editor writes something else.
WORDS: dict[str, Any] = {
    "title": "Single Window Service",
    "headline": "One window for your matter with the state",
    "introduction": (
        "Ask, register or complain about health insurance, pensions, work injury and social assistance. "
        "You get a case number, a date by which we answer, and the last word."
    ),
    "by_phone": (
        "<p>Works on every phone, without internet. Choose your language, then answer one question at a time. "
        "If the line drops, call again and go on where you were.</p>"
    ),
    "by_sms": (
        "<p>You can answer every SMS we send. Write STATUS to hear where your case is, HELP to see what else "
        "you can write, and STOP if you want no more SMS.</p>"
    ),
    "at_a_desk": (
        "<p>An officer writes down your matter with you and gives you a case number. You need no phone of your own.</p>"
    ),
    "on_the_web": (
        "<p>Open your case with its number and your PIN: see where it is, add something, say if it is solved.</p>"
    ),
    "steps": [
        {
            "title": "You tell us",
            "text": "In your own words, by phone, by SMS or at a desk. Give your name, hide it, or stay unknown.",
        },
        {
            "title": "You get a number and a date",
            "text": "The case goes to the office that must answer. You know by which date.",
        },
        {
            "title": "An officer answers",
            "text": "If we need something, we ask you. If we are late, the case goes one level up by itself.",
        },
        {
            "title": "You have the last word",
            "text": "You say if it is solved. If not, it is opened again, or you appeal and somebody else decides.",
        },
    ],
    "promise": (
        "<p>Working days from the day you tell us to the day you have an answer, from the quickest matter to the "
        "slowest. You hear your own date at once.</p>"
    ),
    "privacy": (
        "<ul><li>You choose who knows you: the office, only the system, or nobody.</li>"
        "<li>You can ask to see what is stored about you, to have it corrected or erased, "
        "or to have its use stopped.</li>"
        "<li>A machine never decides your case. A person does.</li>"
        "<li>Your number, your card and a private story are stored locked, and an SMS never tells "
        "what a private case is about.</li></ul>"
    ),
}


class HomePage(LookedAt):
    """There is one of it, at the root of the site. Codes, offices, days and help lines are never typed here."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/home.html"

    headline = models.CharField(max_length=80)
    introduction = models.TextField(max_length=400)
    by_phone = RichTextField(features=PLAIN, help_text="How to use the phone menu. The code to dial is added.")
    by_sms = RichTextField(features=PLAIN)
    at_a_desk = RichTextField(features=PLAIN, help_text="The list of desks is added.")
    on_the_web = RichTextField(features=PLAIN)
    steps = StreamField([("step", Step())], help_text="What happens to a matter, from telling us to the last word.")
    promise = RichTextField(features=PLAIN, help_text="Stands above the table of days.")
    privacy = RichTextField(features=PLAIN, help_text="A citizen's rights over what is stored about them, in short.")

    content_panels = [
        *LookedAt.content_panels,
        *map(FieldPanel, ("headline", "introduction", "by_phone", "by_sms", "at_a_desk", "on_the_web")),
        *map(FieldPanel, ("steps", "promise", "privacy")),
    ]

    @property
    def described(self) -> str:
        return self.search_description or self.introduction

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        """The site, and how it is searched."""
        target = f"{settings.PUBLIC_BASE_URL}/search/?q={{words}}"
        search = {"@type": "SearchAction", "target": target, "query-input": "required name=words"}
        return {"@type": "WebSite", "name": self.title, "potentialAction": search}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), **_facts()}


def _facts() -> dict[str, Any]:
    """What the catalogue knows; nothing before a country is loaded."""
    known = knowledge.known()
    if known is None:
        return {}
    rows = promises(known.topics.values(), known.agencies)
    return {
        "country": known.country,
        "agencies": [row.agency for row in rows],
        "promises": rows,
        "kinds": Kind.labels,
        "desks": sorted(known.desks.values(), key=lambda desk: desk.name),
        "places": known.districts,
        "urgent": knowledge.urgent_lines(),
    }
