"""Hears what became of an SMS after it left: receipts and opt-outs, early, late, twice or never. Sends nothing."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cases.crypto import blind
from channels.gateways import Delivery, OptOut, Receipt, newer
from channels.models import Caller, Message, StrayReceipt

State = Message.State
STATE = {
    Delivery.UNKNOWN: State.SENT,
    Delivery.QUEUED: State.SENT,
    Delivery.SENT: State.SENT,
    Delivery.DELIVERED: State.DELIVERED,
    Delivery.FAILED: State.FAILED,
    Delivery.EXPIRED: State.FAILED,
}
REACHED = {
    State.QUEUED: Delivery.QUEUED,
    State.LEASED: Delivery.QUEUED,
    State.SENT: Delivery.SENT,
    State.FAILED: Delivery.FAILED,
    State.DELIVERED: Delivery.DELIVERED,
}


def record_receipt(receipt: Receipt) -> None:
    """Any receipt is accepted. One that comes before its message is marked is kept and laid on it then.

    Each side writes first and looks second, so whichever comes later sees the other; hence outside a transaction.
    """
    if _lay(receipt):
        return
    values = {name: value for name, value in asdict(receipt).items() if name != "status"}
    stray = StrayReceipt.objects.create(**values, status=receipt.status.value)
    if _lay(receipt):
        stray.delete()


def lay_strays(provider_ids: list[str]) -> None:
    """These messages have just been marked as sent: were there receipts waiting for them?"""
    for stray in StrayReceipt.objects.filter(provider_id__in=provider_ids):  # asks nothing for an empty list
        if _lay(_receipt_of(stray)):
            stray.delete()


def _receipt_of(stray: StrayReceipt) -> Receipt:
    return Receipt(
        stray.gateway,
        stray.provider_id,
        Delivery(stray.status),
        stray.raw,
        stray.reason,
        stray.network,
        stray.opted_out,
    )


@transaction.atomic
def _lay(receipt: Receipt) -> bool:
    """False when nobody knows this message."""
    sent = Message.objects.filter(
        gateway=receipt.gateway, provider_id=receipt.provider_id, direction=Message.Direction.OUT
    )
    message = sent.select_for_update().defer("phone", "text").first()
    if message is None:
        return False
    before = REACHED[State(message.state)]
    after = newer(before, receipt.status)
    now = timezone.now()
    if after is not before:
        message.state = STATE[after]
        message.failure = "" if after is Delivery.DELIVERED else receipt.reason[:60]
        message.delivered_at = now if after is Delivery.DELIVERED else None
    if after is receipt.status or receipt.status is Delivery.UNKNOWN:
        message.raw_status = receipt.raw
    message.network = receipt.network or message.network
    message.save(update_fields=["state", "failure", "delivered_at", "raw_status", "network"])
    if receipt.opted_out:
        note_opt_out(phone_index=message.phone_index, now=now)
    return True


def record_opt_out(opt_out: OptOut) -> None:
    note_opt_out(phone_index=blind(opt_out.phone, name="phone"), now=timezone.now())


@transaction.atomic
def note_opt_out(*, phone_index: str, now: datetime) -> None:
    """This person wants no more SMS: nothing that still waits for them is sent."""
    Caller.objects.update_or_create(index=phone_index, defaults={"opted_out_at": now})
    waiting = Message.objects.filter(phone_index=phone_index, direction=Message.Direction.OUT, state=State.QUEUED)
    waiting.update(state=State.FAILED, failure="opted out")


def forget_strays() -> int:
    """A receipt whose message did not turn up in a week is nobody's."""
    return StrayReceipt.objects.filter(arrived_at__lt=timezone.now() - timedelta(days=7)).delete()[0]
