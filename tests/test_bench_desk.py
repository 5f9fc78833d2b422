"""The benches still stand: their made-up country is built and every page they measure opens for whom it is meant."""

import pytest

from cases.catalogue import catalogue
from cases.inspecting import inspect
from cases.models import Arrivals, Case, Event, Leaf, TallyCount
from cases.statistics import WHOLE, Where, figures
from tests.bench import ledger, public
from tests.bench.desk import OFFICERS, VISITS, Desk, furnish

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_page_of_the_bench_opens_and_its_figures_are_those_of_its_cases():
    desks: dict[str, Desk] = {}
    furnish(400, desks)

    assert desks.keys() == OFFICERS.keys()
    for title, visit in VISITS.items():
        assert set(visit.by) <= OFFICERS.keys(), title
        for officer in visit.by:
            visit.visit(desks[officer])
    counted = {row.measure: row.value for row in figures(["received", "open_now", "late_now"], where=Where(WHOLE))}
    cases = Case.objects.count(), Case.objects.open().count(), Case.objects.overdue(catalogue().today()).count()
    assert tuple(counted.values()) == cases
    assert TallyCount.objects.exists()
    assert Arrivals.objects.exists()

    visitors: dict[str, public.Visitor] = {}
    public.publish(visitors, months=1)
    for visit in public.VISITS.values():
        for who in visit.by:
            visit.visit(visitors[who])


def test_the_history_of_the_bench_is_as_whole_as_one_that_was_lived_and_one_touched_entry_is_named():
    ledger.build(200, days=2)
    assert Event.objects.count() > 100 < Leaf.objects.count()
    assert inspect().faults == 0

    event = Event.objects.order_by("pk")[90]
    touched = ledger.touch(event)
    assert [f"{one['table']} {one['row']}" for one in inspect().found] == [touched]
