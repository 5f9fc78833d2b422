"""Pages in several languages: where each is to be read, in which language its words are, and what is not translated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_noop

from cases.languages import SOURCE, address, in_english, in_language, offered, spoken, with_addresses
from cases.pack import Language
from cms.models.translated import Translated
from sws.words import is_translated

register = template.Library()

NOT_YET = gettext_noop("This page is not in {language} yet. You are reading it in English.")
DRAFT = gettext_noop("{language}: a draft, not yet checked by a speaker.")
CASES = "/track/"  # a citizen's own, and no search engine's
LONGEST = 200  # letters of a question that a link to another language takes along


@register.simple_tag
def here(name: str, *holes: object) -> str:
    """An address in the language of this page's address: a link never leads out of it by itself."""
    return address(name, *holes)


@register.filter
def in_this_language(path: str) -> str:
    """The same of an address that is known already, as it is in English."""
    return in_language(path, spoken())


@register.simple_tag
def say(message: str) -> str:
    """Short words in the language of the page; marked as English where nobody has translated them."""
    said = gettext(message)
    if said != message or get_language() == SOURCE:
        return said
    return format_html('<span lang="{}">{}</span>', SOURCE, said)


# --- The page in its languages ------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def language_of_words(context: Context) -> str:
    """Of what stands on this page: the address's own where it is translated, else English."""
    page = context.get("page")
    if isinstance(page, Translated):
        return page.tongue
    return spoken() if spoken() in _readable_in(context) else SOURCE


@dataclass(frozen=True)
class Offer:
    language: Language
    address: str
    chosen: bool


@register.simple_tag(takes_context=True)
def page_languages(context: Context) -> list[Offer]:
    """This page in each language. Not where it is no address that was asked for, but the answer to a form."""
    request, known = _asked_for(context), with_addresses()
    if request is None or len(known) < 2:
        return []
    path, asked = in_english(request.path), request.META.get("QUERY_STRING", "")
    asked = f"?{asked}" if 0 < len(asked) <= LONGEST else ""
    return [Offer(one, in_language(path, one.code) + asked, one.code == spoken()) for one in known]


@register.simple_tag(takes_context=True)
def whole_addresses(context: Context) -> dict[str, Any]:
    """For search engines: the one address of these words, and the same page in other languages."""
    page = context.get("page")
    if isinstance(page, Translated) and page.pk:
        found = page.in_all_languages()
        return {"own": found.get(page.tongue, ""), "all": found}
    request = _asked_for(context)
    if request is None or (path := in_english(request.path)).startswith(CASES):
        return {}
    found = {code: settings.PUBLIC_BASE_URL + in_language(path, code) for code in _readable_in(context)}
    return {"own": found.get(spoken(), found[SOURCE]), "all": found}


@register.simple_tag
def language_notes(words: str) -> list[list[tuple[str, str]]]:
    """What a reader is told of the language, each note in it where that is translated, and in English."""
    language = next((one for one in offered() if one.code == spoken()), None)
    if language is None or language.code == SOURCE:
        return []
    due = [NOT_YET] * (words == SOURCE) + [DRAFT] * (not language.reviewed)
    return [list(_in_both(note, language)) for note in due]


def _in_both(message: str, language: Language) -> Iterator[tuple[str, str]]:
    if (said := gettext(message)) != message:
        yield language.code, said.format(language=language.endonym)
    yield SOURCE, message.format(language=language.name)


def _readable_in(context: Context) -> list[str]:
    """A page of the house itself speaks a language when most of its words are translated into it."""
    name = context.template.name if context.template else ""
    return [one.code for one in offered() if one.code == SOURCE or is_translated(name or "", one.code)] or [SOURCE]


def _asked_for(context: Context) -> HttpRequest | None:
    """The request, where it asked for a page that stands in every language."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request and request.method in ("GET", "HEAD") else None
    named = match and (match.app_name in ("citizen", "site") or match.url_name == "wagtail_serve")
    return request if named else None
