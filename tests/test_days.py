"""A day of each role in a real browser, one short story each: what they find first, the one thing they do, what is shut."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases import actions
from cases.catalogue import catalogue
from cases.models import Attempt, Case, Decision, Officer, Role, Ticket
from tests.builders import EVERYTHING, LUSAKA_TOWN, MONGU, make_case, make_officer, now_of, on

PASSWORD = "seven green hills"


@pytest.fixture
def enters(living_country: str, page: Page) -> Callable[..., Page]:
    """Somebody of this role logs in and stands on their own first page."""

    def enter(role: Role, **scope: Any) -> tuple[Page, Officer]:
        Attempt.objects.all().delete()  # each story is a day of its own
        officer = make_officer(role=role, **scope)
        officer.user.set_password(PASSWORD)
        officer.user.save()
        actions.person_changed.send(
            sender=Officer, officer=officer
        )  # who writes the public site gets a key to its room
        page.goto(f"{living_country}/desk/")
        page.get_by_label("Username").fill(officer.user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/accounts/" not in address)
        return page, officer

    page.set_default_timeout(15_000)
    return enter


def at(page: Page, house: str, address: str) -> Page:
    page.goto(house + address)
    return page


def shut(page: Page, house: str, *addresses: str) -> None:
    """These are somebody else's pages."""
    for address in addresses:
        answer = page.goto(house + address)
        assert answer is not None
        assert answer.status == 403, address


def test_the_desk_officer_gives_a_number_calls_it_and_takes_down_what_is_said(living_country, enters):
    page, officer = enters(Role.DESK, place=MONGU)
    page.keyboard.press("q")
    page.get_by_role("button", name="Give a number").click()
    expect(page.get_by_label("Number to hand out")).to_contain_text("Your number today")
    page.get_by_role("link", name="Back to the queue").click()
    page.get_by_role("button", name="Call the next number").press("Enter")
    page.get_by_role("link", name="Begin the walk-in").click()
    page.get_by_label("Phone number").fill("0977 123 400")
    page.get_by_label("Topic", exact=True).select_option("nhima-card-inactive")
    page.get_by_label("District").select_option(MONGU)
    page.get_by_label("The citizen's words").fill("My card is dead.")
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url("**/receipt/")
    page.get_by_role("button", name="Served").click()
    expect(page.get_by_text("Nobody is with you")).to_be_visible()

    assert Case.objects.latest("pk").words == "My card is dead."
    assert Ticket.objects.get(called_by=officer).state == "served"
    shut(page, living_country, "/desk/manage/", "/desk/people/", "/desk/survey/")


def test_the_district_supervisor_hears_that_it_is_not_solved_and_answers_anew(living_country, enters):
    page, officer = enters(Role.SUPERVISOR, place=LUSAKA_TOWN)
    first = make_officer(place=LUSAKA_TOWN)
    case = make_case(state="in_progress", officer=first, words="The card is dead.")
    case = actions.resolve(case=case, by=first, decision=Decision.UPHELD, words="It works.")
    case = actions.dispute(case=case, words="It does not work.")
    at(page, living_country, f"/desk/cases/{case.reference}/")
    expect(page.get_by_text("It does not work.").first).to_be_visible()
    page.get_by_label("Decision").select_option("You were right")
    page.get_by_label("Your answer to the citizen").fill("Now it works. We are sorry.")
    page.get_by_role("button", name="Answer with a decision").click()
    expect(page.get_by_text("The citizen is told and has the last word.")).to_be_visible()

    assert (now_of(case).state, case.officer) == ("resolved", officer)
    shut(page, living_country, "/desk/people/", "/desk/retention/")


def test_the_agency_officer_takes_a_case_of_the_agency_and_sees_no_other(living_country, enters):
    page, officer = enters(Role.AGENCY, agency="NHIMA")
    case, others = make_case(words="My card is dead."), make_case(topic="napsa-claim-late")
    at(page, living_country, f"/desk/cases/{case.reference}/")
    page.get_by_role("button", name="Take this case").click()
    expect(page.get_by_text("You have this case now.")).to_be_visible()

    answer = page.goto(f"{living_country}/desk/cases/{others.reference}/")
    assert (now_of(case).officer, answer.status) == (officer, 404)
    shut(page, living_country, "/desk/queue/", "/desk/manage/")


