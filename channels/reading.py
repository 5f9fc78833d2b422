"""An information text as the screens a caller turns over: what editors see before anybody hears it. Sends nothing."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from cases.models import Channel
from channels import gsm7
from channels.conversation import Bye, Choose, Option, State, Talk, said
from channels.dialogs.ask import aloud
from channels.speech import Caller, speaking
from channels.ussd import STYLE

MOST_SCREENS = 4  # who has turned over so many has paid for a minute of air time, and hangs up


@dataclass(frozen=True)
class Sheet:
    """One screen, with its septets."""

    text: str
    septets: int
    most: int = STYLE.septets

    @property
    def left(self) -> int:
        return self.most - self.septets


def screens(text: str, language: str) -> list[Sheet]:
    """Cut by the engine itself, with the words of its keys in that language."""

    def dialogue(_caller: Any) -> Generator[Any, Any, Bye]:
        yield Choose("before", "", [Option("on", "on")])
        yield aloud(said(text, source=text, untranslated=False))
        return Bye("after", "")

    with speaking(language):
        caller = Caller(phone="", index="", session="", channel=Channel.USSD, language=language)
        talk = Talk(dialogue, caller, State(("on",)))
        shown = [talk.show(number, STYLE).text for number in range(len(talk.pages(STYLE)))]
    return [Sheet(screen, gsm7.septets(screen)) for screen in shown]
