"""Reads a provider's form so that nothing in it can surprise us. Knows no provider."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from channels.gateways import Unreadable

FIELDS = 100  # no gateway sends a fifth of it
_BETWEEN, _DIGITS = re.compile(r"[\s().-]"), re.compile(r"[1-9][0-9]{6,14}")
ID_LENGTH = 100  # the longest seen is 38; a longer one is refused, for cut ids could meet


def read(request: HttpRequest) -> Mapping[str, str]:
    """The fields of the request, as they came. A body too long, too odd or cut off is Unreadable."""
    try:
        if request.META.get("CONTENT_TYPE") == "application/x-www-form-urlencoded":  # nearly all: read in half the time
            body = request.body.decode(errors="replace")
            return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS, errors="replace"))
        return request.POST.dict()
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, ValueError) as error:
        raise Unreadable(f"The form could not be read: {type(error).__name__}.") from error


def tidy(value: object, length: int) -> str:
    """Text that PostgreSQL can store: no NUL, no half characters, cut where it is too long. None is ''."""
    text = "" if value is None else str(value)
    if text.isascii() and len(text) <= length and "\0" not in text:
        return text
    return text[:length].replace("\0", "").encode("utf-8", "replace").decode()


def words(form: Mapping[str, str], name: str, length: int = 10_000) -> str:
    return tidy(form.get(name), length)


def need(form: Mapping[str, str], name: str) -> str:
    value = words(form, name, ID_LENGTH + 1).strip()
    if not value or len(value) > ID_LENGTH:
        raise Unreadable(f"The field {name!r} is missing or far too long.")
    return value


def e164(number: str) -> str:
    """'+260971234567' from what providers make of it: an un-encoded plus arrives as a space, or not at all."""
    digits = _BETWEEN.sub("", number).removeprefix("+")
    return f"+{digits}" if _DIGITS.fullmatch(digits) else ""


def caller(form: Mapping[str, str], name: str) -> str:
    number = e164(need(form, name))
    if not number:
        raise Unreadable(f"The field {name!r} is not a telephone number.")
    return number


def whole(value: object) -> int | None:
    """The whole number in what may be text, a number or nothing."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
