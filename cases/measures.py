"""What each figure means: one table that code, pages and the data dictionary read. Pure: how tallies become a value.

A share, a median or a mean comes with the number of cases it rests on, and has no value where that is none.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.counting import Tally

# Of the cases that are open now, worked out from their dates at the moment of asking.
OPEN, LATE, SOON, AGE = "open", "late", "soon", "age"
SOON_DAYS = 3


@dataclass(frozen=True)
class Row:
    """One figure. `by` holds the values asked for, in that order; "" is "not said".

    `n` is how many it rests on; a value of None says that it rests on nothing.
    """

    measure: str
    by: tuple[str, ...]
    n: int
    value: float | None


Bins = Mapping[str, Counter[int]]  # tally -> amount -> how often


def _how_many(bins: Bins, tallies: tuple[str, ...]) -> int:
    return sum(bins[tally].total() for tally in tallies if tally in bins)


def _histogram(bins: Bins, tallies: tuple[str, ...]) -> Counter[int]:
    return sum((bins[tally] for tally in tallies if tally in bins), Counter())


@dataclass(frozen=True)
class Total:
    """How many there were."""

    tallies: tuple[str, ...]
    amounts = False

    def __call__(self, bins: Bins) -> tuple[int, float | None]:
        total = _how_many(bins, self.tallies)
        return total, total


@dataclass(frozen=True)
class Share:
    """How many of those, from 0 to 1; `among` names them all."""

    of: tuple[str, ...]
    among: tuple[str, ...]
    amounts = False

    @property
    def tallies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.of, *self.among)))

    def __call__(self, bins: Bins) -> tuple[int, float | None]:
        among = _how_many(bins, self.among)
        return among, _how_many(bins, self.of) / among if among else None


@dataclass(frozen=True)
class Percentile:
    """The smallest amount that `percent` of a hundred or more do not exceed. Exact: from a histogram, not a sample."""

    percent: int
    tallies: tuple[str, ...]
    amounts = True

    def __call__(self, bins: Bins) -> tuple[int, float | None]:
        histogram = _histogram(bins, self.tallies)
        total, reached = histogram.total(), 0
        wanted = ceil(total * self.percent / 100)
        for amount in sorted(histogram):
            reached += histogram[amount]
            if reached >= wanted:
                return total, amount
        return 0, None


@dataclass(frozen=True)
class Mean:
    tallies: tuple[str, ...]
    amounts = True

    def __call__(self, bins: Bins) -> tuple[int, float | None]:
        histogram = _histogram(bins, self.tallies)
        total = histogram.total()
        return total, sum(amount * times for amount, times in histogram.items()) / total if total else None


@dataclass(frozen=True)
class Measure:
    """One figure. `events` are the kinds of events it counts."""

    name: str
    title: str | Promise
    definition: str | Promise
    unit: str | Promise
    events: tuple[str, ...]
    combine: Total | Share | Percentile | Mean

    @property
    def kind(self) -> str:
        """How its values are to be read: count, share, days or stars."""
        return {Total: "count", Share: "share", Percentile: "days", Mean: "stars"}[type(self.combine)]

    @property
    def of_now(self) -> bool:
        """It tells how things are at this moment, whatever the period."""
        return any(tally in (OPEN, LATE, SOON, AGE) for tally in self.combine.tallies)


_TAKEN = (Tally.ACKNOWLEDGED_ON_TIME, Tally.ACKNOWLEDGED_LATE)
_ANSWERED = (Tally.RESOLVED_ON_TIME, Tally.RESOLVED_LATE)
_ENDED = (Tally.CONFIRMED, Tally.CLOSED_BY_AGENCY, Tally.CLOSED_BY_SILENCE)
_TAKING = ("take", "hand_over")
_LIFE = ("open", "sort", "hear", "ask", "resolve", "dispute", "reopen", "withdraw")
_CASES, _SHARE, _DAYS, _STARS = _("cases"), _("share"), _("working days"), _("of 5")

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "received",
            _("Received"),
            _("Cases opened in the period, on any channel. An appeal is a case of its own."),
            _CASES,
            ("open",),
            Total((Tally.RECEIVED,)),
        ),
        Measure(
            "acknowledged",
            _("Taken up"),
            _("Cases that an officer took for the first time in the period."),
            _CASES,
            _TAKING,
            Total(_TAKEN),
        ),
        Measure(
            "acknowledged_on_time",
            _("Taken up on time"),
            _("Of the cases taken up in the period, those taken up by the day promised for it."),
            _SHARE,
            _TAKING,
            Share((Tally.ACKNOWLEDGED_ON_TIME,), _TAKEN),
        ),
        Measure(
            "days_to_acknowledge_median",
            _("Days until taken up: half within"),
            _("Working days from the opening until an officer took the case: half of the cases took so many or fewer."),
            _DAYS,
            _TAKING,
            Percentile(50, _TAKEN),
        ),
        Measure(
            "days_to_acknowledge_p90",
            _("Days until taken up: nine in ten within"),
            _("Working days from the opening until an officer took the case: nine in ten took so many or fewer."),
            _DAYS,
            _TAKING,
            Percentile(90, _TAKEN),
        ),
        Measure(
            "resolved",
            _("Answered"),
            _("Answers with a decision given in the period. A case that was disputed and answered again has two."),
            _("answers"),
            ("resolve",),
            Total(_ANSWERED),
        ),
        Measure(
            "resolved_on_time",
            _("Answered on time"),
            _("Of the answers given in the period, those given by the promised date. While the citizen is asked for "
              "something the date moves, by a limited number of days."),
            _SHARE,
            ("resolve",),
            Share((Tally.RESOLVED_ON_TIME,), _ANSWERED),
        ),
        Measure(
            "days_to_resolve_median",
            _("Days until answered: half within"),
            _("Working days from the opening to the answer, all waiting included: half took so many or fewer."),
            _DAYS,
            ("resolve",),
            Percentile(50, _ANSWERED),
        ),
        Measure(
            "days_to_resolve_p90",
            _("Days until answered: nine in ten within"),
            _("Working days from the opening to the answer, all waiting included: nine in ten took so many or fewer."),
            _DAYS,
            ("resolve",),
            Percentile(90, _ANSWERED),
        ),
        Measure(
            "open_now",
            _("Open now"),
            _("Cases that wait for an answer at this moment."),
            _CASES,
            _LIFE,
            Total((OPEN,)),
        ),
        Measure(
            "late_now",
            _("Late now"),
            _("Open cases whose promised date has passed."),
            _CASES,
            _LIFE,
            Total((LATE,)),
        ),
        Measure(
            "late_share_now",
            _("Late, of those open"),
            _("Of the cases open now, those whose promised date has passed."),
            _SHARE,
            _LIFE,
            Share((LATE,), (OPEN,)),
        ),
        Measure(
            "late_share_at_end",
            _("Late, of those open at the end"),
            _("Of the cases open when the period was over, those whose promised date had passed."),
            _SHARE,
            _LIFE,
            Share((LATE,), (OPEN,)),
        ),
        Measure(
            "soon_late_now",
            _("Soon late"),
            _("Open cases that are due today or within the next three working days."),
            _CASES,
            _LIFE,
            Total((SOON,)),
        ),
        Measure(
            "backlog_age_median",
            _("Age of open cases: half up to"),
            _("Working days since the opening of the cases open now: half are so old or younger."),
            _DAYS,
            _LIFE,
            Percentile(50, (AGE,)),
        ),
        Measure(
            "backlog_age_p90",
            _("Age of open cases: nine in ten up to"),
            _("Working days since the opening of the cases open now: nine in ten are so old or younger."),
            _DAYS,
            _LIFE,
            Percentile(90, (AGE,)),
        ),
        Measure(
            "disputed",
            _("Not solved, said the citizen"),
            _("Answers that citizens disputed in the period, by which the case was open again."),
            _("answers"),
            ("dispute",),
            Total((Tally.DISPUTED,)),
        ),
        Measure(
            "disputed_share",
            _("Not solved, of those answered"),
            _("For each hundred answers given in the period, so many were disputed by citizens in it."),
            _SHARE,
            ("dispute",),
            Share((Tally.DISPUTED,), _ANSWERED),
        ),
        Measure(
            "appealed",
            _("Appealed"),
            _("Decisions that citizens appealed against in the period."),
            _CASES,
            ("appeal",),
            Total((Tally.APPEALED,)),
        ),
        Measure(
            "appeals_decided",
            _("Appeals decided"),
            _("Decisions on appeals given in the period."),
            _("answers"),
            ("resolve",),
            Total((Tally.APPEAL_DECIDED,)),
        ),
        Measure(
            "appeals_upheld",
            _("Appeals upheld"),
            _("Of the appeals decided in the period, those in which the citizen was right, or partly right."),
            _SHARE,
            ("resolve",),
            Share((Tally.APPEAL_UPHELD,), (Tally.APPEAL_DECIDED,)),
        ),
        Measure(
            "confirmed",
            _("Confirmed solved by the citizen"),
            _("Cases closed in the period because the citizen said that it is solved."),
            _CASES,
            ("confirm",),
            Total((Tally.CONFIRMED,)),
        ),
        Measure(
            "confirmed_share",
            _("Confirmed, of those closed"),
            _("Of the cases closed in the period by citizen, agency or silence, those the citizen confirmed solved."),
            _SHARE,
            ("confirm", "close", "lapse"),
            Share((Tally.CONFIRMED,), _ENDED),
        ),
        Measure(
            "stayed_solved",
            _("Stayed solved"),
            _("Cases of which citizens said in the period, asked again some weeks after closing, that they are still "
              "solved."),
            _CASES,
            ("stay_solved",),
            Total((Tally.STAYED,)),
        ),
        Measure(
            "stayed_solved_share",
            _("Stayed solved, of those who said"),
            _("Of the citizens who said in the period whether it stayed solved, those who said yes. Where they said no "
              "the case is open again."),
            _SHARE,
            ("stay_solved", "reopen"),
            Share((Tally.STAYED,), (Tally.STAYED, Tally.CAME_BACK)),
        ),
        Measure(
            "reopened",
            _("Opened again"),
            _("Closed cases that were open again in the period, because the citizen, asked some weeks later, said that "
              "it did not stay solved."),
            _CASES,
            ("reopen",),
            Total((Tally.CAME_BACK,)),
        ),
        Measure(
            "closed_by_agency",
            _("Closed by the agency"),
            _("Cases the agency closed in the period after its answer, without the citizen's word."),
            _CASES,
            ("close",),
            Total((Tally.CLOSED_BY_AGENCY,)),
        ),
        Measure(
            "closed_by_silence",
            _("Closed after silence"),
            _("Cases closed in the period because nobody objected to the answer for a set number of days."),
            _CASES,
            ("lapse",),
            Total((Tally.CLOSED_BY_SILENCE,)),
        ),
        Measure(
            "withdrawn",
            _("Withdrawn"),
            _("Cases that citizens withdrew in the period."),
            _CASES,
            ("withdraw",),
            Total((Tally.WITHDRAWN,)),
        ),
        Measure(
            "satisfaction",
            _("Satisfaction"),
            _("The mean of the ratings from 1 to 5 that citizens gave in the period; of two for one case, the last."),
            _STARS,
            ("rate",),
            Mean((Tally.RATED,)),
        ),
        Measure(
            "escalated",
            _("Moved up a level"),
            _("How often a case moved one level up its ladder in the period."),
            _("times"),
            ("escalate",),
            Total((Tally.ESCALATED,)),
        ),
        Measure(
            "told",
            _("Told the outcome"),
            _("Of the answers given in the period, those for which an SMS was written to the citizen, or to which the "
              "citizen reacted later."),
            _SHARE,
            ("resolve", "confirm", "dispute", "appeal", "rate"),
            Share((Tally.TOLD,), _ANSWERED),
        ),
        Measure(
            "referred",
            _("Other agencies asked"),
            _("How often another agency was asked in the period to do its part."),
            _("times"),
            ("open", "refer", "consent", "agree"),
            Total((Tally.REFERRED,)),
        ),
        Measure(
            "handed_over",
            _("Handed to a colleague"),
            _("How often a case was given to another officer in the period."),
            _("times"),
            ("hand_over",),
            Total((Tally.HANDED_OVER,)),
        ),
        Measure(
            "moved",
            _("Put elsewhere"),
            _("How often a case was put under another topic or place in the period. It counts where it is now."),
            _("times"),
            ("sort",),
            Total((Tally.MOVED,)),
        ),
        Measure(
            "registered",
            _("Registered"),
            _("Registrations that ended in the period with the citizen registered."),
            _CASES,
            ("resolve",),
            Total((Tally.REGISTERED,)),
        ),
        Measure(
            "days_to_register_median",
            _("Days until registered: half within"),
            _("Working days from the opening until the citizen was registered: half took so many or fewer."),
            _DAYS,
            ("resolve",),
            Percentile(50, (Tally.REGISTERED,)),
        ),
        Measure(
            "days_to_register_p90",
            _("Days until registered: nine in ten within"),
            _("Working days from the opening until the citizen was registered: nine in ten took so many or fewer."),
            _DAYS,
            ("resolve",),
            Percentile(90, (Tally.REGISTERED,)),
        ),
    )
}  # fmt: skip
