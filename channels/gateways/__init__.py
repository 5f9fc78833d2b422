"""The contract between this service and whoever carries its words. Requests and JSON stop inside each module.

One module a provider, read top to bottom: what comes in, what its words mean, what goes out. To add one, write
a module that is a `Gateway`, add it to `NAMES`, and give it addresses in `channels.views`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Protocol, cast

NAMES = ("simulator", "africastalking", "twilio")


class Delivery(Enum):
    """How far an SMS has come. A later word counts only if it ranks higher: receipts arrive late and twice."""

    UNKNOWN = "unknown"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DELIVERED = "delivered"


RANK = {
    Delivery.UNKNOWN: 0,
    Delivery.QUEUED: 1,
    Delivery.SENT: 2,
    Delivery.FAILED: 3,
    Delivery.EXPIRED: 3,
    Delivery.DELIVERED: 4,  # it was on the handset: no later failure can take it back
}


def newer(old: Delivery, new: Delivery) -> Delivery:
    return new if RANK[new] > RANK[old] else old


class Unreadable(Exception):
    """A request without the fields that give it a meaning. It is answered politely and nothing is stored."""


class SendError(Exception):
    """Why an SMS was not taken, in a sentence for the administrator, and what to do about it.

    retry: later may go better. outage: the gateway as a whole is out, so others need not try it now.
    uncertain: it may have gone out all the same (the answer was lost), so trying again may send it twice.
    opted_out: this person asked the provider for no more SMS.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str,
        retry: bool,
        outage: bool = False,
        uncertain: bool = False,
        opted_out: bool = False,
    ):
        super().__init__(sentence)
        self.sentence, self.code, self.retry = sentence, code, retry
        self.outage, self.uncertain, self.opted_out = outage, uncertain, opted_out


@dataclass(frozen=True)
class Hop:
    """One turn of a USSD session. `transcript` is what was typed so far, exactly as the gateway keeps it."""

    gateway: str
    session: str
    phone: str  # E.164, "+260971234567"; a claim, nobody signs it
    network: str
    service_code: str
    transcript: str


@dataclass(frozen=True)
class HopEnd:
    """The gateway's word that a session is over. It may come late, twice or never."""

    gateway: str
    session: str
    status: str  # "success", "incomplete", "failed" or whatever they say next year
    network: str
    milliseconds: int | None
    hops: int | None


@dataclass(frozen=True)
class Inbound:
    """An SMS from a person. `phone` is E.164, or as received when it is no number ("MTN")."""

    gateway: str
    provider_id: str
    phone: str
    to: str
    text: str
    network: str
    settled: str = ""  # "stop" or "start": the provider took it for this, noted it and answered it


@dataclass(frozen=True)
class OptOut:
    gateway: str
    phone: str
    sender: str


@dataclass(frozen=True)
class Receipt:
    gateway: str
    provider_id: str
    status: Delivery
    raw: str  # the provider's own word, kept because new ones appear without notice
    reason: str
    network: str
    opted_out: bool = False


@dataclass(frozen=True)
class Outgoing:
    id: int
    phone: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of one Outgoing. With an `error` it was not taken; `status` then says nothing."""

    id: int
    provider_id: str = ""
    status: Delivery = Delivery.UNKNOWN
    cost: str = ""  # "KES 0.8000": providers mix currencies, so it stays their text
    parts: int | None = None
    error: SendError | None = None


class Gateway(Protocol):
    name: str

    def split(self, batch: Sequence[Outgoing]) -> list[list[Outgoing]]:
        """The batch in parts that take one request each."""

    def send(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome for each, in any order. What a provider may say or fail to say is never raised."""


def gateway(name: str) -> Gateway:
    if name not in NAMES:
        raise ValueError(f"There is no gateway called {name!r}; there are {', '.join(NAMES)}.")
    return cast(Gateway, import_module(f"{__name__}.{name}"))
