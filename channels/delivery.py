"""Counts what became of each SMS, by day, gateway, network and district, in rows that name nobody. Sends nothing.

A page reads these rows, so it costs the same however many SMS there were.
"""

import time
from collections import Counter
from dataclasses import astuple, dataclass
from datetime import date

import phonenumbers
from django.db import connection, transaction
from django.db.models import F
from phonenumbers import carrier

from cases.catalogue import catalogue
from cases.crypto import CannotOpen, unseal
from channels.failures import kind_of
from channels.models import Message, SmsCount

AT_ONCE = 1000
SENT, DELIVERED = "sent", "delivered"  # a fate; each other one is why it failed
_ENDS = (Message.State.SENT, Message.State.DELIVERED, Message.State.FAILED)
_ADD = """
INSERT INTO channels_smscount (day, gateway, network, district, fate, messages, parts)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, gateway, network, district, fate) DO UPDATE
SET messages = channels_smscount.messages + EXCLUDED.messages, parts = channels_smscount.parts + EXCLUDED.parts
RETURNING id
"""


@dataclass(frozen=True, order=True)
class Kind:
    """What SMS that are counted together have in common."""

    day: date
    gateway: str
    network: str
    district: str
    fate: str


def count_messages(seconds: float = 20) -> int:
    """All that was sent or given up, or of which more was heard since. Returns how many were looked at."""
    counted, stop_at = 0, time.monotonic() + seconds
    while time.monotonic() < stop_at and (few := _count_some()):
        counted += few
    return counted


@transaction.atomic
def _count_some() -> int:
    """Each row is locked while it is counted, and counted in one place: what is heard of it later moves it."""
    left = Message.objects.filter(direction=Message.Direction.OUT, state__in=_ENDS).exclude(counted=F("state"))
    rows = list(
        left.select_for_update(skip_locked=True, of=("self",))
        .select_related("case")
        .only(*_READ, "case__place_id", "case__sensitivity")
        .order_by("pk")[:AT_ONCE]
    )
    phones = _phones([message.pk for message in rows])
    kinds = {message.pk: _kind(message, phones[message.pk]) for message in rows}
    _take_out(rows)
    homes = _add_up(kinds, {message.pk: _paid(message) for message in rows})
    for message in rows:
        message.counted, message.counted_in_id = message.state, homes[kinds[message.pk]]
    Message.objects.bulk_update(rows, ["counted", "counted_in"])
    return len(rows)


_READ = (
    "state", "gateway", "failure", "raw_status", "parts", "sent_at", "due_at", "counted", "counted_in_id", "case_id"
)  # fmt: skip


def _phones(keys: list[int]) -> dict[int, str]:
    """As they are sealed: one whose key is lost is of an unknown network, and stops no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, phone FROM channels_message WHERE id = ANY(%s)", [keys])
        return {pk: _open(sealed) for pk, sealed in cursor.fetchall()}


def _open(sealed: bytes | None) -> str:
    try:
        return unseal(sealed, name="channels.message.phone") if sealed else ""
    except CannotOpen:
        return ""


def network_of(phone: str) -> str:
    """By the first digits, as phonenumbers knows them; "" where it does not, or where numbers move between networks."""
    try:
        return carrier.safe_display_name(phonenumbers.parse(phone.removeprefix("whatsapp:")), "en")[:24]
    except phonenumbers.NumberParseException:
        return ""


def _kind(message: Message, phone: str) -> Kind:
    fate = kind_of(message.failure or message.raw_status) if message.state == Message.State.FAILED else message.state
    case = message.case
    district = case.place_id if case and case.place_id and not case.is_sensitive else ""
    day = catalogue().day_of(message.sent_at or message.due_at)
    return Kind(day, message.gateway, network_of(phone), district, fate)


def _paid(message: Message) -> int:
    return message.parts if message.sent_at else 0


def _take_out(rows: list[Message]) -> None:
    """Of where they were counted before, if they were."""
    messages, parts = Counter[int](), Counter[int]()
    for message in rows:
        if row := message.counted_in_id:
            messages[row] += 1
            parts[row] += _paid(message)
    for row, many in sorted(messages.items()):
        SmsCount.objects.filter(pk=row).update(messages=F("messages") - many, parts=F("parts") - parts[row])


def _add_up(kinds: dict[int, Kind], paid: dict[int, int]) -> dict[Kind, int]:
    """The row of each kind, by its number."""
    messages, parts, homes = Counter(kinds.values()), Counter[Kind](), {}
    for pk, kind in kinds.items():
        parts[kind] += paid[pk]
    with connection.cursor() as cursor:
        for kind in sorted(messages):
            cursor.execute(_ADD, [*astuple(kind), messages[kind], parts[kind]])
            (homes[kind],) = cursor.fetchone()
    return homes
