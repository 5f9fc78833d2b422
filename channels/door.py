"""A short cut: what a gateway sends goes from the web server straight to its view, past all that only pages need."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

PREFIX = "/gateways/"

Application = Callable[[dict, Callable], Iterable[bytes]]


def gateways_first(pages: Application) -> Application:
    """A WSGI application that answers what comes below /gateways/ by itself, and hands all else to `pages`.

    A gateway needs no cookie, no language header, no redirect: on the path of ten thousand calls none of it runs.
    """

    def door(environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return pages(environ, start_response)
        try:
            match = _resolved(path[len(PREFIX) - 1 :])
        except Resolver404:
            return pages(environ, start_response)
        request = WSGIRequest(environ)
        request.resolver_match = match
        # A statement saved: channels/ussd.py finds a broken connection itself, and an SMS is sent to us again.
        connection.health_check_done = True  # type: ignore[attr-defined]  # Django's stubs do not know it
        try:
            response = cast(HttpResponse, _answer(request))  # no view of a gateway waits or streams
        finally:
            connection.close_if_unusable_or_obsolete()
        headers = [*response.items(), ("Content-Length", str(len(response.content)))]
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        return [response.content]

    return door


@lru_cache(maxsize=100)
def _resolved(path: str) -> ResolverMatch:
    """Raises Resolver404. A country has a handful of gateways, each with an address for each thing it tells us."""
    return resolve(path, "channels.urls")


def _view(request: HttpRequest) -> HttpResponse:
    assert request.resolver_match
    return request.resolver_match.func(request, *request.resolver_match.args, **request.resolver_match.kwargs)


# What a view does not catch is logged and answered as Django does it everywhere.
_answer = convert_exception_to_response(_view)
