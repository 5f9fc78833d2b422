"""The benches still stand: their made-up country is built and every page they measure opens for whom it is meant."""

import pytest

from cases.catalogue import catalogue
from cases.models import Arrivals, Case, TallyCount
from cases.statistics import WHOLE, Where, figures
from tests.bench import public
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
