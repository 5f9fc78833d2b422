"""The public site: built once from the country pack, every page light, clear to axe, and true to the catalogue."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from wagtail.models import Page

from cases.catalogue import catalogue, changed
from cases.pack import Fact, Standard
from channels.models import InfoText
from cms.models import BuiltPage, PlainPage, ProgrammePage, PublicPage
from cms.site import build_site

# Every page a visitor can find, with each state it can be in.
STATES = {"/desks/": ("", "?district=Mongu", "?district=Mungo", "?district=Kabwe", "?district=Atlantis")}


def pages() -> list[str]:
    """The address of every page of the site, in each of its states."""
    found = [page.url for page in Page.objects.live().filter(depth__gt=1).order_by("path")]
    return [address + state for address in found for state in STATES.get(address, ("",))]


def read(client: Client, address: str) -> str:
    """What a page says, without its tags."""
    reply = client.get(address)
    assert reply.status_code == 200, address
    return words(reply.content.decode())


def words(html: str) -> str:
    html = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def site(db: None) -> None:
    build_site()


def test_building_twice_changes_nothing(site):
    before = list(Page.objects.order_by("pk").values("pk", "title", "latest_revision", "url_path"))
    build_site()
    assert list(Page.objects.order_by("pk").values("pk", "title", "latest_revision", "url_path")) == before


def test_what_editors_did_is_theirs(site):
    desks = Page.objects.get(slug="desks").specific
    desks.title, desks.slug = "Where we are", "where-we-are"
    desks.save_revision().publish()
    Page.objects.get(slug="drought-cash").delete()

    build_site()

    assert Page.objects.get(pk=desks.pk).title == "Where we are"
    assert not Page.objects.filter(slug__in=["desks", "drought-cash"]).exists()


def test_every_page_of_the_pack_is_built_and_answers(site, client):
    assert BuiltPage.objects.count() == Page.objects.filter(depth__gt=2).count() > 20
    for address in pages():
        assert read(client, address)


def test_a_programmes_page_says_each_fact_of_the_catalogue_with_date_and_source(site, client):
    for page in ProgrammePage.objects.all():
        said = read(client, page.url)
        for fact in Fact.objects.filter(programme=page.programme):
            assert fact.text in said, (page.title, fact.text)
            assert fact.source in said, (page.title, fact.source)
            assert f"As of {fact.as_of}." in said or not fact.as_of


def test_the_web_says_what_the_handset_reads_out(site, client):
    InfoText.objects.filter(key="SCT").update(text="Come to the post on Monday.")
    assert "Come to the post on Monday." in read(client, "/programmes/social-cash-transfer/")


def test_the_charters_table_is_the_standard_that_holds_today(site, client):
    topic = next(one for one in catalogue().topics.values() if one.programme_id == "SCT")
    Standard.objects.filter(topic=topic, valid_until=None, level=1).update(resolve_days=77)
    changed()
    try:
        said = read(client, "/promises/")
    finally:
        Standard.objects.filter(topic=topic, valid_until=None, level=1).update(resolve_days=topic.resolve_days)
        changed()

    assert re.search(rf"{re.escape(topic.name)} \d+ days? 77 days", said)
    assert "by law" in said


def test_the_ladder_names_the_law_and_its_time(site, client):
    said = read(client, "/complain/")
    for ladder in catalogue().ladders.values():
        for step in ladder:
            assert step.body in said
            assert step.basis in said


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Mongu", "Mongu one-stop desk"),
        ("MONGU", "Mongu one-stop desk"),
        ("Mungo", "Mongu one-stop desk"),
        ("Móngu", "Mongu one-stop desk"),
        ("Kabwe", "We know of no one-stop desk in this district yet."),
        ("Atlantis", "No district is called that"),
    ],
)
def test_a_desk_is_found_by_its_district_however_it_is_spelt(site, client, asked, told):
    assert told in read(client, f"/desks/?district={asked}").partition("All desks")[0]


def test_a_page_says_itself_to_machines_and_nothing_breaks_out(site, client):
    home = Page.objects.get(depth=2)
    evil = PlainPage(title="A </script><script>alert(1)</script>", slug="evil", introduction="<b>&")
    home.add_child(instance=evil)
    html = client.get("/evil/").content.decode()

    assert html.count("<script") == 1
    assert "alert(1)</script>" not in html
    assert '"@type": "WebPage"' in html


# --- In a browser -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def country(living_country: str) -> str:
    build_site()
    return living_country


def flaws(page: Any, width: int) -> list[tuple[str, str]]:
    found = [(one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(("too wide", str(width)))
    return found


def one_of_each_type() -> Iterator[str]:
    seen = set()
    for page in Page.objects.live().filter(depth__gt=1).order_by("path").specific():
        if type(page) not in seen or (isinstance(page, ProgrammePage) and page.programme in ("NHIS", "LASF")):
            seen.add(type(page))
            yield from (page.url + state for state in STATES.get(page.url, ("",)))


@pytest.mark.parametrize(("width", "colours"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_any_type_of_page(country, browser, width, colours):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)
    page, found = context.new_page(), {}
    for address in one_of_each_type():
        page.goto(country + address)
        found[address] = flaws(page, width)
    context.close()
    assert len(found) > len(PublicPage.__subclasses__())
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
    for address in one_of_each_type():
        network.send("Network.clearBrowserCache")
        for limit in (50_000, 15_000):
            weighed.clear()
            page.goto(country + address, wait_until="networkidle")
            assert sum(weighed) < limit, (address, sum(weighed))
    context.close()
    assert {f"http://{host}" for host in hosts} == {country}
