"""An officer's day in a real browser, by mouse, by keyboard and without JavaScript; every page tried for access."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases import actions, tallies
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Attempt, Case, Officer, Role
from tests.builders import EVERYTHING, LUSAKA_TOWN, make_case, make_citizen, make_officer, now_of, on, open_case
from tests.papers import a_noisy_photo
from tests.readers import faults_of

PASSWORD = "seven green hills"


@pytest.fixture(scope="module")
def alice(living_country: str) -> Officer:
    return somebody("Alice Mwale")


@pytest.fixture(scope="module")
def bob(living_country: str) -> Officer:
    return somebody("Bob Banda")


def somebody(name: str) -> Officer:
    officer = make_officer(name=name, role=Role.SUPERVISOR, place=LUSAKA_TOWN, clearances=EVERYTHING)
    officer.user.set_password(PASSWORD)
    officer.user.save()
    return officer


@pytest.fixture
def desk(living_country: str, page: Page, alice: Officer) -> Iterator[Page]:
    """Alice's screen after logging in. Nothing the page does may be refused by the browser or fail in it."""
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    log_in(page, living_country, alice)
    yield page
    # A refusal is a page with status 409, and typing on gives up the look-up before: both are remarked on.
    expected = ("status of 4", "htmx:sendAbort", "htmx:afterRequest")
    assert [trouble for trouble in troubles if not any(word in trouble for word in expected)] == []


