"""An information text as the screens a caller turns over: what editors see before anybody hears it. Sends nothing."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from cases.models import Channel
from channels import gsm7
from channels.conversation import Bye, Choose, Option, State, Talk, said
from channels.dialogs.ask import aloud
from channels.models import InfoText
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


def misfits(title: str, text: str, language: str) -> list[tuple[str, str]]:
    """(field, why) of what cannot be read out. A curly quote is no such thing: it is spelled plainly on its way out."""
    wrong = []
    for field, words in (("title", title), ("text", text)):
        if lost := {letter for letter in words if letter != "?" and gsm7.plain(letter) == "?"}:
            wrong.append((field, f"A phone cannot show: {' '.join(sorted(lost))}"))
    if (over := gsm7.septets(title) - (InfoText._meta.get_field("title").max_length or 0)) > 0:
        wrong.append(("title", f"{over} too many: it must fit one line of a menu."))
    if text and (needed := len(screens(text, language))) > MOST_SCREENS:
        wrong.append(("text", f"This is {needed} screens on a phone; {MOST_SCREENS} at most are read to their end."))
    return wrong
