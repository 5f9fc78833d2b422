"""Whom a late case moves up to: the person of that level and place who is there; and what becomes of it with them."""

from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from cases import actions, worklist
from cases.actions import NotAllowed
from cases.catalogue import catalogue, changed
from cases.lifecycle import State
from cases.models import Absence, Case, Escalation, Named, Officer, Role
from cases.permissions import Relation, relation
from cases.views.public import history
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA,
    LUSAKA_TOWN,
    WESTERN,
    make_case,
    make_citizen,
    make_officer,
    moved_up,
    noon,
    now_of,
    on,
    open_case,
    promise_from_now_on,
)
from tests.desk import headings
from tests.phone import Phone
from tests.test_actions import all_at_once

MONDAY = date(2026, 9, 7)
LATE = date(2026, 9, 11)  # a card that does not work is promised within three working days


@pytest.fixture
def catalogue_anew(db):
    yield
    changed()


def sweep(day: date) -> int:
    with on(day):
        return actions.escalate_overdue(noon(day.year, day.month, day.day))


def goes_to(case: Case) -> str:
    """Who it moved up to: their name, or nobody's."""
    officer = case.escalations.last().officer
    return str(officer) if officer else "nobody"


# --- Who ---------------------------------------------------------------------------------------------------

HERE = {"place": LUSAKA_TOWN, "level": 2}
PROVINCE = {"place": LUSAKA, "level": 2}
NATION = {"level": 2}
NHIMA = {"role": Role.AGENCY, "agency": "NHIMA"}


@pytest.mark.parametrize(
    ("staff", "who"),
    [
        ({"Nation": NATION, "Province": PROVINCE, "Here": HERE}, "Here"),
        ({"Nation": NATION, "Province": PROVINCE}, "Province"),
        ({"Nation": NATION}, "Nation"),
        ({"Desk": HERE, "Own": HERE | NHIMA}, "Own"),  # at the same distance, the agency's own
        ({"Here": HERE, "Far": NATION | NHIMA}, "Here"),
        ({"Two": NATION, "Three": HERE | {"level": 3}}, "Two"),  # the level first, then the place
        ({"Four": NATION | {"level": 4}, "Three": NATION | {"level": 3}}, "Three"),  # nobody: the next one up
        ({"One": HERE | {"level": 1, "role": Role.SUPERVISOR}}, "nobody"),  # never one down
        ({"Other": {"place": KAFUE, "level": 2}, "Far": {"place": WESTERN, "level": 2}}, "nobody"),
        ({"Pensions": NATION | {"role": Role.AGENCY, "agency": "NAPSA"}}, "nobody"),
        ({"Left": HERE | {"active": False}, "Nation": NATION}, "Nation"),
        ({"Manager": NATION | {"role": Role.MANAGER}, "Auditor": NATION | {"role": Role.AUDITOR}}, "nobody"),
        ({}, "nobody"),
    ],
)
def test_a_late_case_moves_up_to_the_nearest_person_of_the_next_level(staff, who, db):
    for name, facts in staff.items():
        make_officer(name=name, **facts)
    with on(MONDAY):
        case = make_case(place=LUSAKA_TOWN)

    assert sweep(LATE) == 1
    assert goes_to(case) == who
    assert now_of(case).level == 2


def test_of_two_at_the_same_distance_whoever_has_less_to_look_after(db):
    busy, free = (make_officer(name=name, **HERE) for name in ("Busy", "Free"))
    moved_up(make_case(), to=busy)
    with on(MONDAY):
        case = make_case()
    sweep(LATE)

    assert case.escalations.get().officer == free


def test_what_says_no_place_moves_up_to_the_nation_before_any_province(db):
    make_officer(name="Province", place=LUSAKA, level=2)
    make_officer(name="Nation", level=2)
    with on(MONDAY):
        case = make_case(place=None)
    sweep(LATE)

    assert goes_to(case) == "Nation"


