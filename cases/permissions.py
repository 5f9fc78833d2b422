"""Who may do what: one table of roles, read by the actions that refuse and by the pages that offer."""

from cases.lifecycle import Actor, Step, allowed
from cases.models import Case, Officer, Role

_CASE_WORK = {"take", "hand_over", "ask", "hear", "inform", "note", "refer", "come_back", "resolve", "close"}

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


def can_open_walk_in(officer: Officer) -> bool:
    return officer.active and "take" in RIGHTS[officer.role]


def possible(officer: Officer, case: Case) -> list[Step]:
    """What this officer may do to this case now, in the lifecycle's order."""
    if not Case.objects.visible_to(officer).filter(pk=case.pk).exists():
        return []
    rights = RIGHTS[officer.role]
    if case.officer_id != officer.pk and officer.role not in _STEPS_IN:
        rights = rights & _WITHOUT_OWNING
    return [step for step in allowed(case.state, Actor.OFFICER) if step.name in rights]


def may(officer: Officer, step: str, case: Case) -> bool:
    return any(step == option.name for option in possible(officer, case))


def may_know_who(officer: Officer, case: Case) -> bool:
    """A citizen who hid their number is known to the system alone."""
    return case.known == "number" and Case.objects.visible_to(officer).filter(pk=case.pk).exists()
