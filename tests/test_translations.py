"""What translators wrote: it parses, keeps every fact, fits a handset, and is as new as the code."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from cases.models import GIVEN
from channels.gsm7 import foreign, septets
from channels.keywords import AT_HOME_ONLY, OFFERED, WORDS, meaning
from channels.notices import CODE, NEUTRAL, NOTICES
from channels.ussd import STYLE
from sws import words

ZAMBIA = words.PACKS / "zambia"
HOUSES_WORDS, PACKS_WORDS = words.HOUSE / "locale", ZAMBIA / "locale"
LANGUAGES = words.languages()
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_file = pytest.mark.parametrize(
    ("folder", "language"),
    [*product([HOUSES_WORDS, PACKS_WORDS], LANGUAGES)],
    ids=lambda value: {HOUSES_WORDS: "house", PACKS_WORDS: "zambia"}.get(value, value),
)

# The longest a fact gets, except an officer's own words.
FACTS = {
    "reference": "1234 5678 9012", "stays": "2345 6789 0123", "pin": "123456", "code": "123456", "date": "04/12/2026", "agency": "A" * 18,
    "other": "O" * 18, "body": "Provincial Social Welfare Office", "words": "Your card works again. " * 3,
    "shared": "your words, your name and number",
}  # fmt: skip
TELLING = [*filter(None, (*NOTICES.values(), *NEUTRAL.values())), CODE]
OUTCOMES = [str(decision.label) for decision in GIVEN]
IF_NOT = [
    "If you do not agree, you can appeal to {body} until {date}.",
    "If you do not agree, you can appeal to {body}.",
    "If you do not agree, you can ask us to let somebody else look at it again.",
]
FAREWELLS = [
    "Thank you. Your number is {reference}, your PIN {pin}. You get an answer by {date}.",
    "Write this down, it is shown once. Number {reference}, PIN {pin}. Answer by {date}. Dial again to ask.",
]


@cache
def in_use() -> dict[Path, Catalog]:
    return dict(words.catalogues())


@cache
def written(folder: Path, language: str) -> Catalog:
    with words.po_path(folder, language).open("rb") as file:
        return read_po(file, abort_invalid=True)


def translations(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    """What was translated: an empty one is said in English."""
    return ((entry.id, entry.string) for entry in written(folder, language) if entry.id and entry.string)


def said(english: str, language: str, folder: Path = HOUSES_WORDS) -> str:
    entry = written(folder, language).get(english)
    assert entry, f"{english!r} is not in the catalogue"
    return entry.string or english


@cache
def facts(language: str) -> dict[str, str]:
    outcomes, remedies = ([said(text, language) for text in texts] for texts in (OUTCOMES, IF_NOT))
    return FACTS | {"outcome": max(outcomes, key=septets), "if_not": max(remedies, key=septets).format(**FACTS)}


def rows(name: str) -> list[dict[str, str]]:
    with (ZAMBIA / name).open(newline="") as file:
        return list(csv.DictReader(file))


def holes(text: str) -> Counter[str]:
    """{name} and %(name)s, each as often as it stands there; a stray brace is a ValueError."""
    in_braces = (name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)
    return Counter([*in_braces, *re.findall(r"%\(\w+\)s", text)])


def reaches_a_handset(english: str) -> bool:
    """Everything but what only the web pages say."""
    entry = in_use()[HOUSES_WORDS].get(english)
    only_pages = ("templates/", "cases/views/public.py", "cms/", "sws/templatetags/")
    return not entry or not all(path.startswith(only_pages) for path, _line in entry.locations)


# --- The files ----------------------------------------------------------------------------------------


def test_every_folder_of_translations_is_tested_here():
    assert set(in_use()) == {HOUSES_WORDS, PACKS_WORDS}


@every_file
def test_the_words_in_use_are_the_words_to_translate(folder, language):
    listed = {entry.id for entry in written(folder, language) if entry.id}
    assert listed == {entry.id for entry in in_use()[folder] if entry.id}, "Run: compile_translations --collect"


@every_file
def test_what_no_speaker_has_reviewed_is_called_a_draft(folder, language):
    reviewed = {row["code"]: row["reviewed"] for row in rows("languages.csv")}
    if reviewed[language] == "no":
        assert f'"X-Review: {words.DRAFT}\\n"' in words.po_path(folder, language).read_text()


# --- Each translation ---------------------------------------------------------------------------------


@every_file
def test_no_fact_is_lost_and_none_is_made_up(folder, language):
    for english, text in translations(folder, language):
        assert holes(text) == holes(english), text
        assert not re.search(r"%[sd]", text), text


@every_file
def test_a_handset_can_show_every_letter(folder, language):
    for english, text in translations(folder, language):
        if folder == PACKS_WORDS or reaches_a_handset(english):
            assert not foreign(text), (text, foreign(text))


@every_file
def test_a_translation_is_not_the_english_again(folder, language):
    """The same words would be taken for English, and the whole screen with them."""
    assert not [text for english, text in translations(folder, language) if text == english]


# --- What must fit ------------------------------------------------------------------------------------


@every_language
@pytest.mark.parametrize(("table", "longest"), [("agencies.csv", 18), ("programmes.csv", 18), ("topics.csv", 24)])
def test_the_labels_of_the_country_are_short(language, table, longest):
    labels = {said(row["label"], language, PACKS_WORDS) for row in rows(table)}
    assert not [label for label in labels if septets(label) > longest]


@every_language
def test_no_two_options_of_one_menu_read_the_same(language):
    menus = defaultdict(list)
    for row in rows("topics.csv"):
        menus[row["agency"], row["programme"], row["kind"]].append(said(row["label"], language, PACKS_WORDS))
    for row in rows("programmes.csv"):
        menus[row["agency"]].append(said(row["label"], language, PACKS_WORDS))
    menus["agencies"] = [said(row["label"], language, PACKS_WORDS) for row in rows("agencies.csv")]
    assert not {menu: twice for menu, twice in menus.items() if len(set(twice)) < len(twice)}


@every_language
@pytest.mark.parametrize("farewell", FAREWELLS)
def test_the_number_and_the_pin_fit_on_one_screen(farewell, language):
    assert septets(said(farewell, language).format(**FACTS)) <= STYLE.septets


@every_language
@pytest.mark.parametrize("notice", TELLING)
def test_a_notice_says_all_it_knows_in_at_most_two_sms(notice, language):
    known = facts(language)
    text = said(notice, language).format(**known)
    assert all(known[fact] in text for fact in holes(notice))
    assert septets(text) <= 306


# --- What one text says of another --------------------------------------------------------------------


@every_language
def test_an_answer_is_in_one_language_with_its_outcome_and_what_can_be_done(language):
    answer = [str(NOTICES["resolve"]), str(NOTICES["resolve/appeal"]), *OUTCOMES, *IF_NOT]
    assert len({said(text, language) != text for text in answer}) == 1


@every_language
def test_the_answer_a_notice_asks_for_is_understood(language):
    asked = re.findall(r"\b[A-Z]+\b", said(str(NOTICES["resolve"]), language))
    assert [meaning(word, language) for word in asked] == ["yes", "no"]


@every_language
@pytest.mark.parametrize(("means", "label"), OFFERED.items())
def test_what_a_menu_offers_is_understood_from_who_reads_it(means, label, language):
    assert meaning(said(label, language).upper(), language) == means


@every_language
def test_every_keyword_of_a_language_is_understood_from_its_callers(language):
    understood = {word: meaning(word, language) for words in WORDS[language].values() for word in words}
    assert understood == {word: means for means, words in WORDS[language].items() for word in words}


@every_language
def test_a_keyword_means_the_same_to_a_caller_of_english_unless_it_is_another_word_elsewhere(language):
    theirs = {said(label, language).casefold(): means for means, label in OFFERED.items()}
    assert {word: meaning(word, "en") for word in theirs} == {
        word: "" if word in AT_HOME_ONLY else means for word, means in theirs.items()
    }


@every_language
@pytest.mark.parametrize("event", ["close", "lapse"])
def test_a_notice_calls_the_appeal_as_the_menu_does(event, language):
    assert said("Appeal", language) in said(str(NOTICES[event]), language)
