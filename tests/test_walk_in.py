"""A citizen at the desk, from the first question to the paper they take home."""

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from cases import wording
from cases.catalogue import catalogue
from cases.models import Case, Citizen, Officer, Representation
from cases.papers import paper, qr
from cases.registration import questions
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


# --- For somebody else ----------------------------------------------------------------------------------

FOR_A_CHILD = {
    "for_whom": "other",
    "relationship": "parent",
    "about_name": "Chola Banda",
    "about_nrc": "",
    "name": "Mary Banda",
    "nrc": "111111/11/1",
    "sms_to": "here",
}
FOR_HER_HUSBAND = FOR_A_CHILD | {
    "relationship": "spouse",
    "consent": "present",
    "about_name": "John Banda",
    "about_nrc": "222222/22/1",
}


def page_of(desk: Client, case: Case) -> str:
    return words_of(desk.get(f"/desk/cases/{case.reference}/"))


def words_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_mother_comes_for_her_child_and_nobody_asks_the_child(desk):
    walk_in(desk, **FOR_A_CHILD)
    case = Case.objects.get()
    spoke = case.representation
    assert (spoke.relationship, spoke.consent, spoke.name, spoke.nrc) == (
        "parent", "guardian", "Mary Banda", "111111/11/1",
    )  # fmt: skip
    page = page_of(desk, case)
    for words in (
        "Chola Banda",
        "Told by Mary Banda",
        "Who they are Parent or guardian of a child",
        "Agreement A guardian by law speaks for them",
    ):
        assert words in page
    opened = case.events.get(kind="open").data
    assert (opened["told_by"], opened["consent"]) == ("parent", "guardian")
    assert "Banda" not in str(opened), "the history keeps nobody's name"


def test_whom_a_case_is_about_is_found_again_by_their_card_and_so_is_who_came(desk):
    walk_in(desk, **FOR_HER_HUSBAND)
    case = Case.objects.get()
    for card in ("222222/22/1", "111111/11/1"):
        assert str(case) in words_of(desk.post("/desk/cases/", {"q": card}))
    for name in ("nrc", "about_nrc"):
        assert str(case) in words_of(desk.post("/desk/new/known/", {name: "222222 22 1"}))
    assert str(case) not in words_of(desk.post("/desk/new/known/", {"about_nrc": "333333/33/1"}))


@pytest.mark.parametrize(("sms_to", "owner"), [("here", "Mary Banda"), ("about", "John Banda")])
def test_the_sms_go_to_whoever_owns_the_phone_and_the_case_is_about_the_same_person(desk, sms_to, owner):
    walk_in(desk, **FOR_HER_HUSBAND | {"sms_to": sms_to})
    case = Case.objects.get()
    assert (case.citizen.name, case.citizen.phone) == (owner, "+260977000111")
    assert case.messages.get().phone == "+260977000111"
    page = page_of(desk, case)
    assert "Citizen John Banda" in page
    assert ("Phone of who came" in page, "Phone of the citizen" in page) == (sms_to == "here", sms_to == "about")


def test_without_a_phone_the_case_hangs_on_the_card_of_whom_it_is_about(desk):
    walk_in(desk, **FOR_HER_HUSBAND | {"phone": "", "nrc": ""})
    assert (Case.objects.get().citizen.nrc, Citizen.objects.count()) == ("222222/22/1", 1)


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ({"relationship": ""}, "Choose who they are to each other."),
        ({"consent": ""}, "Say how they agreed: nobody speaks for another without it."),
        ({"about_name": ""}, "Write the name of the person it is about."),
    ],
)
def test_nobody_speaks_for_another_without_saying_who_and_by_what_right(desk, left_out, sentence):
    answer = walk_in(desk, **FOR_HER_HUSBAND | left_out)
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert sentence in words_of(answer)
    assert 'value="Mary Banda"' in answer.content.decode(), "nothing typed is lost"


def test_the_database_itself_asks_no_child_for_consent(desk):
    walk_in(desk, **FOR_HER_HUSBAND)
    with pytest.raises(IntegrityError):
        Representation.objects.update(relationship="parent")


def test_of_an_anonymous_case_no_name_is_kept_and_of_a_hidden_one_none_is_shown(desk):
    walk_in(desk, **FOR_HER_HUSBAND | {"known": "anonymous", "once": "one", "about_name": ""})
    anonymous = Case.objects.get()
    spoke = anonymous.representation
    assert (spoke.relationship, spoke.name, spoke.nrc, spoke.card_index, anonymous.form) == ("spouse", "", "", "", None)
    walk_in(desk, **FOR_HER_HUSBAND | {"known": "hidden", "once": "two"})
    hidden = Case.objects.latest("pk")
    page = page_of(desk, hidden)
    assert "Who they are Husband or wife" in page
    assert not any(fact in page for fact in ("Mary", "John", "111111/11/1", "222222/22/1"))
    for card in ("222222/22/1", "111111/11/1"):
        assert str(hidden) not in words_of(desk.post("/desk/cases/", {"q": card}))


