"""Twilio's requests against our addresses, signed as Twilio signs them; the proxy hides our name from us."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from channels.models import Caller, Message, StrayReceipt
from tests.builders import make_case, make_citizen, now_of

PUBLIC, TOKEN = "https://sws.example.zm", "token"
ANN, US = "+260971000001", "+15005550006"
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(settings):
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_BASE_URL = "AC1", TOKEN, PUBLIC


def sms(**changed):
    """Every field Twilio sends, the empty ones too: they are signed."""
    return {
        "ToCountry": "ZM", "ToState": "", "ToCity": "", "ToZip": "", "SmsMessageSid": "SM1", "SmsSid": "SM1",
        "SmsStatus": "received", "NumMedia": "0", "NumSegments": "1", "MessageSid": "SM1", "AccountSid": "AC1",
        "From": ANN, "To": US, "Body": "My card does not work + I paid", "ApiVersion": "2010-04-01",
    } | changed  # fmt: skip


def status(**changed):
    return {
        "MessageSid": "SM9", "SmsSid": "SM9", "MessageStatus": "delivered", "SmsStatus": "delivered", "To": ANN,
        "From": US, "AccountSid": "AC1", "ApiVersion": "2010-04-01",
    } | changed  # fmt: skip


def post(path, fields, *, algorithm=HMAC_SHA1, token=TOKEN, at=PUBLIC, **headers):
    signature = RequestValidator(token).compute_signature(at + path, fields, algorithm)
    headers = {"X-Twilio-Signature": signature} | headers
    if algorithm != HMAC_SHA1:
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    client = Client(enforce_csrf_checks=True)
    body = urlencode(fields)
    return client.post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)


def incoming():
    return [(one.provider_id, one.phone, one.text, one.state) for one in Message.objects.filter(direction="in")]


def outgoing(**facts):
    facts = {"direction": "out", "state": "sent", "gateway": "twilio", "provider_id": "SM9", "phone": ANN} | facts
    return Message.objects.create(text="Hello", phone_index="", **facts)


@pytest.mark.parametrize("algorithm", [HMAC_SHA1, HMAC_SHA256])
def test_an_sms_is_kept_whole_and_answered_with_empty_twiml(algorithm):
    answer = post("/gateways/twilio/sms", sms(), algorithm=algorithm)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "text/xml", TWIML)
    assert incoming() == [("SM1", ANN, "My card does not work + I paid", "handled")]


def test_an_sms_sent_again_is_one_message_and_one_case():
    for _ in range(3):
        assert post("/gateways/twilio/sms", sms()).status_code == 200
    assert Message.objects.filter(direction="in").count() == 1
    assert Message.objects.filter(direction="in").exclude(case=None).count() == 1


def test_a_whatsapp_message_comes_from_the_same_person():
    post("/gateways/twilio/sms", sms())
    post("/gateways/twilio/sms", sms(MessageSid="SM2", From=f"whatsapp:{ANN}", To=f"whatsapp:{US}", Body="More"))
    first, second = Message.objects.filter(direction="in").order_by("pk")
    assert (first.phone_index, first.network, second.network) == (second.phone_index, "", "whatsapp")


def test_who_told_twilio_to_stop_gets_no_reply():
    post("/gateways/twilio/sms", sms(Body="END", OptOutType="STOP"))
    assert Caller.objects.exclude(opted_out_at=None).count() == 1
    assert not Message.objects.filter(direction="out").exists()


def test_yes_after_a_stop_is_what_twilio_took_it_for_and_closes_no_case():
    case = make_case(citizen=make_citizen(phone=ANN), topic="nhima-card-inactive", state="resolved")
    written = Message.objects.filter(direction="out").count()
    post("/gateways/twilio/sms", sms(Body="STOP", OptOutType="STOP"))
    post("/gateways/twilio/sms", sms(MessageSid="SM2", Body="YES", OptOutType="START"))
    assert (now_of(case).state, Caller.objects.get().opted_out_at) == ("resolved", None)
    assert Message.objects.filter(direction="out").count() == written


def test_yes_without_a_stop_before_is_an_answer_to_our_question_whatever_twilio_takes_it_for():
    case = make_case(citizen=make_citizen(phone=ANN), topic="nhima-card-inactive", state="resolved")
    post("/gateways/twilio/sms", sms(Body="YES", OptOutType="START"))
    assert now_of(case).state == "closed"


def test_help_begins_a_conversation_although_twilio_has_words_of_its_own_for_it():
    post("/gateways/twilio/sms", sms(Body="HELP", OptOutType="HELP"))
    assert incoming() == [("SM1", ANN, "HELP", "handled")]
    assert Message.objects.filter(direction="out").count() == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"token": "another"},
        {"at": "http://testserver"},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_SHA256"},
    ],
)
@pytest.mark.parametrize(("path", "fields"), [("sms", sms()), ("status", status())])
def test_what_twilio_did_not_sign_is_refused_and_leaves_no_trace(path, fields, forged):
    outgoing()
    assert post(f"/gateways/twilio/{path}", fields, **forged).status_code == 403
    assert (incoming(), Message.objects.get().state, StrayReceipt.objects.count()) == ([], "sent", 0)


def test_another_account_is_refused():
    assert post("/gateways/twilio/sms", sms(AccountSid="AC2")).status_code == 403


def test_a_field_dropped_on_the_way_breaks_the_signature():
    fields = sms()
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + "/gateways/twilio/sms", fields)
    del fields["ToZip"]
    assert post("/gateways/twilio/sms", fields, **{"X-Twilio-Signature": signature}).status_code == 403


def test_nothing_is_answered_to_a_get():
    assert [Client().get(f"/gateways/twilio/{path}").status_code for path in ("sms", "status")] == [405, 405]


@pytest.mark.parametrize(
    ("words", "state", "raw"),
    [
        (["sent", "delivered"], "delivered", "delivered"),
        (["delivered", "undelivered"], "delivered", "delivered"),
        (["delivered", "delivered"], "delivered", "delivered"),
        (["undelivered"], "failed", "undelivered"),
        (["beamed"], "sent", "beamed"),
    ],
)
def test_receipts_come_in_any_order_and_any_words(words, state, raw):
    message = outgoing()
    for word in words:
        assert post("/gateways/twilio/status", status(MessageStatus=word)).status_code == 200
    message.refresh_from_db()
    assert (message.state, message.raw_status) == (state, raw)


def test_a_receipt_says_why_and_who_opted_out():
    message = outgoing()
    post("/gateways/twilio/status", status(MessageStatus="failed", ErrorCode="21610"))
    message.refresh_from_db()
    assert (message.state, message.failure, Caller.objects.exclude(opted_out_at=None).count()) == ("failed", "21610", 1)


def test_what_cannot_be_read_is_accepted_and_forgotten():
    fields = status(MessageSid="")
    assert post("/gateways/twilio/status", fields).status_code == 200
    assert StrayReceipt.objects.count() == 0


@pytest.mark.parametrize("path", ["/gateways/twilio/sms", "/gateways/twilio/status"])
def test_what_is_no_post_is_not_even_looked_at(path):
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, {})
    assert Client().get(path, headers={"X-Twilio-Signature": signature}).status_code == 405
