"""What waits is sent: once, in time, by whoever lives; the providers' own lists are the judge."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from cases.crypto import blind
from channels import bell, leases, outbox, tasks
from channels.gateways import Delivery, OptOut, Receipt, circuits
from channels.models import Caller, Message, StrayReceipt
from tests import stand_ins

ROOT = Path(__file__).resolve().parent.parent
ANN, BEN, COL = "+260971000001", "+260961000002", "+260951000003"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_house(settings):
    settings.GATEWAY_TIMEOUT = (0.5, 0.5)
    settings.SMS_GATEWAYS = ["simulator"]
    circuits.close_all()


@pytest.fixture
def at(settings):
    """Africa's Talking as our first provider."""
    with stand_ins.AfricasTalking() as provider:
        settings.SMS_GATEWAYS, settings.AFRICASTALKING_URL = ["africastalking"], provider.url
        yield provider


@pytest.fixture
def both(at, settings):
    """And Twilio as the one that takes over."""
    with stand_ins.Twilio() as second:
        settings.SMS_GATEWAYS, settings.TWILIO_URL = ["africastalking", "twilio"], second.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM = "AC1", "token", "+15005550006"
        yield at, second


def write(phone=ANN, text="Hello", **facts):
    """A message that waits, as the notices write it."""
    facts = {"direction": "out", "state": "queued", "phone_index": blind(phone, name="phone")} | facts
    return Message.objects.create(phone=phone, text=text, **facts)


def write_many(count, text="Hello {n}", **facts):
    return [write(f"+26097{n:07}", text.format(n=n), **facts) for n in range(count)]


def in_(**time_from_now):
    return timezone.now() + timedelta(**time_from_now)


def seen(message, *fields):
    return Message.objects.values_list(*fields).get(pk=message.pk)


def due_in(message):
    """Seconds from now, to the nearest ten."""
    (due_at,) = seen(message, "due_at")
    return round((due_at - timezone.now()).total_seconds(), -1)


# --- Sending ------------------------------------------------------------------------------------------


def test_a_message_goes_out_and_its_row_says_how(at):
    message = write()
    assert outbox.drain() == 1
    assert at.texts() == [(ANN, "Hello")]
    fresh = Message.objects.get(pk=message.pk)
    assert (fresh.state, fresh.gateway, fresh.cost, fresh.parts, fresh.attempts, fresh.failure) == (
        "sent", "africastalking", "KES 0.8000", 1, 1, "",
    )  # fmt: skip
    assert (fresh.provider_id[:6], fresh.leased_until, bool(fresh.sent_at)) == ("ATXid_", None, True)
    assert outbox.drain() == 0


def test_the_simulator_delivers_at_once():
    message = write()
    assert outbox.drain() == 1
    assert seen(message, "state", "gateway", "provider_id") == ("delivered", "simulator", f"simulator-{message.pk}")


def test_what_reaches_a_handset_is_in_its_alphabet(at):
    write(text="Ŵina “ng’ombe” – ŋ")
    outbox.drain()
    assert at.texts() == [(ANN, "Wina \"ng'ombe\" - ng'")]


def test_a_message_waits_until_it_is_due(at):
    message = write(due_at=in_(minutes=5))
    assert (outbox.drain(), at.texts()) == (0, [])
    assert outbox.drain(in_(minutes=6)) == 1
    assert seen(message, "state") == ("sent",)


def test_an_incoming_message_is_never_sent(at):
    write(direction="in", state="arrived")
    assert outbox.drain() == 0


def test_two_hundred_messages_take_few_statements_requests_and_connections(at, django_assert_max_num_queries):
    write_many(200, text="The same words")
    with django_assert_max_num_queries(12):
        assert outbox.drain() == 200
    assert (len(at.received), at.connections <= outbox.SENDERS) == (2, True)


def test_so_do_two_hundred_with_different_words_but_for_requests(at, django_assert_max_num_queries):
    write_many(200)
    with django_assert_max_num_queries(12):
        assert outbox.drain() == 200
    assert (len(at.received), at.connections <= outbox.SENDERS) == (200, True)


def test_a_number_abroad_is_refused(at):
    messages = [write(phone) for phone in ("+447700900123", "+263771234567", "+882161234567", "0971000001", "")]
    assert outbox.drain() == 0
    assert [seen(one, "state", "failure") for one in messages[:4]] == [("failed", "foreign number")] * 4
    assert at.texts() == []


