"""The way in for the invited: the link of the e-mail, and the page on which they choose name and password.

The link's token goes into the session at once and out of the address: addresses end up in logs and histories.
"""

from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from cases.actions import NotAllowed
from cases.actions.people import accept, invitation_of
from cases.forms.people import Welcome
from cases.limits import TooManyTries, count_try
from cases.models import Invitation
from cases.views.frame import SeeOther, source

TRIES_AN_HOUR = 60  # of one source, right or wrong: a whole office may come in through one address


def send_link(invitation: Invitation, token: str) -> bool:
    """True when the mail server took it."""
    link = settings.PUBLIC_BASE_URL + reverse("cases:welcome_link", args=[token])
    facts = {"invitation": invitation, "link": link, "days": settings.INVITATION_DAYS}
    body = render_to_string("people/invitation.txt", facts)
    try:
        return send_mail(_("Your place at the Single Window Service"), body, None, [invitation.address]) == 1
    except (SMTPException, OSError):
        return False


@never_cache
@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    request.session["invitation"] = token[:100]
    return redirect("cases:welcome")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    token = request.session.get("invitation", "")
    try:
        count_try(f"welcome:{source(request)}", limit=TRIES_AN_HOUR)
    except TooManyTries:
        return _closed(request, _("That was very often. Please wait an hour."), status=429)
    invitation = invitation_of(token) if token else None
    if why := _why_closed(invitation):
        return _closed(request, why)
    form = Welcome(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, invitation, status=422 if form.errors else 200)
    try:
        accept(token=token, **form.choice())
    except NotAllowed as refusal:
        form.add_error("username", str(refusal))
        return _page(request, form, invitation, status=409)
    request.session.flush()
    messages.success(request, _("Welcome. Log in with the name and the password you have just chosen."))
    return SeeOther(settings.LOGIN_REDIRECT_URL)


def _page(request: HttpRequest, form: Welcome, invitation: Invitation | None, *, status: int) -> HttpResponse:
    return render(request, "people/welcome.html", {"form": form, "invitation": invitation}, status=status)


def _closed(request: HttpRequest, why: str, *, status: int = 410) -> HttpResponse:
    return render(request, "people/closed.html", {"why": why}, status=status)


def _why_closed(invitation: Invitation | None) -> str:
    if invitation is None:
        return _("This link opens nothing. Open the newest e-mail you have from us: only its link is good.")
    if invitation.accepted_at:
        return _("This link was used already. If it was you, log in with the name you chose.")
    if invitation.withdrawn_at:
        return _("This invitation was taken back. Ask whoever invited you.")
    if invitation.is_late:
        return _("This link is too old. Ask whoever invited you to send it again.")
    return ""
