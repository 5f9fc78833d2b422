"""A citizen at the desk: their open cases, one page for a new one, and what they take home.

Phone and card numbers travel in the body of a POST only: an address ends up in logs and histories.
"""

import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import tickets, wording
from cases.actions import Opened
from cases.cards import looks_like_nrc, read_nrc
from cases.catalogue import catalogue
from cases.crypto import CannotOpen, seal, unseal
from cases.finding import PAGE, cases_of
from cases.forms.fields import languages, read_phone
from cases.forms.intake import WalkIn
from cases.lifecycle import ALIVE
from cases.models import Case, Officer
from cases.pack import Kind
from cases.papers import paper, qr, sent
from cases.reference import spoken
from cases.views.desk import Row
from cases.views.frame import SeeOther, for_officers, page


@for_officers("intake")
@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, officer: Officer) -> HttpResponse:
    if request.method == "GET":
        form = _new_walk_in(officer, kind=request.GET.get("kind", ""), initial={"once": secrets.token_urlsafe(16)})
        return _walk_in_page(
            request, officer, form, template="topics" if "HX-Request" in request.headers else "walk_in"
        )
    if "look" in request.POST:  # looking up without JavaScript: nothing typed is lost, nothing is checked yet
        return _walk_in_page(request, officer, _new_walk_in(officer, initial=request.POST.dict()))
    form = _new_walk_in(officer, data=request.POST)
    if not form.is_valid():
        return _walk_in_page(request, officer, form, status=422)
    return _open(request, officer, form)


def _walk_in_page(
    request: HttpRequest, officer: Officer, form: WalkIn, *, template: str = "walk_in", status: int = 200
) -> HttpResponse:
    known = _known(request, officer) if request.method == "POST" else {}
    beside = {"mine": tickets.with_officer(officer), "urgent": catalogue().help_for_all}
    return page(request, officer, template, status=status, form=form, kinds=Kind.choices, **known, **beside)


def _new_walk_in(officer: Officer, **given: Any) -> WalkIn:
    return WalkIn(officer=officer, languages=languages(), **given)


@for_officers("intake")
@require_GET
def questions(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What is asked besides, as soon as the topic is chosen."""
    return page(request, officer, "questions", form=_new_walk_in(officer, initial={"topic": request.GET.get("topic")}))


@for_officers("intake")
@require_POST
def known(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The citizen's open cases, as soon as the number is typed."""
    return page(request, officer, "known", **_known(request, officer))


def _known(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    """By the phone, and by the card of who is here or of whom they came for."""
    phone = read_phone(request.POST.get("phone", "")[:30])
    cards = [read_nrc(request.POST.get(name, "")[:30]) for name in ("nrc", "about_nrc")]
    cases = cases_of(officer, phone=phone, nrc=cards[0]) | cases_of(officer, nrc=cards[1])
    found = cases.filter(state__in=ALIVE).with_people().order_by("-opened_at")
    return {
        "looked": bool(phone or any(cards)),
        "odd_nrc": any(card and not looks_like_nrc(card) for card in cards),
        "rows": [Row.of(case, officer) for case in found[:PAGE]],
    }


@transaction.atomic
def _open(request: HttpRequest, officer: Officer, form: WalkIn) -> HttpResponse:
    """One case for one page, however often it is sent. The PIN waits, sealed, in the session for one showing.

    The officer's row is locked, so the second sending waits for the first to be finished, session and all.
    """
    Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    if Case.objects.filter(once=form.request_name()).exists():
        return SeeOther(reverse("cases:receipt"))
    nrc = form.subject()["nrc"]
    return hand_out(request, form.open(), odd_nrc=bool(nrc) and not looks_like_nrc(nrc))


def hand_out(request: HttpRequest, opened: Opened, *, odd_nrc: bool = False) -> HttpResponse:
    """On to the receipt of a case just opened."""
    request.session["receipt"] = {
        "reference": opened.case.reference,
        "due": opened.case.resolve_due.isoformat(),
        "topic": "" if opened.case.is_sensitive else opened.case.topic.label,
        "language": opened.case.language,
        "odd_nrc": odd_nrc,
    }
    request.session["receipt_pin"] = seal(opened.pin, name=_pin_of(opened.case.reference)).hex()
    request.session.save()
    return SeeOther(reverse("cases:receipt"))


@for_officers("intake")
@require_GET
def receipt(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the citizen takes home. It reads the session only: who opened a case may still not be cleared to see it."""
    kept = request.session.get("receipt")
    if kept is None:
        return redirect("cases:walk_in")
    sealed = request.session.pop("receipt_pin", "")
    language, words = wording.receipt(kept["language"], topic=kept["topic"])
    return page(
        request,
        officer,
        "receipt",
        language=language,
        words=words,
        reference=spoken(kept["reference"]),
        pin=_unsealed(kept["reference"], sealed),
        sealed=sealed,  # the page itself carries it to its own PDF: it is stored nowhere
        due=wording.day(date.fromisoformat(kept["due"])),
        odd_nrc=kept["odd_nrc"],
        mine=tickets.with_officer(officer),
        own=Case.objects.visible_to(officer).filter(reference=kept["reference"]).exists() and kept["reference"],
    )


@for_officers("intake")
@require_POST
def receipt_paper(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The receipt as a PDF, asked for by the page that shows the PIN; no other page can bring the sealed PIN along."""
    kept = request.session.get("receipt", {"reference": ""})
    pin = _unsealed(kept["reference"], request.POST.get("sealed", "")[:400])
    if not pin:
        return SeeOther(reverse("cases:receipt"))  # another citizen's by now
    language, words = wording.receipt(kept["language"], topic=kept["topic"])
    address = settings.PUBLIC_BASE_URL + reverse("citizen:track")  # without number or PIN: addresses are kept in logs
    pdf = paper(
        "receipt",
        language=language,
        words=words,
        reference=spoken(kept["reference"]),
        pin=pin,
        due=wording.day(date.fromisoformat(kept["due"])),
        address=address,
        code=qr(address),
    )
    return sent(pdf, "receipt")


def _pin_of(reference: str) -> str:
    """The name a PIN is sealed with, so that it opens beside its own reference only."""
    return f"receipt {reference}"


def _unsealed(reference: str, sealed: str) -> str:
    try:
        return unseal(bytes.fromhex(sealed), name=_pin_of(reference)) if sealed else ""
    except (CannotOpen, ValueError):
        return ""
