"""The phone on the screen and the citizen's pages in a real browser: used by keys, seen at two widths, read by axe."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases import actions
from cases.crypto import blind
from cases.lifecycle import State
from cases.models import Case, Channel
from channels.models import Message
from channels.views_simulator import SIMS
from cms.site import build_site
from tests.builders import make_case
from tests.readers import faults_of

CALM = ".handset:not([data-mode=busy])"


@pytest.fixture(scope="module")
def country(living_country: str) -> str:
    build_site()
    return living_country


class Handset:
    """The phone as a thumb and an eye know it."""

    def __init__(self, page: Any, country: str, *, owner: int = 0):
        self.page = page
        page.goto(f"{country}/simulator/")
        page.locator("[name=sim]").nth(owner).check()

    @property
    def screen(self) -> str:
        self.page.wait_for_selector(CALM)
        return self.page.locator("[data-shown]").inner_text()

    def call(self) -> str:
        self.page.get_by_role("button", name="Call or send").click()
        return self.screen

    def keys(self, digits: str) -> None:
        for digit in digits:
            self.page.locator(f"[data-key='{digit}']").click()

    def choose(self, *labels: str) -> str:
        """Press the number that stands before a label, then the green key."""
        for label in labels:
            number = re.search(rf"^(\d) {re.escape(label)}$", self.screen, re.M)
            assert number, f"{label!r} is not on this screen:\n{self.screen}"
            self.keys(number[1])
            self.call()
        return self.screen

    def type(self, words: str) -> str:
        """On the keyboard of the computer."""
        self.page.locator("[data-typed]").fill(words)
        self.page.keyboard.press("Enter")
        return self.screen


def begin(phone: Handset) -> str:
    """To the main menu, past the question of the language on the very first call."""
    screen = phone.call()
    return phone.choose("English") if screen.startswith("Language?") else screen


def complain_about_late_money(phone: Handset) -> str:
    begin(phone)
    phone.choose("Complain", "Social welfare", "Social cash (SCT)", "Money late or missed", "Yes, they may")
    phone.type("mong")
    phone.type("No money came in May")
    return phone.choose("Yes")


# --- The phone ----------------------------------------------------------------------------------------


def test_a_complaint_made_on_the_phone_is_followed_on_the_web(country, page):
    phone = Handset(page, country)
    said = complain_about_late_money(phone)
    reference = re.search(r"\d{4} \d{4} \d{4}", said)[0]
    pin = re.search(r"PIN (\d{6})", said)[1]

    page.locator("[data-thread] li.theirs", has_text=reference).wait_for(timeout=15_000)
    page.goto(f"{country}/track/")
    page.get_by_label("Case number").fill(reference)
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Open my case").click()

    page.get_by_role("heading", name="We have it. An officer will look at it.").wait_for()
    page.get_by_text("No money came in May").wait_for()
    assert page.url == f"{country}/track/case/"


def test_a_line_that_drops_goes_on_at_the_next_call(country, page):
    phone = Handset(page, country, owner=1)
    begin(phone)
    phone.choose("Complain", "NAPSA pension")  # the first matter there is nothing private
    page.get_by_label("Drop the session").check()
    phone.keys("1")
    assert phone.call() == "Connection problem or invalid MMI code."
    assert not page.get_by_label("Drop the session").is_checked()

    phone.call()  # OK
    offer = phone.call()

    assert "Go on with your complaint?" in offer


def test_a_request_sent_twice_gets_the_same_reply_twice_and_makes_one_case(country, page):
    before = Case.objects.count()
    phone = Handset(page, country, owner=2)
    page.get_by_label("Send twice").check()

    complain_about_late_money(phone)

    page.get_by_text("Both replies are the same.").first.wait_for()
    assert page.get_by_text("The replies differ!").count() == 0
    assert Case.objects.count() == before + 1


def test_what_goes_over_the_wire_is_shown_as_it_was(country, page):
    phone = Handset(page, country, owner=3)
    with page.expect_request("**/ussd") as sent:
        begin(phone)
    phone.choose("Ask a question")

    newest = page.locator("[data-wire] li").first.inner_text()
    assert f"phoneNumber={SIMS[3].phone}" in newest
    assert re.search(r"text=[\d*]*\d\n", newest)
    assert f"CON {phone.screen}" in newest
    assert "phoneNumber=%2B260770000004&serviceCode=" in sent.value.post_data


def test_letters_are_typed_as_on_a_phone(country, page):
    phone = Handset(page, country)
    page.get_by_role("button", name="Type digits").click()
    phone.keys("44")
    page.wait_for_timeout(1000)
    phone.keys("444")

    assert page.locator("[data-typed]").input_value() == "hi"


def test_the_whole_call_is_made_with_the_keyboard(country, page):
    phone = Handset(page, country, owner=3)
    page.locator("[data-shown]").focus()
    page.keyboard.press("Enter")
    assert "\n1 " in phone.screen
    page.keyboard.press("Escape")

    assert phone.screen.startswith("Press the green key")


def test_a_text_written_on_the_phone_is_answered(country, page):
    Handset(page, country, owner=3)
    page.get_by_label("Write a text to the service").fill("HELP")
    page.keyboard.press("Enter")

    page.locator("[data-thread] li.mine", has_text="HELP").wait_for(timeout=15_000)
    page.locator("[data-thread] li.theirs").first.wait_for(timeout=15_000)
    page.get_by_role("link", name="All, with what became of them").click()
    page.get_by_role("cell", name="HELP", exact=True).first.wait_for()


def test_a_text_that_was_held_up_rings_when_it_comes(country, page):
    row = {"phone": SIMS[2].phone, "phone_index": blind(SIMS[2].phone, name="phone"), "direction": "out"}
    held_up = Message.objects.create(text="Held up", state="queued", due_at=timezone.now() + timedelta(days=1), **row)
    Message.objects.create(text="In time", state="sent", **row)
    phone = Handset(page, country, owner=2)
    page.locator("[data-thread] li", has_text="In time").wait_for(timeout=15_000)
    Message.objects.filter(pk=held_up.pk).update(state="sent")

    page.locator("[data-thread] li", has_text="Held up").wait_for(timeout=15_000)
    assert phone.screen == "New text:\nHeld up"


def test_hanging_up_ends_the_call_and_tells_the_gateway(country, page):
    phone = Handset(page, country, owner=1)
    phone.call()
    with page.expect_request("**/ussd-end") as told:
        page.get_by_role("button", name="Hang up").click()

    assert "status=Incomplete" in told.value.post_data
    assert phone.screen.startswith("Press the green key")


# --- Seen by everybody --------------------------------------------------------------------------------


@pytest.fixture
def opened(country: str) -> Iterator[actions.Opened]:
    case = make_case(state=State.RESOLVED, channel=Channel.WEB)
    Case.objects.filter(pk=case.pk).update(pin_index=actions.pin_index(case.reference, "123456"))
    yield actions.Opened(case, "123456")
    Message.objects.filter(case=case).delete()


def test_readers_find_nothing_wrong_and_nothing_sticks_out(country, page, opened):
    page.goto(f"{country}/track/")
    page.get_by_label("Case number").fill(opened.case.reference)
    page.get_by_label("PIN").fill(opened.pin)
    page.get_by_role("button", name="Open my case").click()
    found = {}
    for path in ("/track/case/", "/simulator/", "/simulator/texts?n=0", "/no/such/page/"):
        page.goto(country + path)
        found[path] = faults_of(page)
    assert not any(found.values()), found


def test_a_citizen_without_javascript_opens_a_case_and_says_it_is_solved(country, browser, opened):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto(f"{country}/track/")
    page.get_by_label("Case number").press_sequentially(opened.case.reference)
    page.keyboard.press("Tab")
    page.keyboard.type(opened.pin)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, it is solved").focus()
    page.keyboard.press("Enter")

    page.get_by_text("We are glad it is solved.").wait_for()
    assert Case.objects.get(pk=opened.case.pk).state == State.CLOSED
    context.close()


def test_a_first_visit_is_light_and_asks_no_other_host(country, browser):
    for path in ("/", "/track/"):
        context = browser.new_context()
        page = context.new_page()
        replies: list[Any] = []
        page.on("response", lambda reply, kept=replies: kept.append(reply))
        page.goto(country + path, wait_until="networkidle")
        assert {reply.url.startswith(f"{country}/") for reply in replies} == {True}
        assert {reply.status for reply in replies} == {200}
        assert sum(len(reply.body()) for reply in replies) < 50_000
        context.close()
