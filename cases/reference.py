"""The citizen's case number and PIN: digits only, because they are typed on twelve keys and read aloud."""

import re
import secrets

from stdnum import damm
from stdnum.exceptions import ValidationError

LENGTH = 12
_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){11}(?!\d)")


def new_reference() -> str:
    """Eleven random digits and a check digit (Damm: every single wrong or swapped digit is caught)."""
    digits = f"{secrets.randbelow(10**11):011d}"
    return digits + damm.calc_check_digit(digits)


def new_pin() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def spoken(reference: str) -> str:
    """123456789012 -> 1234 5678 9012"""
    return " ".join(reference[start : start + 4] for start in range(0, LENGTH, 4))


def read_reference(typed: str) -> str | None:
    """The reference as stored, or None when it has not twelve digits or the check digit is wrong."""
    digits = re.sub(r"\D", "", typed)
    if len(digits) != LENGTH:
        return None
    try:
        return damm.validate(digits)
    except ValidationError:
        return None


def find_reference(text: str) -> str | None:
    """The first valid reference anywhere in a text message."""
    return next(filter(None, (read_reference(match) for match in _DIGITS.findall(text))), None)


def find_pin(text: str) -> str | None:
    """Six digits standing alone, once the references are taken out."""
    match = re.search(r"(?<!\d)\d{6}(?!\d)", _DIGITS.sub(" ", text))
    return match.group() if match else None
