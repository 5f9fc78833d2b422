"""What any cache is told of who has a session: to keep nothing, whatever page they look at."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEEP_NOTHING = "private, no-store"


def keep_nothing_of_a_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        has_one = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_one and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = KEEP_NOTHING
        return response

    return middleware
