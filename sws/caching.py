"""What any cache is told of who has a session: to keep nothing, whatever page they look at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cases.views.kept import is_somebodys

KEEP_NOTHING = "private, no-store"


def keep_nothing_of_a_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_somebodys(request) and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = KEEP_NOTHING
        return response

    return middleware
