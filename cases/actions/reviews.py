"""What an appeal does to the decisions before it: its outcome is the last word on them."""

from cases.actions.core import record
from cases.actions.merging import locked_with_joined
from cases.lifecycle import Actor
from cases.models import CHANGES_IT, Case
from cases.permissions import contested


def review(appeal: Case) -> list[Case]:
    """Write down on each decision it contests what the appeal came to; nothing, when its answer stands no longer.

    One further down hears what holds above it by now. Gives back those cases, the nearest first.
    """
    holds, reviewed = appeal.decision, []
    for before in contested(appeal):
        case = locked_with_joined(before)
        if case.reviewed != holds:
            case.reviewed = holds
            data = {"decision": case.reviewed, "upheld": case.reviewed in CHANGES_IT, "appeal": appeal.pk}
            record(case, "review", Actor.SYSTEM, data=data)
        holds = case.outcome
        reviewed.append(case)
    return reviewed
