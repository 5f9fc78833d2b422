"""Builds the public site from the country pack's pages, once. What editors have changed since is theirs."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site, WorkflowContentType, WorkflowPage

from cases.pack import Country
from cases.permissions import PUBLISHES_FROM
from channels.models import InfoText
from cms import knowledge
from cms.editors import GROUPS
from cms.models import BuiltPage, HomePage
from cms.models.home import WORDS
from cms.models.translated import english

PACKS = Path(settings.BASE_DIR) / "sws" / "countries"
NAME = WORDS["title"]
LINK = re.compile(r'<a href="page:([^"]+)">')


@transaction.atomic
def build_site() -> HomePage:
    _add_languages()
    home = HomePage.objects.filter(locale=english()).first() or _add_home()
    built = set(BuiltPage.objects.values_list("address", flat=True))
    for row in _rows():
        if row.address not in built:  # one that an editor has taken away stays away
            _add(home, row)
    _let_editors_write_beside_the_pages()
    return home


def _add_languages() -> None:
    """Those of the country pack, also the ones no reader is offered yet: that is what editors translate for."""
    for code, _name in knowledge.languages():
        Locale.objects.get_or_create(language_code=code)


# --- The pages of a pack ------------------------------------------------------------------------------


class _Row:
    """A page as a pack's file has it: where it stands, of which type, and its fields."""

    def __init__(self, told: dict[str, Any]) -> None:
        told = dict(told)
        self.tags = told.pop("tags", [])
        self.type = apps.get_model("cms", told.pop("type"))
        self.under = told.pop("under", "")
        self.address = f"{self.under}/{told['slug']}".strip("/")
        self.fields = {"show_in_menus": told.pop("in_menu", False), **told}


def _rows() -> Iterator[_Row]:
    """In the order of the files, so that a page stands in one after the page it is under."""
    country = Country.objects.first()
    folder = PACKS / slugify(country.name) / "site" if country else PACKS / "none"
    for file in sorted(folder.glob("*.toml")):
        yield from map(_Row, tomllib.loads(file.read_text(encoding="utf-8"))["page"])


def _add(home: HomePage, row: _Row) -> None:
    parent = home.get_descendants(inclusive=True).filter(url_path=f"{home.url_path}{row.under}/".replace("//", "/"))
    above = parent.first()
    if above is None:  # an editor has moved it or taken it away, and what would stand under it
        return
    now = timezone.now()
    page = row.type(first_published_at=now, last_published_at=now, **_with_pages(row.fields, home))
    if row.tags:
        page.tags.add(*row.tags)
    above.add_child(instance=page)
    BuiltPage.objects.create(address=row.address)


def _with_pages(value: Any, home: HomePage) -> Any:
    """An address like "page:complain" in a row becomes the page there; none where it has gone. In words, too."""
    if isinstance(value, dict):
        return {name: _with_pages(inner, home) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_pages(inner, home) for inner in value]
    if isinstance(value, str) and value.startswith("page:"):
        return _number_of(value.removeprefix("page:"))
    if isinstance(value, str):
        return LINK.sub(lambda found: f'<a linktype="page" id="{_number_of(found.group(1))}">', value)
    return value


def _number_of(address: str) -> int | None:
    return Page.objects.filter(url_path=f"/window/{address}/").values_list("pk", flat=True).first()


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


WRITES = "^(add|change|view|submit)_"


def _let_editors_write_beside_the_pages() -> None:
    """Texts read out on a handset, statistics, and each page in its languages belong to the same people as the page.

    Texts go the same way as well: who writes hands in, who reads publishes. Only who publishes deletes.
    """
    beside = Permission.objects.filter(
        Q(content_type__app_label="channels", content_type__model="infotext")
        | Q(content_type__app_label="cms", content_type__model__in=("figure", "series"))
        | Q(content_type__app_label="wagtail_localize", codename="submit_translation")
    )
    for group in Group.objects.filter(name__in=GROUPS):
        publishes = GROUPS[group.name] >= PUBLISHES_FROM
        group.permissions.remove(*beside)
        group.permissions.add(*(beside if publishes else beside.filter(codename__regex=WRITES)))
    text = ContentType.objects.get_for_model(InfoText)
    for first in WorkflowPage.objects.filter(page__depth=1):
        WorkflowContentType.objects.get_or_create(content_type=text, defaults={"workflow": first.workflow})