@pytest.mark.parametrize("topic", ["violence", "nhima-facility", "register-worker"])
def test_any_matter_can_be_told_for_somebody_else(desk, topic):
    walk_in(desk, **FOR_HER_HUSBAND, topic=topic, work="trading", also_for=["NHIMA"])
    assert Case.objects.get().representation.relationship == "spouse"


def test_who_speaks_for_themselves_leaves_the_other_questions_alone(desk):
    walk_in(desk, **FOR_A_CHILD | {"for_whom": "self"})
    case = Case.objects.get()
    assert (case.citizen.name, Representation.objects.exists()) == ("Mary Banda", False)
    assert "told_by" not in case.events.get(kind="open").data


def test_a_form_for_another_sent_twice_opens_one_case_and_one_representation(desk):
    walk_in(desk, **FOR_A_CHILD)
    walk_in(desk, **FOR_A_CHILD)
    assert (Case.objects.count(), Representation.objects.count()) == (1, 1)


# --- A registration -------------------------------------------------------------------------------------

AS_A_WORKER = {
    "topic": "register-worker",
    "also_for": ["NHIMA", "NAPSA", "WCFCB"],
    "nrc": "123456/78/9",
    "work": "green",
    "sex": "female",
    "disability": "",
}


def asked_on(answer: Any) -> set[str]:
    """The questions that are asked where scripts run."""
    return set(re.findall(r'name="(\w+)"', answer.content.decode().partition("<details")[0]))


@pytest.mark.parametrize("topic", ["register-worker", "register-assistance", "nhima-add-family", "nhima-card-inactive"])
def test_the_desk_asks_what_the_handset_asks_and_every_question_where_no_script_runs(desk, topic):
    is_registration = catalogue().topics[topic].kind == "registration"
    by_phone = {question.key for question in questions(topic)} if is_registration else set()
    page = desk.get(f"/desk/new/questions/?topic={topic}")
    assert asked_on(page) - {"also_for"} == by_phone
    assert ("also_for" in asked_on(page)) == (topic == "register-worker")
    without_scripts = set(re.findall(r'name="(\w+)"', desk.get("/desk/new/").content.decode()))
    assert {"also_for", "work", "people", "sex", "age", "disability"} <= without_scripts


def test_a_registration_at_the_desk_is_kept_as_one_by_phone_is(desk):
    walk_in(desk, **AS_A_WORKER)
    case = Case.objects.get()
    assert json.loads(case.form) == {"name": "Mutale Chanda", "nrc": "123456/78/9", "work": "green", "sex": "female"}
    page = page_of(desk, case)
    assert "The form Work Trees, waste, solar Sex Woman" in page
    assert sorted(case.referrals.values_list("agency", flat=True)) == ["NAPSA", "NHIMA", "WCFCB"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"work": ""}, "Please ask this: the agency needs it."),
        ({"name": ""}, "A registration needs the full name, as on the NRC."),
        ({"known": "anonymous"}, "Nobody can be registered without a name: choose another way."),
        ({"also_for": []}, "Choose at least one."),
        ({"topic": "register-assistance", "people": "61"}, "Please type a number from 1 to 60."),
        ({"topic": "register-assistance", "people": "many"}, "Please type a number from 1 to 60."),
        ({"topic": "register-assistance", "people": "²"}, "Please type a number from 1 to 60."),
    ],
)
def test_what_a_registration_lacks_is_said_beside_the_question(desk, changed, sentence):
    answer = walk_in(desk, **AS_A_WORKER | changed)
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert sentence in words_of(answer)


def test_answers_to_what_was_not_asked_are_not_kept(desk):
    walk_in(desk, work="green", people="7", sex="male", disability="yes")
    assert Case.objects.get().form is None
    walk_in(desk, **AS_A_WORKER | {"topic": "register-napsa", "once": "two", "people": "7"})
    assert json.loads(Case.objects.latest("pk").form).keys() == {"name", "nrc", "sex"}


def test_a_child_is_registered_under_the_childs_own_name(desk):
    walk_in(desk, **AS_A_WORKER | FOR_A_CHILD | {"topic": "nhima-add-family"})
    assert json.loads(Case.objects.get().form)["name"] == "Chola Banda"


def test_a_registration_needs_no_story_but_a_complaint_does(desk):
    assert walk_in(desk, **AS_A_WORKER | {"words": ""}).status_code == 303
    assert walk_in(desk, words="", once="two").status_code == 422
