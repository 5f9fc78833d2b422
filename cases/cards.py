"""How the number of a registration card is read: the same by phone, at the desk and where one looks for it."""

import re


def read_nrc(typed: str) -> str:
    """123456 78 9 -> 123456/78/9; what looks otherwise is kept as it was written. One card has one fingerprint."""
    digits = re.sub(r"[\s./-]", "", typed)
    if re.fullmatch(r"[0-9]{9}", digits):
        return f"{digits[:6]}/{digits[6:8]}/{digits[8]}"
    return typed.strip().upper()


def looks_like_nrc(nrc: str) -> bool:
    return re.fullmatch(r"[0-9]{6}/[0-9]{2}/[0-9]", nrc) is not None
