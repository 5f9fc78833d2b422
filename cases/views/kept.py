"""Public pages as they went out, kept until something changes that the public reads: in memory, and in caches in front.

A warm page reaches no database. Who has a session, or is told something by a cookie, gets a page that nobody keeps.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
import structlog
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache as table
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from cases.catalogue import NoCountry, catalogue, look_again

log = structlog.get_logger()

A_FEW_MINUTES = 300  # a cache in front that was not told asks again after so long
A_SECOND = 1.0  # so long a change in another process may be unknown to this one
PATIENCE = 2  # seconds for a cache in front to answer
IN_MEMORY = 400  # pages, of some tens of kilobytes
EDITION = "edition-of-the-public-pages"

View = Callable[..., HttpResponse]


def is_somebodys(request: HttpRequest) -> bool:
    """It brings a session, or a word that was left in a cookie for one reader."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES


def kept(view: View) -> View:
    """The page says the same to everybody who asks for this address. A browser asks each time whether it changed."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or is_somebodys(request):
            return view(request, *args, **kwargs)
        page = _page(_known(), request.get_host(), request.get_full_path()) if settings.KEEP_PAGES else _Page()
        if page.content:
            response = HttpResponse(page.content, content_type=page.content_type)
        else:
            response = _drawn(view(request, *args, **kwargs))
            if response.status_code != 200 or response.cookies or "CSRF_COOKIE_NEEDS_UPDATE" in request.META:
                return response
            page.content_type, page.content = response.headers["Content-Type"], response.content
        patch_cache_control(response, public=True, max_age=0, s_maxage=A_FEW_MINUTES)
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer


def _drawn(response: Any) -> HttpResponse:
    return response.render() if hasattr(response, "render") else response


# --- In memory --------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """As it went out. Empty at first."""

    content: bytes = b""
    content_type: str = ""


@lru_cache(maxsize=IN_MEMORY)
def _page(known: tuple, host: str, address: str) -> _Page:
    """Where it is kept, by all that it depends on."""
    return _Page()


def _known() -> tuple:
    """Looked up before a page is drawn: what changes meanwhile belongs to the next edition."""
    edition = _edition()
    try:
        version = catalogue().version
    except NoCountry:
        version = 0
    return edition, version, timezone.localdate()


@dataclass
class _Looked:
    edition: str = ""
    at: float = 0


@cache
def _last() -> _Looked:
    return _Looked()


def _edition() -> str:
    """Asked once a second; each time where a cache in front, just emptied, would keep what it is given."""
    last, now = _last(), time.monotonic()
    if not last.edition or settings.FRONT_CACHES or now - last.at > A_SECOND:
        edition = table.get(EDITION) or _another()
        if edition != last.edition:
            look_again()
        last.edition, last.at = edition, now
    return last.edition


def _another() -> str:
    edition = uuid4().hex
    table.set(EDITION, edition, None)
    return edition


# --- When something changes -------------------------------------------------------------------------------


def changed(**_signal: object) -> None:
    """Call it in the transaction that changes what the public reads. Menus and lists name every page: all go.

    A change that could not be told is not saved: its pages would stay as they were.
    """
    if not (settings.KEEP_PAGES or settings.FRONT_CACHES):
        return
    with transaction.atomic():  # nobody else's edition can stand there until it is over
        edition = _another()
        if table.get(EDITION) != edition:  # the table says nothing of a write that failed
            raise OperationalError("The public pages could not be drawn anew.")
        transaction.on_commit(lambda: _tell(edition), robust=True)


def _tell(edition: str) -> None:
    _last().edition = ""
    if not settings.FRONT_CACHES or table.get(EDITION) != edition:
        return  # what changed after this, in the same transaction too, is told by itself
    host = urlsplit(settings.PUBLIC_BASE_URL).netloc
    for front in settings.FRONT_CACHES:
        try:
            answer = requests.request(
                "PURGE", f"{front}/", headers={"Host": host}, timeout=PATIENCE, allow_redirects=False
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            log.error("cache_not_purged", cache=front, why=type(error).__name__)
