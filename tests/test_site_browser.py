"""The public pages and an editor's day in a real browser: read by axe, weighed, and walked through."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from wagtail.models import Page

from cases.actions import person_changed
from cases.models import Officer, Role
from channels.models import InfoText
from cms.site import build_site
from tests.builders import make_officer
from tests.released import release_two_months
from tests.site import one_of_each_type


@pytest.fixture(scope="module")
def country(living_country: str) -> str:
    build_site()
    release_two_months()
    return living_country


def flaws(page: Any, width: int) -> list[tuple[str, str]]:
    found = [(one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
    return found + too_wide(page, width)


def too_wide(page: Any, width: int) -> list[tuple[str, str]]:
    return [("too wide", str(width))] if page.evaluate("document.documentElement.scrollWidth") > width else []


def types_of_page() -> list[type]:
    return [model for model in apps.get_app_config("cms").get_models() if issubclass(model, Page)]


def test_axe_finds_nothing_on_any_type_of_page_in_any_state_and_nothing_sticks_out(country, browser):
    context = browser.new_context(viewport={"width": 360, "height": 900})
    page, found = context.new_page(), {}
    for number, address in enumerate([*one_of_each_type(), "/bem/", "/bem/track/", "/loz/search/"]):
        page.set_viewport_size({"width": 360, "height": 900})
        page.emulate_media(color_scheme=("light", "dark")[number % 2])
        page.goto(country + address)
        found[address] = flaws(page, 360)
        page.set_viewport_size({"width": 1280, "height": 900})
        found[address] += too_wide(page, 1280)
    context.close()
    assert len(found) > len(types_of_page())
    assert not any(found.values()), {address: what for address, what in found.items() if what}


def test_a_first_visit_weighs_under_50_kB_a_second_under_15_and_no_other_host_is_asked(country, browser):
    context = browser.new_context()
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    weighed: list[float] = []
    network.on("Network.loadingFinished", lambda event: weighed.append(event["encodedDataLength"]))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for address in [one for one in one_of_each_type() if "?" not in one]:
        network.send("Network.clearBrowserCache")
        for limit in (50_000, 15_000):
            weighed.clear()
            page.goto(country + address)  # to its last file
            network.send("Network.disable")  # answered after all that was told before
            network.send("Network.enable")
            assert sum(weighed) < limit, (address, sum(weighed))
            assert sum(weighed) or limit < 50_000, address  # a page that the browser may keep costs nothing again
    context.close()
    assert {f"http://{host}" for host in hosts} == {country}


def test_an_editors_day(country, browser):
    """One writes news and hands it in, another reads and publishes it; a handset text too long is seen and refused."""
    people = {
        name: make_officer(role=Role.EDITOR, name=name, level=level) for name, level in (("Ruth", 1), ("Moses", 2))
    }
    doors = {}
    for name, officer in people.items():
        person_changed.send(sender=Officer, officer=officer)
        officer.user.set_password("seven green hills")
        officer.user.save()
        doors[name] = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        doors[name].goto(f"{country}/accounts/login/?next=/cms/")
        doors[name].locator("[name=login]").fill(officer.user.username)
        doors[name].locator("[name=password]").fill("seven green hills")
        doors[name].keyboard.press("Enter")
        doors[name].wait_for_url(f"{country}/cms/")
    ruth, moses = doors["Ruth"], doors["Moses"]

    ruth.goto(f"{country}/cms/pages/add/cms/newspage/{Page.objects.get(slug='news').pk}/")
    ruth.wait_for_selector("[name=body-count]", state="attached")  # the editor's own script has made its fields
    ruth.locator("#id_title").fill("A desk for Kalabo")
    ruth.locator("#id_introduction").fill("It opens on Monday.")
    ruth.wait_for_function("document.querySelector('#id_slug').value")  # made from the title, a moment later
    press(ruth, "[name=action-submit]")
    ruth.get_by_text("submitted for moderation").wait_for()
    written = Page.objects.get(title="A desk for Kalabo")
    assert not written.live

    ruth.goto(f"{country}/cms/pages/{written.pk}/edit/preview/")
    ruth.goto(f"{country}/cms/pages/{written.pk}/view_draft/")
    assert ruth.get_by_text("It opens on Monday.").is_visible()

    moses.goto(f"{country}/cms/pages/{written.pk}/edit/")
    moses.wait_for_selector("[name=body-count]", state="attached")
    press(moses, "[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])")
    moses.locator(".messages .success").wait_for()
    stranger = browser.new_page()
    stranger.goto(f"{country}/news/")
    stranger.get_by_role("link", name="A desk for Kalabo").click()
    assert stranger.get_by_role("heading", name="A desk for Kalabo").is_visible()

    text = InfoText.objects.get(key="WCF")
    ruth.goto(f"{country}/cms/snippets/channels/infotext/edit/{text.pk}/")
    ruth.locator("#id_text").fill("Tell your employer at once. " * 20)
    press(ruth, "footer button[type=submit]:visible")
    ruth.get_by_text("at most are read to their end").first.wait_for()
    for one in (ruth, moses, stranger):
        one.context.close()


def press(page: Any, button: str) -> None:
    """Some of Wagtail's buttons lie folded away under an arrow."""
    page.locator(button).first.evaluate("button => button.click()")
