"""The site in eight languages: one address each, English where a page is not translated, drafts called drafts."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve
from django.utils.translation import gettext, override
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cases.catalogue import changed
from cases.languages import in_front_of
from cases.pack import Language
from cms.models import HomePage, PlainPage, ProgrammePage
from cms.site import build_site
from cms.sources import plain, when
from sws.templatetags.speaking import NOT_YET
from tests.builders import open_case
from tests.doors import addresses, example

FOR_STAFF_AND_PROGRAMS = re.compile(r"/(accounts|simulator|ledger/[a-z]|data/\d|api|open311|.*/feed/)")
CASH = "programmes/social-cash-transfer/"
TITLE, LEAD = "Ulupiya lwa kwafwa", "Ulupiya ku ng'anda ishipiite."


@pytest.fixture(scope="module")
def country(built: HomePage, django_db_blocker: Any) -> Iterator[HomePage]:
    """The public site with one page that somebody has translated into Bemba and published."""
    with django_db_blocker.unblock():
        page = ProgrammePage.objects.get(slug="social-cash-transfer")
        publish(translate(page, {page.title: TITLE, page.introduction: LEAD}))
        yield built


@pytest.fixture
def site(country: HomePage, db: None) -> HomePage:
    return country


def translate(page: Page, words: dict[str, str]) -> Translation:
    """As wagtail-localize keeps what an editor typed beside the English sentences, or uploaded in a .po file."""
    bemba = Locale.objects.get(language_code="bem")
    source, _created = TranslationSource.update_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=bemba)
    for segment in source.stringsegment_set.select_related("string", "context"):
        if segment.string.data in words:
            facts = {"translation_of": segment.string, "locale": bemba, "context": segment.context}
            StringTranslation.objects.create(data=words[segment.string.data], **facts)
    translation.save_target(publish=False)
    return translation


def publish(translation: Translation) -> None:
    translation.get_target_instance().get_latest_revision().publish()


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def language_of(tag: str, html: str) -> str:
    return re.search(rf'<{tag}\b[^>]*? lang="([\w-]+)"', html)[1]


def links(html: str) -> dict[str, str]:
    """From what stands in a link to where it leads."""
    return {
        unescape(re.sub(r"<[^>]+>", "", said)): to
        for to, said in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', html)
    }


def heads(html: str) -> dict[str, str]:
    found = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', html))
    return {"canonical": re.search(r'<link rel="canonical" href="([^"]+)"', html)[1], **found}


# --- Without a database -------------------------------------------------------------------------------


def test_only_what_citizens_read_has_a_language_in_front():
    """Gateways, officers, editors and the log-in have one address each: another might have no guard."""
    with override("bem"):
        for address in addresses():
            with suppress(Resolver404):
                found = resolve("/bem" + example(address))
                assert found.app_name in ("citizen", "site") or found.url_name == "wagtail_serve", address


@pytest.mark.parametrize(
    ("cited", "said"),
    [
        ("lusakatimes 2017-06-30", "Lusaka Times, 30 June 2017"),
        ("ewsdata WB-P1; mcdss p=7; lusakatimes 442022", "World Bank project papers; the ministry; Lusaka Times"),
        ("WC Act ss 87, 88; SI 13 of 2021", "Workers' Compensation Act, sections 87, 88; SI 13 of 2021"),
        ("a report of 2019", "a report of 2019"),
    ],
)
def test_a_source_is_told_by_its_name_and_date(cited, said):
    names = {"lusakatimes": "Lusaka Times", "ewsdata": "World Bank project papers", "mcdss": "the ministry"}
    assert plain(cited, {**names, "WC Act": "Workers' Compensation Act"}) == said


def test_the_date_of_a_fact_is_written_out():
    assert [when(day) for day in ("2015-12", "2016", "2021-05-06", "")] == ["December 2015", "2016", "6 May 2021", ""]


# --- A page that is not translated ---------------------------------------------------------------------


def test_a_page_not_yet_translated_is_there_in_english_and_says_so(site, client):
    html = read(client, "/bem/complain/")
    assert (language_of("html", html), language_of("body", html), language_of("main", html)) == ("en", "bem", "en")
    assert "This page is not in Bemba yet. You are reading it in English." in html
    with override("bem"):
        assert gettext(NOT_YET).format(language="Ichibemba") in unescape(html)
    assert "<h1>Complain or appeal</h1>" in html
    assert heads(html) == {"canonical": heads(read(client, "/complain/"))["canonical"]}
    assert "/bem/" not in heads(html)["canonical"]


def test_no_link_leads_out_of_the_language_by_itself(site, client):
    pages = ("bem/", "bem/complain/", f"bem/{CASH}", "bem/programmes/", "bem/track/", "kqn/track/", "bem/ledger/")
    for page in (*pages, "bem/figures/", "bem/data/", "bem/performance/", "bem/follow/programme/SCT/"):
        address = f"/{page}"
        html = read(client, address)
        html = re.sub(r'<nav class="tongues".*?</nav>', "", html)
        led = {to for to in links(html).values() if to.startswith("/") and not to.startswith(f"/{address[1:4]}/")}
        assert not [to for to in led if not FOR_STAFF_AND_PROGRAMS.match(to)], address


def test_english_pages_lead_to_english_pages_and_keep_their_addresses(site, client):
    html = read(client, f"/{CASH}")
    assert (language_of("html", html), language_of("body", html)) == ("en", "en")
    assert "not in" not in html.partition("<main")[0]
    rest = re.sub(r'<nav class="tongues".*?</nav>', "", html)
    assert not [to for to in links(rest).values() if to.startswith(("/bem", "/ny"))]
    for language in ("bem", "ny"):
        assert Page.objects.get(slug="complain").specific.url == "/complain/", language


# --- A page that is translated --------------------------------------------------------------------------


def test_a_translated_page_has_the_same_place_and_the_facts_of_the_catalogue(site, client):
    html, english = read(client, f"/bem/{CASH}"), read(client, f"/{CASH}")
    assert (language_of("html", html), language_of("main", html)) == ("bem", "bem")
    assert f"<h1>{TITLE}</h1>" in html
    assert "ng&#x27;anda" in html
    assert "not in Bemba yet" not in html
    facts = re.findall(r'<li><span lang="en">(.*?)</span>', english)
    assert len(facts) > 5
    assert facts == re.findall(r'<li><span lang="en">(.*?)</span>', html)
    assert heads(html)["canonical"].endswith(f"/bem/{CASH}")
    assert heads(english)["canonical"].endswith(f":8000/{CASH}")
    assert heads(html)["bem"] == heads(english)["bem"] == heads(html)["canonical"]
    assert heads(html)["x-default"] == heads(html)["en"] == heads(english)["canonical"]


def test_lists_and_the_way_back_name_each_page_in_its_language(site, client):
    html = read(client, "/bem/programmes/")
    assert links(html)[TITLE] == f"/bem/{CASH}"
    assert links(html)["Drought emergency cash"] == "/bem/programmes/drought-cash/"
    assert f'lang="bem"><h3><a href="/bem/{CASH}"' in html
    assert TITLE not in read(client, "/programmes/")


def test_the_search_looks_where_its_address_speaks(site, client):
    assert links(read(client, "/bem/search/?q=ulupiya"))[TITLE] == f"/bem/{CASH}"
    assert TITLE not in read(client, "/search/?q=ulupiya").partition("<main")[2]
    assert "Drought emergency cash" in read(client, "/bem/search/?q=drought")
    assert "Social Cash Transfer" not in links(read(client, "/bem/search/?q=welfare"))


def test_the_sitemap_lists_what_is_translated_with_its_alternates_and_nothing_else(site, client):
    told = read(client, "/sitemap.xml")
    found = [address.partition("//")[2].partition("/")[2] for address in re.findall(r"<loc>(.*?)</loc>", told)]
    assert {CASH, f"bem/{CASH}"} <= set(found)
    assert [one for one in found if one.startswith(("bem", "ny", "loz"))] == [f"bem/{CASH}"]
    assert len(re.findall(r'hreflang="bem"', told)) == 2


def test_what_editors_take_back_is_english_again(site, client):
    Page.objects.get(title=TITLE).unpublish()
    html = read(client, f"/bem/{CASH}")
    assert "<h1>Social Cash Transfer</h1>" in html
    assert "not in Bemba yet" in html


def test_a_first_page_in_bemba_leaves_every_other_page_where_it_was(site, client):
    publish(translate(site, {site.headline: "Idiwindo limo"}))
    assert "Idiwindo limo" in read(client, "/bem/")
    assert "Idiwindo limo" not in read(client, "/")
    assert TITLE in read(client, f"/bem/{CASH}")
    assert "not in Bemba yet" in read(client, "/bem/complain/")
    assert client.get("/bem/nowhere/").status_code == 404
    assert build_site() == site


def test_a_page_is_begun_in_english(site):
    bemba = Page.objects.get(title=TITLE).get_parent()
    assert bemba.locale.language_code == "bem"
    assert PlainPage.can_create_at(Page.objects.get(pk=site.pk).specific)
    assert not PlainPage.can_create_at(bemba.specific)


# --- The languages that are offered ----------------------------------------------------------------------


def test_each_page_leads_to_itself_in_every_language_by_its_own_name(site, client):
    html = read(client, "/bem/search/?q=pension&x=%22")
    led = links(re.search(r'<nav class="tongues".*?</nav>', html)[0])
    assert led["English"] == "/search/?q=pension&amp;x=%22"
    assert led["Chinyanja"] == "/ny/search/?q=pension&amp;x=%22"
    assert " ".join(led) == "English Ichibemba Chinyanja Chitonga Silozi Kiikaonde Chiluvale Chilunda"
    assert 'lang="bem" hreflang="bem" aria-current="true">Ichibemba' in html
    for address in ("/accounts/login/", "/nowhere/"):
        assert "tongues" not in client.get(address).content.decode()


def test_an_address_says_the_same_to_everybody_and_leaves_no_cookie(site, client):
    answer = client.get("/complain/", headers={"accept-language": "ny"})
    assert language_of("body", answer.content.decode()) == "en"
    assert "Accept-Language" not in answer.get("Vary", "")
    client.get("/bem/complain/")
    assert not client.cookies


def test_production_offers_a_language_when_a_speaker_has_read_it(site, client, settings):
    assert "Bemba: a draft, not yet checked by a speaker." in read(client, "/bem/track/")
    settings.DRAFT_LANGUAGES = False
    assert in_front_of("/bem/track/") == "en"
    for address in ("/bem/", "/bem/track/", f"/bem/{CASH}"):
        assert client.get(address).status_code == 404
    html = read(client, f"/{CASH}")
    assert "tongues" not in html
    assert 'hreflang="bem"' not in html

    Language.objects.filter(code="bem").update(reviewed=True)
    changed()
    try:
        html = read(client, f"/bem/{CASH}")
        assert list(links(re.search(r'<nav class="tongues".*?</nav>', html)[0])) == ["English", "Ichibemba"]
        assert TITLE in html
        assert "draft" not in html.partition("<main")[0]
    finally:
        Language.objects.filter(code="bem").update(reviewed=False)
        changed()


# --- The citizen's own pages -------------------------------------------------------------------------------


def test_a_citizen_opens_their_case_in_bemba_and_stays_in_it(site, client):
    opened = open_case()
    html = read(client, "/bem/track/")
    assert (language_of("html", html), language_of("main", html)) == ("bem", "bem")
    wrong = client.post("/bem/track/", {"reference": opened.case.reference, "pin": "000000"}).content.decode()
    with override("bem"):
        refusal = gettext("This number and this PIN do not go together. Please look at both once more.")
    assert refusal in unescape(wrong)
    assert not refusal.startswith("This")
    assert "tongues" not in wrong

    answer = client.post("/bem/track/", {"reference": opened.case.reference, "pin": opened.pin})
    assert answer["Location"] == "/bem/track/case/"
    html = read(client, "/bem/track/case/")
    assert 'action="/bem/track/finish/"' in html
    assert links(re.search(r'<nav class="tongues".*?</nav>', html)[0])["English"] == "/track/case/"
    assert client.post("/bem/track/finish/")["Location"] == "/bem/track/"


def test_a_page_of_the_house_that_nobody_has_translated_is_in_english_too(site, client):
    html = read(client, "/kqn/search/")
    assert (language_of("main", html), language_of("body", html)) == ("en", "kqn")
    assert "This page is not in Kaonde yet. You are reading it in English." in html
    assert 'href="/kqn/track/"' in html
    assert language_of("main", read(client, "/kqn/track/")) == "kqn"


# --- The editor's day -----------------------------------------------------------------------------------


def test_an_editor_translates_a_page_and_hands_it_to_a_translator(site, client):
    editor = User.objects.create(username="ruth", is_active=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    page, bemba = Page.objects.get(slug="desks"), Locale.objects.get(language_code="bem")

    client.post(f"/cms/localize/submit/page/{page.pk}/", {"locales": [bemba.pk]})
    draft = page.get_translation(bemba)
    assert not draft.live, "it would stand there in English as if it were Bemba"
    assert "not in Bemba yet" in read(client, "/bem/desks/")
    translation = Translation.objects.get(target_locale=bemba, source__object_id=page.translation_key)
    file = client.get(f"/cms/localize/translate/{translation.pk}/pofile/download/").content.decode()
    assert 'msgid "Find a desk"' in file
    assert client.get(f"/cms/pages/{draft.pk}/edit/").status_code == 200

    title = translation.source.stringsegment_set.get(string__data="Find a desk")
    box = f"/cms/localize/translate/{translation.pk}/strings/{title.pk}/edit/"
    typed = encode_multipart(BOUNDARY, {"value": "Fwayeni iofesi"})  # as the editor's script sends each box
    assert client.put(box, typed, content_type=MULTIPART_CONTENT).status_code == 201
    assert StringTranslation.objects.get(context=title.context).data == "Fwayeni iofesi"
    client.logout()
    assert client.put(box, typed, content_type=MULTIPART_CONTENT).status_code in (302, 403)
