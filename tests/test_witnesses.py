"""Witnesses: told of every anchor, also after a night without a network; and who made history anew is found out."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from cases import actions, anchors, ledger, tallies, verify
from cases.inspecting import inspect
from cases.models import Anchor, Event, Inspection, Leaf, Tile, Witness
from channels import tasks, witnesses
from tests.builders import make_case, make_officer
from tests.test_anchors import intruder, put_back

pytestmark = pytest.mark.django_db
KEY = "a-key-that-nobody-guesses"
NOW = timezone.now()
__all__ = ["intruder"]


def anchor(*, hours=0):
    tallies.keep_up()
    return anchors.anchor_due(NOW + timedelta(hours=hours))


@contextmanager
def listening(folder, port=0):
    """The program that anybody can download, as a witness."""
    with verify.witness_host(folder, port, KEY) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield host.server_port
        host.shutdown()


@pytest.fixture
def witness(tmp_path, settings):
    with listening(tmp_path) as port:
        settings.WITNESSES = [f"http://127.0.0.1:{port}/{KEY}"]
        yield tmp_path


def state():
    return list(Witness.objects.values_list("told_to", "attempts", "disputes"))


def test_a_witness_is_told_of_every_anchor_by_the_worker_and_keeps_it(witness):
    make_case()
    anchor()
    assert tasks.run("witnesses")
    make_case()
    anchor(hours=2)
    assert witnesses.tell(NOW + timedelta(hours=2)) == 1
    assert verify.read_anchors(witness) == [one.as_published() for one in Anchor.objects.all()]
    assert state() == [(2, 0, False)]
    assert witnesses.tell(NOW + timedelta(hours=3)) == 0  # nothing is new


def test_a_witness_out_of_reach_is_asked_more_and_more_rarely_and_told_everything_at_the_end(tmp_path, settings):
    with listening(tmp_path) as port:
        settings.WITNESSES = [f"http://127.0.0.1:{port}/{KEY}"]
    now = NOW
    for pause in (*witnesses.PAUSES, witnesses.PAUSES[-1]):
        make_case()
        anchor(hours=(now - NOW) // timedelta(hours=1))
        assert witnesses.tell(now) == 0
        assert witnesses.tell(now + pause - timedelta(seconds=1)) == 0
        assert Witness.objects.get().due_at == now + pause
        now += pause
    assert state() == [(0, 5, False)]
    with listening(tmp_path, port):
        assert witnesses.tell(now) == 1
    assert len(verify.read_anchors(tmp_path)) == Anchor.objects.count() > 2
    assert state() == [(Anchor.objects.count(), 0, False)]


def test_a_person_gets_one_letter_a_day_with_all_that_is_new(settings):
    settings.WITNESSES = ["press@example.org"]
    for hours in (0, 2, 4):
        make_case()
        anchor(hours=hours)
        witnesses.tell(NOW + timedelta(hours=hours))
    assert len(mail.outbox) == 1
    assert witnesses.tell(NOW + timedelta(hours=25)) == 1
    first, second = mail.outbox
    roots = list(Anchor.objects.values_list("root", flat=True))
    assert (first.to, first.subject) == (["press@example.org"], "The public ledger up to anchor 1")
    assert [root in second.body for root in roots] == [True, True, True]


def test_who_does_not_know_the_key_tells_a_witness_nothing(witness, settings):
    make_case()
    anchor()
    settings.WITNESSES = [settings.WITNESSES[0] + "x"]
    assert witnesses.tell(NOW) == 0
    assert Witness.objects.get().failure == "HTTP 404"
    with pytest.raises(verify.Mismatch, match="16 characters"):
        verify.witness_host(witness, 0, "short")


def test_only_one_worker_tells_a_witness(witness, monkeypatch):
    make_case()
    anchor()
    post = witnesses._post

    def meanwhile(*told):
        assert witnesses.tell(NOW) == 0
        post(*told)

    monkeypatch.setattr(witnesses, "_post", meanwhile)
    assert witnesses.tell(NOW) == 1


def test_history_made_anew_by_who_has_every_right_and_every_key_is_found_out_by_the_witness(witness, intruder):
    """The attack: an entry is changed, all digests and seals are made anew, and so are leaves, tiles and anchors."""
    put_back(intruder)
    officer, case = make_officer(), make_case()
    actions.take(case=case, by=officer)
    anchor()
    witnesses.tell(NOW)

    for table in ("event", "leaf", "anchor", "tile"):
        intruder.execute(f"ALTER TABLE cases_{table} DISABLE TRIGGER USER")
    intruder.execute("UPDATE cases_event SET officer_id = NULL WHERE case_id = %s AND number = 2", [case.pk])
    previous = ""
    for event in Event.objects.select_related("case").order_by("number"):
        event.previous = previous
        event.digest = previous = ledger.digest_of(ledger.Entry.of(event))
        values = [event.previous, event.digest, ledger.seal_of(event.digest), event.pk]
        intruder.execute("UPDATE cases_event SET previous = %s, digest = %s, seal = %s WHERE id = %s", values)
    intruder.execute("UPDATE cases_head SET seal = %s WHERE case_id = %s", [ledger.head_of(previous), case.pk])
    intruder.execute("TRUNCATE cases_leaf, cases_anchor, cases_tile")
    put_back(intruder)
    assert (Leaf.objects.count(), Tile.objects.count()) == (0, 0)
    assert anchor() == 1

    assert inspect().faults == 0  # here alone nobody would ever know
    actions.add_note(case=case, by=officer, words="Rang.")
    anchor(hours=2)
    assert witnesses.tell(NOW + timedelta(hours=2)) == 0
    assert state() == [(1, 1, True)]
    assert [one["what"] for one in inspect().found] == ["this witness keeps another history than we tell"]
    with pytest.raises(verify.Mismatch, match="Anchor 1 is not the one that you kept"):
        verify.witness(witness, [one.as_published() for one in Anchor.objects.all()])


# --- The auditor ------------------------------------------------------------------------------------------


def test_the_worker_looks_at_everything_once_a_day_and_the_auditor_reads_what_it_found(client, intruder):
    put_back(intruder)
    auditor, case = make_officer(role="auditor"), make_case()
    client.force_login(auditor.user)
    assert "Nobody has looked yet" in client.get("/desk/ledger/").content.decode()
    anchor()
    tasks.inspect_ledger()
    tasks.inspect_ledger()
    assert Inspection.objects.count() == 1
    assert "found everything as it was written" in client.get("/desk/ledger/").content.decode()

    intruder.execute("ALTER TABLE cases_event DISABLE TRIGGER event_no_change")
    intruder.execute("UPDATE cases_event SET actor = 'system' WHERE case_id = %s", [case.pk])
    inspect()
    page = client.get("/desk/ledger/").content.decode()
    assert "entry 1: it was changed" in page
    assert "its guard event_no_change is down" in page
    assert case.reference not in page
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_inspection SET at = at - interval '25 hours'")
    tasks.inspect_ledger()
    assert Inspection.objects.count() == 3
