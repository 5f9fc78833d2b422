"""Puts the first page in its place, once. What editors have changed since is theirs."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Page, Site

from cms.models import HomePage

NAME = "Single Window Service"

WORDS = {
    "title": NAME,
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


@transaction.atomic
def build_site() -> HomePage:
    home = HomePage.objects.first() or _add_home()
    _let_editors_write_handset_texts()
    return home


def _add_home() -> HomePage:
    """In place of Wagtail's own welcome page, which goes last: its site would go with it."""
    root = Page.get_first_root_node()
    steps = [{"type": "step", "value": step} for step in WORDS["steps"]]
    home = root.add_child(instance=HomePage(**{**WORDS, "steps": steps, "slug": "window"}))
    address = urlsplit(settings.PUBLIC_BASE_URL)
    site = {
        "root_page": home,
        "site_name": NAME,
        "hostname": address.hostname,
        "port": address.port or (443 if address.scheme == "https" else 80),
    }
    Site.objects.update_or_create(is_default_site=True, defaults=site)
    for welcome in root.get_children().filter(slug="home", content_type__model="page"):
        welcome.delete()
    return home


def _let_editors_write_handset_texts() -> None:
    """The texts read out on a handset belong to the same people as the page."""
    rights = Permission.objects.filter(content_type__app_label="channels", content_type__model="infotext")
    for group in Group.objects.filter(name__in=["Editors", "Moderators"]):
        group.permissions.add(*rights)
