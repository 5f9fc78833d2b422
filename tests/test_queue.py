"""The queue of a desk: no number is given or called twice, nobody is named, and the next day only counts are left."""

import re
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Max
from django.test import Client

from cases import actions, clock, tickets
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.models import Officer, QueueDay, Role, Ticket
from channels import tasks
from tests.builders import KAFUE, MONGU, make_officer
from tests.desk import desk_of, text_of
from tests.paper import text_on
from tests.test_actions import all_at_once
from tests.test_walk_in import walk_in

MORNING = datetime(2026, 9, 7, 8, tzinfo=ZoneInfo("Africa/Lusaka"))
PAGE = "/desk/queue/mongu-desk/"


def at(minutes: int) -> Any:
    return clock.at(MORNING + timedelta(minutes=minutes))


@pytest.fixture
def mary(db) -> Officer:
    return make_officer(name="Mary", place=MONGU)


@pytest.fixture
def john(db) -> Officer:
    return make_officer(name="John", place=MONGU)


def give(by: Officer, times: int = 1) -> list[int]:
    before = Ticket.objects.count()
    desk = catalogue().desks["mongu-desk"]
    return [actions.give_ticket(desk=desk, by=by, once=f"{before + one}").number for one in range(times)]


def call(by: Officer, after: int | None = None, **more: Any) -> int:
    return actions.call_next(desk=catalogue().desks["mongu-desk"], by=by, after=after, **more).number


def states() -> dict[int, str]:
    return dict(Ticket.objects.values_list("number", "state"))


# --- Numbers ------------------------------------------------------------------------------------------------


def test_numbers_begin_at_one_each_day_and_at_each_desk(mary):
    everywhere = make_officer()
    with at(0):
        assert give(mary, 3) == [1, 2, 3]
        other = actions.give_ticket(desk=catalogue().desks["kafue-desk"], by=everywhere, once="other")
    with at(24 * 60):
        assert (other.number, give(mary)) == (1, [1])


def test_the_same_press_of_the_button_gives_the_same_number(mary):
    desk = desk_of(mary)
    first, again = (desk.post(PAGE, {"do": "give", "once": "one-page"}) for _press in range(2))

    assert (first["Location"], again["Location"]) == (f"{PAGE}1/", f"{PAGE}1/")
    assert Ticket.objects.count() == 1


def test_who_waits_longest_is_called_first_and_the_one_before_is_served(mary, john):
    give(mary, 3)

    assert (call(mary), call(john), call(mary, after=1)) == (1, 2, 3)
    assert states() == {1: "served", 2: "called", 3: "called"}
    with pytest.raises(NotAllowed, match="Nobody is waiting"):
        call(mary, after=3)
    assert states()[3] == "called"


def test_pressed_twice_the_next_is_called_once(mary):
    give(mary, 3)

    assert [call(mary), call(mary)] == [1, 1]
    assert [call(mary, after=1), call(mary, after=1)] == [2, 2]


def test_who_is_not_there_any_more_is_called_by_nobody(mary):
    give(mary, 3)
    desk = desk_of(mary)
    desk.post(PAGE, {"do": "left", "number": "1"})
    desk.post(PAGE, {"do": "call", "after": "", "counter": "2"})
    desk.post(PAGE, {"do": "left", "number": "2"})

    assert states() == {1: "left", 2: "left", 3: "waiting"}
    with pytest.raises(NotAllowed, match="Call this number first"):
        actions.end_ticket(desk=catalogue().desks["mongu-desk"], number=3, by=mary, came=True)


def test_nobody_gives_numbers_at_a_desk_of_another_place(mary):
    far = make_officer(place=KAFUE)
    with pytest.raises(NotAllowed):
        give(far)
    assert desk_of(far).post(PAGE, {"do": "give", "once": "1"}).status_code == 404
    auditor = make_officer(role=Role.AUDITOR)
    with pytest.raises(NotAllowed):
        give(auditor)


# --- How long still -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calls", "gap"),
    [([], None), ([0], None), ([0, 10], 10), ([0, 8, 20, 28], 8), ([0, 6, 12, 92, 98], 6)],  # noon changes nothing
)
def test_todays_pace_is_how_far_apart_calls_mostly_are(calls, gap):
    assert tickets.gap_between([MORNING + timedelta(minutes=minutes) for minutes in calls]) == gap


@pytest.mark.parametrize(
    ("ahead", "gap", "minutes"), [(3, None, None), (0, 8, 0), (1, 8, 10), (2, 8, 20), (1, 0.1, 5), (5, 7, 35)]
)
def test_a_wait_is_told_in_steps_of_five_minutes(ahead, gap, minutes):
    assert tickets.expected(ahead, gap) == minutes


def test_the_list_says_who_is_next_and_how_long_the_others_wait(mary):
    with at(0):
        give(mary, 5)
    with at(10):
        call(mary)
    with at(18):
        call(mary, after=1)
    with at(20):
        page = text_of(desk_of(mary).get(PAGE))

    assert re.findall(r"(?<=\b)(\d) (next|about \d+ minutes) since", page) == [
        ("3", "next"),
        ("4", "about 10 minutes"),
        ("5", "about 20 minutes"),
    ]
    assert "Who comes now waits about 25 minutes." in page
    assert "Today: 1 called, 1 served, 0 left." in page


# --- What is handed out and shown ----------------------------------------------------------------------------


