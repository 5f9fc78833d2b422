"""Requests in, our words out; our SMS in, their answers out. Every provider, every answer we know of."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA256, RequestValidator

from channels.gateways import (
    NAMES,
    Delivery,
    Hop,
    HopEnd,
    Inbound,
    OptOut,
    Outcome,
    Outgoing,
    Receipt,
    Unreadable,
    africastalking,
    forms,
    gateway,
    newer,
    twilio,
)
from tests import stand_ins

ANN, BEN, COL = "+260971000001", "+260961000002", "+260951000003"
FORM = "application/x-www-form-urlencoded"


def post(fields, **headers):
    """The request as it travels: percent-encoded once, blanks kept."""
    body = fields if isinstance(fields, bytes | str) else urlencode(fields)
    return RequestFactory().post("/", data=body, content_type=headers.pop("content_type", FORM), headers=headers)


@pytest.fixture(autouse=True)
def impatient(settings):
    settings.GATEWAY_TIMEOUT = (0.5, 0.5)
    settings.AFRICASTALKING_SENDER = ""


# --- The contract -------------------------------------------------------------------------------------


def test_every_name_is_a_gateway_and_no_other_is():
    assert [gateway(name).name for name in NAMES] == list(NAMES)
    with pytest.raises(ValueError):
        gateway("os")


@pytest.mark.parametrize(
    ("before", "word", "after"),
    [
        (Delivery.SENT, Delivery.DELIVERED, Delivery.DELIVERED),
        (Delivery.DELIVERED, Delivery.FAILED, Delivery.DELIVERED),  # the late failure
        (Delivery.DELIVERED, Delivery.SENT, Delivery.DELIVERED),
        (Delivery.FAILED, Delivery.DELIVERED, Delivery.DELIVERED),  # it was read after all
        (Delivery.FAILED, Delivery.EXPIRED, Delivery.FAILED),
        (Delivery.SENT, Delivery.UNKNOWN, Delivery.SENT),
        (Delivery.QUEUED, Delivery.SENT, Delivery.SENT),
    ],
)
def test_a_later_word_counts_only_if_it_is_further_on(before, word, after):
    assert newer(before, word) == after


def test_the_simulator_delivers_at_once():
    sent = gateway("simulator").send([Outgoing(7, ANN, "a" * 161)])
    assert sent == [Outcome(7, "simulator-7", Delivery.DELIVERED, parts=2)]


# --- Africa's Talking: what comes in ------------------------------------------------------------------

SESSION = "ATUid_7c898d72eb11f723ed8ea05ef232f279"
# As recorded, field order and encoding included.
RECORDED = f"phoneNumber=%2B254739495441&serviceCode=%2A384%2A44135%23&text=&sessionId={SESSION}&networkCode=99999"
HOP = Hop("africastalking", SESSION, "+254739495441", "99999", "*384*44135#", "")


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        (RECORDED, HOP),
        (
            RECORDED.replace("text=", "text=1%2A%2A2%2Aa+b%26%C3%A9"),
            Hop("africastalking", SESSION, "+254739495441", "99999", "*384*44135#", "1**2*a b&é"),
        ),
        (RECORDED.replace("text=&", ""), HOP),
        (RECORDED.replace("%2B", "+"), HOP),  # an un-encoded plus arrives as a space
        (RECORDED.replace("%2B", ""), HOP),
        (
            RECORDED.replace("text=", "text=a%00b%ED%A0%80c"),
            Hop("africastalking", SESSION, "+254739495441", "99999", "*384*44135#", "ab\ufffd\ufffd\ufffdc"),
        ),
        (f"sessionId=S1&phoneNumber={ANN}", Hop("africastalking", "S1", ANN, "", "", "")),
    ],
)
def test_a_ussd_hop_is_read(body, heard):
    assert africastalking.hop(post(body, content_type=FORM + "; charset=UTF-8")) == heard


END = {
    "date": "2026-11-02 07:30:00", "sessionId": SESSION, "serviceCode": "*384#", "networkCode": "64501",
    "phoneNumber": ANN, "status": "Incomplete", "cost": "KES 0.10", "durationInMillis": "41000", "hopsCount": "6",
    "input": "1*my secret", "lastAppResponse": "CON my secret", "errorMessage": "",
}  # fmt: skip
ENDED = HopEnd("africastalking", SESSION, "incomplete", "64501", 41000, 6)


def test_the_end_of_a_session_is_read_at_either_address_and_repeats_nothing_the_citizen_typed():
    assert (africastalking.hop_end(post(END)), africastalking.hop(post(END))) == (ENDED, ENDED)
    assert "secret" not in repr(africastalking.hop_end(post(END)))


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({}, Inbound("africastalking", "id-1", ANN, "20880", "HELP", "64501")),
        ({"text": ""}, Inbound("africastalking", "id-1", ANN, "20880", "", "64501")),
        ({"from": "MTN"}, Inbound("africastalking", "id-1", "MTN", "20880", "HELP", "64501")),
        ({"text": "ŋ" * 400}, Inbound("africastalking", "id-1", ANN, "20880", "ŋ" * 400, "64501")),
    ],
)
def test_an_sms_is_read(changed, heard):
    fields = {
        "from": ANN, "to": "20880", "text": "HELP", "date": "2026-11-02T06:04:45Z", "id": "id-1", "linkId": "",
        "networkCode": "64501",
    }  # fmt: skip
    assert africastalking.inbound(post(fields | changed)) == heard


@pytest.mark.parametrize(
    ("status", "reason", "heard", "opted_out"),
    [
        ("Success", "", Delivery.DELIVERED, False),
        ("Sent", "", Delivery.SENT, False),
        ("Submitted", "", Delivery.SENT, False),
        ("Buffered", "", Delivery.QUEUED, False),
        ("Rejected", "InsufficientCredit", Delivery.FAILED, False),
        ("Failed", "UserInBlackList", Delivery.FAILED, True),
        ("FAILED", "USERINBLACKLIST", Delivery.FAILED, True),
        ("AbsentSubscriber", "", Delivery.FAILED, False),
        ("Expired", "", Delivery.EXPIRED, False),
        ("Teleported", "Magic", Delivery.UNKNOWN, False),
        ("", "", Delivery.UNKNOWN, False),
    ],
)
def test_a_receipt_is_read_whatever_its_status(status, reason, heard, opted_out):
    fields = {"id": "ATXid_1", "status": status, "phoneNumber": ANN, "networkCode": "64502", "failureReason": reason}
    expected = Receipt("africastalking", "ATXid_1", heard, status, reason, "64502", opted_out)
    assert africastalking.receipt(post(fields)) == expected


def test_an_opt_out_is_read():
    assert africastalking.opt_out(post({"senderId": "SWS", "phoneNumber": ANN})) == OptOut("africastalking", ANN, "SWS")


READERS = [
    africastalking.hop,
    africastalking.hop_end,
    africastalking.inbound,
    africastalking.receipt,
    africastalking.opt_out,
    twilio.inbound,
    twilio.receipt,
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "request_",
    [
        lambda: post(""),
        lambda: post("a" * 10_000_000),
        lambda: post({f"f{n}": "1" for n in range(5000)}),
        lambda: post("sessionId=%00&phoneNumber=%00&id=%00&from=%00&From=%00&MessageSid=%00&status=%00"),
        lambda: post({"sessionId": "x" * 101, "id": "x" * 101, "MessageSid": "x" * 101, "phoneNumber": "MTN"}),
        lambda: post(RECORDED, content_type=FORM + "; charset=utf-16"),
        lambda: post("--x", content_type="multipart/form-data; boundary=\x01"),
        lambda: post("{}", content_type="application/json"),
        lambda: RequestFactory().get("/?sessionId=1&phoneNumber=260971000001"),
    ],
)
def test_what_cannot_be_read_is_called_unreadable_and_nothing_worse(read, request_):
    with pytest.raises(Unreadable):
        read(request_())


@given(
    st.binary(max_size=300), st.sampled_from(["sessionId=1&phoneNumber=260971000001&text=", "id=1&from=2&text=", ""])
)
def test_no_bytes_whatever_surprise_a_reader(noise, prefix):
    for read in READERS:
        try:
            heard = read(post(prefix.encode() + noise))
        except Unreadable:
            continue
        assert "\0" not in repr(heard).replace("\\x00", "\0")
        repr(heard).encode()


def test_only_our_keys_open_the_door(settings):
    settings.AFRICASTALKING_CALLBACK_KEYS = ["old-key", "new-key"]
    tries = ["old-key", "new-key", "old-ke", "old-keyy", "", "\ud800", "ключ"]
    assert [africastalking.knows(key) for key in tries] == [True, True, False, False, False, False, False]
    settings.AFRICASTALKING_CALLBACK_KEYS = []
    assert not africastalking.knows("")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+260971234567", "+260971234567"),
        (" 260971234567", "+260971234567"),
        ("260 97-123 4567", "+260971234567"),
        ("0971234567", ""),
        ("MTN", ""),
        ("+1234567890123456", ""),
        ("+٢٦٠٩٧١٢٣٤٥٦٧", ""),
        ("whatsapp:+260971234567", ""),
    ],
)
def test_a_number_is_written_one_way_or_not_at_all(written, number):
    assert forms.e164(written) == number


# --- Africa's Talking: what goes out ------------------------------------------------------------------


def policy(error):
    """An error without its sentence: what the outbox acts upon."""
    flags = [flag for flag in ("retry", "outage", "uncertain", "opted_out") if getattr(error, flag)]
    return (error.code, *flags)


def tell(provider, settings, *messages):
    settings.AFRICASTALKING_URL = settings.TWILIO_URL = provider.url
    settings.AFRICASTALKING_API_KEY = "secret"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM = "AC1", "token", "+15005550006"
    module = twilio if isinstance(provider, stand_ins.Twilio) else africastalking
    batch = [Outgoing(n, phone, text) for n, (phone, text) in enumerate(messages)]
    return sorted(module.send(batch), key=lambda outcome: outcome.id)


def test_the_same_words_to_many_share_a_request_and_other_words_share_the_connection(settings):
    with stand_ins.AfricasTalking() as provider:
        sent = tell(provider, settings, (ANN, "Hello"), (BEN, "Hello"), (ANN, "Bye"), (ANN, "Hello"))
        assert [(one.form["to"], one.form["message"]) for one in provider.received] == [
            (f"{ANN},{BEN}", "Hello"),
            (ANN, "Bye"),
            (ANN, "Hello"),  # one number twice in a request would get one answer for two SMS
        ]
        first = provider.received[0]
        assert first.form == {
            "username": "sandbox", "to": f"{ANN},{BEN}", "message": "Hello", "bulkSMSMode": "1", "enqueue": "1",
        }  # fmt: skip
        assert (first.path, first.headers["apiKey"], first.headers["Accept"]) == (
            "/version1/messaging", "secret", "application/json",
        )  # fmt: skip
        assert (provider.connections, len({one.provider_id for one in sent})) == (1, 4)
        assert sent[0] == Outcome(0, sent[0].provider_id, Delivery.QUEUED, "KES 0.8000", 1)


def test_a_long_list_is_cut_into_requests_of_a_hundred(settings):
    with stand_ins.AfricasTalking() as provider:
        sent = tell(provider, settings, *[(f"+26097{n:07}", "Hello") for n in range(250)])
        assert [len(one.form["to"].split(",")) for one in provider.received] == [100, 100, 50]
        assert len({one.provider_id for one in sent}) == 250


def test_the_sender_is_named_only_where_there_is_one(settings):
    settings.AFRICASTALKING_SENDER = "SWS"
    with stand_ins.AfricasTalking() as provider:
        tell(provider, settings, (ANN, "Hello"))
        assert provider.received[0].form["from"] == "SWS"


def test_json_with_a_charset_is_still_json(settings):
    with stand_ins.AfricasTalking(stand_ins.taken_with_charset) as provider:
        assert [one.status for one in tell(provider, settings, (ANN, "Hello"))] == [Delivery.SENT]


def test_answers_are_matched_by_number_and_never_by_place(settings):
    with stand_ins.AfricasTalking(stand_ins.taken_upside_down) as provider:
        sent = tell(provider, settings, (ANN, "Hello"), (BEN, "Hello"), (COL, "Hello"))
        assert [one.provider_id.rpartition("_")[2] for one in sent] == ["", BEN[1:], COL[1:]]
        assert policy(sent[0].error) == ("silent", "retry", "uncertain")


def test_each_recipient_has_a_fate_of_their_own(settings):
    refused = stand_ins.refusing({ANN: (406, "UserInBlacklist"), BEN: (403, "InvalidPhoneNumber")})
    with stand_ins.AfricasTalking(refused) as provider:
        ann, ben, col = tell(provider, settings, (ANN, "Hello"), (BEN, "Hello"), (COL, "Hello"))
        assert (policy(ann.error), policy(ben.error), col.error) == (("406", "opted_out"), ("403",), None)


@pytest.mark.parametrize(
    ("code", "acted_upon"),
    [
        (401, ("401",)),
        (402, ("402", "retry", "outage")),
        (403, ("403",)),
        (404, ("404",)),
        (405, ("405", "retry", "outage")),
        (406, ("406", "opted_out")),
        (407, ("407",)),
        (500, ("500", "retry")),
        (501, ("501", "retry")),
        (502, ("502", "retry")),
        (999, ("silent", "retry", "uncertain")),
    ],
)
def test_each_refusal_carries_its_policy(settings, code, acted_upon):
    with stand_ins.AfricasTalking(stand_ins.refusing({ANN: (code, "Whatever")})) as provider:
        assert [policy(one.error) for one in tell(provider, settings, (ANN, "Hello"))] == [acted_upon]


@pytest.mark.parametrize(
    ("answer", "acted_upon"),
    [
        (stand_ins.no_such_sender, ("402", "retry", "outage")),
        (stand_ins.bad_key, ("http-401", "retry", "outage")),
        (stand_ins.saying(429), ("http-429", "retry", "outage")),
        (stand_ins.saying(500), ("http-500", "retry", "outage")),
        (stand_ins.saying(503), ("http-503", "retry", "outage")),
        (stand_ins.saying(302), ("http-302", "retry", "outage")),
        (stand_ins.saying(400), ("http-400",)),
        (stand_ins.saying(200), ("no-answer", "retry", "outage", "uncertain")),
        (stand_ins.slow(0.8), ("no-answer", "retry", "outage", "uncertain")),
        (stand_ins.saying(201, "[]", "application/json"), ("silent", "retry", "uncertain")),
        (stand_ins.saying(201, '{"SMSMessageData": {"Recipients": [1]}}', "a/b"), ("silent", "retry", "uncertain")),
    ],
)
def test_a_gateway_in_trouble_is_never_an_exception(settings, answer, acted_upon):
    with stand_ins.AfricasTalking(answer) as provider:
        sent = tell(provider, settings, (ANN, "Hello"), (BEN, "Hello"))
        assert [policy(one.error) for one in sent] == [acted_upon] * 2
        assert len(provider.received) == 1  # neither the SDK nor we try again on our own


def test_a_gateway_that_is_not_there_has_certainly_sent_nothing(settings):
    for provider in (stand_ins.AfricasTalking(), stand_ins.Twilio()):
        with provider:
            pass  # its port is closed now
        sent = tell(provider, settings, (ANN, "Hello"))
        assert [policy(one.error) for one in sent] == [("unreachable", "retry", "outage")]


def test_a_number_the_sdk_cannot_read_spoils_no_other(settings):
    with stand_ins.AfricasTalking() as provider:
        ann, bad = tell(provider, settings, (ANN, "Hello"), ("whatsapp:+1", "Hello"))
        assert (ann.error, policy(bad.error), len(provider.received)) == (None, ("403",), 1)


# --- Twilio: what comes in ----------------------------------------------------------------------------

PUBLIC = "https://sws.example.zm"
SMS = {
    "ToCountry": "ZM", "ToState": "", "ToCity": "", "ToZip": "", "SmsMessageSid": "SM1", "NumMedia": "0",
    "SmsSid": "SM1", "SmsStatus": "received", "Body": " STATUS + more ", "To": "+15005550006", "NumSegments": "1",
    "MessageSid": "SM1", "AccountSid": "AC1", "From": ANN, "ApiVersion": "2010-04-01",
}  # fmt: skip


def signed(fields, *, token="token", url=PUBLIC + "/gateways/twilio/sms?a=%2B1", algorithm=None, **headers):
    """Twilio's request: signed for our public address, delivered by the proxy to a private one."""
    headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, fields, algorithm)} | headers
    if algorithm:
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    return RequestFactory().post(
        "/gateways/twilio/sms?a=%2B1", data=urlencode(fields), content_type=FORM, headers=headers
    )


