"""The search: a case by its number or a part of it, by a citizen's phone, card or name, by words, misspelt or not.

Every question starts at `visible_to` and asks only for what this officer may know; it says why a case was found.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from itertools import combinations, islice
from operator import and_, or_

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BigIntegerField, Q, QuerySet, TextChoices, Value
from django.utils.translation import gettext_lazy as _

from cases.crypto import blind
from cases.entries import AT, NAME, OF, WORD, lay, near
from cases.models import Case, Citizen, Entry, Known, Officer, Pile, Representation, Share, Slip, Spelling
from cases.pack import Place
from cases.queries import CaseQuerySet
from cases.reference import LENGTH
from cases.sharing import findable
from cases.terms import PART, digits_of, fingerprint, fingerprints, misspelt, parts_of, words_of

PAGE = 25
LONGEST = 80  # characters that are looked for
MOST_WORDS = 6
MOST_ALIKE = 40  # short words look like too many others


class Why(TextChoices):
    """What a case was found by, the surest first."""

    PHONE = "phone", _("Phone")
    NRC = "nrc", _("NRC")
    NUMBER = "number", _("Case number")
    NAME = "name", _("Name")
    WORDS = "words", _("Words")
    BOTH = "both", _("Name and words")
    NEARLY = "nearly", _("Nearly the same spelling")
    NEARLY_NUMBER = "nearly-number", _("Case number with one group wrong")


@dataclass(frozen=True)
class Found:
    case: Case
    why: Why


@dataclass(frozen=True)
class Finds:
    """A page of what was found, and the key of the next one, or ""."""

    found: list[Found]
    after: str = ""


@dataclass(frozen=True)
class Way:
    """One way to look: which cases, and which entries lead to them. Without entries the cases are few by themselves."""

    why: Why
    cases: CaseQuerySet
    entries: QuerySet[Entry] | None = None


def find(officer: Officer, typed: str, *, phone: str = "", nrc: str = "", after: str = "") -> Finds:
    """Way by way, the surest first, and of each the newest first. `phone` and `nrc` are what `typed` is read as."""
    lay()  # what was written a moment ago is found, too
    start, older_than = _read_key(after)
    found: list[tuple[int, int, Why]] = []
    with transaction.atomic():  # for as long as the plans are chosen by hand
        for number, way in enumerate(_ways(officer, typed[:LONGEST], phone, nrc)):
            if number >= start and len(found) <= PAGE:
                newest = _newest(way, older_than if number == start else 0)
                found += [(number, pk, way.why) for pk in islice(newest, PAGE + 1 - len(found))]
    shown = found[:PAGE]
    cases = Case.objects.visible_to(officer).for_a_list().in_bulk([pk for _number, pk, _why in shown])
    last = "{}.{}".format(*shown[-1]) if len(found) > PAGE else ""
    return Finds([Found(cases[pk], why) for _number, pk, why in shown if pk in cases], last)


def _read_key(key: str) -> tuple[int, int]:
    try:
        number, pk = key.split(".")
        return int(number), int(pk)
    except ValueError:
        return 0, 0


def cases_of(officer: Officer, *, phone: str = "", nrc: str = "") -> CaseQuerySet:
    """The cases of whoever has this phone or card, or showed this card with them. Who hid is found by neither.

    An agency that was asked for help finds a case only by what was shared with it.
    """
    theirs = Q(pk=None)
    if phone:
        theirs |= _of(Citizen.objects.filter(phone_index=blind(phone, name="phone"))) & findable(officer, Share.WHO)
    if nrc:
        card = blind(nrc, name="nrc")
        told = Representation.objects.filter(card_index=card)  # whoever came for somebody else
        shown = Q(card_index=card) | Q(pk__in=list(told.values_list("pk", flat=True)))
        theirs |= (_of(Citizen.objects.filter(nrc_index=card)) | shown) & findable(officer, Share.NRC)
    return Case.objects.visible_to(officer).filter(theirs, known=Known.NUMBER)


def _of(citizens: QuerySet[Citizen]) -> Q:
    """Looked up first: so each alternative is read off an index of its own."""
    return Q(citizen__in=list(citizens.values_list("pk", flat=True)))


# --- What may be the same matter ----------------------------------------------------------------------------

WEEKS_ALIKE = 6  # between two tellings of one matter
NEIGHBOURS = 300  # cases of the same topic and place that are compared
ENOUGH_ALIKE, WORDS_ALIKE = 0.5, 3  # of the fewer words of the two, and at least so many


def alike(officer: Officer, case: Case, most: int = 3) -> list[Case]:
    """Open cases of this topic and place that tell nearly the same, the most alike first. Of what is sealed, none."""
    said = fingerprints(WORD, words_of(case.open_words))
    if len(said) < WORDS_ALIKE:
        return []
    near = timedelta(weeks=WEEKS_ALIKE)
    there = Slip.objects.filter(
        topic=case.topic_id, agency_id=case.agency_id, own=True, place__in={"", case.place_id or ""},
        due__range=(case.resolve_due - near, case.resolve_due + near),
    ).exclude(case_id=case.pk).exclude(pile=Pile.CLOSED)  # fmt: skip
    neighbours = list(there.order_by("-case_id").values_list("case_id", flat=True)[:NEIGHBOURS])
    keys = Entry.objects.filter(case__in=neighbours, keys__isnull=False).values_list("case", "keys")
    shared = {pk: len(said.intersection(found or ())) for pk, found in keys}
    rows = (
        Case.objects.visible_to(officer)
        .open()
        .filter(pk__in=[pk for pk, many in shared.items() if many >= WORDS_ALIKE])
    )
    found = [
        one for one in rows.select_related("topic") if shared[one.pk] >= ENOUGH_ALIKE * min(len(said), _spread(one))
    ]
    return sorted(found, key=lambda one: -shared[one.pk])[:most]


def _spread(case: Case) -> int:
    return len(words_of(case.open_words))


# --- The newest first, however many there are ---------------------------------------------------------------

RARE = 1500  # entries that are quickly looked at all; of more than these some are always among the newest


def _newest(way: Way, older_than: int) -> Iterator[int]:
    """The cases of this way, newest first.

    PostgreSQL cannot know how often a word occurs that is in none of its statistics, and would now and then read a
    million entries to find none. So what is rare is fetched by the index of words, what is common by age.
    """
    if way.entries is None:
        cases = way.cases.filter(pk__lt=older_than) if older_than else way.cases
        yield from cases.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1]
        return
    entries = way.entries.filter(pk__lt=older_than) if older_than else way.entries
    hits = _read(entries[: RARE + 1], by="enable_bitmapscan")
    if len(hits) <= RARE:
        yield from _let_in(way, sorted(hits, reverse=True))
        return
    step = PAGE + 1
    while hits := _read(entries.order_by("-pk")[:step], by="enable_indexscan"):
        yield from _let_in(way, hits)
        entries, step = entries.filter(pk__lt=hits[-1]), 2 * step


_PLANS = ("enable_bitmapscan", "enable_indexscan", "enable_seqscan")
_SET = f"SELECT {', '.join(f'set_config({plan!r}, %s, true)' for plan in _PLANS)}"


def _read(entries: QuerySet[Entry], *, by: str) -> list[int]:
    """By this kind of plan and no other; until the end of the transaction at most."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["on" if plan == by else "off" for plan in _PLANS])
        pks = list(entries.values_list("pk", flat=True))
        cursor.execute(_SET, ["on"] * len(_PLANS))
    return pks