def test_the_slip_and_its_paper_hold_a_number_a_desk_and_a_day_and_nobody(mary):
    with at(0):
        give(mary, 2)
        desk = desk_of(mary)
        shown, paper = text_of(desk.get(f"{PAGE}2/")), desk.get(f"{PAGE}2/paper/")
        missing = desk.get(f"{PAGE}3/").status_code

    assert "Your number today 2" in shown
    said = text_on(paper.content)
    for fact in ("Your number today", "2", "Mongu one-stop desk", "07/09/2026", "It is good for today only."):
        assert fact in said, fact
    assert missing == 404


def test_yesterdays_slip_is_no_page_any_more(mary):
    with at(0):
        give(mary)
    with at(24 * 60):
        assert desk_of(mary).get(f"{PAGE}1/").status_code == 404


def test_the_big_screen_is_for_everybody_and_shows_numbers_and_counters_only(mary, john, client):
    give(mary, 4)
    call(mary, counter=1)
    call(john, counter=2)
    page = client.get("/queue/mongu-desk/")
    screen = text_of(page)

    assert "Now serving 2 Counter 2 1 Counter 1" in screen
    assert "2 are waiting." in screen
    assert "Mary" not in screen
    assert "John" not in screen
    assert 'http-equiv="refresh"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.get("/queue/no-desk/").status_code == 404


def test_the_called_number_stands_on_the_walk_in_and_leads_on_from_the_receipt(mary):
    give(mary, 2)
    desk = desk_of(mary)
    desk.post(PAGE, {"do": "call", "after": "", "counter": "3"})

    assert "Number 1 is with you." in text_of(desk.get("/desk/new/"))
    assert walk_in(desk, place=MONGU).status_code == 303
    assert "Number 1 is with you." in text_of(desk.get("/desk/new/receipt/"))
    answer = desk.post(PAGE, {"do": "call", "after": "1", "counter": "3"})
    assert answer["Location"] == PAGE
    assert (states(), Ticket.objects.get(number=2).counter) == ({1: "served", 2: "called"}, 3)


def test_who_has_one_desk_is_led_to_it_and_who_has_several_or_none_is_told(mary):
    assert desk_of(mary).get("/desk/queue/")["Location"] == PAGE
    assert "Kafue one-stop desk" in text_of(desk_of(make_officer()).get("/desk/queue/"))
    assert "No desk in your place" in text_of(desk_of(make_officer(place="ZM105006")).get("/desk/queue/"))


@pytest.mark.parametrize("typed", ["", "x", "-1", "0", "99999999999999999999", "²"])
def test_an_odd_counter_is_no_counter(typed, mary):
    give(mary)
    assert desk_of(mary).post(PAGE, {"do": "call", "counter": typed}).status_code == 303
    assert Ticket.objects.get().counter is None


# --- The next day ---------------------------------------------------------------------------------------------


def test_the_next_day_the_numbers_are_gone_and_counts_stay(mary):
    with at(0):
        give(mary, 5)
    for after, minutes in ((None, 4), (1, 10), (2, 10)):
        with at(minutes):
            call(mary, after=after)
    actions_today = actions.end_queue_days(MORNING)
    tomorrow = actions.end_queue_days(MORNING + timedelta(days=1))
    day = QueueDay.objects.get()

    assert (actions_today, tomorrow, Ticket.objects.count()) == (0, 1, 0)
    assert (day.given, day.served, day.left, day.waits) == (5, 3, 2, {"4": 1, "10": 2})
    assert actions.end_queue_days(MORNING + timedelta(days=2)) == 0
    assert tasks.run("queues")


def test_the_manager_reads_how_long_people_waited_of_the_desks_in_their_place(mary):
    with at(0):
        give(mary, 4)
    for after, minutes in ((None, 4), (1, 10), (2, 30)):
        with at(minutes):
            call(mary, after=after)
    manager, elsewhere = make_officer(role=Role.MANAGER), make_officer(role=Role.MANAGER, place=KAFUE)
    with at(24 * 60):
        actions.end_queue_days(clock.now())
        pages = [text_of(desk_of(one).get("/desk/waiting/")) for one in (manager, elsewhere)]

    assert "Mongu one-stop desk 1 4 3 1 10 min 30 min" in pages[0]
    assert "No day yet" in pages[1]


# --- At once ----------------------------------------------------------------------------------------------------


def naive_number(day: QueueDay, barrier: Barrier) -> int:
    """The highest number and one more, as one would without the lock."""
    highest = day.tickets.aggregate(highest=Max("number"))["highest"] or 0
    barrier.wait()
    return highest + 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_and_naive_ones_the_same():
    officer, desk = make_officer(place=MONGU), catalogue().desks["mongu-desk"]

    given = all_at_once(20, lambda number: actions.give_ticket(desk=desk, by=officer, once=f"at once {number}").number)
    assert sorted(given) == list(range(1, 21))

    barrier, day = Barrier(20), QueueDay.objects.get()
    assert len({*all_at_once(20, lambda _number: naive_number(day, barrier))}) == 1


@pytest.mark.django_db(transaction=True)
def test_five_officers_who_call_at_once_call_five_people():
    officers, desk = [make_officer(place=MONGU) for _one in range(5)], catalogue().desks["mongu-desk"]
    give(officers[0], 5)

    called = all_at_once(5, lambda one: actions.call_next(desk=desk, by=officers[one], after=None).number)

    assert sorted(called) == [1, 2, 3, 4, 5]


def test_a_stranger_gives_no_number(db):
    assert Client().post(PAGE, {"do": "give"}).status_code == 302
    assert not QueueDay.objects.exists()
