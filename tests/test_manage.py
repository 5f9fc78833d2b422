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
from cases.behind import Asked, before, months_back, read_period, within
from cases.catalogue import catalogue
from cases.comparing import SHOWN, TOLD_APART
from cases.figure_words import briefly, number
from cases.forms.figures import told_apart as offered_to
from cases.lifecycle import OPEN
from cases.measures import MEASURES
from cases.models import Case, Named, Officer, Role
from cases.rises import Weeks
from cases.statistics import Period, scope_of, week_by_week, weekly
from cases.tilemap import Told, draw
from cases.views.manage import _rises
from tests.builders import EVERYTHING, KAFUE, LUSAKA_TOWN, MONGU, WESTERN, a_place, make_case, make_officer, on
from tests.desk import desk_of, text_of
from tests.lives import live
from tests.test_figures_of_lives import by_hand, told_apart

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
        with on(today):
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
        for case in Case.objects.select_related("place", "topic").prefetch_related("events__case")
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


def test_a_province_chosen_shows_its_districts_alone_on_a_map_to_touch(lives):
    manager = make_officer(role=Role.MANAGER, clearances=EVERYTHING)
    with on(lives):
        whole = desk_of(manager).get("/desk/manage/?map=received")
        part = desk_of(manager).get(f"/desk/manage/?map=received&province={WESTERN}")
    of_western = [place for place in catalogue().districts.values() if place.parent_id == WESTERN]
    cases = [case for case in theirs(manager) if case.place and WESTERN in (case.place_id, case.place.parent_id)]
    told = {address: int(said.split()[-1]) for address, said in links(part, "received") if "district=" in address}

    assert 'class="tiles whole"' in whole.content.decode()
    assert f"?map=received&amp;province={WESTERN}#where" in whole.content.decode()
    assert 'class="tiles part"' in part.content.decode()
    assert part.content.decode().count('<rect width="40"') == len(of_western)
    assert sum(told.values()) == len(cases)
    with on(lives):
        assert {address: count_behind(manager, address) for address in told} == told
        assert desk_of(manager).get("/desk/manage/?province=nowhere").status_code == 200


# --- Figures side by side --------------------------------------------------------------------------------------

FIGURES = "/desk/manage/figures/"
TITLES = {str(MEASURES[name].title): name for name in SHOWN}


