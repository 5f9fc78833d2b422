"""Twilio: its SMS and WhatsApp webhooks turned into ours, their signature, and our SMS sent through its SDK.

Source: the provider's documents and its SDK's code. In Zambia it carries words out; it brings few in.
"""

import threading
from collections.abc import Sequence
from hmac import compare_digest

import requests
from django.conf import settings
from django.http import HttpRequest
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from channels.gateways import Delivery, Inbound, Outcome, Outgoing, Receipt, SendError, Unreadable, forms, wire

name = "twilio"

WHATSAPP = "whatsapp:"

# --- What comes in ------------------------------------------------------------------------------------


def genuine(request: HttpRequest) -> bool:
    """Whether Twilio signed this request for our account, at our public address (a proxy hides ours from us)."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not (signature and settings.TWILIO_AUTH_TOKEN and settings.TWILIO_ACCOUNT_SID):
        return False  # an empty token would make a signature anybody can compute
    try:
        account = forms.words(forms.read(request), "AccountSid", forms.ID_LENGTH)
    except Unreadable:
        return False
    if not compare_digest(account.encode(), settings.TWILIO_ACCOUNT_SID.encode()):
        return False
    # The form goes in as it came: a stripped value or a dropped blank field is another signature.
    return RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(
        settings.PUBLIC_BASE_URL.rstrip("/") + request.get_full_path(),
        request.POST,
        signature,
        algorithm=get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings")),
    )


# OptOutType: what its own opt-out took the message for, whatever the word, and has answered. It answers HELP as well,
# but with words of its own that lead nowhere: ours begin the conversation.
SETTLED = {"STOP": "stop", "START": "start"}


def inbound(request: HttpRequest) -> Inbound:
    """An SMS; or a WhatsApp message, whose `network` is "whatsapp" and whose `phone` is the bare number."""
    form = forms.read(request)
    sender = forms.need(form, "From")
    number = sender.removeprefix(WHATSAPP)
    return Inbound(
        gateway=name,
        provider_id=forms.need(form, "MessageSid"),
        phone=forms.e164(number) or number,
        to=forms.words(form, "To", 24 + len(WHATSAPP)).removeprefix(WHATSAPP),
        text=forms.words(form, "Body"),
        network="whatsapp" if sender.startswith(WHATSAPP) else "",
        settled=SETTLED.get(forms.words(form, "OptOutType", 20).upper(), ""),
    )


STATUSES = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "partially_delivered": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}

OPTED_OUT = 21610


def receipt(request: HttpRequest) -> Receipt:
    form = forms.read(request)
    raw = forms.words(form, "MessageStatus", 40).strip()
    reason = forms.words(form, "ErrorCode", 80).strip()
    return Receipt(
        gateway=name,
        provider_id=forms.need(form, "MessageSid"),
        status=STATUSES.get(raw.lower(), Delivery.UNKNOWN),
        raw=raw,
        reason=reason,
        network="",
        opted_out=reason == str(OPTED_OUT),
    )


# --- What goes out ------------------------------------------------------------------------------------

_LATER = {"retry": True}
_NEVER = {"retry": False}
_OUT = {"retry": True, "outage": True}

# Error code -> our sentence and its policy.
REFUSED: dict[int, tuple[str, dict[str, bool]]] = {
    OPTED_OUT: ("The person asked for no more SMS.", {"retry": False, "opted_out": True}),
    21211: ("It is not a telephone number.", _NEVER),
    21408: ("SMS to this country are not switched on in the account.", _OUT),
    21606: ("TWILIO_FROM may not send SMS.", _OUT),
    21608: ("A trial account sends only to numbers it has verified.", _NEVER),
    21611: ("The sender's queue is full.", _OUT),
    21612: ("TWILIO_FROM cannot reach this number.", _NEVER),
    21614: ("It is not a mobile number.", _NEVER),
    21617: ("The words are too many for one SMS.", _NEVER),
    21703: ("The messaging service has no sender.", _OUT),
    21704: ("The messaging service has no sender for this number.", _OUT),
    14107: ("We send too fast.", _OUT),
    20003: ("The account or its token is refused.", _OUT),
    20429: ("We send too fast.", _OUT),
    30001: ("The queue overflowed.", _LATER),
    30002: ("The account is suspended.", _OUT),
    30003: ("The handset cannot be reached.", _LATER),
    30004: ("The person blocked us.", _NEVER),
    30005: ("Nobody has this number.", _NEVER),
    30006: ("It is a landline, or its network cannot be reached.", _NEVER),
    30007: ("The network filtered it out.", _NEVER),
    30008: ("It failed for no reason given.", _LATER),
    30024: ("The sender is not registered in this country.", _OUT),
    63003: ("The WhatsApp address is wrong.", _NEVER),
    63016: ("WhatsApp allows only templates a day after the person's last words.", _NEVER),
    63018: ("We send too fast for WhatsApp.", _LATER),
    63024: ("The WhatsApp address is wrong.", _NEVER),
    63032: ("WhatsApp does not let us write to this person.", _NEVER),
    63033: ("The person blocked us on WhatsApp.", _NEVER),
}


def _refused(status: int, code: object) -> SendError:
    known = forms.whole(code) or status
    if known in REFUSED:
        sentence, policy = REFUSED[known]
    elif status == 429 or status >= 500 or status in (401, 403, 404):
        sentence, policy = f"The server answered {status}.", _OUT
    else:
        sentence, policy = f"It was refused with code {known}.", _NEVER
    return SendError(f"Twilio: {sentence}", code=str(known), **policy)


class _Mine(threading.local):
    """A client for each thread: the SDK keeps its last answer on the client and hands it to whoever asks next."""

    def __init__(self) -> None:
        self.clients: dict[tuple, Client] = {}


_mine = _Mine()


def _client(account: str, token: str, address: str, timeout: tuple[float, float]) -> Client:
    asked = (account, token, address, timeout)
    if asked not in _mine.clients:
        http = TwilioHttpClient()  # left alone, it waits for ever
        http.timeout = timeout  # its constructor takes one figure only, requests takes these two
        client = Client(account, token, http_client=http)
        client.api.base_url = address.rstrip("/")
        _mine.clients[asked] = client
    return _mine.clients[asked]


def split(batch: Sequence[Outgoing]) -> list[list[Outgoing]]:
    return [[sms] for sms in batch]


def send(batch: Sequence[Outgoing]) -> list[Outcome]:
    client = _client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_URL,
        settings.GATEWAY_TIMEOUT,
    )
    return [_send_one(client, sms) for sms in batch]


def _send_one(client: Client, sms: Outgoing) -> Outcome:
    try:
        said = client.messages.create(to=sms.phone, body=sms.text, **_sender(sms), **_receipts())
    except (TwilioRestException, TwilioServiceException) as error:
        return Outcome(sms.id, error=_refused(error.status, error.code))
    except requests.RequestException as error:
        return Outcome(sms.id, error=wire.broken("Twilio", error))
    except (ValueError, AttributeError, TypeError):  # the SDK took the answer, which was not its JSON
        return Outcome(sms.id, error=wire.unreadable("Twilio"))
    if not said.sid:
        return Outcome(sms.id, error=wire.unreadable("Twilio"))
    return Outcome(
        sms.id,
        forms.tidy(said.sid, forms.ID_LENGTH),
        STATUSES.get(said.status or "", Delivery.UNKNOWN),
        cost=forms.tidy(f"{said.price_unit} {said.price}", 24) if said.price else "",
        parts=forms.whole(said.num_segments) or None,
    )


def _sender(sms: Outgoing) -> dict[str, str]:
    if settings.TWILIO_FROM.startswith("MG"):
        return {"messaging_service_sid": settings.TWILIO_FROM}
    return {"from_": (WHATSAPP if sms.phone.startswith(WHATSAPP) else "") + settings.TWILIO_FROM}


def _receipts() -> dict[str, str]:
    """Where to send receipts. Twilio refuses the whole SMS for an address it cannot reach, such as a laptop's."""
    public = settings.PUBLIC_BASE_URL.startswith("https://")
    return {"status_callback": f"{settings.PUBLIC_BASE_URL}/gateways/twilio/status"} if public else {}
