"""Canaries: a name, a number, a card and a story are sent through everything, and looked for where they must not be."""

import logging
import time

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from redis import Redis

from cases import actions
from cases.models import Case
from channels import bell, outbox
from channels.models import Message
from tests.builders import now_of, who_may_have
from tests.phone import Phone

NUMBER, NAME, CARD, STORY = "970001234", "Canarina Banda", "987654/32/1", "canary sang at the clinic"
CANARIES = (NUMBER, "Canarina", CARD, "canary")


def found(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.casefold() in text.casefold()]


def a_day_in_the_life(phone: Phone, other: Phone) -> None:
    """A registration, a sensitive complaint, an SMS, an officer's work, and another citizen beside it."""
    phone.dial()
    phone.choose("English", "Register", "Health, pension, injury", "All three")
    phone.press(NAME, CARD)
    phone.choose("Trading")
    phone.press("mongu")
    phone.choose("Skip", "Skip", "Skip", "Yes")
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Bribe or fraud", "Go on", "No, only send me SMS")
    phone.press("mongu", STORY)
    phone.choose("Yes")
    phone.text(STORY + ", and more of it")
    other.text("My card does not work")
    for case in Case.objects.all():
        officer = who_may_have(case)
        actions.take(case=case, by=officer)
        actions.ask_citizen(case=now_of(case), by=officer, words=f"{NAME}, which clinic?")
        actions.add_information(case=now_of(case), words=STORY)
        actions.resolve(case=now_of(case), by=officer, decision="answered", words=f"Thank you {NAME}.")


@pytest.mark.django_db(transaction=True)
def test_no_canary_reaches_a_log_or_valkey_or_another_phone(caplog):
    caplog.set_level(logging.DEBUG)
    valkey = Redis.from_url(settings.REDIS_URL)
    valkey.flushdb()
    phone, other = Phone("+260" + NUMBER), Phone("+260960000002")
    a_day_in_the_life(phone, other)
    rung = _what_the_bell_holds(valkey)
    outbox.drain()
    assert "rq" in rung  # the bell did ring, so there was something to look into
    assert found(rung) == []
    told_by_us = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert found(" ".join(record.getMessage() for record in told_by_us)) == []
    assert found(" ".join(text.replace(f"Thank you {NAME}.", "") for text in other.inbox() if NAME not in text)) == []
    assert Message.objects.filter(state="delivered").count() > 5


def _what_the_bell_holds(valkey: Redis) -> str:
    """The bell gives up on a Valkey that is slow to answer, and tries again some seconds later; so do we."""
    for _try in range(30):
        if rung := b" ".join(_everything_in(valkey)).decode("utf-8", "replace"):
            return rung
        time.sleep(0.5)
        bell.ring()
    return ""


def _everything_in(valkey: Redis):
    for key in valkey.scan_iter():
        yield key
        kind = valkey.type(key)
        if kind == b"string":
            yield valkey.get(key) or b""
        elif kind == b"hash":
            yield b" ".join(part for pair in valkey.hgetall(key).items() for part in pair)
        elif kind == b"list":
            yield b" ".join(valkey.lrange(key, 0, -1))


@pytest.mark.django_db
def test_the_ledger_that_stays_for_ever_holds_no_canary():
    a_day_in_the_life(Phone("+260" + NUMBER), Phone("+260960000002"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM cases_event e")
        events = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(c::text, ' ') FROM channels_caller c")
        callers = cursor.fetchone()[0]
    assert found(events + callers) == []


@pytest.mark.django_db
def test_what_is_not_found_tells_nothing_of_what_was_asked(client: Client):
    page = client.get(f"/nowhere/{NUMBER}/", headers={"accept-language": "en"})
    assert page.status_code == 404
    assert found(page.content.decode()) == []