def log_in(page: Page, house: str, officer: Officer) -> None:
    Attempt.objects.all().delete()  # each test is a day of its own
    page.goto(f"{house}/desk/")
    page.get_by_label("Username").fill(officer.user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/desk/")


def open_case_page(page: Page, house: str, case: Case) -> None:
    page.goto(f"{house}/desk/cases/{case.reference}/")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def choose(page: Page, label: str) -> None:
    """Type it in the list that has the focus; again, where the machine was so slow that it was taken for two words."""
    for _ in range(5):
        page.keyboard.type(label, delay=5)
        if page.evaluate("document.activeElement.selectedOptions[0].textContent").strip().startswith(label):
            return
        page.wait_for_timeout(1100)  # after a second what is typed begins anew
    raise AssertionError(f"{label} is not to be chosen by typing it")


# --- The day --------------------------------------------------------------------------------------------


def test_an_officers_day(living_country, desk, alice):
    case = make_case(words="They say my card is dead.", citizen=make_citizen(name="Mutale Chanda"))
    desk.reload()
    desk.get_by_role("link", name=str(case)).click()
    expect(desk.get_by_text("They say my card is dead.")).to_be_visible()
    desk.get_by_role("button", name="Take this case").click()
    expect(desk.get_by_text("You have this case now.")).to_be_visible()

    desk.get_by_text("Ask the citizen", exact=True).first.click()
    desk.get_by_label("Your question").fill("Which clinic was it?")
    expect(desk.get_by_text("280 characters left in the SMS")).to_be_visible()
    desk.get_by_role("button", name="Ask the citizen").click()
    expect(desk.get_by_text("the clock stands still while we wait for the citizen").first).to_be_visible()

    actions.add_information(case=case, words="The one in Chilenje.")
    desk.goto(f"{living_country}/desk/")
    heard = desk.get_by_role("region", name="Answered by the citizen")
    heard.get_by_role("link", name=str(case)).click()
    desk.get_by_label("Decision").select_option("You were right")
    desk.get_by_label("Your answer to the citizen").fill("Your card works again. Sorry for the trouble.")
    desk.get_by_role("button", name="Answer with a decision").click()
    expect(desk.get_by_text("The citizen is told and has the last word.")).to_be_visible()

    expect(desk.locator(".next")).to_have_count(0)  # whose turn it is
    desk.locator("summary", has_text=re.compile("^Close$")).click()
    desk.get_by_role("button", name="Close").click()
    expect(desk.locator(".clock")).to_contain_text("The agency closed it.")
    kinds = list(case.events.order_by("number").exclude(kind="read").values_list("kind", flat=True))
    assert kinds == ["open", "take", "ask", "hear", "resolve", "close"]
    assert (now_of(case).state, now_of(case).officer) == (State.CLOSED, alice)

    desk.locator(".me:last-of-type summary").click()
    desk.get_by_role("button", name="Log out").click()
    desk.goto(f"{living_country}/desk/")
    expect(desk.get_by_role("heading", name="Staff log-in")).to_be_visible()


def test_a_walk_in_without_touching_the_mouse(living_country, desk):
    known = make_case(citizen=make_citizen(phone="+260977555666"))
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip"
    tab_to(desk, "a[href$='/desk/new/']")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/new/")
    tab_to(desk, "[name=known]")
    tab_to(desk, "[name=phone]")
    desk.keyboard.type("0977 555 666", delay=5)
    expect(desk.get_by_role("link", name=str(known))).to_be_visible()
    tab_to(desk, "[name=name]")
    desk.keyboard.type("Mutale Chanda")
    tab_to(desk, "[name=kind]")
    for _ in range(3):
        desk.keyboard.press("ArrowRight")
    expect(desk.locator("#id_topic optgroup[label^='Question']")).to_have_count(0)
    tab_to(desk, "[name=topic]")
    choose(desk, "A card or membership is not active")
    tab_to(desk, "[name=words]")
    desk.keyboard.type("It says expired.")
    tab_to(desk, ".walk-in button:not([name])")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/new/receipt/")
    case = Case.objects.latest("pk")
    expect(desk.get_by_text(str(case))).to_be_visible()
    assert (case.topic_id, case.citizen, case.words) == ("nhima-card-inactive", known.citizen, "It says expired.")
    pin = re.search(r"PIN\s+(\d{6})", desk.locator(".receipt").inner_text())
    assert pin
    assert case.pin_index == actions.pin_index(case.reference, pin.group(1))

    desk.emulate_media(media="print")
    expect(desk.locator(".receipt")).to_be_visible()
    for left_out in (desk.get_by_role("navigation").first, desk.get_by_role("button", name="Print")):
        expect(left_out).to_be_hidden()
    desk.emulate_media(media="screen")

    desk.reload()
    assert pin.group(1) not in desk.content()
    expect(desk.get_by_text("The PIN was shown once")).to_be_visible()
    assert Case.objects.latest("pk") == case


@pytest.mark.parametrize("width", [1280, 360])
def test_a_desk_officers_whole_job_is_done_without_touching_the_mouse(living_country, desk, alice, width):
    """Narrow the list, open a case, take it, ask, hear, answer, and be back where one began."""
    desk.set_viewport_size({"width": width, "height": 740})
    case = make_case(topic="nhima-medicine", words="They had no medicine.")
    make_case(topic="nhima-card-inactive")
    desk.goto(f"{living_country}/desk/")
    tab_to(desk, ".more-filters summary")
    desk.keyboard.press("Enter")
    tab_to(desk, "[name=topic]")
    choose(desk, str(case.topic))
    press_tab_until(desk, "Show")
    desk.wait_for_url("**topic=nhima-medicine**")
    tab_to(desk, f"a[href*='/desk/cases/{case.reference}/']")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/{case.reference}/**")
    tab_to(desk, ".next form > button")
    desk.keyboard.press("Space")
    expect(desk.get_by_text("You have this case now.")).to_be_visible()

    tab_to(desk, "details:has([name=ask-words]) summary")
    desk.keyboard.press("Enter")
    tab_to(desk, "[name=ask-words]")
    desk.keyboard.type("Which medicine was it?")
    press_tab_until(desk, "Ask the citizen")
    expect(desk.get_by_text("Waiting for the citizen").first).to_be_visible()
    assert now_of(case).state == State.WAITING
    tab_to(desk, "[name=hear-words]")
    desk.keyboard.type("Tablets for blood pressure, she says on the phone.")
    tab_to(desk, ".next form > button")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Added to the case.")).to_be_visible()

    tab_to(desk, "[name=resolve-decision]")
    choose(desk, "You were right")
    tab_to(desk, "[name=resolve-words]")
    desk.keyboard.type("The clinic has it again.")
    tab_to(desk, ".next form > button")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("The citizen is told and has the last word.")).to_be_visible()
    tab_to(desk, "main a[href^='/desk/']")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/**")
    expect(desk.get_by_role("heading", name="Worklist").first).to_be_visible()

    case = now_of(case)
    assert (case.state, case.officer, case.decision) == (State.RESOLVED, alice, "upheld")
    assert actions.answer_words(case) == "The clinic has it again."
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def press_tab_until(page: Page, button: str) -> None:
    """The button with these words has the focus, and is pressed."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.matches('button') && document.activeElement.innerText.trim()")
            == button
        ):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"Tab never reaches {button}")


def test_keys_move_through_a_list_open_a_case_and_lead_about(living_country, desk):
    cases = [make_case() for _ in range(2)]
    desk.goto(f"{living_country}/desk/?group=nobody")
    first, second = (link.get_attribute("href") for link in desk.locator(".rows a").all()[:2])
    here = "document.activeElement.getAttribute('href')"
    found = []
    for key in "jjkj":
        desk.keyboard.press(key)
        found.append(desk.evaluate(here))
    assert found == [first, second, first, second]
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{second}")
    desk.keyboard.press("/")
    desk.wait_for_url("**/desk/cases/")
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.id") == "q"
    desk.keyboard.type(f"jn?{cases[0]}")
    expect(desk.locator("#q")).to_have_value(f"jn?{cases[0]}")
    desk.locator("#q").blur()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_hidden()
    desk.keyboard.press("n")
    desk.wait_for_url("**/desk/new/")
    desk.keyboard.press("w")
    desk.wait_for_url("**/desk/")


def test_a_list_is_narrowed_saved_and_searched_where_no_script_runs(living_country, browser, alice):
    case = make_case(citizen=make_citizen(name="Mulenga Chanda"))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    log_in(page, living_country, alice)
    page.get_by_text("More", exact=True).last.click()
    page.get_by_label("Topic").select_option("nhima-card-inactive")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name=str(case))).to_be_visible()
    page.get_by_text("Save this list").click()
    page.get_by_label("Name of this list").fill("Cards")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Cards")).to_be_visible()
    page.goto(f"{living_country}/desk/cases/")
    page.get_by_label("Number, phone, NRC, name or words").fill("mulenga chnda")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name=str(case))).to_be_visible()
    expect(page.get_by_text("Nearly the same spelling")).to_be_visible()
    context.close()


