"""The search: by number, phone, card, name and words, misspelt or not; what hides is found by nothing."""

import json
import re
from typing import Any

import pytest
from django.db import connection

from cases import actions, entries, finding
from cases.actions.referrals import ask_agency
from cases.catalogue import catalogue
from cases.finding import Why, find
from cases.lifecycle import State
from cases.models import Case, Citizen, Entry, Known, Named, Officer, Permit, Role, Share, Spelling
from cases.terms import digits_of, fingerprint, misspelt, words_of
from tests.builders import EVERYTHING, KAFUE, LUSAKA, MONGU, an_agency, make_case, make_citizen, make_officer
from tests.desk import case_url, desk_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Officer:
    return make_officer(name="Sam Tembo", role=Role.SUPERVISOR, clearances=EVERYTHING)


def found(officer: Officer, typed: str, **more: Any) -> list[tuple[Case, str]]:
    return [(one.case, one.why) for one in find(officer, typed, **more).found]


def of(name: str, **opening: Any) -> Case:
    return make_case(citizen=make_citizen(name=name), **opening)


# --- Words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My Card, my CARD!", ["card"]),
        ("José Ng’ombe", ["jose", "ngombe"]),
        ("Ångström naïve", ["angstrom", "naive"]),
        ("0977123456 or 123456/78/9", []),
        ("a b cc", ["cc"]),
        ("", []),
    ],
)
def test_a_text_is_taken_apart_into_plain_words(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("meant", "typed"),
    [("chanda", "chnda"), ("chanda", "chandaa"), ("chanda", "chenda"), ("mulenga", "mulegna"), ("phiri", "piri"), ("mulenga", "murenga")],
)  # fmt: skip
def test_a_letter_too_few_too_many_another_one_or_two_changed_about_leave_the_same_remainder(meant, typed):
    assert misspelt(meant) & misspelt(typed)


@pytest.mark.parametrize(("one", "other"), [("chanda", "banda"), ("mwila", "zulu"), ("pay", "day")])
def test_other_words_do_not(one, other):
    assert not misspelt(one) & misspelt(other)


@pytest.mark.parametrize(
    ("typed", "digits"), [("5678 9012", "56789012"), ("5678-9012", "56789012"), ("12a4", ""), ("1" * 13, "")]
)
def test_groups_of_digits_are_one_number(typed, digits):
    assert digits_of(typed) == digits


# --- What is found, and why ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Mulenga Chanda", Why.NAME),
        ("chanda MULENGA", Why.NAME),
        ("chanda", Why.NAME),
        ("mulenga chnda", Why.NEARLY),
        ("Mulénga Chandá", Why.NAME),
        ("fertiliser seed", Why.WORDS),
        ("fertilizer", Why.NEARLY),
        ("chanda fertiliser", Why.BOTH),
        ("chnda fertilizer", Why.NEARLY),
    ],
)
def test_a_case_is_found_by_name_and_words_misspelt_or_not_and_it_says_by_which(sam, typed, why):
    case = of("Mulenga Chanda", words="The seed came late, and no fertiliser with it.")
    of("Misozi Banda", words="My card does not work.")
    assert found(sam, typed) == [(case, why)]


@pytest.mark.parametrize("typed", ["mulenga banda", "chanda pension", "xyz", "a", "the", "'", "%", "\x00", "é" * 200])
def test_what_is_not_there_is_not_found(sam, typed):
    of("Mulenga Chanda", words="The seed came late.")
    assert found(sam, typed) == []


def test_a_number_is_found_by_any_part_of_four_digits(sam):
    case = make_case()
    number = case.reference
    for typed in (
        number,
        str(case),
        number[:4],
        number[4:8],
        number[3:9],
        f"{number[4:8]} {number[8:]}",
        f"{number[:4]} {number[8:]}",
    ):
        assert (case, Why.NUMBER) in found(sam, typed), typed
    assert found(sam, number[:3]) == []


def test_a_whole_number_with_one_group_mistyped_is_found_nearly(sam):
    case = make_case()
    wrong = str((int(case.reference[5]) + 1) % 10)
    assert found(sam, case.reference[:5] + wrong + case.reference[6:]) == [(case, Why.NEARLY_NUMBER)]


def test_a_name_and_a_part_of_the_number_together_find_one(sam):
    case, other = of("Mulenga Chanda"), of("Mulenga Chanda")
    assert found(sam, f"chanda {case.reference[:6]}") == [(case, Why.NAME)]
    assert {one for one, _why in found(sam, "chanda")} == {case, other}


