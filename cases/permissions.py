"""Who may do what: one table of roles, read by the actions that refuse and by the pages that offer."""

from cases.lifecycle import Actor, Step, allowed
from cases.models import Case, Event, Officer, Referral, Role

_CASE_WORK = {
    "take", "hand_over", "sort", "ask", "hear", "inform", "note", "refer", "come_back", "recall", "resolve", "close",
}  # fmt: skip

RIGHTS: dict[str, set[str]] = {
    Role.DESK: _CASE_WORK,
    Role.AGENCY: _CASE_WORK,
    Role.SAFEGUARDING: _CASE_WORK | {"escalate"},
    Role.SUPERVISOR: _CASE_WORK | {"escalate"},
    Role.MANAGER: {"hand_over", "note", "escalate"},
    Role.AUDITOR: set(),
}
# What an officer may do to a case that a colleague owns. A supervisor steps in everywhere.
_WITHOUT_OWNING = {"take", "hand_over", "note", "inform", "hear", "escalate", "come_back"}
_STEPS_IN = {Role.SUPERVISOR, Role.SAFEGUARDING}
# What is left to an officer whose agency was only asked to help, or who took the decision now appealed against.
_FROM_OUTSIDE = {"note", "inform", "hear", "come_back"}


def can_open_walk_in(officer: Officer) -> bool:
    return officer.active and "take" in RIGHTS[officer.role]


def possible(officer: Officer, case: Case) -> list[Step]:
    """What this officer may do to this case now, in the lifecycle's order."""
    if not Case.objects.visible_to(officer).filter(pk=case.pk).exists():
        return []
    rights = RIGHTS[officer.role]
    if _is_outside(officer, case):
        rights = rights & _FROM_OUTSIDE
    if case.officer_id not in (None, officer.pk) and officer.role not in _STEPS_IN:
        rights = rights & _WITHOUT_OWNING
    return [step for step in allowed(case.state, Actor.OFFICER) if step.name in rights]


def may(officer: Officer, step: str, case: Case) -> bool:
    return any(step == option.name for option in possible(officer, case))


def can_own(officer: Officer, case: Case) -> bool:
    """Can this officer be the one who answers for the case?"""
    return officer.active and "resolve" in RIGHTS[officer.role] and not _is_outside(officer, case)


def can_answer(officer: Officer, referral: Referral) -> bool:
    """The asked agency's people; a one-stop desk writes down what they said on the telephone."""
    return "come_back" in RIGHTS[officer.role] and officer.agency_id in (None, referral.agency_id)


def _is_outside(officer: Officer, case: Case) -> bool:
    decided = {"case": case.appeal_of_id, "kind": "resolve", "officer": officer}
    return officer.agency_id not in (None, case.agency_id) or (
        case.appeal_of_id is not None and Event.objects.filter(**decided).exists()
    )


def may_know_who(officer: Officer, case: Case) -> bool:
    """A citizen who hid their number is known to the system alone."""
    return case.known == "number" and Case.objects.visible_to(officer).filter(pk=case.pk).exists()
