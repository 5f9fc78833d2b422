"""Staff pages open to nobody without a second step of the log-in, where it is required."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sws.accounts import has_second_step

STAFF = ("/desk/", "/cms/")


def second_step_first(get_response: Callable[[HttpRequest], HttpResponseBase]):
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            settings.MFA_REQUIRED
            and request.path.startswith(STAFF)
            and request.user.is_authenticated
            and not has_second_step(request.user)
        ):
            messages.info(request, _("Before you go on: add a second step to your log-in. It takes two minutes."))
            return redirect("mfa_index")
        return get_response(request)

    return middleware
