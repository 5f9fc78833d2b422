"""Every screen of every dialogue in every language: it fits the handset, reads whole, and is in one language.

One walk in English, breadth first over the real dialogues and the real engine, from every way a call may begin to its
last words; what is written on the way is taken back. From a question that is asked for the first time in these words it
goes on with every answer, after that with the longest one alone, so that each name and label is seen at its longest in
what follows. A dialogue asks the same in every language, so in each of the others only what was said in new words is
looked at, by the same answers, from its first page to its last.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone, translation

from cases import actions
from cases.catalogue import catalogue, changed, only_letters
from cases.crypto import blind
from cases.models import Case, Channel, Decision, FollowUp, Known, Role
from cases.pack import Desk
from channels import gsm7
from channels.conversation import Ask, Bye, Choose, Option, Question, State, Talk, is_untranslated, paginate, source_of
from channels.dialogs import MENU, call
from channels.dialogs.common import farewell
from channels.dialogs.my_cases import SAY
from channels.screen_words import SCREENS
from channels.speech import Caller
from channels.ussd import STYLE
from tests.builders import LUSAKA, MONGU, an_agency, make_case, make_citizen, make_officer, now_of

BROKEN = re.compile(r"[{}]|%[sd(]")  # a placeholder that was not filled
LANGUAGES = ["en", "bem", "ny", "toi", "loz", "kqn", "lue", "lun"]
# How many questions are asked in the language itself: of three only the core is drafted; the rest is told in English.
OWN_SHARE = {"bem": 0.5, "ny": 0.5, "toi": 0.5, "loz": 0.5, "kqn": 0.2, "lue": 0.2, "lun": 0.2}
BOUND = 6000  # places; the walk has to end before it, so that it is known to be complete
PHONE = "+260970000001"

# What is typed into each free text, the longest first.
TYPED = {"name": ("N" * 80,), "nrc": ("A" * 24, ""), "people": ("60",), "reference": ("000000000000",)}
# Whose last word opens a case: all end alike, so each is given once.
OPENS = {"send", "register-send", "ask-send"}
# How a call may begin: in which language, or where the last one broke off.
BEGINNINGS: list[dict[str, Any]] = [{}, {"language_known": False}, *({"draft": (key, "gone")} for key in MENU)]


@dataclass
class Holder(Caller):
    """Who holds that phone. Their cases are looked up once: what is done to them is taken back."""

    held: ClassVar[list[Case]] = []

    def cases(self) -> list[Case]:
        Holder.held = self.held or super().cases()
        return self.held


@dataclass(frozen=True)
class Place:
    """A call after these answers."""

    began: int  # which of the beginnings
    answers: tuple[str, ...] = ()

    def talk(self, language: str = "en") -> Talk:
        """The call as it stands there; whatever it wrote is taken back."""
        written: list[str] = []
        caller = Holder(
            phone=PHONE,
            index=blind(PHONE, name="phone"),
            session="walk",
            channel=Channel.USSD,
            language=language,
            claim=lambda: written.append(transaction.savepoint()),
            **BEGINNINGS[self.began],
        )
        with translation.override(language):
            talk = Talk(call, caller, State(self.answers))
        for savepoint in written:
            transaction.savepoint_rollback(savepoint)
        return talk


@dataclass
class Walk:
    """All places of the English dialogues at which something was said in words not said before, and what it was."""

    opened_with: str  # the key of the case that number and PIN open
    places: dict[Place, Talk] = field(default_factory=dict)
    asked: set[tuple] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    def everywhere(self) -> "Walk":
        waiting = deque(Place(began) for began in range(len(BEGINNINGS)))
        visited = 0
        while waiting:
            place = waiting.popleft()
            talk = place.talk()
            said = said_in(talk)
            visited += 1
            assert visited < BOUND
            new = (mark := _mark(said)) not in self.asked
            if new:
                self.asked.add(mark)
                self.places[place] = talk
            if not talk.bye:
                waiting.extend(Place(place.began, (*talk.answers, answer)) for answer in self._answers(said, new=new))
        return self

    def _answers(self, question: Question, *, new: bool) -> list[str]:
        if question.name == "menu" and not new:
            return []
        answers = self._typed(question) if isinstance(question, Ask) else _longest_first(question)
        if question.name in OPENS and question.name in self.opened:
            answers = ["no"]
        if question.name in OPENS:
            self.opened.add(question.name)
        return answers if new else answers[:1]

    def _typed(self, question: Question) -> list[str]:
        if question.name == "pin":
            return [self.opened_with]
        if question.name == "district-letters":
            longest = max(catalogue().districts.values(), key=lambda place: gsm7.septets(place.name))
            return [only_letters(longest.name), "m", "list"]
        return list(TYPED.get(question.name, ("Mary Banda, no money came",)))


def said_in(talk: Talk) -> Question | Bye:
    return talk.bye or talk.question


def _longest_first(question: Question) -> list[str]:
    return [one.key for one in sorted(question.options, key=lambda one: -gsm7.septets(one.label))]


def _mark(said: Question | Bye) -> tuple:
    """What makes words new: not the number of a case, nor a day."""
    options = () if isinstance(said, Bye) else [(one.key, source_of(one.label)) for one in said.options]
    text = re.sub(r"\d", "0", source_of(said.text))
    return said.name, text, tuple((re.sub(r"\d", "0", key), re.sub(r"\d", "0", label)) for key, label in options)


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walk]:
    """On a phone that has a case for every turn of *my cases*, and a letter with number and PIN of somebody else's.

    In one district there are two desks.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        Desk.objects.create(code="market", name="Desk at the market", place_id=MONGU, where="Ask at the gate.")
        changed()
        yield Walk(opened_with=_cases_in_every_state()).everywhere()
        changed()
        transaction.set_rollback(True)
        Holder.held = []


