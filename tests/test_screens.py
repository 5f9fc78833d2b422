"""Every screen of every dialogue in every language: it fits the handset, reads whole, and is in one language.

The walk is breadth first over the real dialogues and the real engine: each option of each page, and for free text
each of a few inputs. It stops before the last step, where a dialogue writes; last words are checked where they are
said, in tests/test_ussd.py, and for length here by their longest values.
"""

import re
from collections import deque
from dataclasses import dataclass, field

import pytest
from django.utils import translation

from cases.catalogue import catalogue
from cases.models import Channel, Known
from channels import gsm7
from channels.conversation import Ask, Bye, Choose, State, Talk, is_untranslated, paginate, source_of
from channels.dialogs import MENU, call
from channels.dialogs.common import farewell
from channels.screen_words import SCREENS
from channels.speech import Caller
from channels.ussd import STYLE
from tests.builders import make_case, make_citizen

BROKEN = re.compile(r"[{}]|%[sd(]")  # a placeholder that was not filled
LANGUAGES = ["en", "bem", "ny", "toi", "loz", "kqn", "lue", "lun"]
# How many questions are asked in the language itself: of three only the core is drafted; the rest is told in English.
OWN_SHARE = {"en": 0, "bem": 0.5, "ny": 0.5, "toi": 0.5, "loz": 0.5, "kqn": 0.2, "lue": 0.2, "lun": 0.2}
BOUND = 6000  # screens a language; the walk has to end before it, so that it is known to be complete

# What is typed into each free text. Two districts: one that is unique and one that has to be chosen.
TYPED = {
    "district-letters": ("list", "m", "mongu"),
    "nrc": ("", "12A"),
    "people": ("6",),
    "reference": ("000000000000",),
}
# Where a choice only carries on with different words, one of each is walked: the district chosen changes nothing after it.
ALIKE = {"district", "province", "work", "sex", "age", "disability", "schemes", "known", "language"}
# Questions after which, on the answer that says so, the dialogue writes: there the walk stops.
WRITES = {"send": "yes", "register-send": "yes", "ask-send": "yes", "rate": "*", "withdraw-sure": "yes"}
WRITES |= {"case:confirm": "*", "add": "*", "still-wrong": "*", "appeal-why": "*", "pin": "*"}


@dataclass
class Walk:
    language: str
    phone: str
    seen: set = field(default_factory=set)
    screens: list = field(default_factory=list)
    byes: list = field(default_factory=list)
    kinds: dict = field(default_factory=dict)

    def caller(self) -> Caller:
        from cases.crypto import blind

        return Caller(
            phone=self.phone,
            index=blind(self.phone, name="phone"),
            session="walk",
            channel=Channel.USSD,
            language=self.language,
        )

    def everything(self, dialogue) -> None:
        waiting = deque([()])
        while waiting:
            answers = waiting.popleft()
            talk = Talk(dialogue, self.caller(), State(answers))
            if talk.bye:
                self.byes.append(talk.bye)
                continue
            question = talk.question
            mark = (question.name, str(question.text), tuple(option.key for option in question.options))
            if mark in self.seen:
                continue
            self.seen.add(mark)
            self.look_at(talk)
            waiting.extend((*answers, answer) for answer in self.answers(question))

    def towards(self, answers: dict[str, str], *, until: str) -> None:
        """One call along the given answers, looking at every screen on the way."""
        given: tuple[str, ...] = ()
        while True:
            talk = Talk(call, self.caller(), State(given))
            self.look_at(talk)
            if talk.question.name == until:
                return
            given = (*given, answers[talk.question.name])

    def look_at(self, talk) -> None:
        pages = talk.pages(STYLE)
        for number in range(len(pages)):
            screen = talk.show(number, STYLE)
            self.screens.append((talk.question, screen))
        self.kinds.setdefault(talk.question.name, set()).add(type(talk.question).__name__)
        assert len(self.screens) < BOUND

    def answers(self, question) -> list[str]:
        writes = WRITES.get(question.name)
        if isinstance(question, Ask):
            return [] if writes else list(TYPED.get(question.name, ("Mary Banda, no money came",)))
        keys = [option.key for option in question.options]
        keys = [key for key in keys if writes not in ("*", key) and f"{question.name}:{key}" not in WRITES]
        return keys[:1] if question.name in ALIKE else keys


