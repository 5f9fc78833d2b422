"""The public site: built once from the country pack, every page light, clear to axe, and true to the catalogue."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.functional import Promise
from django.utils.translation import override
from PIL import Image
from wagtail.models import Page

from cases.catalogue import catalogue, changed
from cases.models import Role
from cases.pack import Fact, Standard
from channels.models import InfoText
from cms import statistics
from cms.models import BuiltPage, ConsultationPage, Figure, HomePage, PlainPage, ProgrammePage, StatisticsTable
from cms.models.registers import CALLED, Register, heading
from cms.searching import search
from cms.site import build_site
from cms.sources import plainly, when
from tests.builders import KAFUE, MONGU, WESTERN, make_officer
from tests.site import pages, publish_a_note, write_what_the_pack_has_not


def read(client: Client, address: str) -> str:
    """What a page says, without its tags."""
    reply = client.get(address)
    assert reply.status_code == 200, address
    return words(reply.content.decode())


CONSULTATIONS = "/accountability/consultations/"


def words(html: str) -> str:
    html = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def site(built: HomePage, db: None) -> None:
    """One site for the whole file; what a test does to it is undone."""


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


def test_every_page_of_the_pack_is_built_and_answers_and_says_to_a_messenger_what_it_is(site, client, settings):
    assert BuiltPage.objects.count() == Page.objects.filter(depth__gt=2).count() > 20
    own = re.escape(settings.PUBLIC_BASE_URL)
    for address in pages():
        html = client.get(address).content.decode()
        assert words(html).strip(), address
        title = re.search(r"<title>(.+) · Single Window Service</title>", html)
        assert title, address
        assert f'<meta property="og:title" content="{title[1]}">' in html, address
        assert re.search(r'<meta property="og:description" content="[^"]{30,}">', html), address
        assert re.search(rf'<meta property="og:image" content="{own}/static/sws/sign[^"]*\.png">', html), address
        assert '<li><a href="tel:933">933</a>' in html.partition("<footer")[2], address
    assert "og:" not in client.get("/track/").content.decode()
    with Image.open(str(finders.find("sws/sign.png"))) as sign:
        assert (sign.format, sign.size) == ("PNG", (1200, 630))


def test_in_a_demonstration_what_stands_beside_a_page_has_a_name_of_its_own(site, client, settings):
    settings.MODE = "demo"
    demo, draft = re.findall("<aside[^>]*>", client.get("/bem/").content.decode())
    assert ("aria-labelledby" in demo, "aria-label" in draft) == (True, False)


def test_a_programmes_page_says_each_fact_of_the_catalogue_with_date_and_source(site, client):
    for page in ProgrammePage.objects.all():
        said = read(client, page.url)
        for fact in Fact.objects.filter(programme=page.programme):
            assert fact.text in said, (page.title, fact.text)
            assert plainly(fact.source) in said, (page.title, fact.source)
            assert (f"As of {when(fact.as_of)}." if fact.as_of else "No date in the source.") in said


def test_menus_districts_and_programmes_lead_to_the_performance_pages(site, client):
    assert '<a href="/performance/" aria-current="page">Results</a>' in client.get("/performance/").content.decode()
    for address, results in (("/desks/?district=Mongu", f"place/{MONGU}/"), ("/programmes/pension/", "programme/NPS/")):
        assert f'href="/performance/{results}">How promises are kept' in client.get(address).content.decode()
    assert 'href="/bem/performance/"' in client.get("/bem/promises/").content.decode().partition("<main")[0]


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
            assert plainly(step.basis) in said


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


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Tribunal 21 days", "Complain or appeal"),
        ("drought", "Drought emergency cash"),
        ("drougt", "Drought emergency cash"),
        ("dróught", "Drought emergency cash"),
        ("ombudsman", "Public Protector Act 15/2016"),
        ("penssion self employd", "NAPSA for people who work for themselves"),
    ],
)
def test_the_search_forgives_typos_and_accents(site, client, asked, first):
    said = read(client, f"/search/?q={asked}")
    assert first in said


def test_the_search_leads_to_places_and_figures_by_their_names(site, client):
    finder = Page.objects.get(slug="desks").url
    for asked, doors in {
        "Mongu": [f"{finder}?district=Mongu", f"/performance/place/{MONGU}/"],
        "desk in kafue": [f"{finder}?district=Kafue", f"/performance/place/{KAFUE}/"],
        "western": [finder, f"/performance/place/{WESTERN}/"],
        "performance": ["/performance/"], "ledger": ["/ledger/"], "figure": ["/figures/"], "open data": ["/data/"],
        "pension": [],
    }.items():  # fmt: skip
        found = search(asked)
        assert ([door.address for door in found.doors], found.meant) == (doors, []), asked
    for misspelt, name in {
        "Luska": "Lusaka", "Mnogu": "Mongu", "Kasmá": "Kasama", "kapri mposi": "Kapiri Mposhi", "desk in Livinstone":
        "Livingstone", "Wstern": "Western", "shangmbo": "Shangombo", "xyzzy": "",
    }.items():  # fmt: skip
        found = search(misspelt)
        assert any(door.title.startswith(f"Results of {name}") for door in found.doors) == bool(name), misspelt
    assert f'href="/performance/place/{MONGU}/"' in client.get("/search/?q=mongu").content.decode()


def test_the_search_suggests_whole_words_and_none_for_words_that_occur_or_say_nothing(site):
    asked = ("figures", "in time", "the promise", "complaints", "penssion self employd", "servces")
    assert [search(one).meant for one in asked] == [[], [], [], [], ["pension", "employed"], ["service"]]
    assert search("in the").pages == []
    assert "Our promises" in [page.title for page in search("the promise").pages]


def test_a_search_for_nothing_finds_nothing_and_odd_signs_break_nothing(site, client):
    for asked in ("", "xyzzy", "'; DROP TABLE", "%%", "<b>", "a" * 500, "\u5bb6"):
        reply = client.get("/search/", {"q": asked})
        assert reply.status_code == 200
        assert "<b>" not in reply.content.decode().partition("<main")[2]


def test_a_page_that_is_not_public_is_neither_found_nor_in_the_sitemap(site, client):
    page = Page.objects.get(slug="drought-cash")
    assert f"{page.full_url}</loc>" in client.get("/sitemap.xml").content.decode()
    page.unpublish()
    assert "Drought emergency cash" not in read(client, "/search/?q=drought")
    assert f"{page.full_url}</loc>" not in client.get("/sitemap.xml").content.decode()


def test_the_feed_tells_the_news(site, client):
    write_what_the_pack_has_not()
    feed = client.get("/news/feed/")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "A desk comes to you" in feed.content.decode()
    assert "Sitemap: http" in client.get("/robots.txt").content.decode()


def test_each_duty_of_the_access_act_leads_to_a_page_or_says_that_it_does_not(site, client):
    rows = [row.value for row in Page.objects.get(slug="access-to-information").specific.rows]
    assert len(rows) == 12
    assert all(row["page"] or row["note"] for row in rows)
    for row in rows:
        assert row["page"] is None or client.get(row["page"].url).status_code == 200
    desks = Page.objects.get(slug="desks").specific
    desks.review_by = date(2031, 2, 3)
    desks.save()
    assert "Contacts s 8(1) Find a desk – 3 February 2031" in read(client, "/accountability/access-to-information/")
    desks.unpublish()
    assert "Contacts s 8(1) – – –" in read(client, "/accountability/access-to-information/")


def test_every_heading_of_a_register_is_a_word_for_translators():
    rows = [page._meta.get_field("rows").stream_block.child_blocks["row"] for page in Register.__subclasses__()]
    fields = [field for row in rows for field in row.child_blocks.values()]
    assert len(rows) == 5
    assert {field.label for field in fields if not isinstance(field.label, Promise)} == set(CALLED)
    with override("de"):  # Django itself has words for some
        assert {"Name": "Name", "Action": "Aktion"}.items() <= {str(one.label): heading(one) for one in fields}.items()


def test_a_day_of_payment_that_has_passed_is_not_the_next_one(site, client):
    page = Page.objects.get(slug="payment-days").specific
    days = {"Soon": date.today() + timedelta(days=9), "Sooner": date.today(), "Over": date(2026, 1, 5), "Unknown": None}
    row = {"how_often": "Every two months", "where": "", "source": "MCDSS"}
    page.rows = [("row", {**row, "programme": name, "next_day": day}) for name, day in days.items()]
    page.save()
    said = read(client, "/payment-days/")
    assert re.search("Sooner .* Soon .* Over Every two months Not published yet .* Unknown", said)
    assert "5 January 2026" not in said


def test_a_consultation_says_where_to_answer_while_it_is_open(site, client):
    write_what_the_pack_has_not()
    ConsultationPage.objects.update(write_to="charter@example.org")
    running, closed = (client.get(f"/accountability/consultations/the-{one}-charter/") for one in ("draft", "old"))
    assert 'href="mailto:charter@example.org?subject=The%20draft%20charter"' in running.content.decode()
    assert "mailto:" not in closed.content.decode()
    assert re.search("Open now Until .* The draft charter .*Closed The old charter", read(client, CONSULTATIONS))
    tomorrow = date.today() + timedelta(days=1)
    ConsultationPage.objects.filter(slug="the-draft-charter").update(opens=tomorrow)
    assert re.search("No consultation is open. Coming From .* The draft charter .*Closed", read(client, CONSULTATIONS))


def test_the_statistics_say_each_figure_with_unit_date_and_source_and_of_the_others_that_there_is_none(site, client):
    said = read(client, "/statistics/")
    for figure in Figure.objects.select_related("series"):
        value = f"{figure.value:,.2f}".rstrip("0").rstrip(".")
        assert f"{when(figure.as_of)} {value} {figure.series.unit}" in said, figure
        assert plainly(figure.source) in said
    assert not re.search(r"p=\d|WB-P|lusakatimes", said)
    assert "9 series: no figure published yet" in said
    table = StatisticsTable.objects.get(pk="coverage")
    statistics.sign_off(table, make_officer(role=Role.EDITOR, name="Ruth").user)
    assert "Signed off by Ruth on" in read(client, "/statistics/")
    assert 'href="/statistics/"' in client.get("/accountability/").content.decode()


def test_what_monitors_say_stands_with_their_programme_and_is_found_from_their_district(site, client):
    publish_a_note()
    for address in ("/programmes/social-cash-transfer/", "/monitors/", f"/monitors/?place={MONGU}"):
        assert "The list helps" in read(client, address)
        assert "no answer yet, published today" in read(client, address)
    assert "Monitors have published nothing about this yet." in read(client, "/monitors/?programme=NHIS")
    assert f'href="/monitors/?place={MONGU}"' in client.get("/desks/?district=Mongu").content.decode()


def test_partners_are_those_of_the_district(site, client):
    assert "Human Rights Commission" in read(client, "/desks/partners/?district=ndola")
    elsewhere = read(client, "/desks/partners/?district=Kalabo")
    assert "Human Rights Commission" not in elsewhere
    assert re.search(r"Help line Name .* Lifeline .* All districts .* greatzambiajobs.com; ", elsewhere)
    assert re.search(r"Not published yet for Kalabo .*Civil society, Workers", elsewhere)


def test_a_page_says_itself_to_machines_and_nothing_breaks_out(site, client):
    home = Page.objects.get(depth=2)
    evil = PlainPage(title="A </script><script>alert(1)</script>", slug="evil", introduction="<b>&")
    home.add_child(instance=evil)
    html = client.get("/evil/").content.decode()

    assert html.count("<script") == 1
    assert "alert(1)</script>" not in html
    assert '"@type": "WebPage"' in html
