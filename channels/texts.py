"""The information texts that are published, held in memory; a change is read out within seconds."""

import time
from dataclasses import dataclass
from functools import cache

from channels.conversation import SOURCE_LANGUAGE, Said, said
from channels.models import InfoText

FRESH_SECONDS = 10


class _Memory:
    def __init__(self) -> None:
        self.texts: list[InfoText] = []
        self.read_at = float("-inf")


@cache
def _memory() -> _Memory:
    return _Memory()


@dataclass(frozen=True)
class Info:
    """An information text as it is read out. `about` is a programme's or agency's code."""

    key: str
    about: str
    title: Said
    text: Said


def info_texts(language: str) -> list[Info]:
    """Each text once, in the language where there is one and in English where there is not, in menu order."""
    memory = _memory()
    if time.monotonic() - memory.read_at > FRESH_SECONDS:
        memory.texts, memory.read_at = list(InfoText.objects.filter(live=True)), time.monotonic()
    english = {(text.key, text.order): text for text in memory.texts if text.language == SOURCE_LANGUAGE}
    own = {(text.key, text.order): text for text in memory.texts if text.language == language}
    chosen = sorted((english | own).items(), key=lambda item: item[1].order)
    return [_told(text, english.get(place, text), language) for place, text in chosen]


def _told(text: InfoText, english: InfoText, language: str) -> Info:
    untranslated = text.language != language
    return Info(
        key=f"{text.key}-{text.order}",
        about=text.key,
        title=said(text.title, source=english.title, untranslated=untranslated),
        text=said(text.text, source=english.text, untranslated=untranslated),
    )


def forget() -> None:
    """A text was changed here: read it anew at once."""
    _memory().read_at = float("-inf")