@pytest.fixture
def phone_with_cases(db) -> str:
    """A phone that has a case in every state, so that every turn of *my cases* is walked."""
    number = "+260970000001"
    citizen = make_citizen(phone=number)
    for state in ("received", "in_progress", "waiting", "referred", "resolved", "closed"):
        make_case(citizen=citizen, state=state)
    make_case(citizen=citizen, topic="nhima-medicine")
    return number


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_reads_whole_and_is_in_one_language(phone_with_cases, language):
    walk = Walk(language, phone_with_cases)
    with translation.override(language):
        walk.everything(call)
    assert len(walk.screens) > 150
    asked = {question.name for question, _screen in walk.screens}
    own = {question.name for question, _screen in walk.screens if any(map(is_own, spoken(question)))}
    assert len(own) >= OWN_SHARE[language] * len(asked), own
    assert asked <= set(SCREENS), "officers read where callers leave: what do they call this screen?"
    check(walk)


def spoken(question) -> list[str]:
    return [question.text, *(option.label for option in question.options)]


def is_own(words: str) -> bool:
    return words != source_of(words)


def check(walk: Walk) -> None:
    language = walk.language
    for question, screen in walk.screens:
        told = f"{language} {screen.name}:\n{screen.text}"
        assert gsm7.septets("CON " + screen.text) <= 160, told
        assert not gsm7.foreign(screen.text), told
        assert not BROKEN.search(screen.text), told
        assert sum(line[:1] in set("12345") and line[1:2] == " " for line in screen.text.split("\n")) <= 5, told
        assert 0 < len(screen.name) <= 40, told
        assert language == "en" or not any(map(is_untranslated, spoken(question))), told
    assert all(len(kinds) == 1 for kinds in walk.kinds.values()), walk.kinds
    for bye in walk.byes:
        assert gsm7.septets("END " + bye.text) <= 160, (language, bye)
        assert not BROKEN.search(bye.text), (language, bye)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_question_before_sending_fits_for_every_topic_and_the_longest_district(db, language):
    longest = max(catalogue().districts.values(), key=lambda place: len(place.name))
    for topic in catalogue().topics.values():
        walk = Walk(language, "+260970000001")
        path = {f"{topic.kind}-agency": topic.agency_id, f"{topic.kind}-programme": topic.programme_id or "other"}
        path |= {f"{topic.kind}-topic": topic.code, "help-first": "on", "known": "number", "tell-more": "no"}
        path |= {"district-letters": longest.name.casefold(), "words": "No money", "question": "Why?"}
        path |= {"register-what": "other", "name": "N" * 80, "nrc": "", "sex": "skip", "age": "skip", "disability": "skip"}
        path |= {"ask-about": "person", "people": "6", "schemes": "all", "work": "other"}
        menu = {"complaint": "complain", "registration": "register", "enquiry": "ask"}[topic.kind]
        last = {"complaint": "send", "registration": "register-send", "enquiry": "ask-send"}[topic.kind]
        with translation.override(language):
            walk.towards({"menu": menu, **path}, until=last)
        check(walk)


def test_the_walk_visits_every_dialogue_of_the_menu(phone_with_cases):
    walk = Walk("en", phone_with_cases)
    walk.everything(call)
    menu = next(question for question, _screen in walk.screens if question.name == "menu")
    assert {option.key for option in menu.options} == {*MENU, "language"}
    assert {"complaint-topic", "schemes", "enough", "case", "no-desk", "help-line-told"} <= (
        {question.name for question, _screen in walk.screens} | {bye.name for bye in walk.byes}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [Known.NUMBER, Known.ANONYMOUS])
def test_the_farewell_with_number_and_pin_fits_one_screen(language, known):
    case = make_case(known=known)
    with translation.override(language):
        bye = farewell(case, "123456")
    assert isinstance(bye, Bye)
    assert gsm7.septets("END " + bye.text) <= 160
    assert "123456" in bye.text


def test_no_label_of_a_menu_is_cut_in_any_language(db):
    """A question with one option and both navigation lines still fits beside the longest label there is."""
    longest = max((topic.label for topic in catalogue().topics.values()), key=gsm7.septets)
    for language in LANGUAGES:
        with translation.override(language):
            caller = Walk(language, "+260970000001").caller()
            from channels.conversation import Option

            pages = paginate(
                Choose("x", "?" * 100, [Option("a", longest), Option("b", longest)]),
                STYLE,
                caller.navigation(),
                back=True,
            )
            assert [option.key for page in pages for option in page.options] == ["a", "b"]
