"""Cases joined into another: who stands behind each, and how it stands for them. It writes nothing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cases.lifecycle import State
from cases.models import Case, ClosedBy, Known, Representation

# Still goes on for its citizen, though it may be closed: the work is done in the case that stays.
GOES_ON = ~Q(state=State.CLOSED) | Q(closed_by=ClosedBy.MERGED)


def same_person(case: Case, other: Case) -> bool:
    """Is it surely the same citizen, who hides from nobody and spoke for themselves? If not, each is told apart.

    A phone may be a household's, so another card is another person.
    """
    if not case.citizen_id or case.citizen_id != other.citizen_id or {case.known, other.known} != {Known.NUMBER}:
        return False
    cards = {case.card_index, other.card_index} - {""}
    return len(cards) < 2 and not Representation.objects.filter(case__in=[case, other]).exists()


def led_to(case: Case) -> Case:
    """Where a citizen is led who names this case: their own one that stays, or this."""
    if case.is_joined and case.merged_into and same_person(case, case.merged_into):
        return Case.objects.with_people().get(pk=case.merged_into_id)
    return case


def joined_into(case: Case) -> list[Case]:
    return sorted((one for one in case.joined.all() if one.is_joined), key=lambda one: one.pk)


def of_one_person(case: Case) -> list[Case]:
    """It and what was joined into it of the very same citizen: to them all of it is one story."""
    return [case, *(one for one in joined_into(case) if same_person(one, case))]


def behind(case: Case) -> list[Case]:
    """Those joined into it of other people, who are told and asked on their own."""
    return [one for one in joined_into(case) if not same_person(one, case)]


def answered_along(case: Case) -> list[Case]:
    """Those of other people that were answered with it before: whoever contested the answer goes on alone."""
    told = [one for one in case.joined.all() if not one.is_joined and one.closed_by != ClosedBy.APPEALED]
    alike = [one for one in told if one.erased_at is None and one.sensitivity == case.sensitivity]
    return sorted(alike, key=lambda one: one.pk)


def answered_on_appeal(case: Case, appeal: Case) -> list[Case]:
    """Those whom an appeal against the case concerns as well; none, where it is of another kind of matter by now."""
    return answered_along(case) if appeal.sensitivity == case.sensitivity else []


@dataclass(frozen=True)
class Standing:
    """How a case stands for its citizen, and by when they were promised an answer."""

    state: State
    resolve_due: date


def standing(case: Case) -> Standing:
    """As it is; of one that was joined as the one that stays is, and the earlier of both dates.

    What somebody else was asked there is no question to this citizen.
    """
    stays = case.merged_into if case.is_joined else None
    if stays is None:
        return Standing(State(case.state), case.resolve_due)
    state = State.IN_PROGRESS if stays.state == State.WAITING else State(stays.state)
    return Standing(state, min(case.resolve_due, stays.resolve_due))