def test_a_citizen_reads_and_contests_the_answer_without_touching_the_mouse(living_country, page, alice):
    opened = open_case()
    case = actions.take(case=opened.case, by=alice)
    actions.resolve(case=case, by=alice, decision="upheld", words="Your card works again.")
    page.goto(f"{living_country}/track/")
    tab_to(page, "[name=reference]")
    page.keyboard.type(str(case))
    page.keyboard.press("Tab")
    page.keyboard.type(opened.pin)
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/case/")
    expect(page.get_by_text("Your card works again.").first).to_be_visible()
    tab_to(page, "#dispute-words")
    page.keyboard.type("It does not.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your case is open again.")).to_be_visible()
    assert (now_of(case).state, case.events.last().said.text) == (State.IN_PROGRESS, "It does not.")
    tab_to(page, "form[action$='finish/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/")


def test_a_walk_in_where_no_script_runs(living_country, browser, alice):
    known = make_case(citizen=make_citizen(phone="+260977777888"))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    log_in(page, living_country, alice)
    page.get_by_role("link", name="New walk-in").click()
    page.get_by_label("Phone number").fill("0977777888")
    page.get_by_label("The citizen's words").fill("My card")
    expect(page.get_by_text("Show topics for")).to_be_hidden()
    page.get_by_role("button", name="Look up open cases").click()
    expect(page.get_by_role("link", name=str(known))).to_be_visible()
    expect(page.get_by_label("The citizen's words")).to_have_value("My card")
    page.get_by_label("Topic").select_option("nhima-card-inactive")
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator(".receipt")).to_contain_text("PIN")
    context.close()


