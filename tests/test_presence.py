"""Who else is at the same case, and what they did meanwhile: said on the page, asked again before a step goes through."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from cases import actions, clock, presence
from cases.lifecycle import State
from cases.models import Case, Officer, Presence, Role
from channels import tasks
from tests.builders import EVERYTHING, LUSAKA_TOWN, make_case, make_officer, now_of
from tests.desk import case_url, desk_of, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def bob() -> Officer:
    return make_officer(name="Bob Banda", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


def here(officer: Officer, case: Case, **said: object) -> str:
    return text_of(desk_of(officer).post(f"{case_url(case)}here/", said))


def form_of(page, step: str) -> dict[str, str]:
    """The hidden fields of a step's form, as the page gives them."""
    html = page.content.decode()
    hidden = re.findall(rf'name="({step}-seen)" value="(\d+)"', html)
    return dict(hidden)


# --- Who is there -------------------------------------------------------------------------------------------


def test_who_opens_a_case_is_told_who_has_it_open_already(alice, bob):
    case = make_case()
    assert "looking at this" not in text_of(desk_of(alice).get(case_url(case)))
    page = text_of(desk_of(bob).get(case_url(case)))
    assert "Alice Mwale is looking at this, too." in page
    assert "Bob Banda is looking" not in page
    assert "Bob Banda is looking at this, too." in here(alice, case)


def test_who_has_begun_to_write_is_said_to_be_writing(alice, bob):
    case = make_case()
    here(alice, case, writing="on")
    assert "Alice Mwale is writing here, too." in here(bob, case)
    here(alice, case, writing="")
    assert "Alice Mwale is looking at this, too." in here(bob, case)


def test_two_minutes_without_a_sign_and_one_is_gone(alice, bob):
    case = make_case()
    now = timezone.now()
    with clock.at(now):
        here(alice, case)
    with clock.at(now + timedelta(seconds=110)):
        assert "Alice Mwale" in here(bob, case)
    with clock.at(now + timedelta(seconds=125)):
        assert "Alice Mwale" not in here(bob, case)


def test_nothing_of_it_is_kept(alice, bob):
    case = make_case()
    with clock.at(timezone.now() - timedelta(seconds=125)):
        here(alice, case)
    here(bob, case)
    assert tasks.run("presence")
    assert list(Presence.objects.values_list("officer", flat=True)) == [bob.pk]
    assert case.events.count() == 1


def test_nobody_announces_themselves_at_a_case_they_do_not_see(alice):
    hidden = make_case(topic="nhima-facility")
    assert desk_of(alice).post(f"{case_url(hidden)}here/").status_code == 404
    assert desk_of(alice).get(f"{case_url(make_case())}here/").status_code == 405
    assert Presence.objects.count() == 0


def test_who_lost_the_case_from_sight_is_not_said_to_be_there(alice):
    dora = make_officer(name="Dora Zulu", role=Role.SUPERVISOR, clearances=EVERYTHING)
    case = make_case(topic="nhima-facility")
    presence.touch(alice, case)
    assert presence.others(dora, case) == []


def test_an_open_page_shows_what_others_did_and_never_what_oneself_did(alice, bob):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.add_note(case=case, by=bob, words="Rang the clinic.")
    assert "Bob Banda: Note, for the office only" in here(alice, case, seen=2)
    assert "Something happened" not in here(bob, case, seen=2)
    assert "Something happened" not in here(alice, case, seen=3)
    assert "Rang the clinic" not in here(alice, case, seen=2), "the page shows it; this is a sign"
    for odd in ("", "x", "-1", "9" * 40):
        assert "Something happened" not in here(alice, case, seen=odd)


def test_a_page_of_another_agency_is_told_nothing_of_what_it_may_not_read(alice, bob):
    charlie = make_officer(name="Charlie Phiri", role=Role.AGENCY, agency="NAPSA", place=LUSAKA_TOWN)
    case = make_case(state=State.REFERRED, officer=alice)
    case.referrals.update(agency="NAPSA")
    actions.add_note(case=case, by=bob, words="Indoors.")
    assert "Something happened" not in here(charlie, case, seen=3)
    assert "Something happened" in here(alice, case, seen=3)


# --- Before a step goes through -----------------------------------------------------------------------------


def test_an_answer_waits_when_the_citizen_wrote_meanwhile_and_goes_out_when_sent_again(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    page = desk_of(alice).get(case_url(case))
    seen = form_of(page, "resolve")["resolve-seen"]
    actions.add_information(case=case, words="I have lost the card as well.")
    first = send(alice, case, "resolve", seen=seen, decision="upheld", words="Your card works again.")
    assert (first.status_code, now_of(case).state) == (409, State.IN_PROGRESS)
    html = unescape(first.content.decode())
    assert "The case changed while you had it open" in html
    assert "Citizen: Information from the citizen" in html
    assert ">\nYour card works again.</textarea>" in html
    assert '<option value="upheld" selected>' in html
    again = send(
        alice,
        case,
        "resolve",
        seen=form_of(first, "resolve")["resolve-seen"],
        decision="upheld",
        words="Your card works again.",
    )
    assert (again.status_code, now_of(case).state) == (303, State.RESOLVED)


def test_what_oneself_did_in_another_window_holds_nobody_up(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.add_note(case=case, by=alice, words="Rang the clinic.")
    assert send(alice, case, "resolve", seen=2, decision="upheld", words="It works.").status_code == 303


@pytest.mark.parametrize("step", ["note", "inform"])
def test_what_only_adds_is_added_whatever_happened(alice, bob, step):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.add_note(case=case, by=bob, words="Rang the clinic.")
    assert send(alice, case, step, seen=2, words="She came again.").status_code == 303


def test_a_lost_answer_sent_again_after_others_acted_is_still_not_done_twice(alice, bob):
    """The connection broke after the step was taken: what is sent again finds its own words, whatever came after."""
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    answer = {"decision": "upheld", "words": "It works."}
    assert send(alice, case, "resolve", seen=2, **answer).status_code == 303
    actions.add_note(case=case, by=bob, words="Well said.")
    assert send(alice, case, "resolve", seen=2, **answer).status_code == 303
    assert case.events.filter(kind="resolve").count() == 1


def test_readings_are_no_change():
    dora, eve = (make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING) for _ in range(2))
    case = make_case(topic="nhima-facility", state=State.IN_PROGRESS, officer=dora)
    desk_of(eve).get(case_url(case))
    assert send(dora, case, "resolve", seen=2, decision="upheld", words="It works.").status_code == 303