def lines_of(page: Any) -> dict[str, dict[str, tuple[str, str]]]:
    """What the table tells: line -> measure -> (what stands there, where it leads)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for line in re.findall(r"<tr>(.*?)</tr>", page.content.decode(), re.DOTALL):
        title = re.search(r'<th scope="row">(.*?)</th>', line, re.DOTALL)
        if not title:
            continue
        name = unescape(re.sub(r"<[^>]+>", "", title[1])).strip()
        found[name] = {}
        for figure, address, linked, plain in re.findall(
            r'<td data-of="([^"]*)">(?:<a href="([^"]*)">([^<]*)</a>|([^<]*))', line
        ):
            found[name][TITLES[unescape(figure)]] = ((linked or plain).strip(), unescape(address))
    return found


def as_said(cases: list[Case], today: date) -> dict[str, str]:
    counted = by_hand(cases, today)
    return {name: number(counted[name], MEASURES[name].kind) for name in SHOWN}


def said_of(line: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name: said for name, (said, _address) in line.items()}


def test_each_figure_by_whatever_it_is_told_apart_is_what_one_counts_by_hand(lives, officer):
    """By channel and level for a district, too, where nothing is kept so finely."""
    cases, offered = theirs(officer), offered_to(officer)
    with on(lives):
        for by in (offered[0], "topic", "channel", "level") if officer.place_id else offered[:-2]:
            lines = lines_of(desk_of(officer).get(f"{FIGURES}?by={by}"))
            together = lines.pop("All together")
            groups: dict[str, list[Case]] = {}
            for case in cases:
                groups.setdefault(briefly(by, told_apart(case)[by]), []).append(case)

            assert {title: said_of(line) for title, line in lines.items()} == {
                title: as_said(group, lives) for title, group in groups.items()
            }, by
            assert said_of(together) == as_said(cases, lives)
    assert set(TOLD_APART) >= set(offered_to(officer)) > {"programme", "topic", "channel", "level", "month", "quarter"}


HAPPENED = {
    "resolved": ["resolve"],
    "disputed_share": ["dispute"],
    "confirmed_share": ["confirm", "close", "lapse"],
    "stayed_solved_share": ["stay_solved", "reopen"],
}


def stand_behind(name: str, cases: list[Case], today: date) -> int:
    """How many cases a figure is about, by hand."""
    if name == "received":
        return len(cases)
    if name == "appeals_upheld":
        cases = [case for case in cases if case.appeal_of_id]
    if MEASURES[name].of_now:
        return len([c for c in cases if c.state in OPEN and (name != "late_now" or c.resolve_due < today)])
    kinds = HAPPENED.get(name, ["resolve"])
    return len([case for case in cases if any(event.kind in kinds for event in case.events.all())])


def test_each_figure_leads_to_as_many_cases_as_stand_behind_it(lives, officer):
    by = next(name for name in ("province", "district", "channel") if name in offered_to(officer))
    cases, looked = theirs(officer), 0
    with on(lives):
        lines = lines_of(desk_of(officer).get(f"{FIGURES}?by={by}"))
        lines.pop("All together")
        for title, line in lines.items():
            group = [case for case in cases if briefly(by, told_apart(case)[by]) == title]
            for name, (_said, address) in line.items():
                if address:
                    assert count_behind(officer, address) == stand_behind(name, group, lives), (title, name)
                    looked += 1
    assert looked > 3


def test_months_stand_under_each_other_and_what_is_open_now_has_none(lives, officer):
    cases = theirs(officer)
    with on(lives):
        page = desk_of(officer).get(f"{FIGURES}?by=month&period=2026-03..2026-04")
        lines = lines_of(page)
        lines.pop("All together")
        received = {briefly("month", f"2026-0{month}-01"): month for month in (3, 4)}

        assert "What is open now belongs to no month" in text_of(page)
        assert list(lines) == ["March 2026", "April 2026"]
        for title, month in received.items():
            said, address = lines[title]["received"]
            expected = len([case for case in cases if case.opened_on.month == month])
            assert (said, count_behind(officer, address)) == (str(expected), expected)
            answers = sum(day.month == month for case in cases for day in days_of(case, "resolve"))
            assert lines[title]["resolved"][0] == str(answers)


def test_beside_another_time_stands_what_it_was_and_that_leads_there_too(lives):
    officer = make_officer(role=Role.MANAGER)
    cases = theirs(officer)
    with on(lives):
        page = desk_of(officer).get(f"{FIGURES}?by=agency&period=2026-04&against=before")
        of = {month: Counter(c.agency_id for c in cases if c.opened_on.month == month) for month in (3, 4)}
        for agency in of[4]:
            line = re.search(rf"{briefly('agency', agency)}</a></th>(.*?)</tr>", page.content.decode(), re.DOTALL)[1]
            was = re.search(r'data-of="Received">.*?was (?:<a href="([^"]*)">)?(\d+)', line, re.DOTALL)

            assert int(was[2]) == of[3][agency]
            assert not was[1] or count_behind(officer, unescape(was[1])) == of[3][agency]


def test_lines_are_sorted_by_a_link_both_ways_and_what_has_no_value_comes_last(lives):
    officer = make_officer(role=Role.MANAGER, clearances=EVERYTHING)
    with on(lives):
        sorted_by = {}
        for sort in ("received", "-received", "-appeals_upheld", "nonsense"):
            lines = lines_of(desk_of(officer).get(f"{FIGURES}?by=topic&sort={sort}"))
            lines.pop("All together")
            sorted_by[sort] = [(line["received"][0], line["appeals_upheld"][0]) for line in lines.values()]
    received = [int(received) for received, _upheld in sorted_by["received"]]
    upheld = [upheld for _received, upheld in sorted_by["-appeals_upheld"]]

    assert received == sorted(received)
    assert [int(received) for received, _upheld in sorted_by["-received"]] == received[::-1]
    assert upheld[-1] == "–"
    assert "–" not in upheld[: upheld.index("–")]
    assert len(sorted_by["nonsense"]) == len(received) > 3


def test_two_agencies_stand_side_by_side_with_the_difference_between_them(lives):
    officer = make_officer(role=Role.MANAGER, clearances=EVERYTHING)
    with on(lives):
        page = desk_of(officer).get(f"{FIGURES}?by=agency&agency=MCDSS&agency=NHIMA")
        many = Counter(case.agency_id for case in theirs(officer))
        row = re.search(r'<th scope="row">Received</th>(.*?)</tr>', page.content.decode(), re.DOTALL)[1]
        numbers = [int(one) for one in re.findall(r">(\d+)</a>", row)]

        assert numbers == [many["MCDSS"], many["NHIMA"]]
        assert text_of(page).count("Difference") == 1
        apart = many["NHIMA"] - many["MCDSS"]
        assert f"<td>{'+' if apart > 0 else '−'}{abs(apart)}</td>" in row


@pytest.mark.django_db
def test_the_form_leads_to_an_address_that_can_be_kept():
    officer = make_officer(role=Role.MANAGER)
    answer = desk_of(officer).get(f"{FIGURES}?show=&by=topic&period=2026-Q1&agency=&district=ZM110007&against=")

    assert (answer.status_code, answer["Location"]) == (302, f"{FIGURES}?district=ZM110007&by=topic&period=2026-Q1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "by=agency&agency=NHIMA", "by=nothing", "by=month&period=2026-W10", "period=2026-W10&by=topic", "level=x&by=level",
        "by=district&district=", "topic=nowhere&channel=sms", "by=channel&topic=violence&district=ZM110007", "period=0001-01&against=before",
    ],
)  # fmt: skip
def test_whatever_an_address_says_there_is_a_page(address):
    for officer in (make_officer(role=Role.MANAGER), make_officer(role=Role.AGENCY_HEAD, place=MONGU)):
        assert desk_of(officer).get(f"{FIGURES}?{address}").status_code == 200


@pytest.mark.django_db
def test_too_many_cases_to_read_one_by_one_are_left_out_and_named(monkeypatch):
    supervisor = make_officer(role=Role.SUPERVISOR, place=MONGU)
    for _case in range(2):
        make_case(place=MONGU)
    tallies.keep_up()
    told = text_of(desk_of(supervisor).get(f"{FIGURES}?by=channel"))
    monkeypatch.setattr("cases.comparing.FEW", 1)

    assert "Phone menu 2" in told
    assert "Not counted so finely for so many cases: Received, " in text_of(
        desk_of(supervisor).get(f"{FIGURES}?by=channel")
    )


# --- About the reader -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_named_in_a_case_is_neither_shown_nor_counted_it_and_lists_and_counts_agree():
    with on(date(2026, 3, 2)):
        supervisor = make_officer(role=Role.SUPERVISOR, place=WESTERN)
        for state in ("received", "resolved"):
            make_case(place=MONGU, state=state)
        tallies.keep_up()
    with on(date(2026, 3, 3)):
        pages = [f"/desk/manage/{end}" for end in ("", "?map=received", "figures/?by=district", "figures/?by=level")]
        before = [text_of(desk_of(supervisor).get(page)) for page in pages]
        for state in ("received", "in_progress", "resolved", "closed"):
            Named.objects.create(case=make_case(place=MONGU, state=state), officer=supervisor)
        tallies.keep_up()
        scope = scope_of(supervisor)
        colleague = desk_of(make_officer(role=Role.SUPERVISOR, place=WESTERN)).get(f"{FIGURES}?by=district")

        assert [text_of(desk_of(supervisor).get(page)) for page in pages] == before
        assert lines_of(colleague)["Mongu"]["received"][0] == "6"
        assert week_by_week(scope) == {("nhima-card-inactive", MONGU): [2]}
        assert weekly(scope) == {("nhima-card-inactive", MONGU): Weeks.of([2])}
        for name in ("received", "resolved", "open_now", "confirmed_share"):
            said, address = lines_of(desk_of(supervisor).get(f"{FIGURES}?by=district"))["Mongu"][name]
            assert not address or int(said) == count_behind(supervisor, address)


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


def test_the_time_before_is_as_long_and_a_month_lies_in_what_was_asked():
    assert [before("2026-02..2026-03"), before("2026-02", 12), before("2026-W07")] == [
        "2025-12..2026-01",
        "2025-02..2025-02",
        "",
    ]
    assert within("quarter", "2026-01-01", "2026-02..2026-05") == "2026-02..2026-03"
    assert within("month", "2026-04-01", "") == "2026-04..2026-04"


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


@pytest.mark.django_db
def test_an_auditor_sees_a_rise_and_notes_none():
    today = catalogue().today()
    may_note = [_rises(make_officer(role=role), today)["may_note"] for role in (Role.MANAGER, Role.AUDITOR)]
    assert may_note == [True, False]
