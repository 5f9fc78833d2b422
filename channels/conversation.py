"""The engine of a conversation: a dialogue is a generator, its state the answers so far, replayed at every hop.

Pure: no Django, no cases, no clock. It does paging, numbering, wrong keys, back, length and resuming, so that
a dialogue holds only words and their order. Answers are kept as stable keys, never as the digit pressed: a menu
that changes overnight cannot turn one answer into another; an answer that no longer exists is asked again.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from channels.gsm7 import fits, plain

BACK, MORE = "0", "9"
SOURCE_LANGUAGE = "en"
RECALLED = "\0recalled"


class Wrong(Exception):
    """What was typed is not an answer; the sentence says what to type instead."""


class Said(str):
    """Words for the caller, that remember how the source language has them, and whether they had to stay in it."""

    source: str
    untranslated: bool

    def format(self, *args: Any, **kwargs: Any) -> "Said":
        in_source = {name: source_of(value) for name, value in kwargs.items()}
        return said(
            super().format(*args, **kwargs),
            source=self.source.format(*map(source_of, args), **in_source),
            untranslated=any(map(is_untranslated, (self, *args, *kwargs.values()))),
        )


def said(text: str, *, source: str, untranslated: bool) -> Said:
    words = Said(text)
    words.source, words.untranslated = source, untranslated
    return words


def together(*parts: str, between: str = " ") -> Said:
    """Parts in one text; plain strings (names, numbers, an officer's words) belong to no language."""
    spoken = list(filter(None, parts))
    return said(
        between.join(spoken),
        source=between.join(map(source_of, spoken)),
        untranslated=any(map(is_untranslated, spoken)),
    )


def source_of(text: Any) -> Any:
    return getattr(text, "source", text)


def is_untranslated(text: object) -> bool:
    return getattr(text, "untranslated", False)


# --- What a dialogue may say --------------------------------------------------------------------------


class Option(NamedTuple):
    key: str
    label: str


@dataclass(frozen=True)
class Choose:
    """One of several; at most five are shown at a time. Answered with the option's key."""

    name: str
    text: str
    options: Sequence[Option]

    def accepts(self, answer: str) -> bool:
        return any(option.key == answer for option in self.options)

    def value(self, answer: str) -> Any:
        return answer


@dataclass(frozen=True)
class Confirm(Choose):
    """Yes or no; the dialogue gets True or False."""

    def value(self, answer: str) -> bool:
        return answer == self.options[0].key


@dataclass(frozen=True)
class Tell(Choose):
    """Something to read, with one key to go on."""

    def value(self, answer: str) -> None:
        return None


@dataclass(frozen=True)
class Ask:
    """Free text. `clean` returns the answer to keep, or raises Wrong with a sentence."""

    name: str
    text: str
    clean: Callable[[str], str] = str
    options: Sequence[Option] = ()

    def accepts(self, answer: str) -> bool:
        return True

    def value(self, answer: str) -> str:
        return answer


@dataclass(frozen=True)
class Recall:
    """Go on with these answers of an earlier call."""

    answers: Sequence[str]


@dataclass(frozen=True)
class Bye:
    """The last words. They must fit one screen: what was done is not done again to read a second one."""

    name: str
    text: str


Question = Choose | Ask
Dialogue = Callable[[Any], Generator[Any, Any, Bye]]

# --- What the engine needs to know --------------------------------------------------------------------


class Navigation(NamedTuple):
    """The engine's own few words, in the caller's language."""

    more: str
    back: str
    wrong: str


@dataclass(frozen=True)
class Style:
    """What one screen holds: septets, and how many options."""

    septets: int
    options: int = 5


class Caller(Protocol):
    language: str

    def speak(self, language: str) -> None: ...

    def navigation(self) -> Navigation: ...


@dataclass(frozen=True)
class State:
    """Everything remembered between two hops."""

    answers: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True)
class Screen:
    name: str
    text: str
    end: bool = False
    free_text: bool = False


class Page(NamedTuple):
    text: str
    options: tuple[Option, ...] = ()


# --- A hop --------------------------------------------------------------------------------------------


def turn(dialogue: Dialogue, caller: Caller, state: State, typed: str | None, style: Style) -> tuple[State, Screen]:
    """Replay the conversation, hear what was typed (None: nothing yet) and say what comes next."""
    talk = Talk(dialogue, caller, state)
    screen = talk.turn(typed, style)
    return talk.state, screen


def _read(question: Question, page: Page, typed: str, navigation: Navigation) -> str:
    if isinstance(question, Ask):
        return question.clean(typed)
    if typed.isascii() and typed.isdigit() and len(typed) <= 2 and 1 <= int(typed) <= len(page.options):
        return page.options[int(typed) - 1].key
    for option in question.options:
        if typed and option.label.casefold() == typed.casefold():
            return option.key
    raise Wrong(navigation.wrong)


def _without_last(answers: tuple[str, ...]) -> tuple[str, ...]:
    """Back: one answer less; at the start of what was recalled, back to the question whether to recall it."""
    return answers[:-2] if answers[-1] == RECALLED else answers[:-1]


