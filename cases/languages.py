"""Which languages are offered to the public, and in which of them an address speaks: its first part says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation

from cases.catalogue import NoCountry, catalogue
from cases.pack import Language

SOURCE = "en"  # everything is written in it first, and its addresses begin with no language

_spoken: ContextVar[str] = ContextVar("spoken by the address", default=SOURCE)


def offered() -> list[Language]:
    """What a speaker has read, and drafts where the house allows them; none before a country is loaded."""
    try:
        known = catalogue().languages.values()
    except NoCountry:
        return []
    return [language for language in known if language.reviewed or settings.DRAFT_LANGUAGES]


def with_addresses() -> list[Language]:
    """Those of them that the web speaks. What a pack from elsewhere adds is spoken on the telephone alone."""
    return [language for language in offered() if language.code in dict(settings.LANGUAGES)]


def in_front_of(path: str) -> str:
    """The language “/bem/track/” begins with, if it is offered; that of “/track/” is the source."""
    code = path[1:].partition("/")[0]
    known = code != SOURCE and code in dict(settings.LANGUAGES)  # most addresses need no look at the catalogue
    return code if known and any(language.code == code for language in offered()) else SOURCE


def spoken() -> str:
    """The language of the address that was asked for. Words may be in another: what is not translated is English."""
    return _spoken.get()


def in_language(path: str, code: str) -> str:
    """The same address in this language; `path` is the one in English."""
    return path if code == SOURCE else f"/{code}{path}"


def in_english(path: str) -> str:
    code = in_front_of(path)
    return path if code == SOURCE else path.removeprefix(f"/{code}")


def address(name: str, *holes: object) -> str:
    """An address in the language of the page that leads there, whatever language its words are in."""
    with translation.override(spoken()):
        return reverse(name, args=holes)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    before = _spoken.set(code)
    try:
        with translation.override(code):
            yield
    finally:
        _spoken.reset(before)


def as_the_address_says(get_response: Callable[[HttpRequest], HttpResponseBase]):
    """Neither a cookie nor the browser's wish chooses: an address says the same to everybody, and so to a cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with speaking(in_front_of(request.path_info)):
            return get_response(request)

    return middleware