def _let_in(way: Way, pks: list[int]) -> list[int]:
    """Those that pass the gate, in the same order."""
    seen = set(way.cases.filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
    return [pk for pk in pks if pk in seen]


# --- The ways ---------------------------------------------------------------------------------------------


def _ways(officer: Officer, typed: str, phone: str, nrc: str) -> Iterator[Way]:
    if phone:
        yield Way(Why.PHONE, cases_of(officer, phone=phone))
    if nrc:
        yield Way(Why.NRC, cases_of(officer, nrc=nrc))
    cases, entries = Case.objects.visible_to(officer), Entry.objects.filter(_within(officer))
    if digits := digits_of(typed):
        yield from _by_number(cases, entries, digits, re.findall(r"\d+", typed))
    elif words := words_of(typed)[:MOST_WORDS]:
        for part in re.findall(rf"\d{{{PART},}}", typed):
            cases, entries = cases.filter(reference__contains=part), entries.filter(_all(parts_of(part)))
        yield from _by_words(officer, cases, entries, words)


def _within(officer: Officer) -> Q:
    """The marks of what the officer may see, so that the index finds little else. It is the gate that decides."""
    marks = Q()
    if officer.agency_id:
        marks &= _all([fingerprint(OF, officer.agency_id)])
    if officer.place_id:
        places = Place.objects.filter(Q(pk=officer.place_id) | Q(parent=officer.place_id))
        marks &= _any(fingerprints(AT, ["", *places.values_list("pk", flat=True)]))
    return marks


def _by_number(cases: CaseQuerySet, entries: QuerySet[Entry], digits: str, groups: list[str]) -> Iterator[Way]:
    """The whole number, a part of it, or two that do not stand side by side; then one with a group mistyped."""
    if min(map(len, groups)) < PART:
        groups = [digits]
    if len(digits) >= PART:
        keys = _all(key for group in groups for key in parts_of(group))
        said = (Q(reference__contains=group) for group in groups)
        yield Way(Why.NUMBER, cases.filter(*said), entries.filter(keys))
    if len(digits) == LENGTH:
        first, middle, last = (digits[start : start + PART] for start in range(0, LENGTH, PART))
        begins, ends = Q(reference__startswith=first), Q(reference__endswith=last)
        spread = begins & ends | Q(reference__startswith=first + middle) | Q(reference__endswith=middle + last)
        keys = reduce(or_, (_all(parts_of(one) + parts_of(two)) for one, two in combinations((first, middle, last), 2)))
        yield Way(Why.NEARLY_NUMBER, cases.filter(spread).exclude(reference=digits), entries.filter(keys))


# In which spaces the words may stand, and what of a case must be known to an officer who finds it so.
SPACES = {
    Why.NAME: ((NAME,), (Share.WHO,)),
    Why.WORDS: ((WORD,), (Share.WORDS,)),
    Why.BOTH: ((NAME, WORD), (Share.WHO, Share.WORDS)),
}


def _by_words(officer: Officer, cases: CaseQuerySet, entries: QuerySet[Entry], words: list[str]) -> Iterator[Way]:
    """All the words: as a name, in the story, some here and some there; then the same, each perhaps misspelt."""
    for alike in (_itself, _look_alikes):
        known = [{space: alike(space, word) for space in (NAME, WORD)} for word in words]
        for why, (spaces, shared) in SPACES.items():
            if len(spaces) > len(words):
                continue  # one word stands in one space
            each = [set().union(*(one[space] for space in spaces)) for one in known]
            if not all(each):
                continue
            keys = reduce(and_, map(_any, each))
            findings = cases.filter(*(findable(officer, part) for part in shared))
            yield Way(why if alike is _itself else Why.NEARLY, findings, entries.filter(keys))
            entries = entries.exclude(keys)


def _itself(space: str, word: str) -> set[int]:
    return {fingerprint(space, word)}


def _look_alikes(space: str, word: str) -> set[int]:
    """The known words that this may be meant to be."""
    near_it = Spelling.objects.filter(near__in=[near(space, variant) for variant in misspelt(word)])
    return set(near_it.order_by("word").values_list("word", flat=True).distinct()[:MOST_ALIKE])


def _all(keys: Iterable[int]) -> Q:
    return Q(keys__contains=_array(keys))


def _any(keys: Iterable[int]) -> Q:
    return Q(keys__overlap=_array(keys))


def _array(keys: Iterable[int]) -> Value:
    """As one value: of a list Django makes an array of short integers and cuts off what is longer."""
    return Value(sorted(set(keys)), output_field=ArrayField(BigIntegerField()))
