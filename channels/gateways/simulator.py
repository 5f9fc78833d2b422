"""The gateway of demonstrations and tests: takes every SMS and delivers it at once. The database is its memory."""

from collections.abc import Sequence

from channels import gsm7
from channels.gateways import Delivery, Outcome, Outgoing

name = "simulator"


def split(batch: Sequence[Outgoing]) -> list[list[Outgoing]]:
    return [list(batch)]


def send(batch: Sequence[Outgoing]) -> list[Outcome]:
    return [Outcome(sms.id, f"simulator-{sms.id}", Delivery.DELIVERED, parts=gsm7.parts(sms.text)) for sms in batch]
