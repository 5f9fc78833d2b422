"""Promised dates against answers worked out by hand on a wall calendar."""

from datetime import date, timedelta

import pytest

from cases import actions
from cases.catalogue import catalogue, changed
from cases.deadlines import Calendar
from cases.pack import ExtraHoliday
from tests.builders import EVERYTHING, make_case, make_officer, noon, now_of, on, promise_from_now_on

# Zambia's days off that fall on working days, as on the wall; weekends need no naming.
HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 3, 9),  # Women's Day, a Sunday, observed
        date(2026, 3, 12),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 28),
        date(2026, 5, 1),
        date(2026, 5, 25),
        date(2026, 7, 6),
        date(2026, 7, 7),
        date(2026, 8, 3),
        date(2026, 8, 13),  # general election
        date(2026, 12, 25),
        date(2026, 12, 29),  # Day of Prayer and Christian Heritage
    }
)
ZAMBIA = Calendar(HOLIDAYS | {date(2027, 1, 1)})


@pytest.fixture
def catalogue_anew(db):
    yield
    changed()  # what this test entered is not for the next one to read


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        # A plain week: Monday 7 September 2026. The day of opening is day zero.
        ("2026-09-07", 0, "2026-09-07"),
        ("2026-09-07", 1, "2026-09-08"),
        ("2026-09-07", 4, "2026-09-11"),
        ("2026-09-07", 5, "2026-09-14"),
        ("2026-09-11", 1, "2026-09-14"),  # Friday to Monday
        ("2026-09-12", 1, "2026-09-14"),  # opened on a Saturday
        ("2026-09-13", 1, "2026-09-14"),  # and on a Sunday: the same
        # Easter: Thu 2, (Fri 3, Mon 6 off), Tue 7, Wed 8 …
        ("2026-04-01", 1, "2026-04-02"),
        ("2026-04-01", 2, "2026-04-07"),
        ("2026-04-01", 3, "2026-04-08"),
        ("2026-04-01", 7, "2026-04-14"),
        ("2026-04-03", 1, "2026-04-07"),  # opened by phone on Good Friday itself
        # Heroes' and Unity Day make a weekend of four days.
        ("2026-07-03", 1, "2026-07-08"),
        # The election on Thursday 13 August.
        ("2026-08-11", 1, "2026-08-12"),
        ("2026-08-11", 2, "2026-08-14"),
        ("2026-08-11", 3, "2026-08-17"),
        ("2026-08-13", 1, "2026-08-14"),
        # Over the year's end: Mon 28, (Tue 29 off), Wed 30, Thu 31, (Fri 1 off), Mon 4 …
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-24", 2, "2026-12-30"),
        ("2026-12-24", 3, "2026-12-31"),
        ("2026-12-24", 5, "2027-01-05"),
        ("2026-12-28", 1, "2026-12-30"),
        # Thirty days, opened on Farmers' Day: 4 in that week, 4 in the election's, then 5, 5, 5, 5 and 2.
        ("2026-08-03", 30, "2026-09-15"),
    ],
)
def test_a_promise_falls_on_the_day_the_wall_calendar_says(opened, days, due):
    opened, due = date.fromisoformat(opened), date.fromisoformat(due)

    assert ZAMBIA.add(opened, days) == due
    assert ZAMBIA.between(opened, due) == days


@pytest.mark.parametrize(
    ("asked", "answered", "due"),
    [
        # Asked on Monday 10 August 2026, a question of seven working days: 11, 12, (13 off), 14, 17, 18, 19 and 20.
        ("2026-08-12", "2026-08-12", "2026-08-20"),
        ("2026-08-12", "2026-08-13", "2026-08-20"),  # the election: no working day, so no pause
        ("2026-08-12", "2026-08-14", "2026-08-21"),
        ("2026-08-12", "2026-08-17", "2026-08-24"),
        ("2026-08-12", "2026-08-27", "2026-09-03"),  # ten working days, the cap
        ("2026-08-12", "2026-08-28", "2026-09-03"),  # beyond it, it is the agency's time again
        ("2026-08-12", "2026-12-30", "2026-09-03"),
    ],
)
def test_a_pause_moves_the_promise_by_the_working_days_it_took_up_to_the_cap(asked, answered, due, db):
    officer = make_officer(clearances=EVERYTHING)
    with on(date(2026, 8, 10)):
        case = actions.take(case=make_case(topic="other-enquiry"), by=officer)
        assert case.resolve_due == date(2026, 8, 20)
    with on(date.fromisoformat(asked)):
        case = actions.ask_citizen(case=case, by=officer, words="Which clinic was it?")
        assert case.resolve_due == date(2026, 9, 3)  # the latest it can become, with nobody writing anything
    with on(date.fromisoformat(answered)):
        case = actions.add_information(case=case, words="The one in Mongu.")

    assert case.resolve_due == date.fromisoformat(due)