@pytest.fixture
def twilio_account(settings):
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_BASE_URL = "AC1", "token", PUBLIC


@pytest.mark.usefixtures("twilio_account")
@pytest.mark.parametrize(
    ("request_", "trusted"),
    [
        (lambda: signed(SMS), True),
        (lambda: signed(SMS, algorithm=HMAC_SHA256), True),
        (lambda: signed(SMS, token="another"), False),
        (lambda: signed(SMS, **{"X-Twilio-Signature": ""}), False),
        (lambda: signed(SMS, **{"X-Twilio-Signature": "é" * 28}), False),
        (lambda: signed(SMS, **{"X-Twilio-Webhooks-Signature-Settings": "algorithm=MD5"}), False),
        (lambda: signed(SMS, url=PUBLIC + "/gateways/twilio/status"), False),
        (lambda: signed(SMS, url="http://testserver/gateways/twilio/sms?a=%2B1"), False),
        (lambda: signed(SMS | {"AccountSid": "AC2"}), False),
        (lambda: signed({name: value for name, value in SMS.items() if name != "AccountSid"}), False),
        (lambda: post(SMS), False),
        (lambda: post("a" * 10_000_000, **{"X-Twilio-Signature": "x"}), False),
    ],
)
def test_only_what_twilio_signed_for_our_account_and_address_is_trusted(request_, trusted):
    assert twilio.genuine(request_()) is trusted


