"""Ready words: which of them fit a case, who may change which, and their gaps filled with what the case knows."""

import re
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import translation

from cases.catalogue import catalogue
from cases.models import CannedReply, Case, Officer
from cases.reference import spoken
from cases.wording import day

# What may stand in braces, and what stands there in the end.
GAPS: dict[str, Callable[[Case], str]] = {
    "reference": lambda case: spoken(case.reference),
    "date": lambda case: day(case.resolve_due),
    "agency": lambda case: translation.gettext(case.agency.label),
}
_BRACES = re.compile(r"{([^{}]*)}")


def gaps(text: str) -> list[str]:
    """All that stands in braces."""
    return [found.group() for found in _BRACES.finditer(text)]


def left_open(text: str) -> list[str]:
    """Braces that nothing fills: an unknown name, or one brace alone."""
    unknown = [found.group() for found in _BRACES.finditer(text) if found.group(1) not in GAPS]
    return unknown + re.findall(r"[{}]", _BRACES.sub("", text))


def fill(text: str, case: Case) -> str:
    with translation.override(language_of(case)):
        return _BRACES.sub(lambda found: GAPS[found.group(1)](case) if found.group(1) in GAPS else found.group(), text)


def with_examples(text: str) -> str:
    """As long as it will be, more or less."""
    examples = {"reference": "1234 5678 9012", "date": "31/12/2026", "agency": max(_labels(), key=len)}
    return _BRACES.sub(lambda found: examples.get(found.group(1), found.group()), text)


def _labels() -> list[str]:
    return [agency.label for agency in catalogue().agencies.values()]


def language_of(case: Case) -> str:
    return case.citizen.language if case.citizen else case.language


def fitting(case: Case) -> list[CannedReply]:
    """For this matter first, then this agency, then all; in the citizen's language, else in the country's own."""
    default = catalogue().country.default_language
    found = CannedReply.objects.filter(
        Q(topic=case.topic_id) | Q(agency=case.agency_id) | Q(topic=None, agency=None),
        language__in={language_of(case), default},
    )
    return sorted(found, key=lambda reply: (reply.language == default, not reply.topic_id, not reply.agency_id))


def changeable(officer: Officer) -> QuerySet[CannedReply]:
    """An agency's people change what is said in its name; what is for all belongs to those who serve all."""
    replies = CannedReply.objects.select_related("topic", "agency", "changed_by__user")
    if officer.agency_id is None:
        return replies
    return replies.filter(Q(agency=officer.agency_id) | Q(topic__agency=officer.agency_id))
