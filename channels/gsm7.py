"""The alphabet of a handset: what fits, what it costs, how to say the rest. Knows no message, no gateway.

Source: 3GPP TS 23.038 (GSM 03.38) default alphabet and its extension table.
"""

import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"  # each is sent as an escape and a letter: two septets

ALPHABET = frozenset(BASIC + EXTENSION)
_TWICE = frozenset(EXTENSION)

SINGLE, JOINED = 160, 153  # septets in one SMS; in each part of a longer one
WIDE_SINGLE, WIDE_JOINED = 70, 67  # UTF-16 units: one foreign character makes the whole SMS this short

# What Unicode itself cannot take apart. Editors put curly quotes into ng’ and translators write ŋ.
SPELLED = {
    **dict.fromkeys("‘’‚‛ʼʻ′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict.fromkeys("‹›", "'"),
    **dict.fromkeys("\t\u2009\u202f\u00a0\u2007", " "),
    **dict.fromkeys("\u2028\u2029\v\x85", "\n"),
    "ŋ": "ng'", "Ŋ": "Ng'", "ɲ": "ny", "ɓ": "b", "Ɓ": "B", "ɗ": "d", "Ɗ": "D",
    "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i",
    "×": "x", "÷": "/", "⁄": "/", "©": "(c)", "®": "(r)", "¢": "c", "°": " deg", "→": "->",
}  # fmt: skip

# Accents and joiners: they change a letter or show nothing, so a reader loses no letter without them.
UNSEEN = {"Mn", "Me", "Cf"}


def foreign(text: str) -> set[str]:
    """The characters of `text` that the alphabet lacks: any one of them doubles the price of an SMS or worse."""
    return set(text) - ALPHABET


def plain(text: str) -> str:
    """`text` in the handset's alphabet. Nothing visible is dropped: what cannot be spelled becomes '?'."""
    if ALPHABET.issuperset(text):
        return text
    return "".join(map(_spell, unicodedata.normalize("NFC", text)))


def septets(text: str) -> int:
    """How many septets `text` fills once it is plain."""
    text = plain(text)
    return len(text) if _TWICE.isdisjoint(text) else len(text) + sum(map(_TWICE.__contains__, text))


def fits(text: str, limit: int) -> bool:
    return septets(text) <= limit


def parts(text: str) -> int:
    """How many SMS `text` is paid as, sent as it stands."""
    return len(cut(text))


def cut(text: str) -> list[str]:
    """`text` as the SMS it travels in. Neither an escape pair nor an emoji is ever cut."""
    if foreign(text):
        return _cut(text, [1 + (ord(c) > 0xFFFF) for c in text], WIDE_SINGLE, WIDE_JOINED)
    return _cut(text, [1 + (c in _TWICE) for c in text], SINGLE, JOINED)


def _cut(text: str, costs: list[int], single: int, joined: int) -> list[str]:
    if sum(costs) <= single:
        return [text]
    starts, room = [0], joined
    for place, cost in enumerate(costs):
        if cost > room:
            starts.append(place)
            room = joined
        room -= cost
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _spell(character: str) -> str:
    if character in ALPHABET:
        return character
    if character in SPELLED:
        return SPELLED[character]
    letters = (c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) not in UNSEEN)
    return "".join(c if c in ALPHABET else SPELLED.get(c, "?") for c in letters)
