"""What would happen if many open cases were handed over at once: which, and to whom. Looks, and writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from cases.lifecycle import OPEN
from cases.models import Case, Officer
from cases.permissions import can_own, may
from cases.queries import CaseQuerySet
from cases.sharing import of_the_house


@dataclass(frozen=True)
class Wanted:
    """Whose cases, or nobody's; narrowed to topic, place and state; and who is to have them."""

    givers: Sequence[Officer]
    nobodys: bool
    takers: Sequence[Officer]
    topic: str = ""
    place: str = ""
    state: str = ""


@dataclass(frozen=True)
class Planned:
    """One case; `to` is None where none of those who were chosen may have it."""

    case: Case
    to: Officer | None


def chosen(reader: Officer, wanted: Wanted) -> CaseQuerySet:
    """The visible open cases of the reader's own house that are meant, the nearest promise first."""
    whose = Q(officer__in=wanted.givers) | (Q(officer=None) if wanted.nobodys else Q(pk=None))
    cases = Case.objects.visible_to(reader).filter(of_the_house(reader), whose, state__in=OPEN)
    if wanted.topic:
        cases = cases.filter(topic=wanted.topic)
    if wanted.place:
        cases = cases.filter(Q(place=wanted.place) | Q(place__parent=wanted.place))
    if wanted.state:
        cases = cases.filter(state=wanted.state)
    return cases.order_by("resolve_due", "pk")


def plan(reader: Officer, wanted: Wanted, *, most: int) -> list[Planned]:
    """Each case goes to whoever may have it and has least by then: the same question gives the same answer.

    Rights are asked again, case by case, when it is done.
    """
    cases = list(chosen(reader, wanted).for_a_list().select_related("appeal_of")[:most])
    keys = [case.pk for case in cases]
    sees = {
        taker.pk: set(Case.objects.visible_to(taker).filter(pk__in=keys).values_list("pk", flat=True))
        for taker in wanted.takers
    }
    has = _open_cases(reader, wanted.takers)
    planned = []
    for case in cases:
        able = [
            taker
            for taker in wanted.takers
            if taker.pk != case.officer_id and case.pk in sees[taker.pk] and can_own(taker, case)
        ]
        to = min(able, key=lambda taker: has[taker.pk], default=None) if _may_give(reader, case) else None
        if to:
            has[to.pk] += 1
        planned.append(Planned(case, to))
    return planned


def _open_cases(reader: Officer, officers: Sequence[Officer]) -> Counter[int]:
    """As far as the reader sees them: how they are shared out tells of no other."""
    theirs = Case.objects.visible_to(reader).filter(officer__in=officers, state__in=OPEN)
    return Counter(theirs.order_by().values_list("officer", flat=True))


def _may_give(reader: Officer, case: Case) -> bool:
    """Who opens this page may give any case of their house away, but for an appeal in which they had a part."""
    return case.appeal_of_id is None or may(reader, "hand_over", case)
