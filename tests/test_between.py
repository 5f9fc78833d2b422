"""The coordination report: who asked whom, days held by hand, what was handed over, what came back, for who may see it."""

import re
from datetime import date

import pytest

from cases import actions, coordination
from cases.catalogue import catalogue
from cases.models import Permit, Referral, Role
from tests.builders import EVERYTHING, LUSAKA_TOWN, MONGU, an_agency, make_case, make_officer, on
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/desk/between/"
MONDAY, WEDNESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 6)


@pytest.fixture
def manager():
    return make_officer(role=Role.MANAGER)


def asked(*, agency="NAPSA", day=MONDAY, answer="", answered=WEDNESDAY, words="Not in our books.", **more):
    """A case of NHIMA's on which another agency was asked, and what it answered."""
    by = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    with on(day):
        case = make_case(state="in_progress", officer=by, **more)
        case = actions.refer(case=case, by=by, agency=an_agency(agency), words="Please look.", consent=Permit.NOTHING)
    if answer:
        with on(answered):
            helper = make_officer(role=Role.AGENCY, agency=agency, clearances=EVERYTHING)
            actions.answer_referral(case=case, by=helper, referral=case.referrals.get(), state=answer, words=words)
    return case


def pairs(reader):
    rows = coordination.pairs(coordination.askings(reader), catalogue().today())
    return {(row["from_agency"], row["agency"]): row["all"] for row in rows}


def test_who_asked_whom_and_what_came_of_it_each_one_click_from_its_cases(manager):
    done, declined = asked(answer="done"), asked(answer="declined")
    waiting, other = asked(), asked(agency="WCFCB")
    with on(date(2026, 3, 25)):
        page = desk_of(manager).get(PAGE)
        assert re.search(r"NHIMA.*? → asked NAPSA.*? 3 1 1 1 1 0 0 NHIMA", text_of(page)), text_of(page)
        found = {}
        for state in ("all", "waits", "late", "done", "declined", "returned"):
            address = f"/desk/between/cases/?from=NHIMA&to=NAPSA&state={state}&months=3"
            assert state == "returned" or address.replace("&", "&amp;") in page.content.decode()
            behind = text_of(desk_of(manager).get(address))
            found[state] = [case for case in (done, declined, waiting, other) if str(case) in behind]
        held = "/desk/between/cases/?from=&to=NAPSA&state=all&months=3"
        assert held.replace("&", "&amp;") in page.content.decode()
        behind = text_of(desk_of(manager).get(held))
        assert "Everybody asked NAPSA pension" in behind
        assert [str(case) in behind for case in (done, declined, waiting, other)] == [True, True, True, False]
    assert found == {
        "all": [done, declined, waiting], "waits": [waiting], "late": [waiting], "done": [done],
        "declined": [declined], "returned": [],
    }  # fmt: skip


def test_days_held_are_working_days_and_count_until_today_where_nothing_came_back(manager):
    asked(answer="done", answered=WEDNESDAY)
    asked(answer="returned", answered=date(2026, 3, 11))  # Monday 9 March is a holiday (Women's Day, a Sunday)
    asked()
    with on(date(2026, 3, 13)):
        (one,) = coordination.held(coordination.askings(manager), catalogue().today())
    calendar = catalogue().calendar
    by_hand = sorted(calendar.between(MONDAY, day) for day in (WEDNESDAY, date(2026, 3, 11), date(2026, 3, 13)))
    assert by_hand[0] == 2
    assert (one.agency, one.many, one.total, one.median, one.longest) == (
        "NAPSA", 3, sum(by_hand), by_hand[1], by_hand[2],
    )  # fmt: skip


def test_what_came_back_stands_there_with_its_reason_but_not_of_a_sensitive_matter():
    reader = make_officer(role=Role.MANAGER, clearances=EVERYTHING)
    plain = asked(answer="declined", words="She is no member.")
    private = asked(answer="returned", words="A private reason.", topic="nhima-medicine")
    with on(FRIDAY):
        page = text_of(desk_of(reader).get(PAGE))
    assert str(plain) in page
    assert "She is no member." in page
    assert str(private) in page
    assert "A private reason." not in page
    assert "why it came back stands on its page" in page


def test_a_case_put_where_another_agency_answers_was_handed_over(manager):
    by = make_officer(role=Role.SUPERVISOR)
    topics = catalogue().topics
    with on(MONDAY):
        gone, stays = (make_case(state="in_progress", officer=by) for _time in range(2))
        actions.sort(case=gone, by=by, topic=topics["napsa-claim-late"], place=gone.place)
        actions.sort(case=stays, by=by, topic=topics["nhima-cost"], place=stays.place)
    assert coordination.handed_over(manager, MONDAY, FRIDAY) == [("NHIMA", "NAPSA", 1)]
    assert coordination.handed_over(manager, WEDNESDAY, FRIDAY) == []
    address = "/desk/between/cases/?from=NHIMA&to=NAPSA&state=moved&months=3"
    others = make_officer(role=Role.AGENCY_HEAD, agency="WCFCB")
    with on(FRIDAY):
        assert address.replace("&", "&amp;") in desk_of(manager).get(PAGE).content.decode()
        behind = {who: text_of(desk_of(who).get(address)) for who in (manager, others)}
    assert "From NHIMA health to NAPSA pension" in behind[manager]
    assert [[str(case) in said for case in (gone, stays)] for said in behind.values()] == [
        [True, False],
        [False, False],
    ]


def test_each_sees_what_they_may_and_an_agency_only_its_own_part(manager):
    asked(agency="NAPSA")
    asked(agency="WCFCB", place=MONGU)
    asked(agency="NAPSA", topic="nhima-medicine")
    napsa = make_officer(role=Role.AGENCY_HEAD, agency="NAPSA")
    nhima = make_officer(role=Role.AGENCY_HEAD, agency="NHIMA")
    lusaka = make_officer(role=Role.SUPERVISOR, place=LUSAKA_TOWN)
    cleared = make_officer(role=Role.MANAGER, clearances=EVERYTHING)
    both = {("NHIMA", "NAPSA"): 1, ("NHIMA", "WCFCB"): 1}
    assert (pairs(manager), pairs(nhima)) == (both, both)
    assert (pairs(napsa), pairs(lusaka)) == ({("NHIMA", "NAPSA"): 1},) * 2
    assert pairs(cleared) == both | {("NHIMA", "NAPSA"): 2}
    assert desk_of(make_officer(role=Role.DESK)).get(PAGE).status_code == 403


def test_an_agency_that_was_asked_is_not_told_of_the_others():
    case = asked(agency="NAPSA")
    row = {"from_agency": case.agency, "consent": Permit.NOTHING, "due": FRIDAY}
    Referral.objects.create(case=case, agency=an_agency("WCFCB"), **row)
    assert pairs(make_officer(role=Role.AGENCY_HEAD, agency="NAPSA")) == {("NHIMA", "NAPSA"): 1}


def test_an_address_that_somebody_changed_shows_nothing_odd(manager):
    asked()
    desk = desk_of(manager)
    for odd in ("?months=x", "?months=99999999999"):
        assert desk.get(PAGE + odd).status_code == 200
    for odd in ("", "?from=%00&to=x&state=x&after=99999999999999999999", "?from=NHIMA&to=NAPSA&after=1"):
        assert "No case." in text_of(desk.get(f"{PAGE}cases/{odd}"))
