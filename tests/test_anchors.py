"""Anchors: the heads of all histories under one root; what was touched afterwards is found, and where."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases import actions, anchors, tallies, verify
from cases.inspecting import inspect
from cases.models import Anchor, Case, Event, Inspection, Leaf, Tile, Words
from channels import tasks
from tests.builders import make_case, make_officer, now_of, open_case

pytestmark = pytest.mark.django_db


def anchor(*, hours=0):
    tallies.keep_up()
    return anchors.anchor_due(timezone.now() + timedelta(hours=hours))


def published():
    return [one.as_published() for one in Anchor.objects.all()]


def all_leaves():
    return list(Leaf.objects.values_list("hash", flat=True))


def faults():
    return [(one["table"], one["row"], one["what"]) for one in inspect().found]


# --- The tree ---------------------------------------------------------------------------------------------


def by_the_book(leaves):
    """RFC 6962, 2.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else verify.root_of([])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return verify.join(by_the_book(leaves[:split]), by_the_book(leaves[split:]))


def test_root_path_and_line_are_those_of_the_book_at_every_length():
    leaves = [verify.leaf_hash("00", number, "") for number in range(70)]
    line = verify.Line()
    for length in range(71):
        assert line.root() == verify.root_of(leaves[:length]) == by_the_book(leaves[:length])
        for index in range(0, length, 3):
            assert verify.follow(leaves[index], verify.path_to(leaves[:length], index)) == line.root()
        if length < 70:
            line.add(leaves[length])


# --- Anchoring --------------------------------------------------------------------------------------------


def test_what_happened_is_anchored_by_the_worker_at_intervals(settings):
    settings.ANCHOR_MINUTES = 60
    officer, case = make_officer(), make_case()
    for sweep in ("figures", "anchor"):
        assert tasks.run(sweep)
    assert [one.leaves for one in Anchor.objects.all()] == [16]
    actions.take(case=case, by=officer)
    assert [anchor(hours=hours) for hours in (0.9, 1.1, 2.2)] == [0, 1, 0]  # too early; due; nothing is new
    assert list(case.leaves.values_list("entries", flat=True)) == [1, 2]
    verify.check_anchors(published())
    verify.check_roots(published(), all_leaves())
    assert faults() == []


def test_a_leaf_says_nothing_of_its_case_and_leaves_come_in_crowds():
    cases = [make_case() for _number in range(3)]
    anchor()
    leaves = Leaf.objects.all()
    assert [one.place for one in leaves] == list(range(16))
    assert sorted(one.case_id or 0 for one in leaves) == [0] * 13 + [case.pk for case in cases]
    assert all_leaves() == sorted(all_leaves())  # their order is no order of cases
    for one in leaves.exclude(case=None):
        head = one.case.events.get().digest
        assert verify.leaf_hash(one.salt, 1, head) == one.hash
        assert verify.leaf_hash("00" * 16, 1, head) != one.hash  # who knows the head and not the salt finds nothing


def test_a_round_costs_what_is_new_however_long_the_line_is(monkeypatch, django_assert_max_num_queries):
    for name in ("cases.anchors", "cases.inspecting", "cases.verify"):
        monkeypatch.setattr(f"{name}.LEAVES_A_FILE", 16)
    officer, case = make_officer(), make_case()
    for number in range(12):
        actions.add_note(case=case, by=officer, words=f"Rang {number}.")
        anchor(hours=2 * number)
    assert (Anchor.objects.count(), Tile.objects.count()) == (12, 12)
    actions.add_note(case=case, by=officer, words="Rang again.")
    tallies.keep_up()
    with django_assert_max_num_queries(18):
        assert anchors.anchor_due(timezone.now() + timedelta(hours=48)) == 1
    assert faults() == []
    proof = anchors.proof_of(case)
    assert len(proof["anchored"]) == 13
    assert "14 entries" in verify.check_proof(proof, published())


def test_many_events_become_several_anchors_and_none_is_forgotten(monkeypatch):
    monkeypatch.setattr(anchors, "EVENTS_AT_A_TIME", 5)
    for _number in range(12):
        make_case()
    assert anchor() == 3
    assert Leaf.objects.exclude(case=None).count() == 12
    assert faults() == []


def test_who_anchors_second_changes_nothing(monkeypatch):
    make_case()
    tallies.keep_up()
    before = anchors._leaves

    def another_was_quicker(*args):
        monkeypatch.setattr(anchors, "_leaves", before)
        assert anchors.anchor_due(timezone.now()) == 1
        return before(*args)

    monkeypatch.setattr(anchors, "_leaves", another_was_quicker)
    assert anchors.anchor_due(timezone.now()) == 0
    assert (Anchor.objects.count(), Leaf.objects.count()) == (1, 16)


