"""What a handset can show and what it costs, against an independent codec."""

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import gsm7

assert gsm0338  # importing it registers the codec that is our second opinion

ANYTHING = st.text(st.characters(exclude_categories=[]))  # lone surrogates and NUL too


def second_opinion(text: str) -> bytes | None:
    try:
        return text.encode("gsm03.38")
    except UnicodeEncodeError:
        return None


def what_it_says(code: bytes) -> str:
    try:
        return code.decode("gsm03.38")
    except UnicodeDecodeError:
        return ""


def test_the_alphabet_is_all_that_the_independent_codec_can_say():
    one, two = [bytes([code]) for code in range(128) if code != 0x1B], [bytes([0x1B, code]) for code in range(128)]
    theirs = {said for code in (*one, *two) if (said := what_it_says(code)) and second_opinion(said) == code}
    assert theirs == gsm7.ALPHABET


def test_in_the_blocks_its_letters_stand_in_and_far_beyond_each_character_is_judged_as_the_codec_judges_it():
    blocks = (range(0x250), range(0x370, 0x400), range(0x2000, 0x20D0), range(0, 0x110000, 0x1003))
    for letter in (chr(code) for block in blocks for code in block if code != 0x1B):  # half of a letter, not one
        assert (gsm7.foreign(letter) == set()) == (second_opinion(letter) is not None), hex(ord(letter))


def test_septets_are_counted_as_the_independent_codec_fills_them():
    for character in gsm7.ALPHABET:
        encoded = second_opinion(character)
        assert encoded is not None
        assert gsm7.septets(character) == len(encoded)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Mulishani, tafwa?", "Mulishani, tafwa?"),
        ("ng’ombe, ngʼanda", "ng'ombe, ng'anda"),  # Bemba, as an editor's curly quotes leave it
        ("Ŵina, ŵanthu", "Wina, wanthu"),  # Nyanja
        ("ŋanda, Ŋanga", "ng'anda, Ng'anga"),  # Tonga
        ("mañi, Ñi", "mañi, Ñi"),  # Lozi: the alphabet has it
        ("man\u0303i", "mañi"),  # the same letter typed as n and an accent
        ("informação, não, três", "informacao, nao, tres"),
        ("à é ü É Ç", "à é ü É Ç"),
        ("“Yes” – no… 1\u00a0000 ½ №", '"Yes" - no... 1 000 1/2 No'),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("1️⃣ 👍", "1 ?"),
        ("€5 {ok}", "€5 {ok}"),
        ("a\x00b\x1bc\ud800d", "a?b?c?d"),
        ("电话", "??"),
    ],
)
def test_words_are_made_plain_for_the_handset(written, sent):
    assert gsm7.plain(written) == sent


@settings(max_examples=30)
@given(ANYTHING)
def test_plain_words_always_fit_the_alphabet_and_stay_as_they_are(text):
    once = gsm7.plain(text)
    assert (gsm7.foreign(once), gsm7.plain(once)) == (set(), once)


@settings(max_examples=30)
@given(ANYTHING)
def test_nothing_a_reader_can_see_is_dropped(text):
    for character in text:
        if character.isprintable() and character.isalnum():
            assert gsm7.plain(character) != ""


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro does not fit after 152: 152, then 2 + 151, then 1
        ("a" * 153 + "€" + "a" * 151, 2),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("’" * 134, 2),
        ("’" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("’" * 66 + "😀" + "’" * 66, 3),  # nor is an emoji cut in two
        ("\ud800" * 70, 1),
    ],
)
def test_a_long_text_is_paid_by_the_part(text, paid):
    assert gsm7.parts(text) == paid


def test_a_screen_fits_by_septets_and_not_by_letters():
    assert [gsm7.fits("CON " + "a" * 156, 160), gsm7.fits("CON " + "a" * 155 + "€", 160)] == [True, False]