def test_the_second_of_two_officers_is_told_who_was_first(living_country, desk, browser, bob):
    case = make_case()
    context = browser.new_context()
    bobs = context.new_page()
    log_in(bobs, living_country, bob)
    for page in (desk, bobs):
        open_case_page(page, living_country, case)
    desk.get_by_role("button", name="Take this case").click()
    expect(desk.get_by_text("You have this case now.")).to_be_visible()
    bobs.get_by_role("button", name="Take this case").click()
    expect(bobs.get_by_role("alert")).to_contain_text("Alice Mwale has already taken this case.")
    expect(bobs.get_by_role("alert")).to_be_focused()
    context.close()


def test_two_officers_at_one_case_are_told_of_each_other_while_they_type(living_country, desk, browser, bob):
    case = make_case(state=State.IN_PROGRESS, officer=bob)
    context = browser.new_context()
    bobs = context.new_page()
    log_in(bobs, living_country, bob)
    for page in (desk, bobs):
        open_case_page(page, living_country, case)
    expect(bobs.get_by_text("Alice Mwale is looking at this, too.")).to_be_visible()
    bobs.get_by_label("Your answer to the citizen").fill("It works")
    sign_of_life(bobs)
    sign_of_life(desk)
    expect(desk.get_by_text("Bob Banda is writing here, too.")).to_be_visible()
    actions.add_information(case=case, words="I have lost it.")
    sign_of_life(bobs)
    expect(bobs.get_by_text("Citizen: Information from the citizen")).to_be_visible()
    bobs.get_by_label("Decision").select_option("You were right")
    bobs.get_by_role("button", name="Answer with a decision").click()
    expect(bobs.get_by_role("alert")).to_contain_text("The case changed while you had it open")
    expect(bobs.get_by_label("Your answer to the citizen")).to_have_value("It works")
    bobs.get_by_role("button", name="Answer with a decision").click()
    expect(bobs.get_by_text("The citizen is told and has the last word.")).to_be_visible()
    context.close()


def sign_of_life(page: Page) -> None:
    """What comes every thirty seconds, and when one comes back to the window."""
    with page.expect_response("**/here/"):
        page.evaluate("dispatchEvent(new Event('focus'))")


