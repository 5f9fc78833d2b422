"""What makes a page readable in each language: one address for all its translations, English where there is none."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import override
from wagtail.models import Locale, Page, Revision
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import SynchronizedField

from cases.languages import SOURCE, in_language, offered, spoken
from channels.models import live_until_its_day


@cache
def english() -> int:
    """Wagtail's own number for English, which it is given when the tables are made."""
    return Locale.objects.get(language_code=SOURCE).pk


def the_same(*fields: str) -> list[SynchronizedField]:
    """Fields that are the same in every language: codes that stand for something."""
    return [SynchronizedField(name, overridable=False) for name in ("slug", *fields)]


class Translated(Page):
    """The tree of English pages is the tree of the site. A translation lends a page its words, never its place.

    So /bem/ before an address is all that changes, and a page nobody has translated yet is there in English.
    """

    override_translatable_fields = the_same()

    class Meta:
        abstract = True

    @cached_property
    def tongue(self) -> str:
        """The language its words are in."""
        return SOURCE if self.locale_id in (None, english()) else self.locale.language_code

    @cached_property
    def in_english(self) -> "Translated":
        """Where it stands in the tree."""
        return self if self.tongue == SOURCE else self.get_translation_or_none(english()) or self

    @cached_property
    def readable_in(self) -> list[str]:
        """The languages it is published in, of those that are offered; English first."""
        codes = [language.code for language in offered() if language.code != SOURCE]
        return [SOURCE, *translations([self.in_english], codes).values_list("locale__language_code", flat=True)]

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """A page is begun in English, and translated from there."""
        return parent.locale_id == english() and super().can_create_at(parent)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        if self.in_english is not self:  # the first page, where it is translated: every way starts there
            return self.in_english.route(request, path_components)
        found = super().route(request, path_components)
        return found if path_components else RouteResult(words_of([self])[0])

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What it gathers is said in its own language; the frame around it speaks the language of the address."""
        with override(self.tongue):
            return super().serve(request, *args, **kwargs)

    def publish(self, revision: Revision, *args: Any, **options: Any) -> None:
        super().publish(live_until_its_day(revision, self), *args, **options)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple | None:
        site, before, path = super(Translated, self.in_english).get_url_parts(request) or (None, None, None)
        if not path:
            return site and (site, None, None)
        return site, before, in_language(path, spoken() if self.tongue == SOURCE else self.tongue)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """Each language it is published in, with all the others beside it."""
        (entry,) = super().get_sitemap_urls(request)
        others = [{"lang_code": code, "location": address} for code, address in self.in_all_languages().items()]
        return [{**entry, "location": one["location"], "alternates": others[1:] and others} for one in others]

    def in_all_languages(self) -> dict[str, str]:
        """The full address in each language in which it is published."""
        _site, before, path = super(Translated, self.in_english).get_url_parts() or ("", "", "")
        return {code: f"{before}{in_language(path, code)}" for code in self.readable_in}


def translations(pages: Iterable[Page], codes: list[str]) -> PageQuerySet:
    """What is published of these pages in these languages. A copy of the English words is no translation."""
    keys = [page.translation_key for page in pages]
    return Page.objects.live().filter(translation_key__in=keys, locale__language_code__in=codes, alias_of=None)


def words_of(asked: Iterable[Any]) -> list[Any]:
    """Each of these English pages in the language of the address, where it is published in it."""
    pages = list(asked)
    if spoken() == SOURCE or not pages:
        return pages
    translated = {page.translation_key: page for page in translations(pages, [spoken()]).specific()}
    for page in pages:
        if page.translation_key in translated:
            translated[page.translation_key].in_english = page
    return [translated.get(page.translation_key, page) for page in pages]
