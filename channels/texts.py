"""The information texts editors write, held in memory; a change is read out within seconds."""

import time
from functools import cache

from channels.models import InfoText

FRESH_SECONDS = 10


class _Memory:
    def __init__(self) -> None:
        self.texts: list[InfoText] = []
        self.read_at = float("-inf")


@cache
def _memory() -> _Memory:
    return _Memory()


def info_texts(language: str) -> list[InfoText]:
    """Each text once, in the language where there is one and in English where there is not, in menu order."""
    memory = _memory()
    if time.monotonic() - memory.read_at > FRESH_SECONDS:
        memory.texts, memory.read_at = list(InfoText.objects.all()), time.monotonic()
    chosen = {(text.key, text.order): text for text in memory.texts if text.language == "en"}
    chosen |= {(text.key, text.order): text for text in memory.texts if text.language == language}
    return sorted(chosen.values(), key=lambda text: text.order)


def forget() -> None:
    """A text was changed here: read it anew at once."""
    _memory().read_at = float("-inf")
