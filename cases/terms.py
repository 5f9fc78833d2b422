"""From what people write to what is looked up: plain letters, their misspellings, and fingerprints of both.

A fingerprint is keyed as a blind index is: with the database alone nobody reads a word back. It knows no table.
"""

import re
import unicodedata
from collections.abc import Iterable

from cases.crypto import blind
from cases.reference import LENGTH

LONGEST_WORD = 24  # letters; what is longer was not typed by a person
MOST_WORDS = 60  # of one case: a thousand characters say no more
FORGIVING = 4  # letters: below that one letter more or less is another word
PART = 4  # digits of a reference that are enough to find it by

# So common in English that a case is not found by them.
_EVERYWHERE = frozenset(
    re.findall(
        r"\w+",
        "a about all and are as at be because been but by can do for from had has have he her him his i if in is it "
        "me my no not of on or our she so that the their them then they this to us was we were what when who will "
        "with you your",
    )
)


def words_of(text: str) -> list[str]:
    """“Ng’ombe, José!” -> ngombe, jose. A number is no word: a phone in a story gives nobody away."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in "'’‘`´")
    words = (word[:LONGEST_WORD] for word in re.findall(r"[^\W\d_]+", plain))
    found = dict.fromkeys(word for word in words if len(word) > 1 and word not in _EVERYWHERE)
    return list(found)[:MOST_WORDS]


def misspelt(word: str) -> set[str]:
    """The word, and what is left of it without one of its letters.

    Two words that differ by one letter (too few, too many, another one, two changed about) share one of these.
    """
    if len(word) < FORGIVING:
        return {word}
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def fingerprint(space: str, word: str) -> int:
    """Of a word in a space (name, word, …), as a number that an index of PostgreSQL takes."""
    return int.from_bytes(bytes.fromhex(blind(word, name=f"term {space}")[:16]), signed=True)


def parts_of(digits: str) -> list[int]:
    """Each four digits that stand side by side in a reference. Plain: beside them the reference stands in full."""
    return sorted({int(digits[start : start + PART]) for start in range(len(digits) - PART + 1)})


def digits_of(typed: str) -> str:
    """5678 9012, 5678-9012 -> 56789012; "" where there is more than digits, or more than a reference has."""
    digits = re.sub(r"[\s.-]", "", typed)
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= LENGTH else ""


def fingerprints(space: str, words: Iterable[str]) -> set[int]:
    return {fingerprint(space, word) for word in words}
