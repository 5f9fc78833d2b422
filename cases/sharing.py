"""What of a case an officer sees: all of it in its own house, elsewhere the part that was shared. Writes nothing.

`parts` decides, for the page, its forms, its history, the search, papers and exports alike.
"""

from itertools import chain

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cases.models import Attachment, Case, Event, Known, Officer, Referral, Share

OFFICE = "office"  # notes, readings, other agencies' parts: what the house keeps to itself
WHOLE = frozenset({*Share.values, OFFICE})

# Events between the house and one agency; `data` names it.
BETWEEN = ("propose", "agree", "seek", "consent", "refer", "come_back")
INDOORS = ("note", "read", "recall", "link", "unlink", "merge", "unmerge")
# Events of two cases: whoever does not see the other one does not learn of it here.
OF_TWO = ("link", "unlink", "merge", "unmerge")
# Events that tell of a part themselves, and are kept back with it.
TELLS = {Share.WORDS: ("open",), Share.ATTACHMENTS: ("attach", "detach")}


def at_home(officer: Officer, case: Case) -> bool:
    """Is it a case of the officer's own agency, or the officer of a one-stop desk that serves all agencies?"""
    return officer.agency_id in (None, case.agency_id)


def of_the_house(officer: Officer) -> Q:
    """The cases that are at home with this officer, of those visible."""
    return Q(agency=officer.agency_id) if officer.agency_id else Q()


def parts(officer: Officer, case: Case) -> frozenset[str]:
    """What may be shown to this officer. Nothing of what they may not see at all; nobody who hides from the office."""
    if not Case.objects.visible_to(officer).filter(pk=case.pk).exists():
        return frozenset()
    asked = case.referrals.filter(agency=officer.agency_id, state__in=Referral.SEEN).values_list("shared", flat=True)
    shown = WHOLE if at_home(officer, case) else frozenset(chain.from_iterable(asked))
    if case.known != Known.NUMBER:
        shown -= {Share.WHO, Share.NRC}
    return shown


def events(officer: Officer, case: Case) -> QuerySet[Event]:
    """The history as this officer may read it: what was asked of their agency and what it did; the rest if shared."""
    seen = Case.objects.visible_to(officer)
    beyond = Cast(KeyTextTransform("other", OuterRef("data")), BigIntegerField())
    told = Event.objects.filter(case__in=seen.filter(pk=case.pk))
    told = told.exclude(Q(kind__in=OF_TWO) & ~Exists(seen.filter(pk=beyond)))
    told = told.select_related("said", "officer__user").order_by("number")
    if at_home(officer, case):
        return told
    shown = parts(officer, case)
    ours = Q(officer__agency=officer.agency_id) | Q(kind__in=BETWEEN, data__agency=officer.agency_id)
    if Share.STORY in shown:
        kept_back = [kind for part, kinds in TELLS.items() if part not in shown for kind in kinds]
        ours |= ~Q(kind__in=(*BETWEEN, *INDOORS, *kept_back))
    return told.filter(ours)


def attachments(officer: Officer, case: Case) -> QuerySet[Attachment]:
    """The photos and papers this officer may open; elsewhere, unless they are shared, those of their own agency."""
    there = Attachment.objects.filter(case__in=Case.objects.visible_to(officer).filter(pk=case.pk), removed_at=None)
    if at_home(officer, case) or Share.ATTACHMENTS in parts(officer, case):
        return there
    return there.filter(added_by__agency=officer.agency_id)


def referrals(officer: Officer, case: Case) -> QuerySet[Referral]:
    """Who was asked; an agency that was asked is not told of the others."""
    asked = case.referrals.select_related("agency", "ground", "agreed_by__user").order_by("asked_at")
    return asked if at_home(officer, case) else asked.filter(agency=officer.agency_id)


def findable(officer: Officer, part: Share) -> Q:
    """The cases this officer may search by such a part, of those visible: a hidden field is not searched."""
    home = of_the_house(officer)
    ours = Referral.objects.filter(case=OuterRef("pk"), agency=officer.agency_id, state__in=Referral.SEEN)
    return home | Q(Exists(ours.filter(shared__contains=[part]))) if home else home