def test_a_history_that_was_touched_before_its_time_is_not_anchored(intruder, caplog):
    touched, whole = make_case(), make_case()
    intruder.execute("UPDATE cases_event SET kind = 'close' WHERE case_id = %s", [touched.pk])
    anchor()
    assert (touched.leaves.count(), whole.leaves.count()) == (0, 1)
    assert "history_touched" in caplog.text


# --- Whoever gets past the guards is found ----------------------------------------------------------------


@pytest.fixture
def intruder(db):
    """Somebody with the database owner's rights, who takes the guards down and puts them up again."""
    tables = ("cases_event", "cases_leaf", "cases_anchor", "cases_tile", "cases_case")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET LOCAL session_replication_role = replica")  # nor do foreign keys hold any more
        yield cursor


def put_back(cursor):
    for table in ("cases_event", "cases_leaf", "cases_anchor", "cases_tile"):
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for what in ("no_change", "no_truncate"):
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table.removeprefix('cases_')}_{what}")


@pytest.mark.parametrize("table", ["cases_event", "cases_leaf", "cases_anchor"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_database_refuses_whatever_a_session_says_of_itself(table, sql):
    make_case()
    anchor()
    column = {"cases_event": "kind", "cases_leaf": "salt", "cases_anchor": "root"}[table]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            cursor.execute(sql.format(table, column, column))


@pytest.fixture
def lived():
    """Two cases, one of four entries that were anchored twice, the last not yet; with its number."""
    officer = make_officer()
    case, _other = make_case(), make_case()
    actions.take(case=case, by=officer)
    anchor()
    actions.ask_citizen(case=now_of(case), by=officer, words="Which clinic?")
    anchor(hours=2)
    actions.add_information(case=now_of(case), words="The one in Mongu.")
    assert faults() == []
    return case


def rewrite(cursor, case, *, with_our_keys):
    """The whole chain anew, so that it is whole again."""
    from cases import ledger

    previous = ""
    for event in case.events.select_related("case").order_by("number"):
        event.previous = previous
        event.digest = previous = ledger.digest_of(ledger.Entry.of(event))
        event.seal = ledger.seal_of(event.digest) if with_our_keys else event.seal
        cursor.execute(
            "UPDATE cases_event SET previous = %s, digest = %s, seal = %s WHERE id = %s",
            [event.previous, event.digest, event.seal, event.pk],
        )


@pytest.mark.parametrize(
    ("sql", "keys", "table", "what"),
    [
        ("UPDATE cases_event SET kind = 'note' WHERE {0} AND number = 2", None, "cases_event", "entry 2: it was changed"),
        ("UPDATE cases_event SET at = 'infinity' WHERE {0} AND number = 2", None, "cases_event", "entry 2: it was changed"),
        ("UPDATE cases_event SET at = at + make_interval(years => 1 - 2 * extract(year FROM at)::int) WHERE {0} AND number = 2", None, "cases_event", "entry 2: it was changed"),
        ("UPDATE cases_event SET data = to_jsonb(10::numeric ^ 9999) WHERE {0} AND number = 2", None, "cases_event", "entry 2: it was"),
        ("UPDATE cases_event SET kind = 'attach', data = jsonb_build_object('attachment', 'none') WHERE {0} AND number = 2", None, "cases_event", "entry 2: it was"),
        ("UPDATE cases_leaf SET salt = 'none' WHERE case_id = {1} AND entries = 3", None, "cases_event", "entry 3: it is not what leaf"),
        ("UPDATE cases_leaf SET salt = 'none' WHERE case_id IS NULL", None, "cases_leaf", "it stands for a case"),
        ("UPDATE cases_leaf SET hash = 'none' WHERE place = 3", None, "cases_leaf", "its hash is none"),
        ("UPDATE cases_event SET seal = '' WHERE {0} AND number = 4", None, "cases_event", "entry 4: it was not written by"),
        ("DELETE FROM cases_event WHERE {0} AND number = 2", None, "cases_event", "entry 3: entry 2 is missing"),
        ("DELETE FROM cases_event WHERE {0} AND number > 2", None, "cases_leaf", "cut short: 2 of 3 entries are left"),
        ("DELETE FROM cases_event WHERE {0} AND number = 4", None, "cases_head", "entry 3 is not the last"),
        ("UPDATE cases_head SET seal = '' WHERE case_id = {1}", None, "cases_head", "or the seal was touched"),
        ("DELETE FROM cases_event WHERE {0}", None, "cases_case", "its whole history is gone"),
        ("UPDATE cases_case SET state = 'waiting', waiting_since = opened_on WHERE id = {1}", None, "cases_case", "it stands otherwise"),
        ("DELETE FROM cases_case WHERE id = {1}", None, "cases_event", "entry 1: its case is gone"),
        ("UPDATE cases_words SET salt = '' WHERE event_id = {2}", None, "cases_event", "entry 3: its words were changed"),
        ("DELETE FROM cases_words WHERE event_id = {2}", None, "cases_event", "entry 3: its words are gone"),
        ("UPDATE cases_event SET kind = 'note' WHERE {0} AND number = 4", False, "cases_event", "entry 4: it was not written by"),
        ("UPDATE cases_event SET kind = 'note' WHERE {0} AND number = 3", True, "cases_event", "entry 3: it is not what leaf"),
        ("UPDATE cases_event SET kind = 'note' WHERE {0} AND number = 1", True, "cases_event", "entry 2: it is not what leaf"),
        ("DELETE FROM cases_leaf WHERE place = 3", None, "cases_leaf", "it is missing"),
        ("DELETE FROM cases_leaf WHERE place = (SELECT max(place) FROM cases_leaf)", None, "cases_anchor", "are not all there"),
        ("UPDATE cases_leaf SET case_id = NULL WHERE case_id = {1} AND entries = 2", None, "cases_leaf", "it stands for a case"),
        ("UPDATE cases_leaf SET hash = repeat('0', 64) WHERE place = 3", None, "cases_anchor", "not the root over its leaves"),
        ("UPDATE cases_anchor SET at = 'infinity' WHERE number = 2", None, "cases_anchor", "its time is none"),
        ("UPDATE cases_anchor SET leaves = leaves + 1 WHERE number = 2", None, "cases_anchor", "Anchor 2 was changed"),
        ("DELETE FROM cases_anchor WHERE number = 1", None, "cases_anchor", "After anchor 0 comes anchor 2"),
        ("DELETE FROM cases_anchor WHERE number = 2", None, "cases_leaf", "no anchor stands over it"),
        ("TRUNCATE cases_event, cases_words CASCADE", None, "cases_inspection", "it saw 5 entries and 2 anchors"),
        ("ALTER TABLE cases_event DISABLE TRIGGER event_no_change", None, "cases_event", "its guard event_no_change is down"),
    ],
)  # fmt: skip
def test_every_touch_is_found_and_where(lived, intruder, sql, keys, table, what):
    third = lived.events.get(number=3).pk
    put_back(intruder)
    if "DISABLE" not in sql:
        for name in ("event", "leaf", "anchor"):
            intruder.execute(f"ALTER TABLE cases_{name} DISABLE TRIGGER USER")
    intruder.execute(sql.format(f"case_id = {lived.pk}", lived.pk, third))
    if keys is not None:
        rewrite(intruder, lived, with_our_keys=keys)
    if "DISABLE" not in sql:
        put_back(intruder)

    assert [said for where, _row, said in faults() if where == table and what in said]


def test_words_that_were_erased_by_law_are_not_missed(lived):
    Words.objects.filter(event__case=lived).delete()
    assert len(faults()) == 3
    Case.objects.filter(pk=lived.pk).update(erased_at=timezone.now())
    assert faults() == []


def test_an_entry_put_in_behind_an_anchor_is_found(lived, intruder):
    """With our keys and a right chain: only that its time had been anchored gives it away."""
    from cases import ledger

    last = lived.events.get(number=4)
    intruder.execute("UPDATE cases_event SET id = -1 WHERE id = %s", [last.pk])
    put_back(intruder)
    assert ledger.broken(lived.events.select_related("said").order_by("number")) is None
    assert ("cases_event", -1, "entry 4: it was put in after its time had been anchored") in faults()


# --- The command ------------------------------------------------------------------------------------------


def test_the_command_says_whole_and_how_much_it_looked_at(lived):
    said = StringIO()
    call_command("verify_ledger", processes=1, stdout=said)
    assert said.getvalue().startswith("5 entries and 2 anchors in ")
    assert said.getvalue().endswith(": whole.\n")


def test_the_command_names_the_row_and_ends_with_an_error(lived, intruder):
    intruder.execute("UPDATE cases_event SET actor = 'system' WHERE case_id = %s AND number = 2", [lived.pk])
    put_back(intruder)
    row, said = lived.events.get(number=2).pk, StringIO()
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_ledger", processes=1, stdout=said)
    assert said.getvalue() == f"cases_event {row} (case {lived.pk}): entry 2: it was changed\n"
    assert Inspection.objects.first().faults == 1


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_the_same_as_one():
    for _number in range(3):
        open_case()
    anchor()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER event_no_change")
        cursor.execute("UPDATE cases_event SET actor = 'system' WHERE id = (SELECT max(id) FROM cases_event)")
    one, several = inspect(processes=1), inspect(processes=2)
    assert one.faults == several.faults == 2
    assert (one.found, one.events) == (several.found, several.events)
    assert Event.objects.count() == several.events