def test_the_agency_supervisor_decides_an_appeal_whose_outcome_is_the_last_word(living_country, enters):
    page, _officer = enters(Role.AGENCY_HEAD, agency="NHIMA")
    first = make_officer(role=Role.AGENCY, agency="NHIMA")
    case = make_case(state="in_progress", officer=first)
    case = actions.resolve(case=case, by=first, decision=Decision.NOT_UPHELD, words="We found no fault.")
    appeal = actions.appeal(case=case, words="Look again.", channel="sms").case
    at(page, living_country, f"/desk/cases/{appeal.reference}/")
    expect(page.get_by_text("To Health Complaints Committee.").first).to_be_visible()
    page.get_by_role("button", name="Take this case").click()
    page.get_by_label("Decision").select_option("You were right")
    page.get_by_label("Your answer to the citizen").fill("You were right. The card works.")
    page.get_by_role("button", name="Answer with a decision").click()
    expect(page.get_by_text("The citizen is told and has the last word.")).to_be_visible()

    assert now_of(case).outcome == "upheld"
    shut(page, living_country, "/desk/people/", "/desk/waiting/")


def test_the_programme_manager_sees_what_is_late_and_how_long_people_waited(living_country, enters):
    page, _officer = enters(Role.MANAGER)
    with on(catalogue().today() - timedelta(days=60)):
        make_case()
    at(page, living_country, "/desk/manage/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator(".me summary", has_text="More").click()
    page.get_by_role("link", name="Waiting at the desks").click()
    expect(page.get_by_role("heading", name="Waiting at the desks")).to_be_visible()
    at(page, living_country, "/desk/survey/")
    expect(page.get_by_role("heading", name="Survey for the actuary")).to_be_visible()
    shut(page, living_country, "/desk/new/", "/desk/people/", "/desk/readings/")


def test_the_safeguarding_focal_point_takes_what_nobody_else_sees(living_country, enters):
    page, officer = enters(Role.SAFEGUARDING, clearances=EVERYTHING)
    case = make_case(topic="violence", words="He beats the child.")
    at(page, living_country, f"/desk/cases/{case.reference}/")
    expect(page.get_by_text("He beats the child.").first).to_be_visible()
    page.get_by_role("button", name="Take this case").click()
    expect(page.get_by_text("You have this case now.")).to_be_visible()

    assert now_of(case).officer == officer
    assert case.events.filter(kind="read", officer=officer).exists()
    assert not Case.objects.visible_to(make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)).filter(pk=case.pk)
    shut(page, living_country, "/desk/manage/", "/desk/people/")


def test_the_auditor_reads_a_case_and_the_log_and_changes_nothing(living_country, enters):
    page, auditor = enters(Role.AUDITOR, clearances=EVERYTHING)
    case = make_case(topic="violence", words="He beats the child.")
    at(page, living_country, f"/desk/cases/{case.reference}/")
    expect(page.get_by_text("He beats the child.").first).to_be_visible()
    expect(page.get_by_role("button", name="Take this case")).to_have_count(0)
    at(page, living_country, "/desk/readings/")
    expect(page.get_by_text(str(case)).first).to_be_visible()

    assert list(case.events.order_by("number").values_list("kind", "officer")) == [("open", None), ("read", auditor.pk)]
    shut(page, living_country, "/desk/new/", "/desk/queue/", "/desk/days-off/")


def test_the_editor_comes_to_the_editors_room_and_to_no_case(living_country, enters):
    page, _officer = enters(Role.EDITOR)
    case = make_case()
    expect(page).to_have_url(f"{living_country}/cms/")
    shut(page, living_country, f"/desk/cases/{case.reference}/", "/desk/manage/", "/desk/people/", "/desk/queue/")


def test_the_administrator_finds_people_and_no_case(living_country, enters):
    page, _officer = enters(Role.ADMINISTRATOR)
    somebody, case = make_officer(name="Bwalya Phiri"), make_case()
    at(page, living_country, "/desk/people/")
    expect(page.get_by_text(str(somebody)).first).to_be_visible()
    shut(page, living_country, f"/desk/cases/{case.reference}/", "/desk/new/", "/desk/manage/", "/desk/survey/")
