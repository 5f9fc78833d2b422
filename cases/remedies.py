"""Where a citizen may take a decision next, and until when, as law or the programme's ladder has it. Reads only."""

from dataclasses import dataclass
from datetime import date

from cases.catalogue import catalogue
from cases.deadlines import last_day
from cases.models import Case, Decision


@dataclass(frozen=True)
class Remedy:
    """One step up the ladder. `until` is the last day by law, where the law names a number of days."""

    level: int
    body: str
    until: date | None
    days: int | None
    time_limit: str
    basis: str

    def is_late(self, today: date) -> bool:
        return self.until is not None and today > self.until

    def data(self, today: date) -> dict:
        """For the history: whether the law's time had passed when somebody took this step."""
        if self.until is None:
            return {"body": self.body}
        return {"body": self.body, "until": self.until.isoformat(), "late": self.is_late(today)}


def next_remedy(case: Case) -> Remedy | None:
    """Against the decision that stands; None where nothing was decided, or nobody stands above."""
    if not case.decision or case.decision == Decision.WITHDRAWN or case.resolved_at is None:
        return None
    return remedy_against(case, decided_on=catalogue().day_of(case.resolved_at))


def remedy_against(case: Case, *, decided_on: date) -> Remedy | None:
    """The body above the level on which a decision of that day was taken."""
    above = (step for step in catalogue().ladders.get(case.topic.ladder, ()) if step.level > case.level)
    step = next(above, None)
    if step is None:
        return None
    until = last_day(decided_on, days=step.days, months=step.months)
    return Remedy(step.level, step.body, until, step.days, step.time_limit, step.basis)
