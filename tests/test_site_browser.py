"""The public pages and the days of an editor and a monitor in a real browser: read by axe, weighed, and walked through."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.test import Client
from wagtail.models import Page

from cases.actions import person_changed
from cases.actions.people import invite
from cases.forms.people import InviteMonitor
from cases.models import Officer, Role
from channels.models import InfoText
from cms.models import Note
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
    press(ruth, "[name=action-submit]")
    ruth.get_by_text("at most are read to their end").first.wait_for()
    for one in (ruth, moses, stranger):
        one.context.close()


def enters(browser, country, officer):
    """By force: how one logs in is tried elsewhere."""
    client = Client()
    client.force_login(officer.user)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": country}])
    return context.new_page()


def test_a_monitors_day(country, browser):
    """Invited, she writes and hands in; a moderator publishes; an officer answers; everybody reads both."""
    moderator = make_officer(role=Role.EDITOR, name="Moses Zulu", level=2)
    form = InviteMonitor({"address": "mary@example.org", "organisation": "Water Watch"})
    assert form.is_valid()
    _invitation, token = invite(by=moderator, address="mary@example.org", assignment=form.assignment())
    mary = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
    mary.goto(f"{country}/welcome/{token}/")
    for name, text in (("first_name", "Mary"), ("last_name", "Mwila"), ("username", "mary")):
        mary.locator(f"[name={name}]").fill(text)
    for name in ("password", "again"):
        mary.locator(f"[name={name}]").fill("seven green hills")
    mary.get_by_role("button", name="Begin").click()
    mary.locator("[name=login]").fill("mary")
    mary.locator("[name=password]").fill("seven green hills")
    mary.keyboard.press("Enter")
    mary.wait_for_url(f"{country}/desk/notes/")
    assert flaws(mary, 360) == []

    mary.get_by_role("link", name=re.compile("scorecard")).click()
    mary.get_by_label("What is it, in one line").fill("Two wards score their clinic")
    mary.get_by_label("Programme").select_option("NHIS")
    mary.get_by_label("District or province").select_option("ZM110007")
    mary.get_by_label("The day you saw it").fill("2026-05-04")
    mary.get_by_label("What you found").fill("We met at the school. Mary is 0977123456.")
    line = mary.get_by_role("group", name="Score 1", exact=True)
    line.get_by_label("What was judged").fill("The queue")
    line.locator("select").select_option("2")
    line.get_by_label("How many took part").fill("31")
    mary.get_by_role("button", name="Hand in").click()
    mary.get_by_text("This looks like somebody's telephone").wait_for()
    assert flaws(mary, 360) == []
    mary.get_by_label("What you found").fill("We met at the school.")
    mary.get_by_role("button", name="Hand in").click()
    mary.get_by_text("Handed in. A moderator reads it now.").wait_for()

    moses = enters(browser, country, moderator)
    moses.goto(f"{country}/desk/moderation/")
    assert flaws(moses, 360) == []
    moses.get_by_role("button", name="Publish").click()
    moses.get_by_text("is published.").wait_for()

    head = enters(browser, country, make_officer(role=Role.AGENCY_HEAD, agency="NHIMA"))
    head.goto(f"{country}/desk/answers/")
    assert flaws(head, 360) == []
    head.get_by_label("The answer").fill("A second nurse comes on Mondays.")
    head.get_by_role("button", name="Publish the answer").click()
    head.get_by_text("stands beside").wait_for()

    reader = browser.new_page(viewport={"width": 360, "height": 800})
    reader.goto(f"{country}/monitors/?programme=NHIS")
    reader.get_by_role("link", name="Two wards score their clinic").click()
    for said in ("Water Watch", "2 of 5", "31 people", "answered on the same day", "A second nurse comes on Mondays."):
        assert reader.get_by_text(said).first.is_visible(), said
    assert flaws(reader, 360) == []
    reader.get_by_role("link", name="Follow National Health Insurance Scheme").click()
    assert flaws(reader, 360) == []
    assert Officer.objects.get(user__username="mary").organisation == Note.objects.get().organisation
    for one in (mary, moses, head, reader):
        one.context.close()


def press(page: Any, button: str) -> None:
    """Some of Wagtail's buttons lie folded away under an arrow."""
    page.locator(button).first.evaluate("button => button.click()")
