"""What an appeal does to the decisions before it: its outcome is the last word on them."""

from cases.actions.core import locked, record
from cases.lifecycle import Actor
from cases.models import CHANGES_IT, Case
from cases.permissions import contested


def review(appeal: Case) -> None:
    """Write down on each decision it contests what the appeal came to; nothing, when its answer stands no longer."""
    for before in contested(appeal):
        case = locked(before)
        if case.reviewed != appeal.decision:
            case.reviewed = appeal.decision
            data = {"decision": case.reviewed, "upheld": case.reviewed in CHANGES_IT, "appeal": appeal.pk}
            record(case, "review", Actor.SYSTEM, data=data)
