"""A citizen at the desk, from the first question to the paper they take home."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cases import wording
from cases.catalogue import catalogue
from cases.models import Case, Officer
from cases.papers import paper, qr
from tests.builders import LUSAKA_TOWN, make_officer, on
from tests.paper import codes_on, pages_of, text_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace() -> Officer:
    return make_officer(name="Grace Phiri", place=LUSAKA_TOWN)


@pytest.fixture
def desk(grace: Officer) -> Client:
    client = Client()
    client.force_login(grace.user)
    return client


def walk_in(desk: Client, **changed: Any) -> Any:
    typed = {
        "once": "one-page",
        "known": "number",
        "phone": "0977 000 111",
        "name": "Mutale Chanda",
        "topic": "nhima-card-inactive",
        "place": LUSAKA_TOWN,
        "language": "en",
        "words": "My card does not work.",
    }
    return desk.post("/desk/new/", typed | changed)


# --- What they take home ------------------------------------------------------------------------------


def pin_on(page: str) -> str:
    return re.findall(r"\b\d{6}\b", re.sub(r"<[^>]+>", " ", page))[0]


def sealed_on(page: str) -> str:
    return re.findall(r'name="sealed" value="(\w+)"', page)[0]


def shown(desk: Client) -> str:
    return desk.get("/desk/new/receipt/").content.decode()


def paper_of(desk: Client, sealed: str) -> Any:
    return desk.post("/desk/new/receipt/paper/", {"sealed": sealed})


def test_the_receipt_as_a_paper_holds_number_pin_promise_and_a_code_in_the_citizens_language(desk):
    with on(date(2026, 11, 19)):
        walk_in(desk, language="bem")
        page = shown(desk)
        answer = paper_of(desk, sealed_on(page))
    case = Case.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="receipt.pdf"', "what is saved names nobody"
    assert "no-store" in answer["Cache-Control"]
    said = text_on(answer.content)
    for word in ("Inambala ya lyashi", str(case), "PIN yenu", pin_on(page), "Ubwasuko bukesa pa", "24/11/2026"):
        assert word in said
    assert codes_on(answer.content) == ["http://127.0.0.1:8000/track/"], "neither number nor PIN stands in an address"
    assert pages_of(answer.content) == [(105, 148)]


def test_a_paper_is_in_one_language_and_that_is_english_where_words_are_missing():
    label = catalogue().topics["nhima-card-inactive"].label
    assert wording.receipt("loz", topic=label)[0] == "loz"
    language, words = wording.receipt("kqn", topic=label)
    assert (language, words["reference"], words["matter"]) == ("en", "Case number", label)


def test_a_paper_is_only_for_the_page_that_showed_the_pin(desk, grace):
    walk_in(desk, once="first")
    first = sealed_on(shown(desk))
    assert "sealed" not in shown(desk), "the second showing has no PIN to bring along"
    assert paper_of(desk, first).status_code == 200, "two prints of one page"
    walk_in(desk, once="second", phone="0977 000 222")
    for sealed in (first, "", "00", "no hex", "ff" * 60):
        assert paper_of(desk, sealed).url == "/desk/new/receipt/"
    colleague = Client()
    colleague.force_login(make_officer(place=LUSAKA_TOWN).user)
    assert paper_of(colleague, first).url == "/desk/new/receipt/"


def test_the_pin_is_kept_neither_in_the_session_nor_readable_in_what_the_page_brings_along(desk):
    walk_in(desk)
    page = shown(desk)
    assert pin_on(page) not in sealed_on(page)
    assert paper_of(desk, sealed_on(page)).status_code == 200
    assert not any(key in str(dict(desk.session)) for key in (pin_on(page), sealed_on(page)))


def test_a_paper_about_a_sensitive_matter_does_not_say_what_it_is_about(desk):
    walk_in(desk, topic="violence")
    said = text_on(paper_of(desk, sealed_on(shown(desk))).content)
    assert (str(Case.objects.get()) in said, catalogue().topics["violence"].label in said) == (True, False)


def test_the_receipt_is_one_small_page_in_every_language_with_its_longest_words(settings):
    settings.USSD_CODE = "*123*4567#"
    longest = max((topic.label for topic in catalogue().topics.values()), key=len)
    for code in catalogue().languages:
        language, words = wording.receipt(code, topic=longest)
        address = "https://a-rather-long-name.of.the.single.window.gov.zm/track/"
        pdf = paper(
            "receipt", language=language, words=words, reference="1234 5678 9012", pin="246810", due="04/12/2026",
            address=address, code=qr(address),
        )  # fmt: skip
        assert pages_of(pdf) == [(105, 148)]
        said = text_on(pdf).replace(" ", "")
        assert all(word.replace(" ", "") in said for word in words.values()), code
        assert codes_on(pdf) == [address]
