"""A monitor's day in a real browser: invited, writes, hands in; a moderator publishes; an officer answers; all can read."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from cases.actions.people import invite
from cases.forms.people import InviteMonitor
from cases.models import Officer, Role
from cms.models import Note
from cms.site import build_site
from tests.builders import make_officer


@pytest.fixture(scope="module")
def country(living_country: str) -> str:
    build_site()
    return living_country


def is_clear(page) -> None:
    found = [(one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def enters(browser, country, officer):
    """By force: how one logs in is tried elsewhere."""
    client = Client()
    client.force_login(officer.user)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": country}])
    return context.new_page()


def test_a_monitors_day(country, browser):
    moderator = make_officer(role=Role.EDITOR, name="Moses Zulu", level=2)
    form = InviteMonitor({"address": "mary@example.org", "organisation": "Water Watch"})
    assert form.is_valid()
    _invitation, token = invite(by=moderator, address="mary@example.org", assignment=form.assignment())
    mary = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
    mary.goto(f"{country}/welcome/{token}/")
    is_clear(mary)
    for name, text in (("first_name", "Mary"), ("last_name", "Mwila"), ("username", "mary")):
        mary.locator(f"[name={name}]").fill(text)
    for name in ("password", "again"):
        mary.locator(f"[name={name}]").fill("seven green hills")
    mary.get_by_role("button", name="Begin").click()
    mary.locator("[name=login]").fill("mary")
    mary.locator("[name=password]").fill("seven green hills")
    mary.keyboard.press("Enter")
    mary.wait_for_url(f"{country}/desk/notes/")
    is_clear(mary)

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
    is_clear(mary)
    mary.get_by_label("What you found").fill("We met at the school.")
    mary.get_by_role("button", name="Hand in").click()
    mary.get_by_text("Handed in. A moderator reads it now.").wait_for()

    moses = enters(browser, country, moderator)
    moses.goto(f"{country}/desk/moderation/")
    is_clear(moses)
    moses.get_by_role("button", name="Publish").click()
    moses.get_by_text("is published.").wait_for()

    head = enters(browser, country, make_officer(role=Role.AGENCY_HEAD, agency="NHIMA"))
    head.goto(f"{country}/desk/answers/")
    is_clear(head)
    head.get_by_label("The answer").fill("A second nurse comes on Mondays.")
    head.get_by_role("button", name="Publish the answer").click()
    head.get_by_text("stands beside").wait_for()

    reader = browser.new_page(viewport={"width": 360, "height": 800})
    reader.goto(f"{country}/monitors/?programme=NHIS")
    reader.get_by_role("link", name="Two wards score their clinic").click()
    for said in ("Water Watch", "2 of 5", "31 people", "answered on the same day", "A second nurse comes on Mondays."):
        assert reader.get_by_text(said).first.is_visible(), said
    is_clear(reader)
    reader.get_by_role("link", name="Follow National Health Insurance Scheme").click()
    is_clear(reader)
    assert Officer.objects.get(user__username="mary").organisation == Note.objects.get().organisation
    for one in (mary, moses, head, reader):
        one.context.close()