def test_never_to_whom_it_is_about_who_may_not_see_it_or_who_has_it_already(db):
    owner, named = make_officer(name="Owner", **HERE), make_officer(name="Named", **HERE)
    make_officer(name="Cleared", level=3, clearances=EVERYTHING)
    with on(MONDAY):
        owned = make_case(state=State.IN_PROGRESS, officer=owner)
        about = make_case()
        private = make_case(topic="nhima-medicine")
    for case in (owned, about):
        Named.objects.create(case=case, officer=named)
    Officer.objects.filter(pk=owner.pk).update(clearances=[])
    Named.objects.create(case=about, officer=owner)
    sweep(LATE)

    assert [goes_to(case) for case in (owned, about, private)] == ["Cleared"] * 3


@pytest.mark.parametrize(
    ("absences", "who"),
    [
        ([("Here", 0, 0, "Cover")], "Cover"),
        ([("Here", -9, -1, "Cover")], "Here"),  # back yesterday
        ([("Here", 1, 9, "Cover")], "Here"),  # leaves tomorrow
        ([("Here", 0, 0, None)], "Nation"),
        ([("Here", 0, 0, "Cover"), ("Cover", 0, 0, "Nation")], "Nation"),  # whose cover is away in turn
        ([("Here", 0, 0, "Cover"), ("Cover", 0, 0, "Here")], "Nation"),  # each the other's: neither is there
    ],
)
def test_who_is_away_is_stood_in_for_by_their_cover(absences, who, db):
    by_name = {name: make_officer(name=name, **facts) for name, facts in (("Here", HERE), ("Nation", NATION))}
    by_name["Cover"] = make_officer(name="Cover", place=LUSAKA_TOWN)  # of no such level themselves
    for name, first, last, cover in absences:
        days = {"first_day": LATE + timedelta(days=first), "last_day": LATE + timedelta(days=last)}
        Absence.objects.create(officer=by_name[name], cover=by_name[cover] if cover else None, **days)
    with on(MONDAY):
        case = make_case(place=LUSAKA_TOWN)
    sweep(LATE)

    assert goes_to(case) == who


@pytest.mark.parametrize(
    ("ladder", "supervisor"),
    [
        *((ladder, {"role": Role.SUPERVISOR}) for ladder in ("COMDEV", "KGS", "SWS", "WCFCB")),
        ("CORRUPTION", {"role": Role.AGENCY_HEAD, "agency": "ACC"}),
        ("GBV-SEA", {"role": Role.SAFEGUARDING}),
    ],
)
def test_where_the_ladder_has_one_level_of_its_own_a_supervisor_of_it_hears_once(ladder, supervisor, db):
    topic = next(topic for topic in catalogue().topics.values() if topic.ladder == ladder)
    make_officer(name="Colleague", clearances=EVERYTHING)
    make_officer(name="Supervisor", clearances=EVERYTHING, **supervisor)
    with on(MONDAY):
        case = make_case(topic=topic.pk)

    moved = [day for day in (MONDAY + timedelta(days=days) for days in range(120)) if sweep(day)]

    assert moved == [case.resolve_due + timedelta(days=1)]
    assert [(row.level, row.body, str(row.officer)) for row in case.escalations.all()] == [
        (1, "supervisor", "Supervisor")
    ]
    assert now_of(case).level == 1
    event = case.events.get(kind="escalate")
    assert {name: event.data[name] for name in ("level", "body")} == {"level": 1, "body": "supervisor"}


# --- What they do ----------------------------------------------------------------------------------------------


@pytest.fixture
def above(db):
    return make_officer(name="Above", level=2)


@pytest.fixture
def late(above):
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=make_officer(name="Owner"))
    sweep(LATE)
    return now_of(case)


def groups_of(officer, case):
    with on(LATE):
        return next(key for key, cases in headings(officer).items() if case in cases)


def counts(officer):
    with on(LATE):
        return {one.group.key: one.count for one in worklist.overview(officer)}


def test_whoever_it_moved_up_to_says_once_that_they_look_after_it_and_leads_from_then_on(late, above):
    desk = make_officer()
    assert (relation(above, late), relation(desk, late)) == (Relation.MOVED_UP, Relation.COLLEAGUES)
    assert (groups_of(above, late), groups_of(desk, late)) == ("moved-up", "late")
    with pytest.raises(NotAllowed):
        actions.acknowledge(case=late, by=desk)

    actions.acknowledge(case=late, by=above)

    assert late.escalations.get().acknowledged_at
    assert groups_of(above, late) == "late"
    with pytest.raises(NotAllowed):
        actions.acknowledge(case=late, by=above)
    assert str(now_of(late).officer) == "Owner"  # who works on it as before
    actions.hand_over(case=late, by=above, to=desk)
    assert now_of(late).officer == desk


