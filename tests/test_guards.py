"""A guard that is taken away is missed: guards are found in the code, taken out in memory, and a test notices."""

import ast
import os
import re
import subprocess
import sys

import pytest

from cases import permissions
from cases.models import Role
from tests.builders import make_officer
from tests.ground import ROOT
from tests.guards import Guard, _Finder, guards, without

EVERY = 40  # so many times as many are looked at by `make guards`

SOME_CODE = """
@for_officers("case")
@require_POST
def view(request, officer):
    case = Case.objects.visible_to(officer).get()
    if case.is_closed or not may(officer, "note", case):
        raise NotAllowed("No.")
    if case.is_late:
        raise ValueError("This is no refusal.")
    need(words, "Write something.")
    case = locked(case, "note", officer)
    again = locked(case)
"""


def test_a_guard_is_whatever_keeps_somebody_from_something():
    found = [(guard.kind, guard.what) for guard in _Finder("cases/actions/some.py").of(ast.parse(SOME_CODE))]
    assert found == [
        ("decorator", "@for_officers('case')"),
        ("decorator", "@require_POST"),
        ("gate", "Case.objects.visible_to(officer)"),
        ("refusal", "if case.is_closed"),
        ("refusal", "if not may(officer, 'note', case)"),
        ("need", "need(words, 'Write something.')"),
        ("need", "locked(case, 'note', officer)"),
    ]


def the(what: str) -> Guard:
    return next(guard for guard in guards() if what in guard.key)


@pytest.mark.django_db
def test_a_guard_is_gone_while_it_is_taken_away_and_back_afterwards():
    desk, left = make_officer(role=Role.DESK), make_officer(role=Role.DESK, active=False)

    def opens():
        return [permissions.may_open(who, page) for who, page in ((desk, "breach"), (left, "worklist"))]

    assert opens() == [False, False]
    with without(the("may_open: officer.role in PAGES[page]")):
        assert opens() == [True, False]
    with without(the("may_open: officer.active")):
        assert opens() == [False, True]
    with without(the("PAGES: breach")):
        assert opens() == [True, False]
    assert opens() == [False, False]


def test_a_part_of_the_guards_is_taken_away_one_by_one_and_each_is_missed():
    """Always the same part of those on record; `make guards` takes all away, and looks for tests of those that are not."""
    server = {"DATABASE_URL": os.environ["TEST_SERVER"], "REDIS_URL": os.environ["REDIS_URL"]}
    command = [sys.executable, "-m", "tests.guards", "--check", f"--every={EVERY}"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | server, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    taken, noticed = map(int, re.search(r"(\d+) guards taken away one by one, (\d+) noticed", done.stdout).groups())
    assert taken == noticed > 4