def test_one_row_sealed_with_a_lost_key_stops_no_other(at):
    lost, good = write(), write(BEN)
    Message.objects.filter(pk=lost.pk).update(text=b"\0" * 40)
    assert outbox.drain() == 1
    assert (seen(good, "state"), due_in(lost), at.texts()) == (("sent",), 600, [(BEN, "Hello")])


# --- Two workers --------------------------------------------------------------------------------------


def in_threads(count, work):
    def whole():
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=whole) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def naive_drain():
    """What the outbox would be without a lease: look, send, mark."""
    for row in Message.objects.filter(state="queued").order_by("due_at")[:100]:
        outbox.gateway("africastalking").send([outbox.Outgoing(row.pk, row.phone, row.text)])
        Message.objects.filter(pk=row.pk).update(state="sent")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("drain", "twice"), [(outbox.drain, False), (naive_drain, True)])
def test_four_workers_at_once_send_each_of_300_messages_once_and_naive_ones_do_not(at, drain, twice):
    write_many(300)
    in_threads(4, drain)
    sent = Counter(at.texts())
    assert (max(sent.values()) > 1) is twice
    if not twice:
        assert len(sent) == 300
        assert Message.objects.filter(state="sent", attempts=1).count() == 300


@pytest.mark.django_db(transaction=True)
def test_what_waits_behind_a_slow_gateway_may_be_taken_over_and_still_goes_out_once(at, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", 0)  # two seconds, as GATEWAY_TIMEOUT asks; a hundred rows take four
    monkeypatch.setattr(leases, "TO_MARK", 0)
    at.answer = lambda provider, form: replace(stand_ins.taken(provider, form), delay=0.3)
    write_many(100)
    in_threads(2, outbox.drain)
    assert Counter(Counter(at.texts()).values()) == {1: 100}
    assert Message.objects.filter(state="sent", attempts=1).count() == 100


# --- A worker that dies -------------------------------------------------------------------------------

WORKER = "import django; django.setup(); from channels import outbox; outbox.drain()"


def worker_that_is_killed(provider, requests):
    """A real process, killed without warning while the provider has its request and it has no answer."""
    environment = os.environ | {
        "SMS_GATEWAYS": "africastalking",
        "AFRICASTALKING_URL": provider.url,
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=ROOT)
    deadline = time.monotonic() + 20
    while len(provider.received) < requests and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.django_db(transaction=True)
def test_the_messages_of_a_killed_worker_are_found_again_within_the_lease_and_go_out_twice_at_most(at):
    """The provider takes everything and answers too late: the worst case, for nobody knows what went out."""
    messages = write_many(3)
    at.answer = stand_ins.slow(5)
    worker_that_is_killed(at, requests=3)
    assert [seen(one, "state", "attempts") for one in messages] == [("leased", 1)] * 3

    assert (outbox.drain(), len(at.received)) == (0, 3)  # still somebody's, as far as anybody knows
    at.answer = stand_ins.taken
    assert outbox.drain(in_(seconds=31)) == 3
    assert sorted(Counter(at.texts()).values()) == [2, 2, 2]
    assert [seen(one, "state", "attempts") for one in messages] == [("sent", 2)] * 3


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_workers_died_twice_is_given_up_and_not_sent_a_third_time(at):
    message = write()
    at.answer = stand_ins.slow(5)
    worker_that_is_killed(at, requests=1)
    Message.objects.update(due_at=timezone.now())
    worker_that_is_killed(at, requests=2)
    Message.objects.update(due_at=timezone.now())
    at.answer = stand_ins.taken
    assert outbox.drain() == 0
    assert (len(at.received), seen(message, "state", "failure")) == (2, ("failed", "died twice"))


def test_a_message_found_again_stays_in_doubt_through_a_refusal(at):
    message = write(state="leased", attempts=1, failure="handed over")
    at.answer = stand_ins.saying(429)
    outbox.drain()
    assert seen(message, "state", "failure", "attempts") == ("queued", "found again", 2)


def test_what_a_dead_worker_only_held_is_not_in_doubt(at):
    message = write(state="leased")
    assert outbox.drain() == 1
    assert seen(message, "state", "failure", "attempts") == ("sent", "", 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_was_taken_over_marks_nothing(at):
    message = write(due_at=in_(minutes=-5))
    late = leases.claim(now=in_(seconds=-60))
    (late_row,) = leases.hand_over(late, now=in_(seconds=-60))
    (row,) = leases.claim(now=timezone.now())
    assert leases.hand_over([late_row], now=timezone.now()) == []
    leases.persist([outbox.Mark(late_row.id, late_row.until, Message.State.SENT, 1, timezone.now())])
    assert seen(message, "state", "leased_until", "failure") == ("leased", row.until, "found again")


# --- Trouble ------------------------------------------------------------------------------------------


def test_a_gateway_that_wants_us_slower_is_tried_again_with_growing_pauses_and_in_the_end_given_up(at):
    message, now, pauses = write(), timezone.now(), []
    at.answer = stand_ins.saying(429)
    for _ in range(6):
        circuits.close_all()
        outbox.drain(now)
        (due_at,) = seen(message, "due_at")
        pauses.append((due_at - now).total_seconds())
        now = due_at
    assert pauses == [30, 120, 600, 3600, 21600, 0]
    assert seen(message, "state", "failure", "attempts") == ("failed", "http-429", 6)


def test_an_answer_that_never_came_is_waited_for_longer(at):
    at.answer = stand_ins.slow(0.8)
    message = write()
    outbox.drain()
    assert (seen(message, "state", "failure"), due_in(message)) == (("queued", "no-answer"), 600)


def test_an_error_that_no_time_mends_is_final(at):
    at.answer = stand_ins.refusing({ANN: (403, "InvalidPhoneNumber")})
    ann, ben = write(), write(BEN)
    assert outbox.drain() == 1
    assert (seen(ann, "state", "failure"), seen(ben, "state")) == (("failed", "403"), ("sent",))


def test_each_recipient_of_a_shared_request_has_a_fate_of_their_own(at):
    at.answer = stand_ins.refusing({ANN: (406, "UserInBlacklist"), BEN: (500, "InternalServerError")})
    ann, ben, col = write(), write(BEN), write(COL)
    assert outbox.drain() == 1
    assert len(at.received) == 1
    assert [seen(one, "state", "failure") for one in (ann, ben, col)] == [
        ("failed", "406"),
        ("queued", "500"),
        ("sent", ""),
    ]
    assert list(Caller.objects.exclude(opted_out_at=None).values_list("index", flat=True)) == [ann.phone_index]


def test_after_two_tries_the_second_gateway_takes_over(both):
    first, second = both
    first.answer = stand_ins.refusing({ANN: (500, "InternalServerError")})
    message, now = write(), timezone.now()
    for minutes in (0, 1, 10):
        outbox.drain(now + timedelta(minutes=minutes))
    assert (len(first.received), second.texts()) == (2, [(ANN, "Hello")])
    assert seen(message, "state", "gateway", "attempts") == ("sent", "twilio", 3)


def test_a_gateway_that_is_out_is_left_alone_and_the_second_one_sends_at_once(both):
    first, second = both
    first.answer = stand_ins.saying(503)
    write_many(40)
    now = timezone.now()
    outbox.drain(now)
    tried = len(first.received)
    assert tried <= circuits.FAILURES - 1 + outbox.SENDERS  # those under way when it went out
    assert len(second.received) == 40 - tried
    assert outbox.drain(now + timedelta(seconds=31)) == tried  # the second gateway has them before they fail twice
    assert (len(first.received), sorted(Counter(second.texts()).values())) == (tried, [1] * 40)


def test_when_every_gateway_is_out_nothing_is_counted_against_the_messages(at):
    with stand_ins.AfricasTalking():
        at.answer = stand_ins.saying(503)
        write_many(40)
        outbox.drain()
        untried = Message.objects.filter(attempts=0, state="queued")
        assert untried.count() == 40 - len(at.received)
        assert (due_in(untried[0]), Message.objects.filter(state="queued").count()) == (30, 40)


def test_an_outage_is_forgotten_after_a_while(monkeypatch):
    monkeypatch.setattr(circuits, "SECONDS", 0.05)
    out = circuits.circuit("africastalking")
    for _ in range(circuits.FAILURES):
        out.hear(outage=True)
    assert not out.is_closed()
    time.sleep(0.06)
    assert out.is_closed()
    out.hear(outage=True)  # the first to try again fails: out at once
    assert not out.is_closed()


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_gives_one_id_twice_does_not_make_us_send_for_ever(at):
    same = {"cost": "0", "messageId": "ATXid_same", "status": "Success", "statusCode": 101}
    at.answer = lambda provider, form: stand_ins._answer([same | {"number": n} for n in provider.numbers(form)])
    messages = [write(), write(BEN)]
    outbox.drain()
    assert [seen(one, "state", "provider_id") for one in messages] == [("sent", None)] * 2


def test_a_database_that_restarts_while_we_send_costs_no_second_sms(at, transactional_db):
    message = write()
    (leased,) = leases.claim(now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])
    leases.persist([outbox.Mark(leased.id, leased.until, Message.State.SENT, 1, timezone.now())])
    assert seen(message, "state") == ("sent",)


# --- Budgets ------------------------------------------------------------------------------------------


def test_the_hours_budget_is_kept_and_what_is_over_it_goes_out_later(at, settings):
    settings.SMS_HOURLY_BUDGET = 5
    write_many(8)
    now = timezone.now()
    assert [outbox.drain(now), outbox.drain(now), len(at.texts())] == [5, 0, 5]
    assert outbox.drain(now + timedelta(minutes=61)) == 3
    assert Message.objects.filter(state="sent").count() == 8


def test_one_number_has_its_fill_and_no_other_waits_for_it(at, settings):
    settings.SMS_NUMBER_HOURLY_BUDGET = 2
    for n in range(5):
        write(text=f"Hello {n}")
    write(BEN)
    now = timezone.now()
    assert outbox.drain(now) == 3
    assert Counter(phone for phone, _ in at.texts()) == {ANN: 2, BEN: 1}
    assert outbox.drain(now + timedelta(minutes=11)) == 0
    assert outbox.drain(now + timedelta(minutes=75)) == 2
    assert Message.objects.filter(state="sent", attempts=1).count() == 5


# --- Receipts and opt-outs ----------------------------------------------------------------------------


def sent(at, phone=ANN):
    message = write(phone)
    outbox.drain()
    return Message.objects.get(pk=message.pk)


def receipt(message, status, raw="Word", **facts):
    facts = {"reason": "", "network": "64501"} | facts
    return Receipt("africastalking", message.provider_id, status, raw, **facts)


@pytest.mark.parametrize(
    ("words", "state", "raw"),
    [
        ([Delivery.DELIVERED], "delivered", "delivered"),
        ([Delivery.DELIVERED, Delivery.FAILED], "delivered", "delivered"),  # the late failure
        ([Delivery.FAILED, Delivery.DELIVERED], "delivered", "delivered"),
        ([Delivery.FAILED, Delivery.SENT], "failed", "failed"),
        ([Delivery.EXPIRED], "failed", "expired"),
        ([Delivery.UNKNOWN], "sent", "unknown"),  # accepted, and what they said is kept
        ([Delivery.SENT, Delivery.SENT], "sent", "sent"),
    ],
)
def test_receipts_move_a_message_forward_only(at, words, state, raw):
    message = sent(at)
    for word in words:
        outbox.record_receipt(receipt(message, word, word.value))
    assert seen(message, "state", "raw_status", "network") == (state, raw, "64501")
    assert (seen(message, "delivered_at") != (None,)) is (state == "delivered")


def test_a_failure_says_why(at):
    message = sent(at)
    outbox.record_receipt(receipt(message, Delivery.FAILED, reason="UserDoesNotExist"))
    assert seen(message, "state", "failure") == ("failed", "UserDoesNotExist")


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_comes_before_the_answer_is_not_lost(at):
    def receipt_first(provider, form):
        answer = stand_ins.taken(provider, form)
        (recipient,) = json.loads(answer.body)["SMSMessageData"]["Recipients"]
        early = Receipt("africastalking", recipient["messageId"], Delivery.DELIVERED, "Success", "", "64501")
        try:
            outbox.record_receipt(early)
            kept.append(StrayReceipt.objects.count())
        finally:
            connection.close()
        return answer

    kept = []
    at.answer = receipt_first
    message = write()
    outbox.drain()
    assert (seen(message, "state", "raw_status", "network"), kept, StrayReceipt.objects.count()) == (
        ("delivered", "Success", "64501"), [1], 0,
    )  # fmt: skip


def test_a_receipt_for_nobody_is_kept_a_week():
    outbox.record_receipt(Receipt("twilio", "SM-nobody", Delivery.UNKNOWN, "beamed", "", ""))
    assert (tasks.SWEEPS["receipts"].act(), StrayReceipt.objects.count()) == (0, 1)
    StrayReceipt.objects.update(arrived_at=in_(days=-8))
    assert (tasks.SWEEPS["receipts"].act(), StrayReceipt.objects.count()) == (1, 0)


def test_who_opted_out_gets_nothing_that_still_waits(at):
    message, other = write(), write(BEN)
    outbox.record_opt_out(OptOut("africastalking", ANN, "SWS"))
    assert outbox.drain() == 1
    assert (seen(message, "state", "failure"), seen(other, "state")) == (("failed", "opted out"), ("sent",))


def test_who_opts_out_while_an_sms_is_on_its_way_gets_no_second_try_but_what_they_ask_for_later(at):
    message = write()
    leases.claim(now=timezone.now())  # a worker has it, and dies
    outbox.record_opt_out(OptOut("africastalking", ANN, "SWS"))
    answer = write()
    assert outbox.drain(now=in_(minutes=10)) == 1
    assert (seen(message, "state", "failure"), seen(answer, "state")) == (("failed", "opted out"), ("sent",))


def test_a_receipt_may_say_that_the_person_opted_out(at):
    message = sent(at)
    outbox.record_receipt(receipt(message, Delivery.FAILED, reason="UserInBlackList", opted_out=True))
    assert Caller.objects.get(index=message.phone_index).opted_out_at


# --- The bell and the rounds --------------------------------------------------------------------------


@pytest.fixture
def dead_valkey(settings):
    """An address where nobody answers at all: worse than a closed door."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        yield bell.Bell(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")


def test_a_dead_valkey_costs_a_citizen_half_a_second_once(dead_valkey):
    took = []
    for _ in range(50):
        began = time.monotonic()
        dead_valkey.ring()
        took.append(time.monotonic() - began)
    assert (took[0] < 1.2, max(took[1:]) < 0.01) == (True, True)


def test_many_messages_ring_once_and_only_when_their_transaction_ends_well(transactional_db):
    from django.db import transaction

    queue = bell.Queue(bell.QUEUE, connection=bell._bell().valkey)
    queue.connection.flushdb()
    with transaction.atomic():
        for _ in range(100):
            bell.ring()
        assert queue.count == 0
    assert queue.count == 1
    tasks.look()
    bell.ring()
    assert queue.count == 2


def test_a_sweep_runs_in_one_worker_at_a_time(transactional_db):
    with tasks.alone("escalate") as mine:
        other: list[bool] = []

        def try_it():
            with tasks.alone("escalate") as theirs, tasks.alone("close") as another:
                other.extend([theirs, another])

        in_threads(1, try_it)
    assert (mine, other) == (True, [False, True])
    with tasks.alone("escalate") as again:
        assert again


def test_a_sweep_that_fails_stops_no_other_and_tells_no_names(monkeypatch, caplog):
    def broken():
        raise ValueError(f"bad row of {ANN}")

    done = []
    monkeypatch.setattr(
        tasks,
        "SWEEPS",
        {"broken": tasks.Sweep(broken, every=60), "good": tasks.Sweep(lambda: done.append(1), every=60)},
    )
    rounds = tasks.Rounds()
    rounds.make()
    rounds.make()
    assert done == [1]
    assert "ValueError" in caplog.text
    assert ANN not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_with_valkey_gone_and_stops_when_asked(at):
    messages = write_many(3)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        environment = os.environ | {
            "SMS_GATEWAYS": "africastalking",
            "AFRICASTALKING_URL": at.url,
            "REDIS_URL": f"redis://127.0.0.1:{closed.getsockname()[1]}/0",
        }
        process = subprocess.Popen([sys.executable, "manage.py", "worker"], env=environment, cwd=ROOT)
        try:
            await_(lambda: Message.objects.filter(state="sent").count() == 3)
            later = write(BEN)
            await_(lambda: seen(later, "state") == ("sent",))
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
        finally:
            process.kill()
    assert sorted(Counter(at.texts()).values()) == [1] * (len(messages) + 1)


@pytest.mark.django_db(transaction=True)
def test_the_worker_hears_the_bell_and_survives_a_database_that_drops_it(at):
    environment = os.environ | {"SMS_GATEWAYS": "africastalking", "AFRICASTALKING_URL": at.url}
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], env=environment, cwd=ROOT)
    try:
        await_(lambda: bell._bell().valkey.scard("rq:workers") == 1)
        first = write()
        bell._bell().ring()
        await_(lambda: seen(first, "state") == ("sent",))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        second = write(BEN)
        bell._bell().ring()
        await_(lambda: seen(second, "state") == ("sent",))
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
    assert sorted(at.texts()) == sorted([(ANN, "Hello"), (BEN, "Hello")])


def await_(true, seconds=20):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
