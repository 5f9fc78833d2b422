"""A feature phone for tests: it dials, presses, hears, and gets SMS, as Africa's Talking would carry them."""

import uuid
from urllib.parse import urlencode

from django.test import Client

from cases.crypto import blind
from channels.models import Message

USSD = "/gateways/africastalking/demo/ussd"
SMS = "/gateways/africastalking/demo/sms"
FORM = "application/x-www-form-urlencoded"


class Phone:
    """`dial` and `press` return what the screen shows, without CON or END; `ended` tells which it was."""

    def __init__(self, number: str = "+260970000001") -> None:
        self.number = number
        self.client = Client()
        self.session = self.transcript = ""
        self.ended = True

    def dial(self, code_tail: str = "") -> str:
        self.session, self.transcript = "ATUid_" + uuid.uuid4().hex, code_tail
        return self._send()

    def press(self, *inputs: str) -> str:
        screen = ""
        for typed in inputs:
            assert not self.ended, f"The call is over; {typed!r} cannot be pressed."
            self.transcript = f"{self.transcript}*{typed}" if self.transcript else typed
            screen = self._send()
        return screen

    def choose(self, *labels: str) -> str:
        """Press the number that stands before a label, looking through the pages for it."""
        screen = ""
        for label in labels:
            screen = self.again()
            while not (key := _key_of(label, screen)):
                assert "\n9 " in screen, f"{label!r} is on no page; the last one is:\n{screen}"
                screen = self.press("9")
            screen = self.press(key)
        return screen

    def again(self) -> str:
        """The gateway repeats its request."""
        return self._send()

    def send_raw(self, transcript: str) -> str:
        self.transcript = transcript
        return self._send()

    def _send(self) -> str:
        form = {
            "phoneNumber": self.number,
            "serviceCode": "*384*44135#",
            "text": self.transcript,
            "sessionId": self.session,
            "networkCode": "64501",
        }
        response = self.client.post(USSD, urlencode(form), content_type=FORM)
        reply = response.content.decode()
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        assert reply.startswith(("CON ", "END "))
        self.ended = reply.startswith("END ")
        return reply[4:]

    def text(self, words: str, *, provider_id: str = "") -> str:
        """Send an SMS to the service; returns the provider's id."""
        provider_id = provider_id or str(uuid.uuid4())
        form = {"from": self.number, "to": "677", "text": words, "date": "2026-01-05T06:04:45Z", "id": provider_id}
        assert self.client.post(SMS, urlencode(form), content_type=FORM).status_code == 200
        return provider_id

    def text_choice(self, *labels: str) -> str:
        """Answer the last SMS with the number that stands before a label; returns the SMS that comes back."""
        for label in labels:
            lines = [line.partition(" ") for line in self.inbox()[-1].split("\n")]
            self.text(next(key for key, _space, words in lines if words == label))
        return self.inbox()[-1]

    def inbox(self) -> list[str]:
        """The SMS written for this phone, oldest first."""
        mine = Message.objects.filter(phone_index=blind(self.number, name="phone"), direction="out")
        return [message.text for message in mine.order_by("pk")]


def _key_of(label: str, screen: str) -> str:
    for line in screen.split("\n"):
        key, _space, words = line.partition(" ")
        if words == label and key in {"1", "2", "3", "4", "5"}:
            return key
    return ""
