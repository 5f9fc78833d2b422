"""Who registered, by sex, age and disability: exact from the sealed forms, and told so that nobody is found out by counting."""

import json
from collections import Counter
from datetime import date
from itertools import product
from random import Random

import pytest
from django.core.cache import cache

from cases import served as who
from cases.models import Case, Event, Known, Role, TallyCount
from cases.protection import TOTAL, worked_out
from cases.served import book_of, protected_together, served
from tests.builders import MONGU, make_case, make_officer, on
from tests.desk import desk_of, text_of

IN_APRIL, TODAY = date(2026, 4, 7), date(2026, 5, 6)


def register(many: int, *, topic: str = "register-napsa", place: str = MONGU, **said: str) -> list[Case]:
    form = {"name": "Mary Banda", "nrc": "", "work": "farming", **said}
    ages = [("25-44", "45-64")[number % 2] for number in range(many)]
    return [make_case(topic=topic, place=place, form=json.dumps(form | {"age": age})) for age in ages]


@pytest.fixture
def registered(db):
    """In Mongu 25 at NAPSA and 14 at NHIMA; one more in this month, which is not over."""
    with on(IN_APRIL):
        register(12, sex="female", disability="no")
        register(11, sex="male", disability="no")
        register(2, sex="male", disability="yes")
        register(14, topic="register-nhima", sex="female")
        make_case(topic="nhima-card-inactive", place=MONGU)
    with on(TODAY):
        register(1, sex="male", disability="yes")


def numbers(officer, day=TODAY) -> dict[str, list[tuple[str, list[int | None]]]]:
    with on(day):
        found = served(officer, day)
    return {table.question.key: [(line.key, line.counts) for line in table.lines] for table in found.tables}


def test_an_agency_head_reads_what_one_counts_from_the_forms_but_for_small_numbers(registered):
    head = make_officer(role=Role.AGENCY_HEAD, agency="NAPSA", place=MONGU)

    told = numbers(head)

    assert told["sex"] == [(TOTAL, [None, 13, None, 25])]  # nobody left it out, and that is a small number, too
    assert told["disability"] == [(TOTAL, [None, None, None, 25])]


def test_what_is_shown_is_exact_for_whoever_asks_and_only_theirs(registered):
    for officer in (
        make_officer(role=Role.MANAGER),
        make_officer(role=Role.AGENCY_HEAD, agency="NHIMA"),
        make_officer(role=Role.SUPERVISOR, place=MONGU),
        make_officer(role=Role.SUPERVISOR, place="ZM105"),
    ):
        forms = Counter()
        with on(TODAY):
            for case in Case.objects.visible_to(officer).filter(kind="registration", opened_on__lt="2026-05-01"):
                if officer.agency_id in (None, case.agency_id):
                    said = json.loads(case.form)
                    for key, row in product(("sex", "age", "disability"), (case.agency_id, TOTAL)):
                        forms[key, row, said.get(key, "")] += 1
        shown = 0
        for key, lines in numbers(officer).items():
            answers = [*next(question for question in who.ASKED if question.key == key).answers, ""]
            for row, counts in lines:
                for answer, count in zip(answers, counts, strict=False):
                    assert count in (None, forms[key, row, answer])
                    shown += count is not None
        assert bool(shown) == bool(forms), officer


def test_who_objects_and_what_is_erased_is_not_counted_nor_what_is_no_registration(db):
    with on(IN_APRIL):
        register(30, sex="female", disability="no")
        objecting, erased = register(2, sex="male", disability="no")
        objecting.citizen.objected_at = objecting.opened_at
        objecting.citizen.save()
        Case.objects.filter(pk=erased.pk).update(form=None)
        make_case(place=MONGU, form='{"sex": "male"}', known=Known.ANONYMOUS)
    counts = who._forms(who._registrations(make_officer(role=Role.MANAGER), "2026-04"), "")

    assert Counter(said["sex"] for _row, said in counts) == {"female": 30}


def test_it_is_counted_once_a_month_so_that_one_more_person_is_seen_by_nobody(registered):
    manager = make_officer(role=Role.MANAGER)
    before = numbers(manager)
    with on(IN_APRIL):
        register(11, sex="male", disability="yes")

    assert numbers(manager) == before
    assert numbers(manager, date(2026, 6, 1)) != before


def test_the_page_says_why_something_is_hidden_and_leads_to_no_case_of_it(registered):
    manager = make_officer(role=Role.MANAGER)
    with on(TODAY):
        page = desk_of(manager).get("/desk/manage/figures/?by=agency")
    section = page.content.decode().partition('id="served"')[2].partition("</section>")[0]

    assert "Hidden is each number under 10" in section
    assert "May 2025 to April 2026" in section
    assert "href" not in section
    with on(TODAY):
        chosen = desk_of(manager).get("/desk/manage/figures/?by=topic&agency=NHIMA&period=2026-04").content.decode()
    assert section in chosen, "it is the same whatever is chosen, or one table less another would tell"


def test_too_few_to_tell_anything_and_too_many_to_wait_for_are_said(db, monkeypatch):
    manager = make_officer(role=Role.MANAGER)
    with on(IN_APRIL):
        register(4, sex="female")
    with on(TODAY):
        assert "Too few people registered" in text_of(desk_of(manager).get("/desk/manage/figures/"))
        cache.clear()
        monkeypatch.setattr(who, "MOST", 3)
        assert "too many forms" in text_of(desk_of(manager).get("/desk/manage/figures/"))


def test_neither_events_nor_tallies_nor_the_log_learn_of_it(registered, caplog):
    numbers(make_officer(role=Role.MANAGER))

    assert not any(word in str(event.data) for event in Event.objects.all() for word in ("female", "disability"))
    assert not TallyCount.objects.filter(value__in=["female", "male", "yes", "no"])
    assert "female" not in caplog.text


# --- An attacker who reads all tables at once ---------------------------------------------------------------


def people(dice: Random) -> dict:
    """Three agencies, some small, with a rare answer."""
    counted: Counter = Counter()
    for row, many in (("A", dice.randint(12, 60)), ("B", dice.randint(3, 25)), ("C", dice.randint(12, 40))):
        for _one in range(many):
            counted["sex", row, dice.choice(["female", "female", "male", ""])] += 1
            counted["disability", row, dice.choice(["no", "no", "no", "no", "yes", ""])] += 1
    return counted


def test_no_small_number_is_worked_out_from_the_tables_together_where_hiding_only_those_gives_some_away():
    leaks = 0
    for seed in range(6):
        counted = people(Random(seed))
        book, told = book_of(counted), protected_together(counted)
        assert {cell: n for cell, n in told.items() if n is not None}.items() <= book.counts.items()
        assert worked_out(book, {cell for cell, n in told.items() if n is None}) == {}
        leaks += bool(worked_out(book, {cell for cell, n in book.counts.items() if n < 10}))
    assert leaks > 0
