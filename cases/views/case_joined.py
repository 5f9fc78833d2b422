"""On the page of a case: what was joined into it, where it went itself, and which others look like the same matter."""

from dataclasses import dataclass
from typing import Any

from cases import finding, sharing
from cases.lifecycle import ALIVE, OPEN
from cases.models import Case, Event, Known, Officer


@dataclass(frozen=True)
class Joining:
    """How a case came to be joined into another: which one, if this officer sees it, and on whose word."""

    stays: Case | None
    event: Event | None


def joining(officer: Officer, case: Case) -> Joining | None:
    """None: it was joined into no other, or its answer was given since."""
    if not case.is_joined:
        return None
    stays = Case.objects.visible_to(officer).filter(pk=case.merged_into_id).with_people().first()
    told = sharing.events(officer, case).filter(kind="merge").exclude(data__as="stays").order_by("number")
    return Joining(stays, told.first())


def joined_cases(officer: Officer, case: Case) -> list[Case]:
    """What was joined into it, as far as this officer sees it; none where the case is not at home with them."""
    if not (case.joined.all() and sharing.at_home(officer, case)):
        return []
    return list(Case.objects.visible_to(officer).filter(merged_into=case).with_people().order_by("opened_at"))


def other_cases(officer: Officer, case: Case) -> dict[str, Any]:
    """What else its citizen has open, for who may know who it is; and what sounds like it, where it may be joined."""
    if not sharing.at_home(officer, case):
        return {"theirs": [], "alike": []}
    theirs = _theirs(officer, case)
    alike = [one for one in finding.alike(officer, case) if one not in theirs] if case.state in OPEN else []
    return {"theirs": theirs, "alike": alike}


def _theirs(officer: Officer, case: Case) -> list[Case]:
    """They are offered when a number is asked for."""
    if case.known != Known.NUMBER or case.citizen is None:
        return []
    others = Case.objects.visible_to(officer).of_citizen(case.citizen).filter(known=Known.NUMBER, state__in=ALIVE)
    return list(others.exclude(pk=case.pk).select_related("topic").order_by("-opened_at")[:5])
