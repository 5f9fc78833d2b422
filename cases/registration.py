"""What a registration asks, in one table: the same by phone, at the desk and in lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORKER, HOUSEHOLD = "register-worker", "register-assistance"


@dataclass(frozen=True)
class Question:
    """One question of the form. It has answers to choose from, or a number from 1 to `most` is typed."""

    key: str
    label: str  # on the desk's form and on the case page
    asked: str  # of the citizen, on a handset or read aloud
    answers: Mapping[str, str]
    topics: frozenset[str] = frozenset()  # none: of every registration
    most: int = 0
    wrong: str = ""
    free: bool = False  # sensitive, explained, and never needed (Data Protection Act 3/2021, s 2)
    only_counted: bool = False  # changes nothing for who answers: a sensitive matter does without

    def belongs_to(self, topic: str) -> bool:
        return not self.topics or topic in self.topics


QUESTIONS = (
    Question(
        "work",
        "Work",
        gettext_noop("What work do you do?"),
        {
            "farming": gettext_noop("Farming or fishing"),
            "trading": gettext_noop("Trading"),
            "transport": gettext_noop("Transport"),
            "home": gettext_noop("Work in a home"),
            "building": gettext_noop("Building"),
            "green": gettext_noop("Trees, waste, solar"),
            "other": gettext_noop("Something else"),
        },
        topics=frozenset({WORKER}),
    ),
    Question(
        "people",
        "People in the home",
        gettext_noop("How many people live in your home?"),
        {},
        topics=frozenset({HOUSEHOLD}),
        most=60,
        wrong=gettext_noop("Please type a number from 1 to 60."),
    ),
    Question(
        "sex",
        "Sex",
        gettext_noop("Are you a woman or a man? We count to see that all are served. You may skip."),
        {"female": gettext_noop("Woman"), "male": gettext_noop("Man")},
        free=True,
        only_counted=True,
    ),
    Question(
        "age",
        "Age",
        gettext_noop("How old are you? We count to see that all are served. You may skip."),
        {
            "0-24": gettext_noop("0 to 24"),
            "25-44": gettext_noop("25 to 44"),
            "45-64": gettext_noop("45 to 64"),
            "65+": gettext_noop("65 or older"),
        },
        free=True,
        only_counted=True,
    ),
    Question(
        "disability",
        "Disability",
        gettext_noop("Do you have a disability? It can change what you get or pay. You may skip."),
        {"yes": gettext_noop("Yes"), "no": gettext_noop("No")},
        free=True,
    ),
)
_BY_KEY = {question.key: question for question in QUESTIONS}


def questions(topic: str) -> list[Question]:
    """What this registration asks besides name, card and place."""
    return [question for question in QUESTIONS if question.belongs_to(topic)]


def is_number(typed: str, most: int) -> bool:
    return typed.isascii() and typed.isdigit() and 1 <= int(typed[:3]) <= most


def read_aloud(form: Mapping[str, str], leave_out: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The answers of a form as one reads them; what an older form asked stands as it was kept."""
    told = [(key, answer) for key, answer in form.items() if key not in leave_out]
    return [(_label(key), _answer(key, answer)) for key, answer in told]


def _label(key: str) -> str:
    return _(_BY_KEY[key].label) if key in _BY_KEY else key.capitalize()


def _answer(key: str, answer: str) -> str:
    words = _BY_KEY[key].answers.get(answer) if key in _BY_KEY else None
    return _(words) if words else answer[:1].upper() + answer[1:]