@pytest.mark.usefixtures("twilio_account")
def test_without_a_token_nobody_is_trusted(settings):
    settings.TWILIO_AUTH_TOKEN = ""
    assert not twilio.genuine(signed(SMS, token=""))


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({}, Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "")),
        (
            {"From": f"whatsapp:{ANN}", "To": "whatsapp:+15005550006"},
            Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "whatsapp"),
        ),
        (
            {"From": "whatsapp:US.1234", "Body": ""},
            Inbound("twilio", "SM1", "US.1234", "+15005550006", "", "whatsapp"),
        ),
        ({"OptOutType": "STOP"}, Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "", settled="stop")),
        (
            {"OptOutType": "start"},
            Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "", settled="start"),
        ),
        ({"OptOutType": "HELP"}, Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "")),
        ({"OptOutType": "NEW"}, Inbound("twilio", "SM1", ANN, "+15005550006", " STATUS + more ", "")),
    ],
)
def test_a_twilio_message_is_read(changed, heard):
    assert twilio.inbound(post(SMS | changed)) == heard


@pytest.mark.parametrize(
    ("status", "code", "heard", "opted_out"),
    [
        ("queued", "", Delivery.QUEUED, False),
        ("sent", "", Delivery.SENT, False),
        ("delivered", "", Delivery.DELIVERED, False),
        ("read", "", Delivery.DELIVERED, False),
        ("undelivered", "30005", Delivery.FAILED, False),
        ("failed", "21610", Delivery.FAILED, True),
        ("canceled", "", Delivery.FAILED, False),
        ("beamed", "", Delivery.UNKNOWN, False),
    ],
)
def test_a_twilio_receipt_is_read_whatever_its_status(status, code, heard, opted_out):
    fields = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code, "AccountSid": "AC1"}
    assert twilio.receipt(post(fields)) == Receipt("twilio", "SM1", heard, status, code, "", opted_out)


