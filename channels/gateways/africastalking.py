"""Africa's Talking: its USSD and SMS requests turned into ours, and our SMS sent through its own SDK.

Source: the provider's help pages, recorded requests and the SDK's code. Unknown words are accepted, never
an error: its gateway repeats a request every minute for twelve hours until it hears 200.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hmac import compare_digest
from typing import Any

import requests
from africastalking.SMS import SMSService
from django.conf import settings
from django.http import HttpRequest

from channels.gateways import (
    Delivery,
    Hop,
    HopEnd,
    Inbound,
    OptOut,
    Outcome,
    Outgoing,
    Receipt,
    SendError,
    forms,
    wire,
)

name = "africastalking"

# --- What comes in ------------------------------------------------------------------------------------


def knows(key: str) -> bool:
    """Whether `key` is one of ours: nobody signs these requests. All keys are compared, in constant time."""
    given = key.encode("utf-8", "replace")
    return any([compare_digest(given, ours.encode()) for ours in settings.AFRICASTALKING_CALLBACK_KEYS])


def hop(request: HttpRequest) -> Hop | HopEnd:
    """A turn of a session; or its end, where the dashboard sends both to one address."""
    form = forms.read(request)
    if "status" in form and "durationInMillis" in form:
        return _end(form)
    return Hop(
        gateway=name,
        session=forms.need(form, "sessionId"),
        phone=forms.caller(form, "phoneNumber"),
        network=forms.words(form, "networkCode", 16),
        service_code=forms.words(form, "serviceCode", 40),
        transcript=forms.words(form, "text"),
    )


def hop_end(request: HttpRequest) -> HopEnd:
    return _end(forms.read(request))


def _end(form: Mapping[str, str]) -> HopEnd:
    # `input` and `lastAppResponse` are left where they are: they repeat what the citizen typed and read.
    return HopEnd(
        gateway=name,
        session=forms.need(form, "sessionId"),
        status=forms.need(form, "status").lower(),
        network=forms.words(form, "networkCode", 16),
        milliseconds=forms.whole(form.get("durationInMillis")),
        hops=forms.whole(form.get("hopsCount")),
    )


def inbound(request: HttpRequest) -> Inbound:
    form = forms.read(request)
    sender = forms.need(form, "from")
    return Inbound(
        gateway=name,
        provider_id=forms.need(form, "id"),
        phone=forms.e164(sender) or sender,
        to=forms.words(form, "to", 24),
        text=forms.words(form, "text"),
        network=forms.words(form, "networkCode", 16),
    )


def opt_out(request: HttpRequest) -> OptOut:
    form = forms.read(request)
    return OptOut(gateway=name, phone=forms.caller(form, "phoneNumber"), sender=forms.words(form, "senderId", 40))


# Delivery reports, in lower case.
STATUSES = {
    "buffered": Delivery.QUEUED,
    "sent": Delivery.SENT,
    "submitted": Delivery.SENT,
    "success": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "absentsubscriber": Delivery.FAILED,
    "expired": Delivery.EXPIRED,
}

OPTED_OUT = {"userinblacklist"}


def receipt(request: HttpRequest) -> Receipt:
    form = forms.read(request)
    raw = forms.words(form, "status", 40).strip()
    reason = forms.words(form, "failureReason", 80).strip()
    return Receipt(
        gateway=name,
        provider_id=forms.need(form, "id"),
        status=STATUSES.get(raw.lower(), Delivery.UNKNOWN),
        raw=raw,
        reason=reason,
        network=forms.words(form, "networkCode", 16),
        opted_out=reason.lower() in OPTED_OUT,
    )


# --- What goes out ------------------------------------------------------------------------------------

TOGETHER = 100  # recipients of one request; no limit is documented, the SDK's own tests use a thousand

TAKEN = {100: Delivery.SENT, 101: Delivery.SENT, 102: Delivery.QUEUED}

# statusCode of one recipient -> our sentence and its policy.
REFUSED: dict[int, tuple[str, dict[str, bool]]] = {
    401: ("The number is held back as risky.", {"retry": False}),
    402: ("The sender name is not known; see AFRICASTALKING_SENDER.", {"retry": True, "outage": True}),
    403: ("It is not a telephone number.", {"retry": False}),
    404: ("This kind of number takes no SMS.", {"retry": False}),
    405: ("The account is out of money.", {"retry": True, "outage": True}),
    406: ("The person asked for no more SMS.", {"retry": False, "opted_out": True}),
    407: ("No network would take it.", {"retry": False}),
    500: ("The gateway had an error.", {"retry": True}),
    501: ("The network's gateway had an error.", {"retry": True}),
    502: ("The network's gateway refused it.", {"retry": True}),
}


def _refused(code: int) -> SendError:
    sentence, policy = REFUSED[code]
    return SendError(f"Africa's Talking: {sentence}", code=str(code), **policy)


# HTTP status -> our sentence and its policy; any other is a server in trouble.
HTTP: dict[int, tuple[str, dict[str, bool]]] = {
    400: ("The request is not understood.", {"retry": False}),
    401: ("The key is refused; a new one takes up to 20 minutes to work.", {"retry": True, "outage": True}),
    429: ("We send too fast.", {"retry": True, "outage": True}),
}


def _http_error(status: int) -> SendError:
    sentence, policy = HTTP.get(status, (f"The server answered {status}.", {"retry": True, "outage": True}))
    return SendError(f"Africa's Talking: {sentence}", code=f"http-{status}", **policy)


class Sms(SMSService):
    """The SDK, with what it lacks: an address to choose, kept connections, a status code on errors.

    Its own transport opens a connection an SMS, hands back text instead of JSON when the content type
    names a charset, and raises errors that do not say whether the key or the server was at fault.
    """

    def __init__(self, username: str, api_key: str, address: str, timeout: tuple[float, float]):
        super().__init__(username, api_key)
        self._baseUrl = address.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()

    def _make_request(
        self, url: str, method: str, headers: Any, data: Any, params: Any, callback: Any = None, timeout: Any = None
    ) -> Any:
        response = self._session.request(
            method, url, headers=headers, data=data, params=params, timeout=self._timeout, allow_redirects=False
        )
        if not 200 <= response.status_code < 300:
            raise _http_error(response.status_code)
        return response.json()


@lru_cache(maxsize=4)
def _sms(username: str, api_key: str, address: str, timeout: tuple[float, float]) -> Sms:
    return Sms(username, api_key, address, timeout)


def split(batch: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """Everybody who gets the same words, TOGETHER at most, and no number twice: answers come by number."""
    requests_: dict[tuple[str, int], dict[str, Outgoing]] = defaultdict(dict)
    for sms in batch:
        turn = 0
        while sms.phone in requests_[sms.text, turn] or len(requests_[sms.text, turn]) == TOGETHER:
            turn += 1
        requests_[sms.text, turn][sms.phone] = sms
    return [list(request.values()) for request in requests_.values()]


def send(batch: Sequence[Outgoing]) -> list[Outcome]:
    sms = _sms(
        settings.AFRICASTALKING_USERNAME,
        settings.AFRICASTALKING_API_KEY,
        settings.AFRICASTALKING_URL,
        settings.GATEWAY_TIMEOUT,
    )
    # The SDK refuses a whole request for one number it cannot read.
    good = [one for one in batch if forms.e164(one.phone) == one.phone]
    bad = [Outcome(one.id, error=_refused(403)) for one in batch if forms.e164(one.phone) != one.phone]
    return bad + [outcome for part in split(good) for outcome in _send_one_text(sms, part)]


def _send_one_text(sms: Sms, part: list[Outgoing]) -> list[Outcome]:
    try:
        answer = sms.send(
            part[0].text, [one.phone for one in part], sender_id=settings.AFRICASTALKING_SENDER or None, enqueue=True
        )
    except SendError as error:
        return [Outcome(one.id, error=error) for one in part]
    except requests.RequestException as error:
        return [Outcome(one.id, error=wire.broken("Africa's Talking", error)) for one in part]
    message, recipients = _read(answer)
    if not recipients and message == "InvalidSenderId":
        return [Outcome(one.id, error=_refused(402)) for one in part]
    found = re.search(r"parts: (\d+)", message)
    parts = int(found[1]) if found else None
    return [_outcome(one, recipients.get(one.phone, {}), parts) for one in part]


def _read(answer: object) -> tuple[str, dict[str, dict[str, Any]]]:
    """The message and what is said of each number. By number, never by place: some may be missing."""
    data = answer.get("SMSMessageData") if isinstance(answer, dict) else None
    data = data if isinstance(data, dict) else {}
    recipients = data.get("Recipients")
    recipients = recipients if isinstance(recipients, list) else []
    by_number = {forms.e164(str(one.get("number"))): one for one in recipients if isinstance(one, dict)}
    return str(data.get("Message", "")), by_number


def _outcome(sms: Outgoing, said: dict[str, Any], parts: int | None) -> Outcome:
    code = forms.whole(said.get("statusCode"))
    if code in REFUSED:
        return Outcome(sms.id, error=_refused(code))
    provider_id = forms.tidy(said.get("messageId"), forms.ID_LENGTH)
    if provider_id in ("", "None"):
        error = SendError("Africa's Talking said nothing of it.", code="silent", retry=True, uncertain=True)
        return Outcome(sms.id, error=error)
    return Outcome(
        sms.id, provider_id, TAKEN.get(code or 0, Delivery.UNKNOWN), cost=forms.tidy(said.get("cost"), 24), parts=parts
    )
