"""Pages of how promises are kept, and the pictures of them for other people's pages."""

from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cases.figure_words import period_said
from cases.languages import address
from cases.protection import THRESHOLD
from cases.releases import all_published
from cases.views.kept import kept
from cms.performance import MONTHS_SHOWN, Performance, Picture, Subject, country, everybody, find, tell
from cms.released import editions

# --- Pages --------------------------------------------------------------------------------------------------


@kept
@require_safe
def performance(request: HttpRequest, what: str = "country", code: str = "") -> HttpResponse:
    subject = _found(what, code)
    told = tell(subject, stretch=request.GET.get("of", ""))
    if told is None and "of" in request.GET:
        raise Http404
    known = editions()[-MONTHS_SHOWN:]
    context = {
        "subject": subject,
        "told": told,
        "stretches": [(one, period_said(one)) for edition in reversed(known) for one in edition.stretches],
        "threshold": THRESHOLD,
        "base": settings.PUBLIC_BASE_URL,
    }
    return render(request, "performance/page.html", context)


def _found(what: str, code: str) -> Subject:
    subject = country() if what == "country" else find(what, code)
    if subject is None:
        raise Http404
    return subject


# --- For other people's pages -------------------------------------------------------------------------------


@dataclass
class Embedded:
    """One picture by itself. It is found when the page draws it: by then it is known which language it speaks."""

    told: Performance
    name: str

    @cached_property
    def picture(self) -> Picture:
        found = next((one for one in self.told.pictures if one.name == self.name), None)
        if found is None:
            raise Http404
        return found

    # As an image it brings its colours, says what it shows and where it is from.

    @property
    def title(self) -> list[str]:
        return wrap(self.picture.shows, 40)

    @property
    def top(self) -> int:
        return 16 + 20 * len(self.title)

    @property
    def below(self) -> list[tuple[int, str]]:
        lines = [f"{settings.PUBLIC_BASE_URL}{self.told.subject.address}", *wrap(self.picture.credit, 58)]
        return [(self.top + self.picture.height + 24 + 15 * number, line) for number, line in enumerate(lines)]

    @property
    def height(self) -> int:
        return self.below[-1][0] + 12


@kept
@require_safe
def embed_picture(request: HttpRequest, **which: str) -> HttpResponse:
    one = _embedded(request, **which)
    return render(request, "performance/alone.svg", {"one": one}, content_type="image/svg+xml")


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@kept
@require_safe
def embed_page(request: HttpRequest, **which: str) -> HttpResponse:
    """The only pages that may stand in a frame of somebody else's."""
    context = {"one": _embedded(request, **which), "base": settings.PUBLIC_BASE_URL}
    return render(request, "performance/frame.html", context)


def _embedded(request: HttpRequest, name: str, what: str, code: str) -> Embedded:
    version = request.GET.get("version", "")
    told = tell(
        _found(what, code),
        stretch=request.GET.get("of", ""),
        version=int(version[:6]) if version.isdecimal() else None,
    )
    if told is None:
        raise Http404
    return Embedded(told, name)


# --- For search engines -------------------------------------------------------------------------------------


class FiguresPages(Sitemap):
    """Results, releases, open data and the ledger. A page in the other languages is named by its own head."""

    def items(self) -> list[str]:
        results = [subject.address for subject in (everybody() if editions() else [country()])]
        frozen = [
            address("citizen:published", f"{release.month:%Y-%m}", release.version) for release in all_published()
        ]
        return [*results, *(address(f"citizen:{name}") for name in ("published_all", "data", "ledger")), *frozen]

    def location(self, item: str) -> str:
        return item

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.PUBLIC_BASE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.PUBLIC_BASE_URL).scheme