@pytest.mark.parametrize(
    "change",
    [
        lambda **facts: actions.name_officer(words="It is about her.", **facts),
        lambda case, by, officer: actions.sort(
            case=case, by=by, topic=catalogue().topics["napsa-wait"], place=case.place
        ),
    ],
    ids=["it is about them", "it is another agency's"],
)
def test_who_may_not_see_it_any_more_answers_for_its_level_no_more(change, db):
    above = make_officer(name="Above", role=Role.AGENCY, agency="NHIMA", level=2)
    lead = make_officer(name="Lead", role=Role.SUPERVISOR, clearances=EVERYTHING, level=2)
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=make_officer(name="Owner"))
    sweep(LATE)
    with on(LATE):
        actions.acknowledge(case=case, by=above)
        change(case=now_of(case), by=make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING), officer=above)

    assert (goes_to(case), case.escalations.get().acknowledged_at) == (str(lead), None)


def test_who_answered_for_a_level_below_has_it_above_them_now(late, above):
    make_officer(name="Board", level=3)
    sweep(date(2026, 9, 19))

    assert goes_to(late) == "Board"
    assert relation(above, now_of(late)) == Relation.COLLEAGUES
    with pytest.raises(NotAllowed):
        actions.acknowledge(case=late, by=above)


def test_when_nobody_answers_for_a_level_the_manager_sees_it_until_somebody_does(db):
    manager, desk = make_officer(role=Role.MANAGER), make_officer()
    with on(MONDAY):
        case, other = make_case(), make_case()
    sweep(LATE)
    assert counts(manager) == {"nobody-answers": 2}
    assert counts(desk) == {"late": 2}

    actions.hand_over(case=case, by=manager, to=desk)
    assert counts(manager) == {"nobody-answers": 1, "late": 1}
    assert case.escalations.get().officer == desk

    desk.active = False  # and leaves
    desk.save()
    assert counts(manager) == {"nobody-answers": 2}
    assert other.escalations.get().officer is None


# --- What the citizen hears ---------------------------------------------------------------------------------------


def told(case: Case) -> str:
    return list(history(case))[-1].said


def test_the_citizen_is_told_in_one_sentence_and_a_move_by_hand_is_not_called_late(db):
    phone, supervisor = Phone(), make_officer(role=Role.SUPERVISOR)
    citizen = make_citizen(phone=phone.number)
    with on(MONDAY):
        one, two, three = (
            open_case(citizen=citizen, topic=topic).case
            for topic in ("nhima-card-inactive", "wcfcb-employer", "nhima-wait")
        )
        actions.escalate(case=three, today=MONDAY, by=supervisor)
    said = [phone.inbox()[-1], told(three)]
    sweep(LATE)
    said += [phone.inbox()[-1], told(one)]
    sweep(date(2026, 12, 1))
    said += [told(two)]

    assert said == [
        f"{three} went one level up: Health Complaints Committee.",
        "It went one level up.",
        f"{one} is late, we are sorry. It went one level up: Health Complaints Committee.",
        "It was late, so it went one level up.",
        "It was late, so a supervisor was asked to look at it.",
    ]
    assert f"{two} is late, we are sorry. A supervisor was asked to look at it." in phone.inbox()


# --- The dates of a level ---------------------------------------------------------------------------------------------


def dates_of(case: Case) -> list[str]:
    case, here = now_of(case), case.escalations.last()
    return [day.isoformat() for day in (case.first_due, case.resolve_due, here.acknowledge_due, here.resolve_due)]


