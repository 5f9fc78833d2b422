"""Finds telephone and card numbers in words that everybody will read. Pure but for the country's own formats."""

import re

from cases.cards import looks_like_nrc, read_nrc
from cases.forms.fields import read_phone

# Digits with at most one sign between them, and a plus before them.
_NUMBER = re.compile(r"(?<![\d,.])\+?\d(?:[ ./()-]{0,2}\d){7,14}(?![\d,]\d)")


def numbers_of_people(text: str) -> list[str]:
    """As they stand in the text. An amount with commas is no number of a person."""
    return [found for found in _NUMBER.findall(text) if read_phone(found) or looks_like_nrc(read_nrc(found))]
