"""How allauth is used here: staff only, nobody signs up by themselves, and guessing is counted in PostgreSQL."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_logged_in
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.crypto import blind
from cases.limits import HOUR, TooManyTries, count_try
from cases.models import Officer
from cases.views.frame import home, source

# How often a password may be tried, in the seconds given. A source is often a whole office. Whoever guesses at a name
# from everywhere uses up what all strangers have for it; a browser in which its owner has logged in before counts
# for itself, so that no stranger can keep the owner out.
FROM_HERE = (10, 300)
FROM_A_SOURCE = (300, HOUR)
BY_STRANGERS = (50, HOUR)
BY_A_KNOWN_BROWSER = (20, HOUR)
KNOWN = "known"  # the cookie of such a browser
KNOWN_SECONDS = 180 * 24 * HOUR


class StaffAccounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Everybody to the first page that is theirs; who is no officer may still be a keeper of the public site."""
        officer = Officer.objects.filter(user=request.user.pk, active=True).first()
        if officer:
            return home(officer)
        writes = request.user.has_perm("wagtailadmin.access_admin")
        return "/cms/" if writes else super().get_login_redirect_url(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """One more try, right or wrong; in place of allauth's own count, which lets a stranger keep the owner out."""
        name = str(credentials.get("username", "")).casefold()
        hidden, here = blind(name, name="username"), source(request)
        is_known = request.get_signed_cookie(KNOWN, "", salt=KNOWN, max_age=KNOWN_SECONDS) == hidden
        whose, (limit, seconds) = ("known", BY_A_KNOWN_BROWSER) if is_known else ("strangers", BY_STRANGERS)
        try:
            count_try(f"login-here:{hidden}:{here}"[:80], limit=FROM_HERE[0], seconds=FROM_HERE[1])
            count_try(f"login-source:{here}", limit=FROM_A_SOURCE[0], seconds=FROM_A_SOURCE[1])
            count_try(f"login-{whose}:{hidden}", limit=limit, seconds=seconds)
        except TooManyTries:
            raise self.validation_error("too_many_login_attempts") from None


def remember_browser(request: HttpRequest, response: HttpResponse, user: User, **_signal: Any) -> None:
    """Told once the log-in is complete, second step and all."""
    response.set_signed_cookie(
        KNOWN,
        blind(user.get_username().casefold(), name="username"),
        salt=KNOWN,
        max_age=KNOWN_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
        path="/accounts/",
    )


def listen() -> None:
    user_logged_in.connect(remember_browser, dispatch_uid="sws.accounts")


# --- The second step ------------------------------------------------------------------------------------


def has_second_step(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


class SecondStep(DefaultMFAAdapter):
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays, where everybody must have one: add another before."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        return not settings.MFA_REQUIRED or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER


class RemoveKey(RemoveWebAuthnView):
    """allauth asks can_delete_authenticator for an app only; here it is asked for a key as well."""

    def form_valid(self, form: Any) -> HttpResponse:
        if SecondStep().can_delete_authenticator(self.get_object()):
            return super().form_valid(form)
        messages.error(self.request, _("This is your only second step. Add another one before you take it away."))
        return redirect("mfa_index")
