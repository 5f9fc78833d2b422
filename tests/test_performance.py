"""How promises are kept, for everybody: what was released and nothing else, to read, to compare, to cite and to embed."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from cases.catalogue import catalogue
from cases.models import Release
from tests.builders import KAFUE, LUSAKA, MONGU, WESTERN
from tests.released import OCTOBER, published, release_two_months


@pytest.fixture(scope="module")
def released(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """September, late more often, and October: for the whole file."""
    with django_db_blocker.unblock(), transaction.atomic():
        release_two_months()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reader(released: None, db: None) -> Client:
    return Client()


def page(reader: Client, address: str) -> str:
    answer = reader.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def words(html: str) -> str:
    html = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


# --- What it says -------------------------------------------------------------------------------------------


def test_the_page_begins_with_a_sentence_and_what_it_is_to_be_held_against(reader):
    assert "Of 100 cases, 75 were answered in time in October 2026." in words(page(reader, "/performance/"))
    province = words(page(reader, f"/performance/place/{LUSAKA}/"))
    assert "Of 100 cases, 75 were answered in time in October 2026." in province
    assert "In the whole country it was 75 of 100. In September 2026 it was 50 of 100." in province


def test_the_promise_stands_beside_how_it_was_kept_and_the_agencys_word_beside_the_citizens(reader):
    said = words(page(reader, "/performance/agency/NHIMA/"))

    own = [
        one.resolve_days
        for one in catalogue().topics.values()
        if one.agency_id == "NHIMA" and one.sensitivity == "open"
    ]
    assert f"An answer by the promised date {min(own)} to {max(own)} days 75 %" in said
    assert re.search(r"Confirmed solved by the citizen [\d,]+ 50 % Closed by the agency [\d,]+ 50 %", said)


def test_what_is_hidden_is_hatched_said_and_explained_and_its_number_is_nowhere(reader):
    html = page(reader, f"/performance/place/{MONGU}/")
    assert "is not shown here: there are too few" in words(html)
    assert 'href="#why"' in html
    assert 'id="why"' in html
    assert "%" not in words(html).partition("too few")[0]

    province = page(reader, f"/performance/place/{WESTERN}/")
    assert f'href="/performance/place/{MONGU}/" aria-label="Mongu: hidden"' in province
    assert re.search(rf'#why">Hidden, too few:</a> <a href="/performance/place/{MONGU}/">Mongu</a>', province)


def test_where_the_newest_month_is_hidden_the_last_one_that_is_not_is_told(reader):
    published(OCTOBER, late=10, version=2, hide=(MONGU, KAFUE))
    assert "there are too few. Why? In September 2026 it was 50 of 100." in words(
        page(reader, f"/performance/place/{KAFUE}/")
    )


def test_one_gets_from_the_country_to_the_district_and_back_and_from_an_agency_to_its_programmes(reader):
    country = page(reader, "/performance/")
    assert all(f'"/performance/place/{code}/"' in country for code in [*catalogue().provinces, *catalogue().districts])
    assert '"/performance/agency/NHIMA/"' in country
    assert '"/performance/programme/NHIS/"' in page(reader, "/performance/agency/NHIMA/")
    district = page(reader, f"/performance/place/{KAFUE}/")
    assert district.index('"/performance/"') < district.index(f'"/performance/place/{LUSAKA}/"')


def test_the_country_is_told_by_topic_group_too_and_only_where_it_is_not_hidden(reader):
    country = page(reader, "/performance/")
    groups = words("<main" + country.partition('aria-labelledby="groups"')[2].partition("</section>")[0] + "</main>")
    assert re.search(r"Topic group Answered In time Confirmed Complaint [\d,]+ 75 % 50 %", groups)
    assert "Hidden, too few: Question, Registration" in groups
    assert 'id="groups"' not in page(reader, "/performance/agency/NHIMA/")


def test_every_page_is_named_to_search_engines(reader):
    all_named = re.findall(r"<loc>http://[^/]+(/[^<]*)</loc>", page(reader, "/sitemap.xml"))
    assert {"/figures/", "/figures/2026-10/v1/", "/figures/2026-09/v1/", "/data/", "/ledger/"} < set(all_named)
    named = [address for address in all_named if address.startswith("/performance/")]
    house = catalogue()
    assert len(named) == 1 + sum(map(len, (house.agencies, house.programmes, house.provinces, house.districts)))
    assert {"/performance/", "/performance/agency/NHIMA/", f"/performance/place/{KAFUE}/"} < set(named)


def test_a_messenger_is_told_what_page_it_is(reader):
    for address, title in {
        "/performance/": "How promises are kept: Zambia", "/figures/": "Published figures", "/data/": "Open data",
        "/ledger/": "The public ledger", "/figures/2026-10/v1/": "October 2026 · Published figures",
        "/figures/2026-10/v1/2026-10/country/received/": "Received, The whole country, October 2026",
    }.items():  # fmt: skip
        html = page(reader, address)
        assert f'<meta property="og:title" content="{title}">' in html
        assert re.search(r'<meta property="og:description" content="[^"]{30,}">', html), address
        assert re.search(r'<meta property="og:image" content="http[^"]*/static/sws/sign[^"]*\.png">', html), address
        assert re.search(rf'<meta property="og:url" content="[^"]*{address}">', html), address


def test_another_month_is_a_link_and_a_month_that_was_not_released_is_not_there(reader):
    assert 'href="?of=2026-09"' in page(reader, "/performance/")
    assert "50 were answered in time in September 2026" in words(page(reader, "/performance/?of=2026-09"))
    for address in ("?of=2026-08", "?of=x", "place/ZM999/", "agency/NOBODY/", "programme/NOBODY/", "planet/X/"):
        assert reader.get(f"/performance/{address}").status_code == 404, address


def test_each_figure_leads_to_the_address_at_which_it_was_published(reader):
    cited = re.findall(r'href="(http[^"]*/figures/[^"]*)">Cite', page(reader, f"/performance/place/{LUSAKA}/"))
    assert len(cited) > 3
    assert cited[0].endswith(f"/figures/2026-10/v1/2026-10/province/resolved_on_time/#{LUSAKA}")
    for address in cited:
        assert reader.get("/" + address.split("/", 3)[3].partition("#")[0]).status_code == 200


def test_where_nothing_was_released_the_page_says_so(reader):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE cases_release DISABLE TRIGGER USER")
        Release.objects.all().delete()
        assert "Nothing is published yet" in words(page(reader, "/performance/"))
        assert reader.get("/embed/months/country/all.svg").status_code == 404
        transaction.set_rollback(True)


# --- For other people's pages -------------------------------------------------------------------------------


def test_a_picture_stands_by_itself_and_keeps_its_numbers_when_they_are_corrected(reader):
    for name in ("promises", "endings", "months", "agencies", "groups", "provinces", "map"):
        answer = reader.get(f"/embed/{name}/country/all.svg")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
        assert "style" not in answer.content.decode()
        assert answer.content.startswith(b"<svg xmlns=")
    address = f"/embed/months/place/{KAFUE}.svg?of=2026-10&version=1"
    before = reader.get(address).content
    with transaction.atomic():
        published(OCTOBER, late=30, version=2)
        assert reader.get(address).content == before
        assert reader.get(f"/embed/months/place/{KAFUE}.svg").content != before
        transaction.set_rollback(True)
    for wrong in ("months/place/KAFUE.svg", "nothing/country/all.svg", "months/country/all.svg?version=9"):
        assert reader.get(f"/embed/{wrong}").status_code == 404


def test_an_embedded_picture_keeps_the_language_of_the_page_and_says_where_it_falls_back_to_english(reader):
    assert "/bem/embed/months/country/all.svg?of=2026-10" in page(reader, "/bem/performance/")
    for address in ("/bem/embed/map/country/all.svg", "/bem/embed/map/country/all/"):
        told = page(reader, address)
        assert 'lang="en"' in told
        assert "This page is not in Bemba yet. You are reading it in English." in told
        assert "/bem/performance/" in told
        assert "not in Bemba" not in page(reader, address.removeprefix("/bem"))


def test_only_the_embedded_page_may_stand_in_somebody_elses_frame(reader):
    frame, own = reader.get("/embed/promises/country/all/"), reader.get("/performance/")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors 'self'" in own["Content-Security-Policy"]
    assert own["X-Frame-Options"] == "DENY"
