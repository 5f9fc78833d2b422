"""A short cut: a gateway's request goes straight to its view."""

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

PREFIX = "/gateways/"


def straight_to_the_gateways(get_response):
    """A gateway needs no cookie, no language header, no redirect: on the path of ten thousand calls none of it runs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        try:
            match = resolve(request.path_info[len(PREFIX) - 1 :], "channels.urls")
        except Resolver404:
            return get_response(request)
        # A statement saved: channels/ussd.py finds a broken connection itself, and an SMS is sent to us again.
        connection.health_check_done = True  # type: ignore[attr-defined]  # Django's stubs do not know it
        return match.func(request, *match.args, **match.kwargs)

    return middleware
