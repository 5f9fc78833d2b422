"""What the gateways call: check who it is, read it, hand it on, answer as the gateway needs to hear it."""

from collections.abc import Callable
from functools import wraps

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases.crypto import blind
from channels import receipts, sms, ussd
from channels.gateways import HopEnd, Unreadable, africastalking, twilio
from channels.speech import _

log = structlog.get_logger()

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _plain(text: str = "", status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _with_key(view: Callable[[HttpRequest], HttpResponse]):
    """Africa's Talking signs nothing: the address itself holds a key. A wrong one gets 403 and leaves no trace."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, key: str) -> HttpResponse:
        return view(request) if africastalking.knows(key) else _plain("", status=403)

    return guarded


def _accepting(view: Callable[[HttpRequest], None]) -> Callable[[HttpRequest], HttpResponse]:
    """200 for everything, also for what we cannot read: any other answer is repeated for twelve hours."""

    @wraps(view)
    def accept(request: HttpRequest) -> HttpResponse:
        try:
            view(request)
        except Unreadable as unreadable:
            log.warning("unreadable_request", view=view.__name__, why=str(unreadable))
        return _plain()

    return accept


@_with_key
def at_ussd(request: HttpRequest) -> HttpResponse:
    try:
        hop = africastalking.hop(request)
    except Unreadable:
        return _plain("END " + _("Sorry, something went wrong here. Please dial again in a few minutes."))
    if isinstance(hop, HopEnd):
        return _plain()
    return _plain(ussd.answer(hop))


@_with_key
@_accepting
def at_ussd_end(request: HttpRequest) -> None:
    """Read and not relied upon: it comes late, twice or never. Sessions end by their own age."""
    africastalking.hop_end(request)


@_with_key
@_accepting
def at_sms(request: HttpRequest) -> None:
    sms.receive(africastalking.inbound(request))


@_with_key
@_accepting
def at_receipt(request: HttpRequest) -> None:
    receipts.record_receipt(africastalking.receipt(request))


@_with_key
@_accepting
def at_opt_out(request: HttpRequest) -> None:
    phone = africastalking.opt_out(request).phone
    receipts.note_opt_out(phone_index=blind(phone, name="phone"), now=timezone.now())


def _signed(view: Callable[[HttpRequest], HttpResponse]):
    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if twilio.genuine(request) else _plain("", status=403)

    return guarded


@_signed
def twilio_sms(request: HttpRequest) -> HttpResponse:
    _accepting(lambda request: sms.receive(twilio.inbound(request)))(request)
    return HttpResponse(EMPTY_TWIML, content_type="text/xml")


@_signed
@_accepting
def twilio_status(request: HttpRequest) -> None:
    receipts.record_receipt(twilio.receipt(request))