# --- Twilio: what goes out ----------------------------------------------------------------------------


def test_twilio_gets_each_sms_on_a_kept_connection(settings):
    settings.PUBLIC_BASE_URL = PUBLIC
    with stand_ins.Twilio() as provider:
        first, second = tell(provider, settings, (ANN, "Hello"), (f"whatsapp:{BEN}", "Bye"))
        assert (first.status, first.parts, first.cost, first.error, second.error) == (
            Delivery.QUEUED,
            1,
            "",
            None,
            None,
        )
        receipts = {"StatusCallback": PUBLIC + "/gateways/twilio/status"}
        assert [one.form for one in provider.received] == [
            {"To": ANN, "From": "+15005550006", "Body": "Hello"} | receipts,
            {"To": f"whatsapp:{BEN}", "From": "whatsapp:+15005550006", "Body": "Bye"} | receipts,
        ]
        assert provider.received[0].path == "/2010-04-01/Accounts/AC1/Messages.json"
        assert provider.connections == 1


def test_a_messaging_service_is_named_as_one_and_a_laptop_asks_for_no_receipts(settings):
    with stand_ins.Twilio() as provider:
        tell(provider, settings)
        settings.TWILIO_FROM, settings.PUBLIC_BASE_URL = "MG1", "http://127.0.0.1:8000"
        twilio.send([Outgoing(1, ANN, "Hello")])
        assert provider.received[0].form == {"To": ANN, "MessagingServiceSid": "MG1", "Body": "Hello"}