def test_the_surest_comes_first_and_of_each_the_newest(sam):
    story = of("Bwalya Mutale", words="Chanda sent me.")
    nearly = of("Mulenga Chenda")
    old, new = of("Mulenga Chanda"), of("Chanda Zulu")
    assert found(sam, "chanda") == [(new, Why.NAME), (old, Why.NAME), (story, Why.WORDS), (nearly, Why.NEARLY)]


@pytest.mark.parametrize("rare", [0, 1500])
def test_many_are_turned_over_page_by_page_each_once_however_they_are_read(sam, monkeypatch, rare):
    monkeypatch.setattr(finding, "PAGE", 2)
    monkeypatch.setattr(finding, "RARE", rare)
    cases = [of("Mulenga Chanda") for _ in range(5)] + [of("Mulenga Chenda")]
    pages, after = [], ""
    while not pages or after:
        finds = find(sam, "chanda", after=after)
        pages.append([one.case for one in finds.found])
        after = finds.after
    assert pages == [cases[4:2:-1], cases[2:0:-1], [cases[0], cases[5]]]


@pytest.mark.parametrize("after", ["x", "1", "9.9", "0.-1", "-1.5"])
def test_a_key_that_somebody_changed_harms_nothing(sam, after):
    of("Mulenga Chanda")
    find(sam, "chanda", after=after)


# --- What may be known --------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [Known.HIDDEN, Known.ANONYMOUS])
def test_who_hides_is_found_by_neither_name_nor_number_nor_card(sam, known):
    phone, card = "+260977000111", "111111/11/1"
    citizen = make_citizen(phone=phone, nrc=card, name="Mulenga Chanda")
    form = json.dumps({"name": "Mulenga Chanda", "nrc": card})
    make_case(citizen=citizen, known=known, form=form, words="I am Mulenga and my card is dead.")
    assert found(sam, "Mulenga Chanda") == found(sam, "chnda") == []
    assert found(sam, phone, phone=phone) == found(sam, card, nrc=card) == []


def test_who_hides_is_not_found_by_the_name_in_their_own_words(sam):
    case = make_case(
        citizen=make_citizen(name="Mulenga Chanda"), known=Known.HIDDEN, words="Mulenga has no fertiliser."
    )
    assert found(sam, "mulenga") == []
    assert found(sam, "fertiliser") == [(case, Why.WORDS)]


def test_the_words_of_a_sensitive_case_are_never_looked_through(sam):
    case = of("Mulenga Chanda", topic="nhima-facility", words="They shouted at everybody.")
    assert found(sam, "shouted") == []
    assert found(sam, "chanda") == [(case, Why.NAME)]


def test_words_leave_the_index_when_a_case_becomes_sensitive(sam):
    case = make_case(topic="nhima-card-inactive", words="A clerk wanted something for himself.")
    assert found(sam, "clerk")
    actions.sort(case=case, by=make_officer(), topic=catalogue().topics["nhima-facility"], place=case.place)
    assert Entry.objects.get(case=case).keys is None, "gone at once, not with the next look"
    assert found(sam, "clerk") == []


def test_each_result_is_one_that_the_officer_may_see(sam):
    cases = {
        "Kafue": of("Mulenga Chanda", place=KAFUE),
        "Mongu": of("Mulenga Chanda", place=MONGU),
        "nowhere": of("Mulenga Chanda", place=None),
        "private": of("Mulenga Chanda", topic="nhima-facility", place=KAFUE),
        "pension": of("Mulenga Chanda", topic="napsa-claim-late", place=KAFUE),
        "about me": of("Mulenga Chanda", place=KAFUE),
    }
    lusaka = make_officer(place=LUSAKA)
    nhima = make_officer(role=Role.AGENCY, agency="NHIMA", place=KAFUE)
    for officer in (lusaka, nhima, make_officer(role=Role.AGENCY, agency="ACC"), make_officer(active=False)):
        Named.objects.create(case=cases["about me"], officer=officer)
        visible = set(Case.objects.visible_to(officer))
        assert {case for case, _why in found(officer, "mulenga chanda")} == visible
        for case in cases.values():
            assert ((case, Why.NUMBER) in found(officer, case.reference)) == (case in visible)


def test_what_one_may_not_see_takes_no_line_of_a_page_and_promises_no_further_one(monkeypatch):
    monkeypatch.setattr(finding, "PAGE", 1)
    seen = of("Mulenga Chanda")
    private = [of("Mulenga Chanda", topic="nhima-facility") for _time in range(2)]
    finds = find(make_officer(), "mulenga chanda")
    assert ([one.case for one in finds.found], finds.after) == ([seen], "")
    assert find(make_officer(), private[0].reference).after == ""


