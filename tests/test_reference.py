"""The case number and PIN: one slip of the finger is always caught, and nobody can guess the next."""

from collections import Counter
from itertools import pairwise

import pytest

from cases.reference import find_pin, find_reference, new_pin, new_reference, read_reference, spoken

SAMPLE = ["000000000000", *(new_reference() for _ in range(200))]
ONE = "123456789018"


def test_every_single_wrong_digit_is_caught():
    wrong = [
        reference[:at] + digit + reference[at + 1 :]
        for reference in SAMPLE
        for at in range(12)
        for digit in "0123456789"
        if digit != reference[at]
    ]

    assert len(wrong) == 201 * 12 * 9
    assert [reference for reference in wrong if read_reference(reference)] == []


def test_every_pair_of_swapped_neighbours_is_caught():
    swapped = [
        reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
        for reference in SAMPLE
        for at in range(11)
        if reference[at] != reference[at + 1]
    ]

    assert len(swapped) > 1500
    assert [reference for reference in swapped if read_reference(reference)] == []


def test_a_new_reference_reads_back_however_it_is_grouped():
    for reference in SAMPLE:
        assert read_reference(reference) == reference
        assert read_reference(spoken(reference)) == reference
        assert read_reference(f" {spoken(reference).replace(' ', '-')}. ") == reference


def test_references_cannot_be_guessed_from_the_one_before():
    references = [new_reference() for _ in range(20_000)]

    assert len(set(references)) == len(references)
    for at in range(12):  # every digit about equally often at every place: 2,000 each, give or take six deviations
        assert all(1740 < often < 2260 for often in Counter(one[at] for one in references).values())
    steps = Counter(int(after) - int(before) for before, after in pairwise(references))
    assert max(steps.values()) == 1
    assert len({new_pin() for _ in range(2_000)}) > 1_900


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", None),
        (ONE[:-1], None),
        (ONE + "1", None),
        ("123456789012", None),
        ("one two three", None),
    ],
)
def test_what_is_no_reference_is_refused(typed, read):
    assert read_reference(typed) is read


@pytest.mark.parametrize(
    ("text", "reference", "pin"),
    [
        (f"STATUS {ONE} 004711", ONE, "004711"),
        (f"status of {spoken(ONE)}?", ONE, None),
        (f"{spoken(ONE)} 123456", ONE, "123456"),
        (f"123456 {ONE}", ONE, "123456"),
        (f"I have 2 children. My case:{spoken(ONE).replace(' ', '-')}.", ONE, None),
        ("call me on +260971234567", None, None),
        (f"it is 5{ONE}", None, None),
        ("my PIN is 1234567", None, None),
        ("nothing here", None, None),
    ],
)
def test_reference_and_pin_are_found_anywhere_in_a_message(text, reference, pin):
    assert (find_reference(text), find_pin(text)) == (reference, pin)
