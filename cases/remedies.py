"""Where a citizen may take a case next, and until when, as law or the programme's ladder has it. Reads only.

One knowledge for all who tell of it: SMS, phone menu, web, desk, and the letter to take along.
"""

from dataclasses import dataclass
from datetime import date

from cases.catalogue import catalogue
from cases.deadlines import last_day
from cases.lifecycle import OPEN
from cases.models import Case, Decision
from cases.pack import LadderStep


@dataclass(frozen=True)
class Remedy:
    """One step up the ladder. `since` is the day from which the law counts; without a decision, when it was due."""

    step: LadderStep
    since: date

    @property
    def body(self) -> str:
        return self.step.body

    @property
    def law(self) -> str:
        """Where it is written; nothing where the pack is not sure, and says only how it was looked for."""
        return self.step.basis if self.step.confidence == "high" else ""

    @property
    def until(self) -> date | None:
        """The last day by law, where the law names a number of days or months."""
        return last_day(self.since, days=self.step.days, months=self.step.months)

    def is_late(self, today: date) -> bool:
        return self.until is not None and today > self.until

    def data(self, today: date) -> dict:
        """For the history: whether the law's time had passed when somebody took this step."""
        if self.until is None:
            return {"body": self.body}
        return {"body": self.body, "until": self.until.isoformat(), "late": self.is_late(today)}


def next_remedy(case: Case) -> Remedy | None:
    """Against the decision that stands; None where nothing was decided, or nobody stands above."""
    decided_on = _decided_on(case)
    return remedy_against(case, decided_on=decided_on) if decided_on else None


def remedy_against(case: Case, *, decided_on: date) -> Remedy | None:
    """The body above the level on which a decision of that day was taken."""
    step = _above(case)
    return Remedy(step, decided_on) if step else None


def way_out(case: Case, today: date) -> Remedy | None:
    """The court or ombudsman, once no level is left inside: against a decision, or where its level's date has passed.

    What is the same as another case goes there with that one.
    """
    step = _above(case) or next(iter(reversed(_ladder(case))), None)
    since = None if case.decision == Decision.DUPLICATE else _decided_on(case) or _left_undecided(case, today)
    return Remedy(step, since) if step and since and not step.by_itself else None


def _ladder(case: Case) -> list[LadderStep]:
    return catalogue().ladders.get(case.topic.ladder, [])


def _above(case: Case) -> LadderStep | None:
    return next((step for step in _ladder(case) if step.level > case.level), None)


def _decided_on(case: Case) -> date | None:
    if not case.decision or case.decision == Decision.WITHDRAWN or case.resolved_at is None:
        return None
    return catalogue().day_of(case.resolved_at)


def _left_undecided(case: Case, today: date) -> date | None:
    """Since when, where the case's level had a date of its own that has passed."""
    here = case.escalations.filter(level=case.level).first() if case.state in OPEN else None
    return here.resolve_due if here and here.resolve_due < today else None