def test_an_agency_that_was_asked_finds_a_case_by_what_was_shared_and_by_nothing_else(sam):
    case = of("Mulenga Chanda", words="No fertiliser came.", state=State.IN_PROGRESS, officer=sam)
    helper = make_officer(role=Role.AGENCY, agency="HRC")
    for shared in ((), (Share.WORDS,), (Share.WHO,), (Share.WHO, Share.WORDS)):
        case.referrals.all().delete()
        ask_agency(case, an_agency("HRC"), shared=shared, consent=Permit.DESK if shared else Permit.NOTHING)
        by = {
            typed: bool(found(helper, typed))
            for typed in ("chanda", "chnda", "fertiliser", "fertilizer", "chanda fertiliser")
        }
        who, words = Share.WHO in shared, Share.WORDS in shared
        assert by == {
            "chanda": who,
            "chnda": who,
            "fertiliser": words,
            "fertilizer": words,
            "chanda fertiliser": who and words,
        }
        assert found(helper, case.reference) == [(case, Why.NUMBER)]


def test_whom_a_form_names_is_found_and_not_whose_phone_it_was(sam):
    citizen = make_citizen(name="Mary Mubita")
    case = make_case(citizen=citizen, form=json.dumps({"name": "John Sakala", "nrc": ""}))
    assert found(sam, "john sakala") == [(case, Why.NAME)]
    assert found(sam, "mary mubita") == []


# --- The entries --------------------------------------------------------------------------------------------


def test_a_name_that_becomes_known_finds_the_cases_from_before(sam):
    citizen = make_citizen(phone="+260977000111")
    case = make_case(citizen=citizen)
    assert found(sam, "chanda") == []
    actions.find_or_add_citizen(phone="+260977000111", name="Mulenga Chanda")
    assert found(sam, "chanda") == [(case, Why.NAME)]


def test_what_is_erased_is_found_no_more(sam):
    case = of("Mulenga Chanda", words="No fertiliser came.")
    assert found(sam, "chanda")
    assert found(sam, "fertiliser")
    Citizen.objects.update(name="")
    Case.objects.filter(pk=case.pk).update(open_words="")
    assert found(sam, "chanda") == found(sam, "fertiliser") == []


def test_a_worker_lays_what_nobody_searched_for(sam):
    for _ in range(3):
        of("Mulenga Chanda")
    assert Entry.objects.filter(keys=None).count() == 3
    entries.lay_all()
    assert Entry.objects.filter(keys=None).count() == 0
    assert entries.lay() == 0


def test_no_word_and_no_name_can_be_read_from_the_index(sam):
    of("Mulenga Chanda", words="No fertiliser came.")
    entries.lay_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM cases_entry t UNION ALL SELECT t::text FROM cases_spelling t")
        kept = " ".join(row for (row,) in cursor.fetchall())
    assert not re.search("[a-z]", kept)
    assert fingerprint("name", "chanda") != fingerprint("word", "chanda")
    assert Spelling.objects.filter(word=fingerprint("name", "chanda")).count() == len(misspelt("chanda"))


# --- The page -----------------------------------------------------------------------------------------------


def test_the_page_says_by_what_each_was_found_and_nothing_of_it_stands_in_an_address(sam):
    case = of("Mulenga Chanda")
    page = desk_of(sam).post("/desk/cases/", {"q": "mulenga chnda"})
    assert f"{case} A card or membership is not active" in text_of(page)
    assert "Nearly the same spelling" in text_of(page)
    assert not re.search(r'(href|action)="[^"]*(mulenga|chnda)', page.content.decode(), re.IGNORECASE)
    assert "Nothing found" not in text_of(desk_of(sam).get("/desk/cases/?q=chanda"))
    assert str(case) not in text_of(desk_of(sam).get("/desk/cases/?q=chanda"))


def test_the_next_page_is_a_form_too(sam, monkeypatch):
    monkeypatch.setattr(finding, "PAGE", 1)
    old, new = of("Mulenga Chanda"), of("Mulenga Chanda")
    first = desk_of(sam).post("/desk/cases/", {"q": "chanda"})
    after = re.search(r'name="after" value="([^"]+)"', first.content.decode()).group(1)
    second = desk_of(sam).post("/desk/cases/", {"q": "chanda", "after": after})
    assert [(str(new) in text_of(page), str(old) in text_of(page)) for page in (first, second)] == [
        (True, False),
        (False, True),
    ]


def test_a_whole_number_leads_to_the_case(sam):
    case = make_case()
    answer = desk_of(sam).post("/desk/cases/", {"q": f" {case} "})
    assert (answer.status_code, answer.url) == (303, case_url(case))
