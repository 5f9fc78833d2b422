"""A few hundred of the mutations that tests/tamper.py makes by the thousand; and what the roles of production may do."""

from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases import actions, anchors, inspecting
from cases.models import Event
from tests.builders import make_case, make_officer
from tests.tamper import APPLICATION, KINDS, OWNER, SUPERUSER, prepare, tamper

pytestmark = pytest.mark.django_db


def test_whatever_is_done_to_history_is_refused_or_noticed_and_located():
    prepare()
    report = tamper(150, Random(8))
    assert report.missed == [], report
    found = {(who, what) for who, what, _where, fate in report.counts if fate == "noticed and located"}
    assert found == {(who, what) for who in (OWNER, SUPERUSER) for what in KINDS}
    assert {what for who, what, *_rest in report.counts if who == APPLICATION} == set(KINDS)
    tail = {(what, fate) for _who, what, where, fate in report.counts if where == "tail"}
    assert {what for what, fate in tail if fate == "noticed and located"} == set(KINDS)


def test_without_the_leaves_a_chain_rewritten_with_our_keys_would_pass(monkeypatch):
    """The naive variant: chains alone."""
    prepare()
    monkeypatch.setattr(inspecting, "leaf_hash", lambda *said: Anything())
    assert len(tamper(30, Random(7), ["rewrite"]).missed) > 3


def test_without_the_sealed_end_an_entry_could_be_cut_off_it(monkeypatch):
    """The naive variant: each entry sealed, and not the last one as the last."""
    prepare()
    monkeypatch.setattr(inspecting, "head_of", lambda digest: Anything())
    assert tamper(60, Random(7), ["delete", "truncate"]).missed


class Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


# --- The role that the service runs as --------------------------------------------------------------------


@pytest.fixture
def application(db):
    """From here on we are the role that only runs the service."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE ROLE sws_runs")
        call_command("grant_to", "sws_runs")
        cursor.execute("SET LOCAL ROLE sws_runs")
        yield cursor
        cursor.execute("RESET ROLE")


def test_that_role_runs_the_service(application):
    case, officer = make_case(), make_officer()
    actions.take(case=case, by=officer)
    assert anchors.anchor_due(case.opened_at, settled=Event.objects.latest("pk").pk) == 1


@pytest.mark.parametrize("table", sorted({*inspecting.GUARDS.values()}))
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {} SET {} = {}", "DELETE FROM {0}", "TRUNCATE {0}", "ALTER TABLE {0} DISABLE TRIGGER USER", "DROP TABLE {0}",
        "SET session_replication_role = replica",
    ],
)  # fmt: skip
def test_and_cannot_change_history_nor_take_its_guards_down(application, table, sql):
    column = "number" if table in ("cases_anchor", "cases_tile") else "place" if table == "cases_leaf" else "id"
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        application.execute(sql.format(table, column, column))


def test_a_role_that_is_not_there_changes_nothing(db):
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("grant_to", "nobody_knows_it")