# Promised three working days; each level above has five. The sweep runs every day, also on Sundays and holidays.
UP_THE_LADDER = {
    # name: opened, asked, answered, promised by, moved up to 2, level 2 promises by, moved up to 3
    "a plain week": ("2026-09-07", None, None, "2026-09-10", "2026-09-11", "2026-09-18", "2026-09-19"),
    # Thu 2, (Fri 3 and Mon 6 off), Tue 7, Wed 8; then Fri 10 and Mon 13 to Thu 16.
    "Easter": ("2026-04-01", None, None, "2026-04-08", "2026-04-09", "2026-04-16", "2026-04-17"),
    # Wed 12, (Thu 13 off), Fri 14, Mon 17; then Wed 19 to Fri 21, Mon 24 and Tue 25.
    "13 August 2026": ("2026-08-11", None, None, "2026-08-17", "2026-08-18", "2026-08-25", "2026-08-26"),
    # (Fri 25 off), Mon 28, (Tue 29 off), Wed 30, Thu 31; late on New Year's Day; then Mon 4 to Fri 8.
    "29 December 2026": ("2026-12-24", None, None, "2026-12-31", "2027-01-01", "2027-01-08", "2027-01-09"),
    # Waited Thu 13 (off), Fri 14, Mon 17: two days. 11, 12, 14 and then 17 and 18; then Thu 20, 21, 24, 25, 26.
    "a pause over the election": (
        "2026-08-10", "2026-08-12", "2026-08-17", "2026-08-18", "2026-08-19", "2026-08-26", "2026-08-27",
    ),
    # Waited Tue 7 and Wed 8, as Easter does not count. 2, 7, 8 and then 9 and 10; then Mon 13 to Fri 17.
    "a pause over Easter": (
        "2026-04-01", "2026-04-02", "2026-04-08", "2026-04-10", "2026-04-11", "2026-04-17", "2026-04-18",
    ),
}  # fmt: skip


@pytest.mark.parametrize("changed_midway", [False, True], ids=["one standard", "a standard changed midway"])
@pytest.mark.parametrize("name", UP_THE_LADDER)
def test_a_case_moves_up_on_the_day_the_wall_calendar_says(name, changed_midway, catalogue_anew):
    """Once a level, on the day after what was promised; nothing that changes later changes what was told."""
    opened, asked, answered, *expected = (day and date.fromisoformat(day) for day in UP_THE_LADDER[name])
    officer = make_officer(clearances=EVERYTHING)
    with on(opened):
        case = actions.take(case=make_case(topic="nhima-card-inactive"), by=officer)
        if changed_midway:
            promise_from_now_on(topic="nhima-card-inactive", resolve_days=20)
    found = []
    for day in (opened + timedelta(days=days) for days in range(1, 30)):
        with on(day):
            if day == asked:
                actions.ask_citizen(case=case, by=officer, words="Which clinic was it?")
            if day == answered:
                actions.add_information(case=case, words="The one in Mongu.")
            promised = [now_of(case).resolve_due, *case.escalations.values_list("resolve_due", flat=True)][-1]
            if actions.escalate_overdue(noon(day.year, day.month, day.day)):
                found += [promised, day]

    assert found == expected


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-08-12", "2026-08-14", 1),  # over the election
        ("2026-08-12", "2026-08-13", 0),
        ("2026-08-12", "2026-08-12", 0),
        ("2026-08-14", "2026-08-12", 0),  # backwards is no time at all
        ("2026-12-24", "2027-01-04", 4),
        ("2026-04-02", "2026-04-07", 1),
    ],
)
def test_working_days_between_two_dates_leave_out_the_first_and_count_the_last(start, end, days):
    assert ZAMBIA.between(date.fromisoformat(start), date.fromisoformat(end)) == days


@pytest.mark.parametrize(
    ("end", "days", "back"),
    [
        ("2026-09-11", 0, "2026-09-11"),
        ("2026-09-11", 5, "2026-09-06"),  # Monday to Friday, since Sunday
        ("2026-09-13", 1, "2026-09-10"),  # by Sunday, Friday has passed
        ("2026-08-14", 2, "2026-08-11"),  # the election between
        ("2027-01-04", 4, "2026-12-27"),  # 4, 31, 30 and 28
    ],
)
def test_so_many_working_days_back(end, days, back):
    end, back = date.fromisoformat(end), date.fromisoformat(back)

    assert ZAMBIA.back(end, days) == back
    assert ZAMBIA.between(back, end) == days


def test_a_country_that_works_from_sunday_to_thursday_counts_its_own_week():
    calendar = Calendar(weekdays=frozenset({6, 0, 1, 2, 3}))

    assert calendar.add(date(2026, 9, 10), 1) == date(2026, 9, 13)  # Thursday to Sunday


def test_the_catalogues_calendar_is_the_one_on_the_wall(db):
    calendar = catalogue().calendar
    weekdays = [day for day in (date.fromordinal(n) for n in _days_of(2026)) if day.weekday() < 5]

    assert {day for day in weekdays if not calendar.is_working(day)} == HOLIDAYS


def test_a_day_off_entered_by_hand_counts_from_then_on(catalogue_anew):
    assert catalogue().calendar.add(date(2026, 9, 7), 1) == date(2026, 9, 8)
    ExtraHoliday.objects.create(date=date(2026, 9, 8), name="National mourning")
    changed()

    assert catalogue().calendar.add(date(2026, 9, 7), 1) == date(2026, 9, 9)


def _days_of(year):
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
