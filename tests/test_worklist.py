"""The worklist: what matters first, lists narrowed by their address, page by page, saved; and the slips it all reads."""

import re
from datetime import date, timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.db import connection

from cases import actions, worklist
from cases.catalogue import catalogue
from cases.lifecycle import ALIVE, State
from cases.models import Case, Officer, Role, SavedView, Slip
from cases.models.desk import Pile
from tests.asked import asked
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA,
    LUSAKA_TOWN,
    MONGU,
    an_agency,
    make_case,
    make_officer,
    moved_up,
    on,
)
from tests.desk import desk_of, headings, text_of
from tests.lives import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def bob() -> Officer:
    return make_officer(name="Bob Banda", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def sam() -> Officer:
    return make_officer(name="Sam Tembo", role=Role.SUPERVISOR, clearances=EVERYTHING)


def due_in(days: int, **opening: Any) -> Case:
    """A case whose promise ends in so many days of the calendar."""
    case = make_case(**opening)
    Case.objects.filter(pk=case.pk).update(resolve_due=catalogue().today() + timedelta(days=days))
    return case


# --- The groups -----------------------------------------------------------------------------------------


def test_each_case_stands_under_the_heading_that_matters_most(alice, bob):
    with on(date(2026, 11, 30)):  # a Monday
        make_case(state=State.CLOSED)
        heard = make_case(state=State.WAITING, officer=bob)
        actions.add_information(case=heard, words="The one in Kalingalinga.")
        not_solved = make_case(state=State.RESOLVED, officer=alice)
        actions.dispute(case=not_solved)
        asked = actions.refer(
            case=make_case(topic="napsa-wait", state=State.IN_PROGRESS, officer=make_officer()),
            by=make_officer(role=Role.SUPERVISOR),
            agency=an_agency("NHIMA"),
            words="Please look.",
        )
        up = due_in(-3)
        moved_up(up, to=alice)
        groups = {
            "moved-up": [up],
            "not-solved": [not_solved],
            "today": [due_in(0)],
            "soon": [due_in(1), due_in(2)],
            "late": [due_in(-1)],
            "heard": [heard],
            "mine": [make_case(state=State.IN_PROGRESS, officer=alice)],
            "asked": [asked],
            "nobody": [due_in(3)],
            "referred": [make_case(state=State.REFERRED, officer=alice)],
            "waiting": [make_case(state=State.WAITING, officer=alice)],
            "colleagues": [make_case(state=State.IN_PROGRESS, officer=bob)],
            "answered": [make_case(state=State.RESOLVED, officer=alice)],
        }
        assert headings(alice) == groups
        assert list(groups) == [group.key for group in worklist.groups(alice)]
        assert {one.group.key: one.count for one in worklist.overview(alice)} == {
            key: len(cases) for key, cases in groups.items()
        }
        page = text_of(desk_of(alice).get("/desk/"))
    shown = [key for key, cases in groups.items() if all(str(case) in page for case in cases)]
    assert shown == [group.key for group in worklist.groups(alice) if not group.quiet]


def test_what_is_at_risk_on_a_friday_is_due_by_tuesday(alice):
    with on(date(2026, 11, 27)):
        cases = {days: due_in(days) for days in (0, 3, 4, 5)}
        groups = headings(alice)
    assert groups == {"today": [cases[0]], "soon": [cases[3], cases[4]], "nobody": [cases[5]]}


def test_a_case_grows_late_by_time_alone(alice):
    case = due_in(3, state=State.IN_PROGRESS, officer=alice)
    found = {}
    for days in (0, 3, 4):
        with on(catalogue().today() + timedelta(days=days)):
            found[days] = list(headings(alice))
    assert (found[3], found[4]) == (["today"], ["late"])
    assert Slip.objects.get(case=case).pile == Pile.WORKING


def test_an_answer_stays_new_until_somebody_acts_on_it(alice, bob):
    case = make_case(state=State.WAITING, officer=alice)
    actions.add_information(case=case, words="Last Tuesday.")
    actions.add_note(case=case, by=bob, words="Saw it.")
    assert headings(alice) == {"heard": [case]}
    actions.hand_over(case=case, by=alice, to=bob)
    assert headings(bob) == {"mine": [case]}


def test_the_nearest_promise_comes_first_and_then_what_matters_more(alice):
    cases = [make_case() for _ in range(4)]
    today = catalogue().today()
    for case, (days, priority) in zip(cases, [(19, 2), (13, 1), (13, 4), (13, 2)], strict=True):
        soon = today + timedelta(days=days)
        Case.objects.filter(pk=case.pk).update(resolve_due=soon, acknowledge_due=soon, priority=priority)
    page = text_of(desk_of(alice).get("/desk/"))
    by_place = sorted(cases, key=lambda case: page.index(str(case)))
    assert by_place == [cases[2], cases[3], cases[1], cases[0]]


def test_among_those_nobody_has_the_one_to_be_taken_first_comes_first(alice):
    slow, quick = make_case(), make_case()
    today = date(2026, 12, 1)
    for case, take_by, due in ((slow, 3, 5), (quick, 1, 30)):
        take_by, due = today + timedelta(days=take_by), today + timedelta(days=due)
        Case.objects.filter(pk=case.pk).update(acknowledge_due=take_by, resolve_due=due)
    with on(today):
        for address in ("/desk/", "/desk/?group=nobody"):
            page = text_of(desk_of(alice).get(address))
            assert page.index(str(quick)) < page.index(str(slow))
            assert "take it by Wednesday, due 31 December" in page


def test_a_province_reads_its_districts_in_one_order_of_time(sam):
    lusaka = make_officer(place=LUSAKA)
    cases = [due_in(-days, place=place) for days, place in ((1, KAFUE), (2, LUSAKA_TOWN), (3, None), (4, KAFUE))]
    due_in(-5, place=MONGU)
    assert worklist.listing(lusaka, {"group": "late"}).cases == cases[::-1]
    assert len(worklist.listing(sam, {"group": "late"}).cases) == 5


def test_more_than_anybody_counts_is_said_so(alice, monkeypatch):
    monkeypatch.setattr(worklist, "BOUND", 3)
    for _ in range(4):
        make_case()
    assert "3+ Nobody has it" in text_of(desk_of(alice).get("/desk/"))


def test_an_empty_desk_says_something_kind(alice):
    assert "All is done" in text_of(desk_of(alice).get("/desk/"))
    assert "No case stands under this heading now." in text_of(desk_of(alice).get("/desk/?group=late"))
    assert "Take something out and look again." in text_of(desk_of(alice).get("/desk/?state=closed"))


# --- Pages ----------------------------------------------------------------------------------------------


def numbers(page: str) -> list[str]:
    return re.findall(r'<span class="number">([\d ]+)</span>', page)


def walk(officer: Officer, address: str, rel: str) -> list[list[str]]:
    """The numbers on each page, from this one on in one direction, and the last address."""
    pages = []
    while address:
        page = desk_of(officer).get("/desk/" + address).content.decode()
        pages.append(numbers(page))
        onward = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        walk.last, address = address, unescape(onward.group(1)) if onward else ""
    return pages


@pytest.mark.parametrize("address", ["?group=nobody", "?kind=complaint", "?group=late&kind=complaint", "?state=closed"])
def test_a_long_list_is_turned_over_both_ways_and_shows_each_case_once(alice, monkeypatch, address):
    monkeypatch.setattr(worklist, "PAGE", 3)
    today = catalogue().today()
    for number in range(8):
        case = make_case(state=State.CLOSED if "closed" in address else State.RECEIVED)
        due = today + timedelta(days=20 + number % 3 if "late" not in address else -1 - number % 3)
        Case.objects.filter(pk=case.pk).update(resolve_due=due, acknowledge_due=due)
    there = walk(alice, address, "next")
    back = walk(alice, walk.last, "prev")
    assert [len(page) for page in there] == [3, 3, 2]
    assert len({number for page in there for number in page}) == 8
    assert back[:2] == there[:0:-1]
    assert back[-1] == there[0], "the way back ends on the first page, and that is a whole one"


def test_a_long_group_shows_its_head_and_leads_to_the_rest(alice):
    cases = {str(make_case()) for _ in range(7)}
    page = text_of(desk_of(alice).get("/desk/"))
    assert sum(case in page for case in cases) == worklist.FIRST_FEW
    assert "All 7" in page


@pytest.mark.parametrize(
    "key", ["nonsense", "2026-01-01.x.y", "2026-13-01.1.1", "2026-01-01.1.99999999999999999999", ""]
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_an_address_that_somebody_changed_shows_the_first_page(alice, key, way):
    case = make_case()
    assert str(case) in text_of(desk_of(alice).get("/desk/", {"kind": "complaint", way: key}))


def test_what_is_closed_begins_with_the_newest(alice):
    cases = []
    for month in (3, 4, 5):
        with on(date(2026, month, 2)):
            cases.append(make_case(state=State.CLOSED))
    assert worklist.listing(alice, {"state": "closed"}).cases == cases[::-1]


# --- Narrowed by the address ------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_whatever_the_address_says(sam):
    bob = make_officer(name="Bob", role=Role.SUPERVISOR, clearances=EVERYTHING)
    one = make_case()
    two = make_case(topic="napsa-my-record", state=State.IN_PROGRESS, officer=sam, place=MONGU, language="loz")
    three = make_case(topic="other-complaint", place=None, state=State.IN_PROGRESS, officer=bob, channel="sms")
    closed = make_case(state=State.CLOSED)
    Case.objects.filter(pk=one.pk).update(level=2, priority=4)
    today = catalogue().today()
    Case.objects.filter(pk=two.pk).update(resolve_due=today + timedelta(days=40))
    found = {
        "kind=enquiry": [two],
        "agency=NHIMA": [one],
        "topic=napsa-my-record": [two],
        "programme=NHIS": [one],
        "province=ZM110": [two],
        f"district={MONGU}": [two],
        "district=none": [three],
        "state=in_progress": [two, three],
        "state=closed": [closed],
        "priority=4": [one],
        "channel=sms": [three],
        "language=loz": [two],
        "level=2": [one],
        f"due_from={today + timedelta(days=39)}": [two],
        f"due_until={today + timedelta(days=39)}": [one, three],
        "owner=me": [two],
        "owner=nobody": [one],
        f"owner={bob.pk}": [three],
        f"reference={one.reference[3:9]}": [one],
        f"reference={closed}": [closed],
        "group=nobody": [one],
        "kind=registration": [],
        "owner=me&kind=complaint": [],
        "group=nonsense&all": [one, two, three],
        "kind=nonsense&owner=0&level=x&due_from=1&all": [one, two, three],
    }
    for narrowed, cases in found.items():
        page = text_of(desk_of(sam).get(f"/desk/?{narrowed}"))
        assert [case for case in (one, two, three, closed) if str(case) in page] == cases, narrowed


def test_what_was_chosen_stands_above_the_list_and_each_may_be_taken_out(sam):
    make_case()
    page = desk_of(sam).get("/desk/?kind=complaint&district=ZM105006&after=x").content.decode()
    chips = re.findall(r'<li><a href="([^"]+)"><span class="hidden">Take out: </span>(.*?): <b>(.*?)</b>', page)
    assert [(unescape(address), label, value) for address, label, value in chips] == [
        ("/desk/?district=ZM105006", "Kind", "Complaint"),
        ("/desk/?kind=complaint", "District", "Lusaka"),
    ]


def test_three_digits_of_a_number_are_too_few_and_that_is_said(sam):
    make_case()
    assert "Four digits or more." in text_of(desk_of(sam).get("/desk/?reference=123&all"))


def test_an_officer_of_one_agency_is_not_asked_which(alice, sam):
    assert 'name="agency"' in desk_of(sam).get("/desk/").content.decode()
    assert 'name="agency"' not in desk_of(alice).get("/desk/").content.decode()


# --- Saved lists ------------------------------------------------------------------------------------------


def save(officer: Officer, name: str, query: str) -> Any:
    return desk_of(officer).post("/desk/views/", {"name": name, "query": query}, follow=True)


def change(officer: Officer, view: SavedView, what: str, **more: str) -> Any:
    return desk_of(officer).post(f"/desk/views/{view.pk}/", {"what": what, **more}, follow=True)


def test_a_list_is_saved_counted_and_opened_again(alice):
    make_case()
    due_in(-1, topic="nhima-benefits")
    saved = save(alice, "Old complaints", "kind=complaint&due_until=2999-01-01&after=2026-01-01.1.1&evil=1")
    assert saved.redirect_chain == [("/desk/?kind=complaint&due_until=2999-01-01", 303)]
    assert "Old complaints" in text_of(saved)
    assert "Old complaints 1 " in text_of(desk_of(alice).get("/desk/"))


def test_a_list_is_renamed_made_home_and_deleted(alice):
    case, other = make_case(), make_case(topic="nhima-benefits")
    save(alice, "Mine", "owner=me")
    save(alice, "Complaints", "kind=complaint")
    mine, complaints = alice.views.get(name="Mine"), alice.views.get(name="Complaints")
    change(alice, mine, "rename", name="With me")
    for saved in (mine, complaints, complaints):
        change(alice, saved, "home")
    assert list(alice.views.values_list("name", "is_home")) == [("Complaints", True), ("With me", False)]
    home = desk_of(alice).get("/desk/", follow=True)
    assert home.redirect_chain == [("/desk/?kind=complaint", 302)]
    assert (str(case) in text_of(home), str(other) in text_of(home)) == (True, False)
    assert str(other) in text_of(desk_of(alice).get("/desk/?overview"))
    change(alice, complaints, "worklist")
    assert desk_of(alice).get("/desk/").status_code == 200, "the worklist is home again"
    for _twice in range(2):
        assert change(alice, complaints, "delete").status_code == 200
    assert list(alice.views.values_list("name", flat=True)) == ["With me"]


def test_a_name_is_given_once_and_what_was_typed_is_not_lost(alice):
    save(alice, "Mine", "owner=me")
    again = save(alice, "mine", "kind=complaint")
    assert again.status_code == 422
    assert "You have a list of this name." in text_of(again)
    assert 'value="mine"' in again.content.decode()
    save(alice, "Complaints", "kind=complaint")
    renamed = change(alice, alice.views.get(name="Complaints"), "rename", name="MINE")
    assert (renamed.status_code, "You have a list of this name." in text_of(renamed)) == (422, True)


def test_nobody_touches_the_lists_of_others(alice, bob):
    save(alice, "Mine", "owner=me")
    view = alice.views.get()
    for what in ("rename", "home", "delete"):
        change(bob, view, what, name="Bob's")
    assert list(SavedView.objects.values_list("officer", "name", "is_home")) == [(alice.pk, "Mine", False)]
    assert "Mine" not in text_of(desk_of(bob).get("/desk/views/"))


# --- What it costs ----------------------------------------------------------------------------------------


def cost(officer: Officer, address: str) -> int:
    desk = desk_of(officer)
    desk.get(address)
    with asked() as statements:
        desk.get(address)
    return len(statements)


@pytest.mark.parametrize("address", ["/desk/", "/desk/?group=nobody", "/desk/?state=received"])
def test_a_list_costs_the_same_for_one_row_and_for_three(alice, address):
    make_case()
    one = cost(alice, address)
    make_case()
    make_case()
    assert one == cost(alice, address) <= 9


# --- Slips ------------------------------------------------------------------------------------------------


def lies() -> list[Any]:
    """Slips that are not as cases, referrals and events have it, in either direction."""
    columns = "case_id, agency_id, own, place, sensitivity, pile, due, wanted_by, rank, officer_id, kind, topic, state, channel, language, level, moved_up_to_id, unled"
    with connection.cursor() as cursor:
        cursor.execute(
            f"(SELECT {columns} FROM cases_slip EXCEPT SELECT {columns} FROM cases_slip_truth) UNION ALL "
            f"(SELECT {columns} FROM cases_slip_truth EXCEPT SELECT {columns} FROM cases_slip)"
        )
        return cursor.fetchall()


def test_slips_stay_true_through_forty_lives_whoever_writes(sam):
    """And so lists and counts show what the gate lets through, to officers of every kind of scope."""
    officers = [sam, make_officer(place=LUSAKA), make_officer(role=Role.AGENCY, agency="HRC")]
    officers.append(make_officer(role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN))
    for evening in live(Random(7), days=14, a_day=2):
        assert lies() == [], evening
    for officer in officers:
        visible = Case.objects.visible_to(officer)
        seen = {case.pk for key, cases in headings(officer).items() for case in cases}
        assert seen == set(visible.filter(state__in=ALIVE).values_list("pk", flat=True))
        closed = worklist.listing(officer, {"state": "closed"}).cases
        assert set(closed) == set(visible.filter(state=State.CLOSED))
    assert Slip.objects.filter(pile=Pile.CLOSED).exists()
