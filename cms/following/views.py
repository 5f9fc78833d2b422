"""The pages of following: ask for it, confirm it, end it, and a feed for who gives no address."""

from typing import Any

from django import forms
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases.languages import speaking
from cases.limits import TooManyTries
from cases.views.frame import source
from cms.following import people
from cms.following.subjects import Subject, subject
from cms.models.following import Happening

IN_A_FEED = 30


class Address(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    wanted = _known(kind, code)
    form = Address(request.POST or None)
    title = _("Follow: {title}").format(title=wanted.title)
    if request.method == "GET" or not form.is_valid():
        return _page(request, title, subject=wanted, form=form, status=422 if form.errors else 200)
    try:
        taken = people.ask(wanted, form.cleaned_data["address"], source=source(request))
    except TooManyTries:
        form.add_error(None, _("That was very often. Please try again tomorrow."))
        return _page(request, title, subject=wanted, form=form, status=429)
    if not taken:
        form.add_error(None, _("No e-mail could be sent now. Please try again a little later."))
        return _page(request, title, subject=wanted, form=form, status=503)
    said = _("If you do not follow this yet, an e-mail is on its way. Open its link within {days} days.")
    return _page(request, title, subject=wanted, said=said.format(days=people.DAYS_TO_CONFIRM))


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button: programs that look at every link of an e-mail confirm nothing."""
    wanted, language = people.asked_with(token, "confirm")
    if wanted is None:
        return _page(request, _("This link opens nothing"), said=_TOO_OLD, status=410)
    with speaking(language):
        title = _("Follow: {title}").format(title=wanted.title)
        if request.method == "GET":
            return _page(request, title, subject=wanted, button=_("Yes, send me e-mails"))
        people.confirm(token)
        return _page(request, title, subject=wanted, said=_("Done. You get an e-mail when something is published."))


@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    wanted, language = people.asked_with(token, "stop")
    with speaking(language):
        if wanted is None or request.method == "POST":
            people.stop(token)
            gone = _("You get no more e-mails about this. Your address is deleted.")
            return _page(request, _("No more e-mails"), said=gone)
        title = _("No more e-mails about {title}?").format(title=wanted.title)
        return _page(request, title, subject=wanted, button=_("Yes, no more e-mails"))


_TOO_OLD = gettext_lazy("It is too old, or was ended meanwhile. You can ask for a new one on the page you follow.")


def _page(
    request: HttpRequest, title: str, *, subject: Subject | None = None, status: int = 200, **facts: Any
) -> HttpResponse:
    return render(request, "cms/following/follow.html", {"title": title, "subject": subject, **facts}, status=status)


def _known(kind: str, code: str) -> Subject:
    wanted = subject(kind, code)
    if wanted is None:
        raise Http404
    return wanted


class SubjectFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, kind: str, code: str) -> Subject:
        return _known(kind, code)

    def title(self, wanted: Subject) -> str:
        return _("Single Window Service: {title}").format(title=wanted.title)

    def link(self, wanted: Subject) -> str:
        return wanted.address

    def items(self, wanted: Subject) -> list[Happening]:
        return list(Happening.objects.filter(subjects__contains=[wanted.key])[:IN_A_FEED])

    def item_title(self, item: Happening) -> str:
        return item.said

    def item_description(self, item: Happening) -> str:
        return ""

    def item_link(self, item: Happening) -> str:
        return item.address

    def item_guid(self, item: Happening) -> str:
        return f"urn:sws:{item.key}"

    def item_updateddate(self, item: Happening) -> Any:
        return item.at