class Talk:
    """A dialogue under way: the running generator, what it last said, and the answers it has heard.

    Whoever keeps it goes on at once; whoever has only its `state` replays it and stands at the same place.
    """

    talk: Generator[Any, Any, Bye]
    question: Any
    bye: Bye | None
    answers: tuple[str, ...]
    language: str  # of the screen now showing
    paged: list[Page]  # the question in pages, once somebody asked for them

    def __init__(self, dialogue: Dialogue, caller: Caller, state: State) -> None:
        self.dialogue, self.caller, self.page = dialogue, caller, state.page
        self._replay(state.answers)

    @property
    def state(self) -> State:
        return State(self.answers, self.page)

    def turn(self, typed: str | None, style: Style) -> Screen:
        """Hear what was typed (None: nothing yet) and say what comes next."""
        if typed is None:
            return self.show(self.page, style)
        pages = self.pages(style)
        page = min(self.page, len(pages) - 1)
        typed = typed.strip()
        if typed == MORE and page < len(pages) - 1:
            return self.show(page + 1, style)
        if typed == BACK and page:
            return self.show(page - 1, style)
        if typed == BACK and self.answers:
            self._replay(_without_last(self.answers))
            return self.show(0, style)
        try:
            answer = _read(self.question, pages[page], typed, self.caller.navigation())
        except Wrong as wrong:
            return self.show(page, style, problem=str(wrong))
        self._hear([answer])
        return self.show(0, style)

    def _replay(self, answers: Sequence[str]) -> None:
        self.talk = self.dialogue(self.caller)
        self.question, self.bye, self.answers = None, None, ()
        self._send(None)
        self._hear(answers)

    def _hear(self, answers: Sequence[str]) -> None:
        """Go on with these answers, as far as they are answers to what is asked."""
        pending = list(answers)
        while not self.bye:
            if isinstance(self.question, Recall):
                pending = pending or [RECALLED, *self.question.answers]
                self.answers += (pending.pop(0),)
                self._send(None)
            elif pending and self.question.accepts(pending[0]):
                self.answers += (pending[0],)
                self._send(self.question.value(pending.pop(0)))
            else:
                break  # all heard, or the menu changed since: the rest is asked again
        self._choose_language()
        self.paged = []

    def _choose_language(self) -> None:
        """The caller's; but what is only half translated is said in the source language, not mixed."""
        self.language = self.caller.language
        if self.bye and is_untranslated(self.bye.text):
            self.bye = replace(self.bye, text=source_of(self.bye.text))
        if not self.bye and any(map(is_untranslated, _words(self.question))):
            self.language = SOURCE_LANGUAGE
            options = [Option(option.key, source_of(option.label)) for option in self.question.options]
            self.question = replace(self.question, text=source_of(self.question.text), options=options)

    def _send(self, value: Any) -> None:
        self.caller.speak(self.caller.language)
        try:
            self.question = self.talk.send(value)
        except StopIteration as stop:
            self.bye = stop.value

    def pages(self, style: Style) -> list[Page]:
        self.caller.speak(self.language)
        self.paged = self.paged or paginate(self.question, style, self.caller.navigation(), back=bool(self.answers))
        return self.paged

    def show(self, page: int, style: Style, problem: str = "") -> Screen:
        if self.bye:
            self.page = 0
            return Screen(self.bye.name, cut(plain(self.bye.text), style.septets), end=True)
        pages = self.pages(style)
        self.page = page = min(page, len(pages) - 1)
        compose = [_compose(pages, page, self.caller.navigation(), back=bool(self.answers))]
        if problem:
            compose.insert(0, f"{problem}\n{compose[0]}")
        if problem and (pages[page].options or isinstance(self.question, Ask)):
            # They have just read the question: it makes room if there is none for both.
            instead = [*pages[:page], pages[page]._replace(text=problem), *pages[page + 1 :]]
            compose.insert(1, _compose(instead, page, self.caller.navigation(), back=bool(self.answers)))
        text = next((text for text in compose if fits(text, style.septets)), compose[-1])
        return Screen(self.question.name, cut(plain(text), style.septets), free_text=isinstance(self.question, Ask))


def _words(question: Question) -> list[str]:
    return [question.text, *(option.label for option in question.options)]


# --- Screens ------------------------------------------------------------------------------------------


def paginate(question: Question, style: Style, navigation: Navigation, *, back: bool) -> list[Page]:
    """Cut a question into screens: first what text does not fit beside an option, then the options."""
    pages: list[Page] = []
    text, options = question.text, list(question.options)

    def fit(page: Page, *, more: bool) -> bool:
        lines = _lines(page, navigation, more=more, back=back or bool(pages))
        return fits("\n".join(lines), style.septets)

    while not fit(Page(text, tuple(options[:1])), more=len(options) > 1) and " " in text:
        head = _longest(text, lambda piece: fit(Page(piece), more=True))
        pages.append(Page(head))
        text = text[len(head) :].lstrip()
    while True:
        take = min(style.options, len(options))
        while take > 1 and not fit(Page(text, tuple(options[:take])), more=len(options) > take):
            take -= 1
        pages.append(Page(text, tuple(options[:take])))
        options = options[take:]
        if not options:
            return pages


def _longest(text: str, fit: Callable[[str], bool]) -> str:
    """The most whole words from the start of `text` that fit, one at least; a whole sentence where one ends near."""
    words = text.split(" ")
    count = 1
    while count < len(words) and fit(" ".join(words[: count + 1])):
        count += 1
    head = " ".join(words[:count])
    sentence = max(head.rfind(". ") + 1, head.rfind("\n"))
    return head[:sentence] if sentence > len(head) * 0.6 else head


def _lines(page: Page, navigation: Navigation, *, more: bool, back: bool) -> list[str]:
    numbered = [f"{number} {option.label}" for number, option in enumerate(page.options, start=1)]
    return [
        page.text,
        *numbered,
        *([f"{MORE} {navigation.more}"] if more else []),
        *([f"{BACK} {navigation.back}"] if back else []),
    ]


def _compose(pages: list[Page], number: int, navigation: Navigation, *, back: bool) -> str:
    return "\n".join(_lines(pages[number], navigation, more=number < len(pages) - 1, back=back or number > 0))


def cut(text: str, septets: int) -> str:
    """The last resort for what cannot be paged; the tests prove that no shipped screen needs it."""
    while not fits(text, septets):
        text = text[:-1]
    return text
