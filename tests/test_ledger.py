"""History is only ever added to: the database refuses the rest, and whoever gets past it is found out."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from cases import actions, ledger
from cases.lifecycle import Actor, State
from cases.models import Event, Role, Words
from tests.builders import EVERYTHING, make_case, make_officer


@pytest.fixture
def case(db):
    """Opened, taken, asked, answered by the citizen: four events, three of them with words."""
    officer = make_officer(clearances=EVERYTHING)
    case = make_case(state=State.WAITING, officer=officer)
    return actions.add_information(case=case, words="The one in Mongu.")


def history(case):
    return list(case.events.select_related("case", "said"))


def broken_at(case):
    event = ledger.broken(history(case))
    return event.number if event else None


@pytest.fixture
def intruder(case):
    """Somebody with the database owner's rights, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_event DROP CONSTRAINT event_number_once")
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER event_no_change")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_event SET kind = 'close'",
        "UPDATE cases_event SET at = at",
        "DELETE FROM cases_event",
        "TRUNCATE cases_event CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM cases_event",
    ],
)
def test_the_database_refuses_to_change_remove_or_empty_history(case, sql):
    before = list(Event.objects.values())

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            cursor.execute(sql)
    assert list(Event.objects.values()) == before


def test_neither_can_our_own_code(case):
    event = case.events.first()
    event.kind = "close"

    for attempt in (event.save, case.events.all().delete, lambda: case.events.update(number=F("number") + 10)):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_an_untouched_history_is_whole(case):
    assert [(event.number, event.kind, event.actor) for event in history(case)] == [
        (1, "open", Actor.CITIZEN),
        (2, "take", Actor.OFFICER),
        (3, "ask", Actor.OFFICER),
        (4, "hear", Actor.CITIZEN),
    ]
    assert broken_at(case) is None


@pytest.mark.parametrize(
    ("sql", "found_at"),
    [
        ("UPDATE cases_event SET kind = 'note' WHERE number = 3 AND case_id = %s", 3),
        ("UPDATE cases_event SET at = at - interval '1 microsecond' WHERE number = 1 AND case_id = %s", 1),
        ("UPDATE cases_event SET actor = 'officer' WHERE number = 4 AND case_id = %s", 4),
        ("UPDATE cases_event SET officer_id = NULL WHERE number = 2 AND case_id = %s", 2),
        ("""UPDATE cases_event SET data = '{"topic": "other"}' WHERE number = 1 AND case_id = %s""", 1),
        ("UPDATE cases_event SET words_digest = '' WHERE number = 3 AND case_id = %s", 3),
        ("UPDATE cases_event SET previous = '' WHERE number = 2 AND case_id = %s", 2),
        ("UPDATE cases_event SET digest = repeat('0', 64) WHERE number = 2 AND case_id = %s", 2),
        ("DELETE FROM cases_event WHERE number = 2 AND case_id = %s", 3),
        ("DELETE FROM cases_event WHERE number = 1 AND case_id = %s", 2),
        ("UPDATE cases_event SET number = number + 1 WHERE number = 4 AND case_id = %s", 5),
        ("UPDATE cases_event SET number = 7 - number WHERE number IN (3, 4) AND case_id = %s", 3),
    ],
)
def test_every_edit_is_found_and_where(case, intruder, sql, found_at):
    intruder.execute(sql, [case.pk])

    assert broken_at(case) == found_at


def forge(intruder, case, number, *, sealed):
    forged = history(case)[number - 1]
    forged.kind = "note"
    digest = ledger.digest_of(ledger.Entry.of(forged))
    seal = ledger.seal_of(digest) if sealed else forged.seal
    intruder.execute(
        "UPDATE cases_event SET kind = 'note', digest = %s, seal = %s WHERE id = %s", [digest, seal, forged.pk]
    )


@pytest.mark.parametrize("number", [2, 4])
def test_an_event_with_its_digest_forged_to_fit_has_not_our_seal_not_even_the_last(case, intruder, number):
    forge(intruder, case, number, sealed=False)

    assert broken_at(case) == number


def test_forged_by_who_has_our_keys_it_breaks_at_the_next_one(case, intruder):
    forge(intruder, case, 2, sealed=True)

    assert broken_at(case) == 3


def test_an_event_from_another_case_is_found(case, intruder):
    other = make_case()
    intruder.execute("DELETE FROM cases_event WHERE case_id = %s AND number = 1", [case.pk])
    intruder.execute("UPDATE cases_event SET case_id = %s WHERE case_id = %s", [case.pk, other.pk])

    assert broken_at(case) == 1


@pytest.mark.parametrize("changed", [{"text": "Which hospital was it?"}, {"salt": "0" * 32}])
def test_other_words_under_an_event_are_found(case, changed):
    Words.objects.filter(event__case=case, event__number=3).update(**changed)

    assert broken_at(case) == 3


def test_words_put_under_an_event_that_had_none_are_found(case):
    Words.objects.create(event=case.events.get(number=2), salt="0" * 32, text="I took it for my cousin.")

    assert broken_at(case) == 2


def test_words_erased_by_law_leave_the_history_whole(case):
    Words.objects.filter(event__case=case).delete()

    assert broken_at(case) is None
    assert len(history(case)) == 4


def test_events_hold_no_words_and_the_digest_of_short_words_cannot_be_guessed(db):
    first, second = make_case(words="yes"), make_case(words="yes")

    assert first.events.get().words_digest != second.events.get().words_digest
    assert "yes" not in str(Event.objects.values_list())


def test_reading_a_sensitive_case_is_part_of_its_history_and_reading_an_open_one_is_not(db):
    officer = make_officer(role=Role.SAFEGUARDING, clearances=EVERYTHING)
    sensitive, plain = make_case(topic="violence"), make_case(topic="nhima-card-inactive")
    for case in (sensitive, plain):
        actions.record_reading(case=case, by=officer)

    assert list(sensitive.events.values_list("kind", "officer")) == [("open", None), ("read", officer.pk)]
    assert list(plain.events.values_list("kind", "officer")) == [("open", None)]


def test_a_long_history_is_read_for_checking_with_one_question(case, django_assert_num_queries):
    officer = case.officer
    for _time in range(50):
        actions.add_note(case=case, by=officer, words="Rang again.")

    with django_assert_num_queries(1):
        assert broken_at(case) is None