def _cases_in_every_state() -> str:
    citizen, officer = make_citizen(phone=PHONE), make_officer(role=Role.SUPERVISOR)
    for state in ("received", "in_progress", "waiting", "referred", "closed"):
        make_case(citizen=citizen, state=state, officer=officer)
    make_case(citizen=citizen, topic="nhima-medicine")
    sought = make_case(citizen=citizen, state="in_progress", officer=officer)
    actions.seek_consent(
        case=sought, by=officer, agency=an_agency("HRC"), shared=["words"], words="May they look at it?"
    )
    asked_again = make_case(citizen=citizen, state="closed", officer=officer)
    FollowUp.objects.filter(case=asked_again).update(due_at=timezone.now() - timedelta(days=1))
    actions.follow_up_closed(timezone.now())
    make_case(citizen=citizen, state="resolved", officer=officer, place=MONGU)
    refused = make_case(citizen=citizen, state="in_progress", officer=officer)
    actions.resolve(case=refused, by=officer, decision=Decision.NOT_UPHELD, words="The card is of somebody else.")
    make_officer(role=Role.SUPERVISOR, place=LUSAKA)  # where there is another supervisor, "not solved" goes there
    joined = make_case()
    actions.merge(case=joined, by=officer, stays=make_case(), words="It is the same matter.")
    return str(now_of(joined).pk)


def told(talk: Talk) -> list[str]:
    """The screens on which it is said, as the gateway gets them."""
    if talk.bye:
        return ["END " + talk.bye.text]
    return ["CON " + talk.show(number, STYLE).text for number in range(len(talk.pages(STYLE)))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_reads_whole_and_is_in_one_language(walk, language):
    asked, own = set(), set()
    for place, in_english in walk.places.items():
        talk = in_english if language == "en" else place.talk(language)
        said = said_in(talk)
        assert _mark(said)[0::2] == _mark(said_in(in_english))[0::2], f"{language}: another question than in English"
        with translation.override(talk.language):
            screens = told(talk)
        for screen in screens:
            note = f"{language} {said.name}:\n{screen}"
            assert gsm7.septets(screen) <= 160, note
            assert not gsm7.foreign(screen), note
            assert not BROKEN.search(screen), note
            assert sum(line[:1] in set("12345") and line[1:2] == " " for line in screen.split("\n")) <= 5, note
        if not talk.bye:
            asked.add(said.name)
            own |= {said.name} if any(words != source_of(words) for words in spoken(said)) else set()
            assert language == "en" or not any(map(is_untranslated, spoken(said))), (language, said)
    assert len(own) >= OWN_SHARE.get(language, 0) * len(asked), own


def spoken(question: Question) -> list[str]:
    return [question.text, *(option.label for option in question.options)]


def test_the_languages_walked_are_those_of_the_country(walk):
    assert list(catalogue().languages) == LANGUAGES


def test_the_walk_visits_every_dialogue_of_the_menu_and_every_turn_of_a_case(walk):
    everything = [said_in(talk) for talk in walk.places.values()]
    questions = [said for said in everything if not isinstance(said, Bye)]
    byes = {said.name for said in everything if isinstance(said, Bye)}
    menu = next(question for question in questions if question.name == "menu")
    asked = {question.name for question in questions}
    assert {option.key for option in menu.options} == {*MENU, "language"}
    assert asked == set(SCREENS), "officers read where callers leave: what do they call this screen?"
    assert "Desk at the market. Ask at the gate." in {said.text for said in everything}
    turns = {option.key for question in questions if question.name == "case" for option in question.options}
    assert turns == {*SAY, "done"}
    assert byes == {
        *("sent", "not-sent", "informed", "no-desk", "desk", "help-line-told"),
        *("added", "agreed", "refused-consent", "confirmed", "disputed", "still-solved", "rated", "kept", "withdrawn"),
    }
    assert {type(said).__name__ for said in everything if said.name == "help-first"} == {"Tell"}
    assert all(0 < len(said.name) <= 40 for said in everything)


@pytest.mark.parametrize("known", [Known.NUMBER, Known.ANONYMOUS])
def test_the_farewell_with_number_and_pin_fits_one_screen(walk, known):
    case = make_case()
    case.known = known
    for language in LANGUAGES:
        with translation.override(language):
            bye = farewell(case, "123456")
        assert isinstance(bye, Bye)
        assert gsm7.septets("END " + bye.text) <= 160, language
        assert "123456" in bye.text


def test_no_label_of_a_menu_is_cut_in_any_language(walk):
    """A question with one option and both navigation lines still fits beside the longest label there is."""
    longest = max((topic.label for topic in catalogue().topics.values()), key=gsm7.septets)
    for language in LANGUAGES:
        with translation.override(language):
            navigation = Place(0).talk(language).caller.navigation()
        pages = paginate(
            Choose("x", "?" * 100, [Option("a", longest), Option("b", longest)]), STYLE, navigation, back=True
        )
        assert [option.key for page in pages for option in page.options] == ["a", "b"]
