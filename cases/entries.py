"""Lays the entries of the search: what each case may be found by, as fingerprints. Searches nothing itself.

A case's entry is emptied by the database whenever it is no longer true; whoever comes next, a worker within seconds
or a search before that, lays it anew.
"""

import json
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from cases.models import Case, Entry, Known, Spelling
from cases.terms import fingerprint, fingerprints, misspelt, parts_of, words_of

NAME, WORD = "name", "word"  # the spaces in which words are looked up
AT, OF = "at", "of"  # and the marks of place and agency, by which a search is narrowed to what an officer may see
A_FEW = 200


def lay(most: int = A_FEW) -> int:
    """Lay so many entries; returns how many there were to lay. Two at once take different ones."""
    with transaction.atomic():
        empty = Entry.objects.filter(keys=None).select_for_update(skip_locked=True)
        waiting = list(empty.values_list("case_id", flat=True)[:most])
        cases = Case.objects.filter(pk__in=waiting).select_related("citizen", "representation")
        said = {case: (names_of(case), story_of(case)) for case in cases.prefetch_related("slips")}
        entries = [Entry(case=case, keys=_keys(case, names, story)) for case, (names, story) in said.items()]
        Entry.objects.bulk_update(entries, ["keys"])
    _learn(NAME, {name for names, _story in said.values() for name in names})
    _learn(WORD, {word for _names, story in said.values() for word in story})
    return len(waiting)


def lay_all() -> None:
    while lay(most=500):
        pass


def names_of(case: Case) -> list[str]:
    """The names by which an officer may know the people of this case; nobody's who hid."""
    if case.known != Known.NUMBER:
        return []
    told = json.loads(case.form) if case.form else {}
    who = told.get("name", "") if told.get("name") or told.get("nrc") else case.citizen and case.citizen.name
    teller = getattr(case, "representation", None)
    return words_of(f"{who or ''} {teller.name or '' if teller else ''}")


def story_of(case: Case) -> list[str]:
    """The words of an open case; those of a sensitive one are sealed. Who hides is not given away by their own name."""
    hidden = words_of(case.citizen.name) if case.known == Known.HIDDEN and case.citizen else []
    return [word for word in words_of(case.open_words) if word not in hidden]


def _keys(case: Case, names: list[str], story: list[str]) -> list[int]:
    marks = {fingerprint(AT, case.place_id or ""), *fingerprints(OF, (slip.agency_id for slip in case.slips.all()))}
    return sorted({*marks, *parts_of(case.reference), *fingerprints(NAME, names), *fingerprints(WORD, story)})


def unlearn(names: Iterable[str], story: Iterable[str]) -> None:
    """Forget how words may be misspelt that no case is found by any more: even as fingerprints they were somebody's."""
    words = {*fingerprints(NAME, names), *fingerprints(WORD, story)}
    one = ArrayField(models.BigIntegerField())
    in_use = {word for word in words if Entry.objects.filter(keys__contains=models.Value([word], one)).exists()}
    Spelling.objects.filter(word__in=words - in_use).delete()


def near(space: str, word: str) -> int:
    return fingerprint(f"near {space}", word)


def _learn(space: str, words: set[str]) -> None:
    """Remember how new words may be misspelt. In one order, so that two at once wait and never for each other."""
    by_sight = {near(space, word): word for word in words}
    known = Spelling.objects.filter(near__in=by_sight).values_list("near", "word")
    old = {by_sight[seen] for seen, word in known if word == fingerprint(space, by_sight[seen])}
    pairs = {(near(space, variant), fingerprint(space, word)) for word in words - old for variant in misspelt(word)}
    rows = [Spelling(near=variant, word=word) for variant, word in sorted(pairs)]
    Spelling.objects.bulk_create(rows, ignore_conflicts=True)
