"""Work shared fairly: who has how much, many cases to other hands by each one's rights, and cover while one is away."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from cases import actions, handing
from cases.actions import NotAllowed, Wish, cover
from cases.actions import people as hr
from cases.actions.owners import pass_on
from cases.catalogue import catalogue
from cases.load import Load, load_of
from cases.models import Absence, Case, Event, Loan, Move, Officer, Role
from channels import bell, tasks
from tests.builders import KAFUE, LUSAKA, LUSAKA_TOWN, MONGU, make_case, make_officer, moved_up, noon, now_of, on
from tests.desk import buttons, case_url, desk_of, send, text_of

pytestmark = pytest.mark.django_db

PAGE = "/desk/work/"


@pytest.fixture
def supervisor():
    return make_officer(role=Role.SUPERVISOR, place=LUSAKA, name="Susan Sakala")


@pytest.fixture
def team():
    return [make_officer(place=LUSAKA, name=name) for name in ("Alice Phiri", "Bob Banda", "Carol Zulu")]


def preview(officer, givers, takers, **narrowed):
    asked = {"giver": [getattr(one, "pk", one) for one in givers], "taker": [one.pk for one in takers]}
    return desk_of(officer).get("/desk/work/share/", asked | narrowed)


def yes_to(officer, shown, once=None):
    """Send the form of the preview."""
    moves = re.search(r'name="moves" value="([^"]*)"', shown.content.decode())
    once = once or re.search(r'name="once" value="([^"]*)"', shown.content.decode())[1]
    return desk_of(officer).post("/desk/work/share/", {"once": once, "moves": moves[1]})


def owners(*cases):
    return [now_of(case).officer for case in cases]


# --- Who has how much ------------------------------------------------------------------------------------


def test_the_page_says_who_has_how_much_and_what_nobody_has(supervisor, team):
    alice = team[0]
    with on(date(2026, 3, 3)):
        late = make_case(state="in_progress", officer=alice)
    elsewhere, manager = make_officer(place=MONGU, name="Zoe Far"), make_officer(role=Role.MANAGER)
    with on(late.resolve_due + timedelta(days=1)):
        make_case(state="in_progress", officer=alice)
        make_case()
        page = text_of(desk_of(supervisor).get(PAGE))
        others = make_case(state="in_progress", officer=elsewhere, place=MONGU)
        theirs = text_of(desk_of(manager).get(f"/desk/?owner={elsewhere.pk}"))
        not_theirs = text_of(desk_of(supervisor).get(f"/desk/?owner={elsewhere.pk}&all"))
    assert re.search(r"Nobody yet 1 ", page)
    assert re.search(r"Alice Phiri .*?Their cases .*?cover 2 1 2 – Gives Gets", page)
    assert str(others) in theirs
    assert str(late) not in theirs
    assert "With whom: Zoe Far" not in not_theirs
    assert str(elsewhere) not in page


def test_a_count_leads_to_as_many_cases_as_it_says(supervisor, team):
    alice = team[0]
    with on(date(2026, 3, 3)):
        late = [make_case(state=state, officer=alice) for state in ("in_progress", "waiting")]
        for state in ("resolved", "closed"):
            make_case(state=state, officer=alice)
    with on(max(case.resolve_due for case in late) + timedelta(days=1)):
        make_case(state="referred", officer=alice)
        make_case(state="in_progress", officer=supervisor)
        make_case()
        make_case(topic="register-worker", also_for=[catalogue().agencies["NHIMA"]])
        page = desk_of(supervisor).get(PAGE).content.decode()
        counts = re.findall(r'href="(/desk/\?owner=[^"]+state=open[^"]*)">(\d+)</a>', page)
        lists = [desk_of(supervisor).get(unescape(address)).content.decode() for address, _count in counts]
    assert sorted(int(count) for _address, count in counts) == [1, 2, 2, 3]
    assert [len(re.findall(r'href="/desk/cases/\d{12}/"', one)) for one in lists] == [
        int(count) for _address, count in counts
    ]


def test_what_the_reader_does_not_see_is_in_no_number(supervisor):
    alice = make_officer(place=LUSAKA, clearances=["private"])
    for topic in ("data-see", "nhima-card-inactive"):
        make_case(state="in_progress", officer=alice, topic=topic)
    assert load_of(supervisor, [alice], catalogue().today()) == [Load(alice, open=1, taken=1)]


def test_an_auditor_looks_and_shares_out_nothing(team):
    auditor = make_officer(role=Role.AUDITOR)
    page = desk_of(auditor).get(PAGE)
    assert "Alice Phiri" in text_of(page)
    assert 'name="giver"' not in page.content.decode()
    with pytest.raises(NotAllowed):
        actions.reassign(by=auditor, once=uuid4(), wishes=[])


# --- Many cases at once ----------------------------------------------------------------------------------


def test_cases_go_evenly_to_who_has_least_as_shown_before(supervisor, team):
    alice, bob, carol = team
    cases = [make_case(state="in_progress", officer=alice) for _time in range(4)]
    make_case(state="in_progress", officer=bob)
    shown = preview(supervisor, [alice], [bob, carol])
    assert "4 cases go to other hands" in text_of(shown)
    assert "Bob Banda gets 2 and has 1 open now" in text_of(shown)
    assert owners(*cases) == [alice] * 4  # looking moves nothing

    answer = yes_to(supervisor, shown)
    assert answer.status_code == 303
    assert "0 of 4" in text_of(desk_of(supervisor).get(answer["Location"]))
    assert actions.make_moves() == 4
    assert sorted(map(str, owners(*cases))) == ["Bob Banda"] * 2 + ["Carol Zulu"] * 2
    assert "4 of 4" in text_of(desk_of(supervisor).get(answer["Location"]))
    events = Event.objects.filter(kind="hand_over", case__in=cases)
    assert {event.officer for event in events} == {supervisor}
    assert events.count() == 4


def test_a_form_sent_twice_and_two_workers_move_once(supervisor, team):
    alice, bob, _carol = team
    case = make_case(state="in_progress", officer=alice)
    shown = preview(supervisor, [alice], [bob])
    places = {yes_to(supervisor, shown)["Location"] for _time in range(2)}
    assert (len(places), Move.objects.count()) == (1, 1)
    assert (actions.make_moves(), actions.make_moves()) == (1, 0)
    assert case.events.filter(kind="hand_over").count() == 1


def test_only_what_was_chosen_moves(supervisor, team):
    alice, bob, _carol = team
    here = make_case(state="in_progress", officer=alice, place=KAFUE)
    asked = make_case(state="waiting", officer=alice, place=KAFUE)
    there = make_case(state="in_progress", officer=alice, place=LUSAKA_TOWN)
    other = make_case(state="in_progress", officer=alice, place=KAFUE, topic="nhima-cost")
    free = make_case(place=KAFUE)
    alices = {"place": KAFUE, "topic": here.topic_id, "state": "in_progress"}
    wanted = handing.Wanted(givers=[alice], nobodys=False, takers=[bob], **alices)
    assert list(handing.chosen(supervisor, wanted)) == [here]
    shown = preview(supervisor, ["nobody"], [bob])
    yes_to(supervisor, shown)
    actions.make_moves()
    assert now_of(free).officer == bob
    assert now_of(free).state == "in_progress"
    assert owners(here, asked, there, other) == [alice] * 4


def test_rights_hold_case_by_case_and_each_refusal_is_listed(supervisor, team):
    alice, bob, carol = team
    far = make_officer(place=LUSAKA_TOWN, name="Town Only")
    kafue = make_case(state="in_progress", officer=alice, place=KAFUE)
    about_bob = make_case(state="in_progress", officer=alice)
    boss = make_officer(role=Role.SUPERVISOR, clearances=["private", "staff"], name="Boss")
    taken = make_case(state="in_progress", officer=alice)
    private = make_case(
        state="in_progress", officer=make_officer(place=LUSAKA, clearances=["private"]), topic="data-see"
    )

    shown = text_of(preview(supervisor, [alice], [far]))
    assert "1 stays: nobody you chose may have it" in shown
    assert "2 cases go to other hands" in shown

    of_private = handing.Wanted(givers=[private.officer], nobodys=False, takers=[bob])
    assert list(handing.chosen(supervisor, of_private)) == []
    wishes = [Wish(case.pk, alice.pk, bob.pk) for case in (kafue, about_bob, taken, private)]
    wishes[0] = Wish(kafue.pk, alice.pk, far.pk)
    kept = actions.reassign(by=supervisor, once=uuid4(), wishes=wishes)
    assert kept.moves.count() == 3  # what the supervisor does not see is no case
    actions.hand_over(case=taken, by=alice, to=carol)
    actions.name_officer(case=about_bob, by=boss, officer=bob, words="The citizen says so.")
    actions.make_moves()
    assert owners(kafue, taken) == [alice, carol]
    assert set(kept.moves.values_list("state", flat=True)) == {"refused"}
    page = text_of(desk_of(supervisor).get(reverse("cases:moves", args=[kept.once])))
    assert "Town Only may not work on this case." in page
    assert "It went to other hands meanwhile." in page
    assert f"{about_bob}" not in page


def test_who_may_share_out_no_more_when_it_is_done_moves_nothing(supervisor, team):
    alice, bob, _carol = team
    case = make_case(state="in_progress", officer=alice)
    yes_to(supervisor, preview(supervisor, [alice], [bob]))
    supervisor.role = Role.DESK
    supervisor.save()
    assert actions.make_moves() == 0
    assert Move.objects.get().state == "refused"
    assert now_of(case).officer == alice


def test_nobody_elses_moves_are_shown_and_nothing_crooked_is_kept(supervisor, team):
    alice, bob, _carol = team
    make_case(state="in_progress", officer=alice)
    place = yes_to(supervisor, preview(supervisor, [alice], [bob]))["Location"]
    assert desk_of(make_officer(role=Role.MANAGER)).get(place).status_code == 404
    for crooked in ("", "1.2", "x", "99999999999999999.0.99999999999999999"):
        desk_of(supervisor).post("/desk/work/share/", {"once": uuid4(), "moves": crooked})
    assert Move.objects.count() == 1
    nothing = preview(supervisor, [], [])
    assert nothing.status_code == 422
    assert "Choose whose cases." in text_of(nothing)


def test_an_appeal_goes_to_nobody_who_had_a_part_in_it(team):
    alice, bob, _carol = team
    above, reader = (make_officer(role=Role.SUPERVISOR, place=LUSAKA) for _time in range(2))
    first = make_case(state="resolved", officer=alice)
    appeal = actions.appeal(case=first, words="This is wrong.", channel="ussd").case
    planned = handing.plan(reader, handing.Wanted(givers=[], nobodys=True, takers=[alice, bob, above]), most=9)
    assert [(one.case, one.to) for one in planned] == [(appeal, above)]


def test_an_appeal_is_given_away_by_nobody_who_had_a_part_in_it():
    judge, above = (make_officer(role=Role.SUPERVISOR, place=LUSAKA) for _time in range(2))
    appeal = actions.appeal(case=make_case(state="resolved", officer=judge), words="Wrong.", channel="ussd").case
    planned = handing.plan(judge, handing.Wanted(givers=[], nobodys=True, takers=[above]), most=9)
    assert [(one.case, one.to) for one in planned] == [(appeal, None)]


def test_who_has_least_is_told_by_the_cases_that_the_reader_sees(supervisor, team):
    alice, _bob, carol = team
    discreet = make_officer(place=LUSAKA, clearances=["private"])
    make_case(state="in_progress", officer=carol)
    for _time in range(2):
        make_case(state="in_progress", officer=discreet, topic="data-see")
    case = make_case(state="in_progress", officer=alice)
    planned = handing.plan(supervisor, handing.Wanted(givers=[alice], nobodys=False, takers=[carol, discreet]), most=9)
    assert [(one.case, one.to) for one in planned] == [(case, discreet)]


def test_a_case_that_was_only_asked_about_is_not_shared_out_by_the_agency_that_was_asked():
    asked = make_case(state="referred")
    head = make_officer(role=Role.AGENCY_HEAD, agency="HRC")
    assert asked in Case.objects.visible_to(head)
    assert not handing.chosen(head, handing.Wanted(givers=[asked.officer], nobodys=True, takers=[]))


def test_the_bell_is_rung_for_moves(supervisor, team, django_capture_on_commit_callbacks):
    queue = bell.Queue(bell.QUEUE, connection=bell._bell().valkey)
    queue.empty()
    bell.heard(bell.MOVES)
    with django_capture_on_commit_callbacks(execute=True):
        actions.reassign(by=supervisor, once=uuid4(), wishes=[])
    assert [job.func_name for job in queue.jobs] == [bell.MOVES]
    queue.empty()
    assert tasks.run("moves")


# --- Cover -----------------------------------------------------------------------------------------------

MONDAY, FRIDAY, NEXT_MONDAY = date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 9)


def away(officer, *, cover=None, by=None, first=MONDAY, last=FRIDAY, hands_on=True):
    return hr.be_away(officer=officer, by=by or officer, first_day=first, last_day=last, cover=cover, hands_on=hands_on)


def sweep(day):
    with on(day):
        return actions.cover_absences(noon(day.year, day.month, day.day))


def test_open_cases_go_to_the_cover_on_the_first_day_and_come_back_after_the_last(team):
    alice, bob, _carol = team
    with on(MONDAY - timedelta(days=3)):
        case, answered = (make_case(state=state, officer=alice) for state in ("in_progress", "resolved"))
        away(alice, cover=bob)
    assert [sweep(MONDAY - timedelta(days=1)), sweep(MONDAY), sweep(MONDAY)] == [0, 1, 0]
    assert owners(case, answered) == [bob, alice]
    assert [sweep(FRIDAY), sweep(NEXT_MONDAY), sweep(NEXT_MONDAY)] == [0, 1, 0]
    assert owners(case) == [alice]
    told = case.events.filter(kind="hand_over").order_by("number")
    assert [(one.actor, one.data["to"], one.data["why"]) for one in told] == [
        ("system", bob.pk, "cover"),
        ("system", alice.pk, "back"),
    ]
    page = text_of(desk_of(alice).get(case_url(case)))
    assert "Given to: Bob Banda, who covers" in page
    assert "Given to: Alice Phiri, who is back" in page


def test_without_that_choice_cases_stay(team):
    alice, bob, _carol = team
    with on(MONDAY):
        case = make_case(state="in_progress", officer=alice)
        away(alice, cover=bob, hands_on=False)
        with pytest.raises(NotAllowed, match="choose who covers"):
            away(alice, first=NEXT_MONDAY, last=NEXT_MONDAY)
    assert sweep(MONDAY) == 0
    assert now_of(case).officer == alice


def test_what_is_handed_to_who_is_away_goes_to_the_cover_and_then_to_them(team):
    alice, bob, carol = team
    with on(MONDAY):
        away(alice, cover=bob)
        case = make_case(state="in_progress", officer=carol)
        actions.hand_over(case=case, by=carol, to=alice)
        assert now_of(case).officer == bob
    sweep(NEXT_MONDAY)
    assert now_of(case).officer == alice


def test_who_is_away_is_offered_to_nobody_and_given_nothing(supervisor, team):
    alice, bob, carol = team
    with on(MONDAY):
        away(alice, cover=bob, hands_on=False)
        case = make_case(state="in_progress", officer=carol)
        page = desk_of(carol).get(case_url(case))
        assert "hand_over" in buttons(page)
        offered = page.content.decode().split('name="hand_over-to"')[1].split("</select>")[0]
        assert ("Alice Phiri" in offered, "Bob Banda" in offered) == (False, True)
        assert send(carol, case, "hand_over", seen=2, to=alice.pk).status_code == 422
        with pytest.raises(NotAllowed, match="Alice Phiri is away"):
            actions.hand_over(case=case, by=carol, to=alice)
        takers = re.findall(r'name="taker" value="(\d+)"', desk_of(supervisor).get(PAGE).content.decode())
    assert str(alice.pk) not in takers
    assert str(bob.pk) in takers


def test_a_case_that_the_cover_may_not_have_stays_and_is_asked_about_once(team):
    alice = team[0]
    town = make_officer(place=LUSAKA_TOWN, name="Town Only")
    with on(MONDAY):
        case = make_case(state="in_progress", officer=alice, place=KAFUE)
        away(alice, cover=town)
    assert [sweep(MONDAY), sweep(MONDAY)] == [0, 0]
    assert now_of(case).officer == alice
    assert [loan.cover for loan in Loan.objects.all()] == [None]


def test_what_the_cover_answered_or_gave_away_does_not_come_back(team):
    alice, bob, carol = team
    with on(MONDAY):
        answered, given = (make_case(state="in_progress", officer=alice) for _time in range(2))
        away(alice, cover=bob)
    sweep(MONDAY)
    with on(FRIDAY):
        actions.resolve(case=answered, by=bob, decision="upheld", words="It works again.")
        actions.hand_over(case=given, by=bob, to=carol)
    assert sweep(NEXT_MONDAY) == 0
    assert owners(answered, given) == [bob, carol]
    assert not Loan.objects.filter(ended_at=None).exists()


def test_a_cover_who_is_away_in_turn_is_covered_for_and_all_come_back_to_whose_they_are(team):
    alice, bob, carol = team
    with on(MONDAY):
        case = make_case(state="in_progress", officer=alice)
        away(alice, cover=bob, last=date(2026, 3, 20))
    sweep(MONDAY)
    with on(MONDAY):
        away(bob, cover=carol, first=FRIDAY, last=date(2026, 3, 27))
    sweep(FRIDAY)
    assert now_of(case).officer == carol
    sweep(date(2026, 3, 21))
    assert now_of(case).officer == alice


def test_an_absence_taken_out_calls_the_cases_back(team):
    alice, bob, _carol = team
    with on(MONDAY):
        case = make_case(state="in_progress", officer=alice)
        absence = away(alice, cover=bob)
    sweep(MONDAY)
    with on(MONDAY):
        hr.not_be_away(absence=absence, by=alice)
    assert sweep(MONDAY) == 1
    assert now_of(case).officer == alice


def test_a_supervisor_writes_down_who_covers_for_their_people_and_for_nobody_else(supervisor, team):
    alice, bob, _carol = team
    days = {"away-first_day": "2030-03-04", "away-last_day": "2030-03-08"}
    page = desk_of(supervisor).post(f"/desk/work/officers/{alice.pk}/", days | {"away-hands_on": "on"})
    assert page.status_code == 422
    assert "Please choose who covers" in text_of(page)
    days |= {"away-hands_on": "on", "away-cover": bob.pk}
    assert desk_of(supervisor).post(f"/desk/work/officers/{alice.pk}/", days).status_code == 303
    absence = Absence.objects.get()
    assert (absence.officer, absence.cover, absence.hands_on) == (alice, bob, True)
    assert "Bob Banda covers, and has the open cases until then" in text_of(
        desk_of(supervisor).get(f"/desk/work/officers/{alice.pk}/")
    )
    desk_of(supervisor).post(f"/desk/work/officers/{alice.pk}/", {"absence": absence.pk})
    assert not Absence.objects.exists()
    elsewhere = make_officer(place=MONGU)
    assert desk_of(supervisor).post(f"/desk/work/officers/{elsewhere.pk}/", days).status_code == 404
    with pytest.raises(NotAllowed):
        away(elsewhere, by=supervisor)
    with pytest.raises(NotAllowed):
        away(supervisor, by=alice)


def test_what_moved_up_is_no_ones_to_lend_but_the_owners(team, supervisor):
    """Cover is about who has the case; who answers for its level stays."""
    alice, bob, _carol = team
    with on(MONDAY):
        case = make_case(state="in_progress", officer=alice)
        moved_up(case, to=supervisor)
        away(alice, cover=bob)
    sweep(MONDAY)
    assert now_of(case).officer == bob
    assert case.escalations.get().officer == supervisor


def test_who_may_have_it_no_longer_does_not_get_it_back_and_what_was_answered_is_lent_to_nobody(team):
    """What changed between the look and the lock counts: `_lend` is asked about a case that is closed by then."""
    alice, bob, _carol = team
    with on(MONDAY):
        case, done = make_case(state="in_progress", officer=alice), make_case(state="closed", officer=alice)
        absence = away(alice, cover=bob)
    sweep(MONDAY)
    Officer.objects.filter(pk=alice.pk).update(place=MONGU)

    assert sweep(NEXT_MONDAY) == 0
    assert owners(case) == [bob]
    with pytest.raises(NotAllowed, match="cannot be done now"):
        cover._lend(case=done, absence=absence, today=MONDAY)


def test_a_case_that_was_closed_meanwhile_is_passed_on_to_nobody(team):
    alice, bob, _carol = team
    closed = make_case(state="closed", officer=alice)

    with pytest.raises(NotAllowed, match="cannot be done now"):
        pass_on(case=closed, to=bob, why="left")
    assert owners(closed) == [alice]