def test_a_level_has_dates_of_its_own_and_the_missed_promise_stays_where_it_was(db):
    """Promised for Thursday 10 September; two days to be looked after and five to be done by whom it moves up to."""
    officer = make_officer()
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
    sweep(LATE)
    assert dates_of(case) == ["2026-09-10", "2026-09-10", "2026-09-15", "2026-09-18"]

    with on(date(2026, 9, 14)):  # the level's clock stands still, too: ten working days more at the latest
        actions.ask_citizen(case=case, by=officer, words="Which clinic?")
    assert dates_of(case) == ["2026-09-10", "2026-09-10", "2026-09-15", "2026-10-02"]
    with on(date(2026, 9, 17)):  # three working days
        actions.add_information(case=case, words="The one in Mongu.")
    assert dates_of(case) == ["2026-09-10", "2026-09-10", "2026-09-15", "2026-09-23"]

    assert [day for day in range(18, 31) if sweep(date(2026, 9, day))] == [24]
    assert dates_of(case) == ["2026-09-10", "2026-09-10", "2026-09-28", "2026-10-01"]


def test_who_moves_it_up_while_we_wait_for_the_citizen_gives_the_level_all_of_its_days(db):
    officer = make_officer(role=Role.SUPERVISOR)
    with on(MONDAY):
        case = make_case(state=State.WAITING, officer=officer)
    with on(date(2026, 9, 9)):  # two days waited; eight more at most, then five
        actions.escalate(case=case, today=date(2026, 9, 9), by=officer)
    assert dates_of(case) == ["2026-09-10", "2026-09-24", "2026-09-11", "2026-09-28"]
    with on(date(2026, 9, 10)):
        actions.add_information(case=case, words="The one in Mongu.")

    assert dates_of(case) == ["2026-09-10", "2026-09-15", "2026-09-11", "2026-09-17"]
    assert now_of(case).days_paused == 3


def test_a_standard_of_the_level_goes_before_the_settings_and_changes_no_date_that_stands(catalogue_anew):
    for topic, days in (("", 9), ("nhima-card-inactive", 2)):
        promise_from_now_on(topic=topic, level=2, acknowledge_days=1, resolve_days=days)
    with on(MONDAY):
        card, wait = make_case(), make_case(topic="nhima-wait")
    sweep(LATE)
    assert dates_of(card)[2:] == ["2026-09-14", "2026-09-15"]
    sweep(date(2026, 9, 17))
    assert dates_of(wait)[2:] == ["2026-09-18", "2026-09-30"]

    promise_from_now_on(level=2, resolve_days=1)
    assert dates_of(wait)[2:] == ["2026-09-18", "2026-09-30"]


def test_an_appeal_is_promised_what_its_level_is_promised(catalogue_anew):
    promise_from_now_on(topic="nhima-card-inactive", level=2, acknowledge_days=2, resolve_days=20)
    with on(MONDAY):
        one, two = make_case(state=State.RESOLVED), make_case(state=State.RESOLVED, topic="nhima-wait")
        appeals = [actions.appeal(case=case, words="No.", channel="sms").case for case in (one, two)]

    assert [(case.acknowledge_days, case.resolve_days) for case in appeals] == [(2, 20), (2, 7)]


def test_an_agency_that_is_asked_has_the_days_of_its_own_standard(catalogue_anew):
    promise_from_now_on(agency="HRC", resolve_days=2)
    promise_from_now_on(agency="HRC", topic="nhima-card-inactive", resolve_days=9)
    with on(MONDAY):
        cases = [make_case(state=State.REFERRED, topic=topic) for topic in ("nhima-card-inactive", "nhima-wait")]

    assert [case.referrals.get().due for case in cases] == [date(2026, 9, 18), date(2026, 9, 9)]


# --- Two workers ---------------------------------------------------------------------------------------------------------


def naive_escalate(case: Case, barrier: Barrier) -> bool:
    """Read, then write, as one would without the lock and the unique row."""
    if now_of(case).escalations.exists():
        return False
    barrier.wait()
    moved_up(case, to=None)
    return True


@pytest.mark.django_db(transaction=True)
def test_two_workers_without_a_lock_would_move_a_case_up_twice():
    """So the test of four workers, in test_actions, does find what it looks for."""
    with on(MONDAY):
        case = make_case()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_escalation DROP CONSTRAINT escalated_once_per_level")
    barrier = Barrier(2)
    try:
        assert all_at_once(2, lambda _number: naive_escalate(case, barrier)) == [True, True]
        assert Escalation.objects.count() == 2
    finally:
        Escalation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE cases_escalation ADD CONSTRAINT escalated_once_per_level UNIQUE (case_id, level)"
            )
