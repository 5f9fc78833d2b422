"""What a whole SMS may mean: one table of keywords for each language, and a yes or a no told from a story."""

import re
from functools import cache

from django.conf import settings
from django.utils import translation

from cases.languages import SOURCE

# What our own menus offer is what we understand: these stand in the catalogue of each language.
OFFERED = {"yes": "Yes", "no": "No", "status": "My cases", "language": "Change language"}

# Other words for it. English is understood from everybody; of any other language only words that stand in a glossary of
# deployed services or in our catalogues. Where none is known the line is missing: we do not guess.
# Drafts until a speaker has read them: those for STOP and START are verbs taken out of drafted sentences.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "stop": ("stop", "unsubscribe", "stopall", "stop all", "optout", "opt out"),
        "start": ("start", "unstop", "subscribe"),
        "help": ("help", "menu", "info"),
        "status": ("status", "case", "cases"),
        "language": ("language", "languages", "lang"),
        "yes": ("yes", "y"),
        "no": ("no", "n"),
        "thanks": ("thanks", "thank you"),
    },
    "bem": {
        "stop": ("ukuleka",),
        "start": ("ukwamba", "yambeni"),
        "help": ("ubwafwilisho",),
        "status": ("ilyashi",),
        "language": ("ululimi",),
        "no": ("iyo",),
        "thanks": ("natotela", "natoteela", "twatotela"),
    },
    "ny": {
        "stop": ("kuleka", "lekani"),
        "start": ("yambani",),
        "help": ("thandizo",),
        "status": ("nkhani",),
        "language": ("chilankhulo",),
        "thanks": ("zikomo",),
    },
    "toi": {
        "stop": ("kuleka", "amuleke"),
        "start": ("kutalika", "talika"),
        "help": ("lugwasyo",),
        "status": ("kaambo",),
        "language": ("mulaka",),
        "yes": ("iiyi",),
        "thanks": ("ndalumba",),
    },
    "loz": {
        "stop": ("ku tuhela", "mu tuhele"),
        "start": ("ku kala",),
        "help": ("tuso",),
        "status": ("taba",),
        "language": ("puo",),
        "thanks": ("nitumezi",),
    },
    "kqn": {
        "stop": ("kulekesha",),
        "start": ("kutatula", "tatulayi"),
        "help": ("bukwasho",),
        "status": ("mambo",),
        "language": ("mulaka",),
        "yes": ("ee mwane",),
        "thanks": ("twasanta",),
    },
    "lue": {
        "stop": ("kukumisa",),
        "start": ("kuputuka",),
        "help": ("kukafwa",),
        "status": ("chihande",),
        "language": ("lilimi",),
        "thanks": ("tunasakwilila",),
    },
    "lun": {
        "stop": ("kuleka",),
        "start": ("kutachika", "tachikenu"),
        "help": ("kukwasha",),
        "status": ("nsang'u",),
        "language": ("idimi",),
        "thanks": ("kusakililaku mwani",),
    },
}

# Words of one language that are other words in another: Kaonde "ine" (no) is "I" in Nyanja and Bemba, Luvale "kechi"
# (no) is a part of Kaonde sentences. They mean this only to a caller of that language.
AT_HOME_ONLY = {"ine", "kechi"}

# A word, then a mark, then more. "No problem" has no mark after "No"; "No.3" is a number.
_WORD_AND_MORE = re.compile(r"\s*([\w'’ ]+?)(?:\s*[.,;:!]+(?!\d)|\s+[-–—]+\s|\s*\n)(.*)", re.DOTALL)


def meaning(text: str, language: str) -> str:
    """What the whole message means to a caller of this language, or "". A word of another language is understood, too,
    when it means one thing only."""
    return _meant_at_home(text, language) or _abroad().get(_bare(text), "")


def answer(text: str, language: str) -> tuple[str, str]:
    """("yes", ""), ("no", why) or ("", ""). A no may say why after a mark; a yes with a but is no yes."""
    whole = meaning(text, language)
    if whole in ("yes", "no"):
        return whole, ""
    if not (parts := _WORD_AND_MORE.match(text)):
        return "", ""
    first, rest = _meant_at_home(parts[1], language), parts[2]
    if first == "no":
        return "no", text
    return ("yes", "") if first == "yes" and _is_thanks(rest, language) else ("", "")


def _meant_at_home(text: str, language: str) -> str:
    word = _bare(text)
    return _of(language).get(word) or _of(SOURCE).get(word, "")


def _is_thanks(text: str, language: str) -> bool:
    return meaning(text, language) == "thanks"


@cache
def _of(language: str) -> dict[str, str]:
    """Each word of one language and what it means."""
    known = {word: means for means, words in WORDS.get(language, {}).items() for word in words}
    with translation.override(language):
        offered = {_bare(translation.gettext(label)): means for means, label in OFFERED.items()}
    return known | offered


@cache
def _abroad() -> dict[str, str]:
    """The words that mean one thing in whatever language knows them."""
    meanings: dict[str, set[str]] = {}
    for language, _name in settings.LANGUAGES:
        for word, means in _of(language).items():
            meanings.setdefault(word, set()).add(means)
    return {word: min(means) for word, means in meanings.items() if len(means) == 1 and word not in AT_HOME_ONLY}


def _bare(text: str) -> str:
    """Without marks, in small letters; a handset's curly apostrophe is a straight one."""
    return " ".join(re.sub(r"[^\w' ]", " ", text.replace("’", "'")).casefold().split())
