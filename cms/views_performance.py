"""Pages of how promises are kept, and the pictures of them for other people's pages.

They change when something is published, when an editor changes the sections, or with the house itself: that is their
ETag. Who is signed in, or has opened a case, gets the same page, and no cache keeps it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from textwrap import wrap
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cases.catalogue import catalogue
from cases.figure_words import period_said
from cases.languages import address
from cases.protection import THRESHOLD
from cases.releases import all_published
from cms.menu import sections
from cms.performance import MONTHS_SHOWN, Performance, Picture, Subject, country, everybody, find, tell
from cms.released import editions

A_FEW_MINUTES = 300
IN_MEMORY = 200  # pages, of some tens of kilobytes
DRAWN_BY = ("performance", "charts", "figures")  # folders of templates
STYLES = ("sws/sws.css", "sws/charts.css", "sws/performance.css")

View = Callable[..., HttpResponse]


# --- What caches are told -----------------------------------------------------------------------------------


@cache
def _templates() -> str:
    """Of the templates as this process has them: another version of the house draws other pages."""
    folder = Path(settings.BASE_DIR) / "templates"
    files = [folder / "base.html", *(file for name in DRAWN_BY for file in sorted((folder / name).glob("*")))]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _version() -> tuple[str, int | None]:
    """Another one as soon as anything changes that these pages show; and when figures were published last."""
    published = list(all_published().values_list("digest", "decided_at"))
    shown = [(section.title, section.address) for section in sections()]
    digests = [digest for digest, _at in published]
    known = (digests, catalogue().version, get_language(), shown, _templates(), [static(one) for one in STYLES])
    last = max((at for _digest, at in published if at), default=None)
    return f'"{sha256(repr(known).encode()).hexdigest()[:32]}"', int(last.timestamp()) if last else None


@dataclass
class _Drawn:
    """A page as it went out."""

    content: bytes = b""
    content_type: str = ""


@lru_cache(maxsize=IN_MEMORY)
def _drawn(etag: str, address: str) -> _Drawn:
    """Where a page is kept, by all that it depends on: to draw one takes a tenth of a second. Empty at first."""
    return _Drawn()


def for_everybody(view: View) -> View:
    def from_memory(request: HttpRequest, etag: str, **kwargs: Any) -> HttpResponse:
        kept = _drawn(etag, request.get_full_path())
        if not kept.content:
            response = view(request, **kwargs)
            kept.content_type, kept.content = response.headers["Content-Type"], response.content
        return HttpResponse(kept.content, content_type=kept.content_type)

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response = view(request, **kwargs)
            response.headers["Cache-Control"] = "private, no-store"
        else:
            etag, changed = _version()
            unchanged = get_conditional_response(request, etag=etag, last_modified=changed)
            response = unchanged or from_memory(request, etag, **kwargs)
            response.headers["ETag"] = etag
            if changed:
                response.headers["Last-Modified"] = http_date(changed)
            patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer


# --- Pages --------------------------------------------------------------------------------------------------


@for_everybody
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


@for_everybody
def embed_picture(request: HttpRequest, **which: str) -> HttpResponse:
    one = _embedded(request, **which)
    return render(request, "performance/alone.svg", {"one": one}, content_type="image/svg+xml")


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@for_everybody
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
