"""A telephone on the screen, for trying the service without one: it posts to our own gateway addresses.

It reads the messages of its own made-up numbers and of nobody else, and does not exist in production.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cases.crypto import blind
from channels.models import Message

NEWEST = 30


@dataclass(frozen=True)
class Sim:
    """A made-up person's number. Network codes as Africa's Talking sends them: 645 is Zambia."""

    name: str
    phone: str
    network: str
    carrier: str


SIMS = (
    Sim("Mutale", "+260970000001", "64501", "Airtel"),
    Sim("Thandiwe", "+260960000002", "64502", "MTN"),
    Sim("Inonge", "+260950000003", "64503", "Zamtel"),
    Sim("Chipo", "+260770000004", "64501", "Airtel"),
)


@never_cache
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    context = {
        "sims": SIMS,
        "key": settings.AFRICASTALKING_CALLBACK_KEYS[0],
        "code": settings.USSD_CODE or "*000#",  # stands in until the regulator has given one
        "real_code": bool(settings.USSD_CODE),
        "short_code": settings.AFRICASTALKING_SENDER or "00000",
    }
    return render(request, "simulator/phone.html", context)


@never_cache
@require_GET
def inbox(request: HttpRequest) -> JsonResponse:
    """The newest texts of one number, oldest first, as its handset would show them."""
    on_the_handset = ["sent", "delivered", "arrived", "handled"]
    newest = _texts(_sim(request)).filter(state__in=on_the_handset).order_by("-pk")[:NEWEST]
    texts = [
        {
            "id": message.pk,
            "mine": message.direction == Message.Direction.IN,
            "text": message.text,
            "at": timezone.localtime(message.sent_at or message.created_at).strftime("%H:%M"),
        }
        for message in reversed(newest)
    ]
    return JsonResponse({"texts": texts})


@never_cache
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """Every text of one number, with what became of it."""
    sim = _sim(request)
    messages = _texts(sim).order_by("-pk")[:200]
    return render(request, "simulator/texts.html", {"sim": sim, "texts": messages})


def _sim(request: HttpRequest) -> Sim:
    """By its place in the list: no telephone number stands in an address."""
    number = request.GET.get("n", "")
    if not (number.isascii() and number.isdigit() and int(number) < len(SIMS)):
        raise Http404
    return SIMS[int(number)]


def _texts(sim: Sim):
    return Message.objects.filter(phone_index=blind(sim.phone, name="phone"))
