"""The links of public pages, and which of them lead nowhere: to pages, documents, typed addresses. It asks nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db.models import ForeignKey, Model
from django.urls import Resolver404, resolve
from wagtail.blocks import Block, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.blocks.field_block import ChooserBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Site

from cases.languages import SOURCE, in_english, speaking
from cms.models.links import LONGEST, Outside
from cms.models.translated import english

A = re.compile(r"<a\b([^>]*)>")
WORTH = re.compile(r'(\w+)="([^"]*)"')
TELEPHONE = re.compile(r"\+?[\d ().-]{3,20}|[*#\d]{3,20}")
a_whole_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Broken:
    """What the link says, and why nobody gets anywhere by it."""

    said: str
    why: str


@dataclass
class Links:
    """One page's links: those that lead nowhere, and all that leave the house, with what each answered last."""

    page: Page
    broken: list[Broken] = field(default_factory=list)
    outside: dict[str, Outside | None] = field(default_factory=dict)


def links() -> list[Links]:
    """Of every public page that has some to tell; broken ones first, then the page published longest ago."""
    house = _House()
    found = [house.look_at(page) for page in Page.objects.live().order_by("last_published_at").specific()]
    return sorted((one for one in found if one.broken or one.outside), key=lambda one: not one.broken)


def outside() -> list[str]:
    """Every well-formed address of somebody else's that a public page leads to."""
    return sorted({address for one in links() for address in one.outside})


# --- Where links stand --------------------------------------------------------------------------------

Chosen = tuple[type[Model], int]  # what an editor picked from a list; else the address that was typed


def _of(page: Page) -> Iterator[Chosen | str]:
    """As it is stored: what was chosen and is gone would come back as nothing."""
    for column in page._meta.get_fields():
        if isinstance(column, StreamField):
            yield from _in_block(column.stream_block, column.value_from_object(page).get_prep_value())
        elif isinstance(column, RichTextField):
            yield from _in_words(column.value_from_object(page))
        elif isinstance(column, ForeignKey) and column.related_model is get_document_model():
            chosen = column.value_from_object(page)
            yield from [(column.related_model, chosen)] * bool(chosen)


def _in_block(block: Block, value: Any) -> Iterator[Chosen | str]:
    if not value:
        return
    if isinstance(block, ChooserBlock):
        yield block.model_class, int(value)
    elif isinstance(block, RichTextBlock):
        yield from _in_words(value)
    else:
        for inner, part in _parts(block, value):
            yield from _in_block(inner, part)


def _parts(block: Block, value: Any) -> Iterator[tuple[Block, Any]]:
    match block:
        case StreamBlock():
            yield from ((block.child_blocks[one["type"]], one["value"]) for one in value)
        case ListBlock():
            for one in value:
                numbered = isinstance(one, dict) and one.get("type") == "item"  # as Wagtail keeps it once it was saved
                yield block.child_block, one["value"] if numbered else one
        case StructBlock() if isinstance(value, dict):
            yield from ((inner, value.get(name)) for name, inner in block.child_blocks.items())
        case TypedTableBlock():
            columns = [block.child_blocks[column["type"]] for column in value["columns"]]
            for row in value["rows"]:
                yield from zip(columns, row["values"], strict=False)


def _in_words(words: str) -> Iterator[Chosen | str]:
    models: dict[str, type[Model]] = {"page": Page, "document": get_document_model()}
    for one in A.findall(words):
        told = dict(WORTH.findall(one))
        if told.get("linktype") in models:
            yield models[told["linktype"]], int(told.get("id") or 0)
        elif "href" in told:
            yield unescape(told["href"])


# --- Where they lead ----------------------------------------------------------------------------------


class _House:
    """What there is to lead to, read once for all pages."""

    def __init__(self) -> None:
        root = Site.objects.get(is_default_site=True).root_page.url_path
        self.host = urlsplit(settings.PUBLIC_BASE_URL).netloc
        public = Page.objects.live()
        self.pages = set(public.values_list("pk", flat=True))
        self.hidden = dict(Page.objects.not_live().values_list("pk", "title"))
        under = public.filter(locale=english(), url_path__startswith=root).values_list("url_path", flat=True)
        self.paths = {f"/{path.removeprefix(root)}" for path in under}
        self.documents = {one.pk: one for one in get_document_model().objects.all()}
        self.asked = {one.address: one for one in Outside.objects.all()}

    def look_at(self, page: Page) -> Links:
        told = Links(page)
        for link in dict.fromkeys(_of(page)):
            if isinstance(link, str) and self._leaves(link):
                told.outside[link] = self.asked.get(link)
            elif why := self._typed(link) if isinstance(link, str) else self._chosen(*link):
                told.broken.append(why)
        told.broken += [
            Broken(address, asked.answer) for address, asked in told.outside.items() if asked and not asked.works
        ]
        return told

    def _leaves(self, address: str) -> bool:
        if _host_of(address) in (None, self.host, ""):
            return False
        try:
            a_whole_address(address)
        except ValidationError:
            return False
        return len(address) <= LONGEST

    def _chosen(self, model: type[Model], number: int) -> Broken | None:
        name = str(model._meta.verbose_name)
        if issubclass(model, Page):
            hidden = self.hidden.get(number)
            gone = f"“{hidden}” is not public" if hidden else "The page is gone"
            return None if number in self.pages else Broken(hidden or name, gone)
        if model is get_document_model():
            document = self.documents.get(number)
            if document is None:
                return Broken(name, "The document is gone")
            stands = document.file.storage.exists(document.file.name)
            return None if stands else Broken(document.title, "The file is gone")
        return None if model._default_manager.filter(pk=number).exists() else Broken(name, "It is gone")

    def _typed(self, address: str) -> Broken | None:
        kind, _colon, rest = address.partition(":")
        if kind == "mailto":
            return None if _is_mail(rest) else Broken(address, "No whole e-mail address")
        if kind == "tel":
            return None if TELEPHONE.fullmatch(rest) else Broken(address, "No telephone number")
        if address.startswith("#") and len(address) > 1:
            return None
        host = _host_of(address)
        if host == self.host or (host == "" and address.startswith("/")):
            return None if self._is_here(urlsplit(address).path or "/") else Broken(address, "No such page here")
        return Broken(address, "No whole address: it begins with https:// or, inside this site, with /")

    def _is_here(self, path: str) -> bool:
        path = in_english(path)
        path += "/" * (not path.endswith("/") and "." not in path)  # added for whoever leaves it out
        try:
            with speaking(SOURCE):
                found = resolve(path)
        except Resolver404:
            return False
        return found.url_name != "wagtail_serve" or path in self.paths


def _host_of(address: str) -> str | None:
    """None where it is no address at all; empty inside this site."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _is_mail(address: str) -> bool:
    try:
        validate_email(address.partition("?")[0])
    except ValidationError:
        return False
    return True
