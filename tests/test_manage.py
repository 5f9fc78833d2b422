"""A manager's pages: every number is what a count of everything gives for this manager, and leads to those cases."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict

from cases import tallies
from cases.behind import Asked, months_back, read_period
from cases.catalogue import catalogue
from cases.lifecycle import OPEN
from cases.models import Case, Officer, Role
from cases.statistics import Period
from cases.tilemap import Told, draw
from tests.builders import EVERYTHING, KAFUE, LUSAKA_TOWN, MONGU, WESTERN, a_place, make_case, make_officer, on
from tests.desk import desk_of, text_of
from tests.lives import live

WHO: dict[str, dict[str, Any]] = {
    "a national manager": {"role": Role.MANAGER, "clearances": EVERYTHING},
    "an agency head": {"role": Role.AGENCY_HEAD, "agency": "NHIMA"},
    "a district supervisor": {"role": Role.SUPERVISOR, "place": LUSAKA_TOWN},
    "a supervisor of a province": {"role": Role.SUPERVISOR, "place": WESTERN, "clearances": EVERYTHING},
}


@pytest.fixture(scope="module")
def lives(django_db_setup: None, django_db_blocker: Any) -> Iterator[date]:
    """Thirty days of random lives, counted; the day on which they end. All tests stand on the same ones."""
    with django_db_blocker.unblock(), transaction.atomic():
        *_days, today = live(Random(7), days=30, a_day=3, turns=9)
        tallies.keep_up()
        yield today
        transaction.set_rollback(True)


@pytest.fixture(params=WHO)
def officer(request, lives) -> Officer:
    return make_officer(**WHO[request.param])


def theirs(officer: Officer) -> list[Case]:
    """Counted by hand: agency, place and kind of matter, one case after another."""
    return [
        case
        for case in Case.objects.select_related("place", "topic")
        if case.sensitivity in officer.reads()
        and officer.agency_id in (None, case.agency_id)
        and (not officer.place_id or not case.place or officer.place_id in (case.place_id, case.place.parent_id))
    ]


def days_of(case: Case, kind: str) -> list[date]:
    return [catalogue().day_of(event.at) for event in case.events.all() if event.kind == kind]


def links(page: Any, figure: str) -> list[tuple[str, str]]:
    """(address, what stands there) of each link to the cases behind a figure."""
    found = re.findall(r'<a href="(/desk/manage/cases/\?[^"]*)"[^>]*>(.*?)</a>', page.content.decode(), re.DOTALL)
    plain = (
        (unescape(address), re.sub(r"<title>.*?</title>|<[^>]+>", " ", inside).split()) for address, inside in found
    )
    return [
        (address, " ".join(words))
        for address, words in plain
        if QueryDict(address.partition("?")[2])["figure"] == figure
    ]


def count_behind(officer: Officer, address: str) -> int:
    said = re.search(r"<b>([\d,]+) cases?</b>", desk_of(officer).get(address).content.decode())
    return int(said[1]) if said else -1


def test_home_tells_what_is_late_soon_late_and_open_and_leads_to_exactly_those(lives, officer):
    with on(lives):
        page = desk_of(officer).get("/desk/manage/")
        open_now = [case for case in theirs(officer) if case.state in OPEN]
        soon = catalogue().calendar.add(lives, 3)
        expected = {
            "late_now": len([case for case in open_now if case.resolve_due < lives]),
            "soon_late_now": len([case for case in open_now if lives <= case.resolve_due <= soon]),
            "open_now": len(open_now),
        }
        address = {figure: links(page, figure)[0] for figure in expected}

        assert {figure: int(said.split()[0]) for figure, (_to, said) in address.items()} == expected
        assert {figure: count_behind(officer, to) for figure, (to, _said) in address.items()} == expected
    assert expected["open_now"] > 0


@pytest.mark.parametrize("figure", ["late_now", "open_now", "received"])
def test_each_tile_and_each_line_of_the_table_is_a_district_and_its_cases(lives, officer, figure):
    with on(lives):
        page = desk_of(officer).get(f"/desk/manage/?map={figure}")
        cases = {
            "late_now": lambda case: case.state in OPEN and case.resolve_due < lives,
            "open_now": lambda case: case.state in OPEN,
            "received": lambda case: True,
        }[figure]
        districts: Counter[str] = Counter()
        for case in filter(cases, theirs(officer)):
            districts[case.place_id if case.place and case.place.parent_id else ""] += 1
        found: dict[str, set[int]] = {}
        for address, said in links(page, figure):
            if "district=" in address:
                asked = QueryDict(address.partition("?")[2])
                found.setdefault(asked["district"], set()).add(int(said.split()[-1]))
                assert count_behind(officer, address) == districts[asked["district"]]

        assert found == {code: {many} for code, many in districts.items()}


def test_the_last_whole_week_is_told_beside_the_one_before_in_numbers_and_words(lives, officer):
    with on(lives):
        page = desk_of(officer).get("/desk/manage/")
        monday = lives - timedelta(days=lives.weekday() + 7)
        cases = theirs(officer)
        in_week = {ago: [case for case in cases if 0 <= (case.opened_on - monday).days + 7 * ago < 7] for ago in (0, 1)}
        answers = sum(0 <= (day - monday).days < 7 for case in cases for day in days_of(case, "resolve"))
        [(address, said)] = [link for link in links(page, "received") if "district" not in link[0]]
        moved = len(in_week[0]) - len(in_week[1])
        words = "as in" if not moved else f"{abs(moved)} {'more' if moved > 0 else 'fewer'} than"

        assert said.startswith(f"Received {len(in_week[0])} ")
        assert said.endswith(f"{words} the week before")
        assert count_behind(officer, address) == len(in_week[0])
        assert links(page, "resolved")[0][1].startswith(f"Answered {answers} ")


@pytest.mark.django_db
def test_nobody_is_led_to_or_told_of_what_they_may_not_see():
    """A case of violence, one of another agency and one of another place: no number of theirs moves."""
    head = make_officer(role=Role.AGENCY_HEAD, agency="NHIMA", place=WESTERN)
    make_case(topic="nhima-card-inactive", place=MONGU)
    tallies.keep_up()
    before = text_of(desk_of(head).get("/desk/manage/"))
    for hidden in (
        {"topic": "violence", "place": MONGU},
        {"topic": "sct-payment-late", "place": MONGU},
        {"place": KAFUE},
    ):
        make_case(**hidden)
    tallies.keep_up()
    all_of_it = desk_of(head).get("/desk/manage/cases/?figure=open_now&agency=NHIMA&agency=MCDSS&district=")

    assert "1 Open now" in before
    assert text_of(desk_of(head).get("/desk/manage/")) == before
    assert "0 cases" in text_of(all_of_it)
    assert [count_behind(head, f"/desk/manage/cases/?figure={one}") for one in ("open_now", "received")] == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DESK, Role.AGENCY, Role.SAFEGUARDING, Role.EDITOR, Role.ADMINISTRATOR])
def test_others_may_not_look(role):
    desk = desk_of(make_officer(role=role))

    assert {desk.get(f"/desk/manage/{end}").status_code for end in ("", "cases/?figure=open_now")} == {403}


@pytest.mark.django_db
def test_a_topic_that_rises_in_a_district_brings_a_card_that_leads_to_its_cases():
    with on(date(2026, 3, 2)):
        make_case(topic="sct-payment-late", place=KAFUE)
    for week in range(9):
        with on(date(2026, 3, 2) + timedelta(weeks=week)):
            make_case(topic="sct-payment-late", place=MONGU)
    with on(date(2026, 5, 6)):
        for _case in range(9):
            make_case(topic="sct-payment-late", place=MONGU)
        tallies.keep_up()
        manager = make_officer(role=Role.MANAGER)
        page = desk_of(manager).get("/desk/manage/")
        address = next(address for address, _said in links(page, "received") if "topic=" in address)

        assert "Mongu, 9 this week, usually 1" in text_of(page)
        assert count_behind(manager, address) == 9


# --- The language of filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("2026", Period(date(2026, 1, 1), date(2026, 12, 31))),
        ("2026-Q4", Period(date(2026, 10, 1), date(2026, 12, 31))),
        ("2026-02", Period(date(2026, 2, 1), date(2026, 2, 28))),
        ("2025-12..2026-01", Period(date(2025, 12, 1), date(2026, 1, 31))),
        ("2026-W01", Period(date(2025, 12, 29), date(2026, 1, 4), "week")),
        ("2026-13", None),
        ("2026-W60", None),
        ("2026-02..2026-W08", None),
        ("2026-03..2026-01", None),
        ("yesterday", None),
        ("", None),
        ("99999", None),
    ],
)
def test_a_stretch_of_time_is_said_in_one_word(said, period):
    assert read_period(said) == period


def test_three_months_back_cross_the_year():
    assert months_back(date(2026, 2, 3), 3) == "2025-12..2026-02"
    assert months_back(date(2026, 2, 3), 3, ago=3) == "2025-09..2025-11"


def test_what_an_address_says_comes_back_as_the_same_address():
    asked = Asked.of(QueryDict("agency=NHIMA&agency=NAPSA&period=2026-Q1&level=x&wrong=1"))

    assert asked == Asked({"agency": ("NHIMA", "NAPSA")}, "2026-Q1")
    assert asked.address(figure="open_now") == "agency=NHIMA&agency=NAPSA&period=2026-Q1&figure=open_now"


# --- The map ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_districts_are_on_the_map_each_on_a_tile_of_its_own_and_provinces_are_outlined():
    drawn = draw(catalogue().districts.values(), {MONGU: Told(8, "8", "/there"), KAFUE: Told(2, "2", "/here")})
    tiles = {tile.place.pk: tile for tile in drawn.tiles}

    assert len({(tile.x, tile.y) for tile in drawn.tiles}) == len(drawn.tiles) == 116
    assert [tiles[code].shade for code in (MONGU, KAFUE, LUSAKA_TOWN)] == [4, 1, 0]
    assert (tiles[MONGU].place, tiles[MONGU].said) == (a_place(MONGU), "8")
    assert drawn.outlines.count("M") > 100


def test_no_tiles_no_map():
    assert draw([], {}).tiles == []
