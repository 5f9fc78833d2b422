"""How guards are found in the code and taken out in memory; `make guards` does so with all of them."""

import ast
from functools import cache

import pytest

from cases import permissions
from cases.models import Role
from tests.builders import make_officer
from tests.guards import ROOT, WANTED, Guard, Hunt, _Finder, guards, read_record, without

SOME = ["tests/test_visibility.py", "tests/test_refusals.py", "tests/test_actions.py", "tests/test_lifecycle.py"]
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


def test_nearly_each_guard_of_today_has_a_test_on_record_that_misses_it():
    """Who adds one finds its test by `python -m tests.guards --guard cases/some.py tests/test_some.py`."""
    there, record = guards(), read_record()
    nobody = [guard.key for guard in there if not _is_there(record.get(guard.key, ""))]
    assert len(nobody) <= (1 - WANTED) * len(there), nobody


def test_some_guards_of_actions_are_missed_when_they_are_gone(request):
    """With those of pages the walk does so."""
    chosen, lost = Hunt(files=SOME, every=7, check=True).check_instead_of(request.node)
    assert len(chosen) > 20
    assert len(lost) <= (1 - WANTED) * len(chosen), lost


def _is_there(test: str) -> bool:
    file, _colons, name = test.partition("[")[0].partition("::")
    return bool(test) and f"def {name}(" in _text(file)


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text() if (ROOT / file).exists() else ""
