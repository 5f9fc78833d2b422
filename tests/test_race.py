"""Ten officers reach for each of twenty cases at once: one has it, nine are told who; the naive way is seen to fail."""

import threading

import pytest
from django.db import connection

from cases.models import Case, Event
from tests.bench.race import all_reach, naively, outcomes, politely
from tests.builders import EVERYTHING, make_case, make_officer

pytestmark = pytest.mark.django_db(transaction=True)

OFFICERS, CASES = 10, 20


def run(take):
    cases = [make_case().pk for _ in range(CASES)]
    officers = [make_officer(clearances=EVERYTHING).pk for _ in range(OFFICERS)]
    connection.close()
    return cases, outcomes(all_reach(take, cases, officers, threading.Barrier(OFFICERS)))


def test_each_case_has_one_owner_and_the_others_are_told_politely_who_it_is():
    cases, found = run(politely)
    assert found == {(1, OFFICERS - 1): CASES}
    owners = Case.objects.filter(pk__in=cases).values_list("pk", "officer")
    assert sorted(Event.objects.filter(kind="take").values_list("case", "officer")) == sorted(owners)


def test_the_naive_way_gives_a_case_to_several():
    _cases, found = run(naively)
    assert sum(cases for (takers, _refused), cases in found.items() if takers > 1) > 0