@pytest.mark.parametrize(
    ("answer", "acted_upon"),
    [
        (stand_ins.twilio_error(21610), ("21610", "opted_out")),
        (stand_ins.twilio_error(21211), ("21211",)),
        (stand_ins.twilio_error(30005), ("30005",)),
        (stand_ins.twilio_error(99999), ("99999",)),
        (stand_ins.twilio_error(21606), ("21606", "retry", "outage")),
        (stand_ins.twilio_error(20003, 401), ("20003", "retry", "outage")),
        (stand_ins.twilio_error(20429, 429), ("20429", "retry", "outage")),
        (stand_ins.twilio_error(30008), ("30008", "retry")),
        (stand_ins.saying(429), ("429", "retry", "outage")),
        (stand_ins.saying(503), ("503", "retry", "outage")),
        (stand_ins.slow(0.8), ("no-answer", "retry", "outage", "uncertain")),
        (stand_ins.saying(201), ("no-answer", "retry", "outage", "uncertain")),
        (stand_ins.saying(201, "[]"), ("no-answer", "retry", "outage", "uncertain")),
        (stand_ins.saying(201, '{"sid": null}'), ("no-answer", "retry", "outage", "uncertain")),
    ],
)
def test_what_twilio_refuses_carries_its_policy(settings, answer, acted_upon):
    with stand_ins.Twilio(answer) as provider:
        assert [policy(one.error) for one in tell(provider, settings, (ANN, "Hello"))] == [acted_upon]
        assert len(provider.received) == 1


@pytest.mark.parametrize("make", [stand_ins.Twilio, stand_ins.AfricasTalking])
def test_many_senders_at_once_each_get_their_own_answer(settings, make):
    with make() as provider, ThreadPoolExecutor(8) as senders:
        tell(provider, settings)
        module = twilio if make is stand_ins.Twilio else africastalking
        numbers = {n: f"+26097{n:07}" for n in range(200)}
        jobs = [senders.submit(module.send, [Outgoing(n, phone, f"Hello {n}")]) for n, phone in numbers.items()]
        sent = [outcome for job in jobs for outcome in job.result()]
        assert [one.id for one in sent if not one.provider_id.endswith(numbers[one.id][1:])] == []
        assert provider.connections <= 9


def test_a_slow_gateway_holds_us_no_longer_than_agreed(settings):
    for provider in (stand_ins.AfricasTalking(stand_ins.slow(3)), stand_ins.Twilio(stand_ins.slow(3))):
        with provider:
            began = time.monotonic()
            tell(provider, settings, (ANN, "Hello"))
            assert time.monotonic() - began < 1.5
