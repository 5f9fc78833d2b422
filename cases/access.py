"""The citizen's way to their own case: a reference and a PIN, or a code sent to the phone on record.

A wrong reference and a wrong PIN take the same path and get the same answer, so nobody learns here which
references exist. Who comes from the phone on record needs none of this.
"""

import hmac
import re
from datetime import timedelta

from cases import clock
from cases.actions import issue_code, pin_index, use_code
from cases.crypto import blind
from cases.limits import HOUR, count_try
from cases.models import Case, OneTimeCode

NOBODY = "0" * 32  # no blind index looks like this: HMAC would have to give 128 zero bits

# How often one may try, in the window given in seconds. A reference is guarded by the day as well: six digits
# would fall to patience. Whole towns reach the web through one address of their network, hence the wide second row.
TRIES = (("reference", 6, HOUR), ("reference-day", 20, 24 * HOUR), ("source", 30, HOUR), ("all", 3000, HOUR))
CODES = (("reference", 3, HOUR), ("reference-day", 6, 24 * HOUR), ("source", 10, HOUR), ("all", 600, HOUR))


def open_with_pin(*, reference: str, pin: str, source: str) -> Case | None:
    """The case, if both are right. `source` is a blind index or a fixed word, never a number or an address.

    Raises TooManyTries.
    """
    reference = _digits(reference)
    _count("pin", TRIES, reference, source)
    return _with_pin(reference, _digits(pin))


def open_with_pin_or_code(*, reference: str, digits: str, source: str) -> Case | None:
    """The same for who was asked for “your PIN, or the code from our SMS”. A code opens once. Raises TooManyTries."""
    reference, digits = _digits(reference), _digits(digits)
    _count("pin", TRIES, reference, source)
    return _with_pin(reference, digits) or _with_code(reference, digits)


def send_code(*, reference: str, source: str) -> None:
    """A code to the phone on record, if there is one; whoever asks is told nothing. Raises TooManyTries."""
    reference = _digits(reference)
    _count("code", CODES, reference, source)
    case = Case.objects.filter(reference=reference, citizen__phone_index__isnull=False).first()
    if case:
        issue_code(case=case)


def forget_old_codes() -> int:
    """A code opens a case for minutes; a day later nobody asks what became of it."""
    return OneTimeCode.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()[0]


def _with_pin(reference: str, pin: str) -> Case | None:
    pk, stored = Case.objects.filter(reference=reference).values_list("pk", "pin_index").first() or (0, NOBODY)
    right = hmac.compare_digest(stored, pin_index(reference, pin))
    return Case.objects.with_people().get(pk=pk) if right else None


def _with_code(reference: str, code: str) -> Case | None:
    pk = Case.objects.filter(reference=reference).values_list("pk", flat=True).first() or 0
    right = use_code(case=Case(pk=pk, reference=reference), code=code)
    return Case.objects.with_people().get(pk=pk) if right else None


def _digits(typed: str) -> str:
    """Grouped or not. What is no reference at all takes the same path as one that nobody has."""
    return re.sub(r"\D", "", typed)


def _count(what: str, limits: tuple[tuple[str, int, int], ...], reference: str, source: str) -> None:
    """One more try of each. The count of all comes last: a single source cannot use up everybody's."""
    hidden = blind(reference, name="reference")
    whose = {"reference": hidden, "reference-day": hidden, "source": source, "all": ""}
    for name, limit, seconds in limits:
        count_try(f"{what}-{name}:{whose[name]}", limit=limit, seconds=seconds)
