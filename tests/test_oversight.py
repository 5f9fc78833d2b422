"""Those who watch over the house: the table of rights, the log of readings, the catalogue; and where a log-in leads."""

import re
from datetime import date, datetime
from html import unescape

import pytest
from django.test import Client

from cases import actions, readings
from cases.lifecycle import STEPS
from cases.models import MAY_READ, Named, Role
from cases.permissions import PAGE_WORDS, PAGES, RIGHTS
from tests.builders import EVERYTHING, make_case, make_officer, noon, on
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return make_officer(name="Grace Soko", role=Role.AUDITOR, clearances=EVERYTHING)


@pytest.fixture
def guard():
    return make_officer(name="Safe Tembo", role=Role.SAFEGUARDING, clearances=EVERYTHING)


# --- Who may do what -------------------------------------------------------------------------------------


def test_the_page_shows_the_very_tables_that_the_code_decides_by(auditor):
    page = desk_of(auditor).get("/desk/rights/").content.decode()
    ticks = page.count('class="yes"')

    alike = {tuple(RIGHTS[role][relation] for role in Role): relation for relation in RIGHTS[Role.DESK]}
    steps = sum(len(RIGHTS[role][relation]) for relation in alike.values() for role in Role)
    assert ticks == steps + sum(map(len, PAGES.values())) + sum(map(len, MAY_READ.values()))
    for words in (*PAGE_WORDS.values(), *(step.label for step in STEPS.values() if "officer" in step.actors)):
        assert str(words) in unescape(page)


# --- Who read what ---------------------------------------------------------------------------------------


def read(case, by, day, what="page"):
    with on(day):
        actions.record_reading(case=case, by=by, what=what)


def lines(page):
    return re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)', page.content.decode())


def test_the_log_tells_who_read_what_and_when_the_newest_first(auditor, guard):
    case = make_case(topic="violence")
    read(case, guard, date(2026, 4, 7))
    read(case, auditor, date(2026, 4, 9), what="export")
    actions.record_reading(case=make_case(), by=guard)  # of an open case nothing is noted
    page = desk_of(auditor).get("/desk/readings/")

    assert lines(page) == ["2026-04-09", "2026-04-07"]
    assert "Safe Tembo · Safeguarding focal point, One-stop desk" in text_of(page)
    assert text_of(page).index("Export") < text_of(page).index("Safe Tembo")


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("who=safe", ["2026-04-07"]),
        ("who=grace-soko", ["2026-04-09", "2026-04-08"]),
        ("who=nobody", []),
        ("since=2026-04-08T00:00", ["2026-04-09", "2026-04-08"]),
        ("until=2026-04-08T23:59", ["2026-04-08", "2026-04-07"]),
        ("since=2026-04-08T00:00&until=2026-04-08T23:59", ["2026-04-08"]),
        ("case={one}", ["2026-04-08", "2026-04-07"]),
        ("case={one}&who=grace", ["2026-04-08"]),
    ],
)
def test_the_log_is_narrowed_by_officer_case_and_time(asked, days, auditor, guard):
    one, other = make_case(topic="violence"), make_case(topic="nhima-bribe")
    read(one, guard, date(2026, 4, 7))
    read(one, auditor, date(2026, 4, 8))
    read(other, auditor, date(2026, 4, 9))

    assert lines(desk_of(auditor).get(f"/desk/readings/?{asked.format(one=one.reference)}")) == days


@pytest.mark.parametrize("asked", ["case=12345", "since=yesterday", "since=2026-04-08T00:00&until=2026-04-07T00:00"])
def test_a_question_the_log_does_not_understand_is_asked_again_and_answers_nothing(asked, auditor, guard):
    read(make_case(topic="violence"), guard, date(2026, 4, 7))
    page = desk_of(auditor).get(f"/desk/readings/?{asked}")

    assert (page.status_code, lines(page)) == (422, [])
    assert 'class="errors"' in page.content.decode()


def test_the_log_goes_on_page_by_page_and_loses_none_of_one_moment(auditor, guard, monkeypatch):
    monkeypatch.setattr(readings, "PAGE", 2)
    case = make_case(topic="violence")
    for _reading in range(5):
        read(case, guard, date(2026, 4, 7))
    log, seen, after = readings.readings(auditor, readings.Asked()), [], ""
    for _page in range(3):
        rows, after = readings.page(log, after)
        seen += [row.number for row in rows]

    assert (seen, after) == ([6, 5, 4, 3, 2], "")
    assert len(readings.page(log, "nonsense")[0]) == 2


def test_of_a_case_about_themselves_an_auditor_learns_no_reading(auditor, guard):
    case = make_case(topic="violence")
    read(case, guard, date(2026, 4, 7))
    Named.objects.create(case=case, officer=auditor)

    assert lines(desk_of(auditor).get("/desk/readings/")) == []


def test_a_moment_is_meant_as_the_clock_on_the_wall_shows_it(auditor, guard):
    assert noon(2026, 4, 7) == datetime.fromisoformat("2026-04-07T12:00:00+02:00")
    read(make_case(topic="violence"), guard, date(2026, 4, 7))

    assert lines(desk_of(auditor).get("/desk/readings/?since=2026-04-07T11:59&until=2026-04-07T12:01")) == [
        "2026-04-07"
    ]
    assert lines(desk_of(auditor).get("/desk/readings/?since=2026-04-07T12:01")) == []


# --- Where a log-in leads --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "door"),
    [
        (Role.DESK, "/desk/"),
        (Role.MANAGER, "/desk/"),
        (Role.AUDITOR, "/desk/"),
        (Role.ADMINISTRATOR, "/desk/people/"),
        (Role.EDITOR, "/cms/"),
    ],
)
@pytest.mark.parametrize("wanted", ["", "/desk/"])
def test_everybody_lands_on_a_page_they_may_open(role, door, wanted):
    officer = make_officer(role=role)
    officer.user.set_password("seven green hills")
    officer.user.save()
    client = Client()
    words = {"login": officer.user.username, "password": "seven green hills", "next": wanted}
    client.post("/accounts/login/", words)

    landed = client.get("/desk/")
    assert (landed.status_code, landed.get("Location", "/desk/")) == ((200 if door == "/desk/" else 302), door)
    if role != Role.EDITOR:
        assert client.get(door).status_code == 200


def test_the_catalogue_says_what_is_promised_and_why(auditor):
    page = text_of(desk_of(auditor).get("/desk/catalogue/"))

    for words in (
        "Catalogue of Zambia",
        "Violence against a woman, a man or a child",
        "about NHIMA, which it goes past",
        "3 working days",
        "Set by law",
    ):
        assert words in page
