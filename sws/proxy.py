"""Behind our own reverse proxy, the visitor's address is the one the proxy wrote, and not the proxy's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def visitors_address(get_response: Callable[[HttpRequest], HttpResponseBase]):
    """Counted from the end of X-Forwarded-For, where our proxies write; what stands before is a claim."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        written = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if settings.PROXIES and len(written) >= settings.PROXIES and written[-settings.PROXIES]:
            request.META["REMOTE_ADDR"] = written[-settings.PROXIES]
        return get_response(request)

    return middleware
