"""Where the time of a case went, against accounts drawn up by hand; late, about to be late, and by how much."""

from datetime import date

import pytest
from django.utils import timezone

from cases import actions
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Case, Role
from cases.views.case_time import Stretch, the_account, the_promise
from tests.builders import EVERYTHING, an_agency, make_case, make_officer, moved_up, now_of, on
from tests.desk import case_url, desk_of, text_of

pytestmark = pytest.mark.django_db


def account(case: Case, today: date):
    return the_account(now_of(case), list(case.events.select_related("said").order_by("number")), today)


def promise(case: Case, today: date) -> str:
    return the_promise(now_of(case), list(case.events.select_related("said").order_by("number")), today)["clock"]


@pytest.fixture
def staff():
    return [make_officer(name=name, clearances=EVERYTHING) for name in ("Mutinta", "Chola")]


def test_every_pause_hand_over_referral_owner_and_holiday_of_a_late_case_is_accounted_for(staff):
    """Opened on Wednesday 1 April 2026; Good Friday and Easter Monday are the 3rd and the 6th."""
    mutinta, chola = staff
    with on(date(2026, 4, 1)):
        case = make_case(topic="other-enquiry")
    with on(date(2026, 4, 2)):  # one working day later
        actions.take(case=case, by=mutinta)
    with on(date(2026, 4, 7)):  # the next one
        actions.ask_citizen(case=case, by=mutinta, words="Please bring your NRC.")
    with on(date(2026, 4, 9)):
        actions.add_information(case=case, words="I brought it.")
        actions.hand_over(case=case, by=mutinta, to=chola)
    with on(date(2026, 4, 13)):
        actions.refer(case=case, by=chola, agency=an_agency("NAPSA"), words="Please look.")
    today = date(2026, 4, 22)

    told = account(case, today)

    assert told.stretches == [
        Stretch("1 April to 2 April", "Nobody had it yet", "", 1, 0),
        Stretch("2 April to 7 April", "Mutinta had it", "", 1, 0),
        Stretch("7 April to 9 April", "We waited for the citizen; Mutinta had it", "Please bring your NRC.", 2, 2),
        Stretch("9 April to 13 April", "Chola had it", "", 2, 0),
        Stretch("13 April to 22 April", "National Pension Scheme Authority was asked; Chola had it", "", 7, 0),
    ]
    assert (told.passed, told.still, told.counted, told.promised) == (13, 2, 11, 7)
    assert told.days_off == "Good Friday (3 April), Easter Monday (6 April)"
    assert promise(case, today) == (
        "Was due Thursday 16 April, 6 days ago; 2 days paused while the citizen was asked: “Please bring your NRC”."
    )


def test_beyond_the_cap_waiting_counts_and_what_lay_answered_does_not(staff):
    with on(date(2026, 9, 7)):
        case = make_case(state=State.WAITING, officer=staff[0], topic="other-enquiry")
    with on(date(2026, 9, 25)):  # fourteen working days: four more than the cap
        actions.resolve(case=case, by=staff[0], decision="answered", words="So it is.")
    assert (account(case, date(2026, 12, 1)).passed, account(case, date(2026, 12, 1)).still) == (14, 10)

    with on(date(2026, 9, 30)):
        actions.dispute(case=case)
    told = account(case, date(2026, 10, 1))
    assert [(one.what.split(";")[0], one.days, one.still) for one in told.stretches] == [
        ("We waited for the citizen", 14, 10),
        ("It was answered, and the answer did not stand", 3, 3),
        ("Mutinta had it", 1, 0),
    ]


def test_on_the_day_of_the_opening_there_is_nothing_to_account_for():
    assert account(make_case(), catalogue().today()) is None


@pytest.mark.parametrize(
    ("today", "late", "at_risk"),
    [
        ("2026-09-11", False, False),  # promised for Wednesday 16 September
        ("2026-09-14", False, True),  # two working days before
        ("2026-09-13", False, False),  # a Sunday: it takes two working days to Tuesday
        ("2026-09-16", False, True),
        ("2026-09-17", True, False),
    ],
)
def test_a_case_is_about_to_be_late_before_it_is_late_and_both_by_time_alone(today, late, at_risk, staff):
    today = date.fromisoformat(today)
    with on(date(2026, 9, 7)):
        case = make_case(topic="other-enquiry")
        make_case(topic="other-enquiry", state=State.WAITING, officer=staff[0])  # whose clock stands still
    soon = catalogue().soon(today)

    assert (case.is_late(today), case.is_at_risk(today, soon)) == (late, at_risk)
    assert (list(Case.objects.overdue(today)), list(Case.objects.at_risk(today, soon))) == (
        [case] * late,
        [case] * at_risk,
    )


def test_the_page_asks_why_it_is_late_and_says_who_has_it_above(staff):
    today = timezone.localdate()
    with on(catalogue().calendar.back(today, 9)):
        case = make_case(state=State.IN_PROGRESS, officer=staff[0])
    moved_up(now_of(case), to=staff[1])

    page = text_of(desk_of(staff[1]).get(case_url(case)))

    assert "Why is this late?" in page
    assert "NHIMA Board has until" in page
    assert "Chola is to look after it by" in page
    assert page.index("I look after it") < page.index("Answer with a decision")


def test_an_agency_that_was_asked_reads_no_account_of_other_peoples_days(staff):
    with on(catalogue().calendar.back(timezone.localdate(), 9)):
        case = make_case(state=State.REFERRED, officer=staff[0])
    asked = make_officer(role=Role.AGENCY, agency="HRC")

    page = text_of(desk_of(asked).get(case_url(case)))

    assert "Was due" in page
    assert "Why is this late?" not in page
    assert "had it" not in page
