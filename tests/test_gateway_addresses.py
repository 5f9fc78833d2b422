"""Africa's Talking's five addresses as its gateway calls them: the key, the method, and 200 whatever is said."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from channels import outbox
from channels.models import Caller, Message, Session, StrayReceipt
from tests.builders import open_case
from tests.phone import FORM, Phone

ANN = "+260971000001"
ADDRESSES = ("ussd", "ussd-end", "sms", "receipt", "opt-out")

pytestmark = pytest.mark.django_db


def post(address, fields, *, key="demo"):
    body = fields if isinstance(fields, bytes) else urlencode(fields)
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/gateways/africastalking/{key}/{address}", body, content_type=FORM)


def sent(**facts):
    facts = {"direction": "out", "state": "sent", "gateway": "africastalking", "provider_id": "ATXid_1"} | facts
    return Message.objects.create(**{"text": "Hello", "phone": ANN, "phone_index": ""} | facts)


def receipt(status, reason="", **changed):
    fields = {"id": "ATXid_1", "status": status, "phoneNumber": ANN, "networkCode": "64502", "failureReason": reason}
    return fields | changed


def state_of(message):
    message.refresh_from_db()
    return message.state, message.raw_status, message.failure, message.network


# --- Receipts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([("Success", "")], ("delivered", "Success", "", "64502")),
        ([("Submitted", ""), ("Success", "")], ("delivered", "Success", "", "64502")),
        ([("Success", ""), ("Failed", "Late")], ("delivered", "Success", "", "64502")),
        ([("Failed", "AbsentSubscriber")], ("failed", "Failed", "AbsentSubscriber", "64502")),
        ([("Teleported", "Magic")], ("sent", "Teleported", "", "64502")),
        ([("", "")], ("sent", "", "", "64502")),
    ],
)
def test_a_receipt_is_laid_on_its_sms_whatever_its_word(said, state):
    message = sent()
    assert [post("receipt", receipt(*words)).status_code for words in said] == [200] * len(said)
    assert state_of(message) == state


def test_a_receipt_that_comes_before_its_sms_is_marked_waits_for_it(settings):
    settings.SMS_GATEWAYS = ["simulator"]
    opened = open_case()
    assert post("receipt", receipt("Failed", "UserInBlackList", id="early")).status_code == 200
    assert StrayReceipt.objects.get().raw == "Failed"
    outbox.drain()
    assert Message.objects.filter(case=opened.case, state="delivered").exists()  # nobody else's receipt hit it


def test_who_is_on_the_providers_black_list_has_opted_out():
    sent(phone_index="a" * 32)
    post("receipt", receipt("Failed", "UserInBlackList"))
    assert Caller.objects.get().opted_out_at


# --- Opting out ---------------------------------------------------------------------------------------


def test_who_opts_out_at_the_provider_gets_nothing_that_still_waits():
    phone = Phone(ANN)
    phone.text("My card does not work")
    assert Message.objects.filter(direction="out", state="queued").exists()
    assert post("opt-out", {"senderId": "SWS", "phoneNumber": ANN}).status_code == 200
    assert Caller.objects.exclude(opted_out_at=None).count() == 1
    assert {(one.state, one.failure) for one in Message.objects.filter(direction="out")} == {("failed", "opted out")}


# --- The end of a session ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Success", "Incomplete", "Failed", "Evaporated"])
@pytest.mark.parametrize("address", ["ussd-end", "ussd"])
def test_the_end_of_a_session_is_heard_and_takes_nothing_from_the_caller(address, status):
    phone = Phone(ANN)
    phone.dial()
    asked = phone.choose("English", "Complain")
    end = {
        "sessionId": phone.session,
        "phoneNumber": ANN,
        "status": status,
        "durationInMillis": "41000",
        "input": "1*2",
    }
    answer = post(address, end)
    assert (answer.status_code, answer.content) == (200, b"")
    assert Session.objects.count() == 1
    assert phone.again() == asked  # it came too early: the call goes on


# --- Every address ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("body", [b"", b"%%%=%ff", b"status=Success", b"id=%00", b"phoneNumber=nobody&sessionId="])
def test_what_cannot_be_read_is_accepted_and_leaves_no_trace(address, body):
    assert post(address, body).status_code == 200
    assert not any(model.objects.exists() for model in (Message, StrayReceipt, Session, Caller))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("key", ["dem", "demo2", "DEMO", "%00", "ключ"])
def test_without_our_key_nothing_is_read(address, key):
    before = sent()
    fields = receipt("Success") | {"from": ANN, "text": "Hi", "sessionId": "S1", "senderId": "SWS", "to": "677"}
    assert post(address, fields, key=key).status_code == 403
    assert state_of(before) == ("sent", "", "", "")
    assert (Message.objects.count(), Session.objects.count(), Caller.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_answered_to_a_get(address):
    assert Client().get(f"/gateways/africastalking/demo/{address}").status_code == 405