def test_a_photo_is_shrunk_before_it_travels_and_shown_as_a_small_one(living_country, desk, alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    open_case_page(desk, living_country, case)
    desk.get_by_text("Add a photo or paper", exact=True).first.click()
    photo = a_noisy_photo((2400, 1800))
    desk.get_by_label("Photo or PDF").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    picked = "document.querySelector('[data-shrink]').files[0].size"
    wait_until(desk, lambda: desk.evaluate(picked) < len(photo) * 0.7)
    desk.get_by_label("What is it?").fill("Her card")
    desk.get_by_role("button", name="Add a photo or paper").click()
    expect(desk.get_by_role("link", name="Her card")).to_be_visible()
    wait_until(desk, lambda: desk.locator(".papers img").evaluate("image => image.naturalWidth") == 160)
    assert case.attachments.count() == 1


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    """Playwright's own way to wait evaluates words as a program, which our pages forbid."""
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It never came true.")


def test_the_sms_is_previewed_while_one_types_and_ready_words_are_put_in(living_country, desk, alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.save_reply(by=alice, title="Works again", text="{agency}: your card works again.", language="en")
    open_case_page(desk, living_country, case)
    answer = desk.locator(".next")
    answer.get_by_label("Ready words").select_option("Works again")
    answer.get_by_role("button", name="Put in").click()
    expect(answer.get_by_label("Your answer to the citizen")).to_have_value("NHIMA health: your card works again.")
    answer.get_by_label("Your answer to the citizen").press("Control+End")
    answer.get_by_label("Your answer to the citizen").press_sequentially(" Sorry.")
    expect(answer.locator(".handset")).to_contain_text("your card works again. Sorry. Is it solved?")
    expect(answer.get_by_label("Your answer to the citizen")).to_be_focused()


TYPED_AT_ONCE = """document.addEventListener("htmx:afterSwap", () => queueMicrotask(() => {
    const area = document.querySelector(".next textarea");
    area.value += " Sorry.";
    area.dispatchEvent(new Event("input", { bubbles: true }));
}), { once: true })"""


def test_so_it_is_when_one_types_the_moment_the_ready_words_stand_there(living_country, desk, alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.save_reply(by=alice, title="Works again", text="{agency}: your card works again.", language="en")
    open_case_page(desk, living_country, case)
    desk.evaluate(TYPED_AT_ONCE)
    desk.locator(".next").get_by_label("Ready words").select_option("Works again")
    desk.locator(".next").get_by_role("button", name="Put in").click()
    expect(desk.locator(".next .handset")).to_contain_text("your card works again. Sorry. Is it solved?")


# --- For everybody ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cases(alice: Officer) -> dict[str, Case]:
    """One case in each state, the first of them late."""
    with on(catalogue().today() - timedelta(days=40)):
        late = make_case(topic="nhima-facility", citizen=make_citizen(name="Grace Lungu", nrc="123456/78/9"))
    return {"late": late, **{state: make_case(state=state, officer=alice) for state in State.values}}


def test_every_page_is_open_to_everybody(living_country, desk, alice, cases):
    faults: dict[str, Any] = {}
    alice.views.get_or_create(name="Late ones", query="group=late")
    pages = ["/desk/", "/desk/?group=late", "/desk/?state=closed&reference=9999", "/desk/?kind=complaint&priority=2"]
    pages += ["/desk/views/", "/desk/new/", "/desk/cases/"]
    pages += [f"/desk/cases/{case.reference}/" for case in cases.values()]
    pages += ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"]
    for address in pages:
        desk.goto(living_country + address)
        desk.evaluate("document.querySelectorAll('main details').forEach(folded => { folded.open = true; })")
        faults[address] = faults_of(desk)
    desk.goto(f"{living_country}/desk/new/")
    desk.get_by_label("The citizen's words").fill("Words")
    desk.get_by_label("Topic").select_option("nhima-wait")
    desk.get_by_label("Phone number").fill("12345")
    desk.get_by_role("button", name="Open the case").click()
    faults["refused"] = faults_of(desk)
    desk.context.clear_cookies()
    desk.goto(f"{living_country}/accounts/login/")
    faults["log-in"] = faults_of(desk)
    assert {address: fault for address, fault in faults.items() if fault} == {}


def test_a_report_is_printed_with_its_tables_and_without_its_buttons(living_country, desk, cases):
    tallies.keep_up()
    seen = "what => [...document.querySelectorAll('main ' + what)].filter(one => one.checkVisibility()).length"
    for address in ("/desk/manage/?figure=open_now", "/desk/manage/figures/", "/desk/work/"):
        desk.goto(living_country + address)
        on_screen = desk.evaluate(seen, "table")
        desk.emulate_media(media="print")
        assert desk.evaluate(seen, "table") == on_screen > 0, address
        assert [desk.evaluate(seen, what) for what in ("button", "select", "input")] == [0, 0, 0], address
        desk.emulate_media(media="screen")


def test_the_first_visit_is_light(living_country, browser, alice, cases):
    context = browser.new_context()
    page = context.new_page()
    bodies: dict[str, bytes] = {}
    page.on("response", lambda answer: bodies.update({answer.url: answer.body()} if answer.ok else {}))
    log_in(page, living_country, alice)
    page.wait_for_load_state("networkidle")
    context.close()
    assert any(address.endswith("desk.css") for address in bodies)
    assert sum(len(gzip.compress(body)) for body in bodies.values()) < 40_000
