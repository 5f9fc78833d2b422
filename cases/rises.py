"""Unusual rises: a topic in a district this week against its own history; pure, it is given counts and gives cards.

The statistic: of each topic in each district, the chance of so many cases or more in a week, had nothing changed.
Weeks are taken as negative binomial around the pair's own mean: like Poisson, but as restless as the pair's weeks, or
its topic's weeks everywhere, have been; and wider where its history is short. Thousands of pairs are looked at each
week and the smallest of thousands of chances is always small, so Benjamini and Hochberg's rule decides which of them
make a card: of the cards shown, chance alone brings a share of FALSE_ALARMS; in a week in which nothing rose anywhere,
this is the chance that there is any card at all. `replay` shows how that went in the past.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from django.utils.translation import gettext as _

FALSE_ALARMS = 0.05
HISTORY = 52  # weeks
SHORTEST = 8  # weeks of history without which nothing can be called usual
FEWEST = 5  # cases in a week, below which a rise is not worth a card

Pair = tuple[str, str]  # topic, district


@dataclass(frozen=True)
class Weeks:
    """A pair's counts: of this week, and of the `weeks` before it the sum and the sum of squares."""

    now: int
    total: int
    squares: int
    weeks: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> "Weeks":
        """Oldest first, this week last."""
        before = counts[:-1][-HISTORY:]
        return cls(counts[-1], sum(before), sum(count * count for count in before), len(before))

    @property
    def usual(self) -> float:
        return self.total / self.weeks

    @property
    def spread(self) -> float:
        """How far the weeks lay apart, in all: about as much as there are weeks, less one, where chance alone moves."""
        return (self.squares - self.total * self.usual) / self.usual if self.total else 0.0

    def chance(self, restless: float) -> float:
        """Of so many cases in a week, or more, were this week like those before it. No more than usual is no rise."""
        mean = (self.total + 0.5) / self.weeks  # a pair never seen before is rare, not impossible
        if self.now <= mean:
            return 1.0
        return tail(self.now, mean, mean * restless * (1 + 1 / self.weeks))


def _restless(pairs: Mapping[Pair, Weeks]) -> dict[Pair, float]:
    """Variance over mean, 1 or more: of a pair's own weeks, or of its topic's in all districts where that is more.

    A short and rare history looks calmer than it is; the topic's many districts together do not.
    """
    spread: dict[str, float] = defaultdict(float)
    free: dict[str, int] = defaultdict(int)
    for (topic, _district), weeks in pairs.items():
        if weeks.total:
            spread[topic] += weeks.spread
            free[topic] += weeks.weeks - 1
    return {
        pair: max(1.0, weeks.spread / (weeks.weeks - 1), spread[pair[0]] / free[pair[0]] if free[pair[0]] else 1.0)
        for pair, weeks in pairs.items()
    }


@dataclass(frozen=True)
class Rise:
    """One card."""

    topic: str
    district: str
    now: int
    usual: float
    chance: float

    def sentence(self, topic: str, district: str) -> str:
        """In the names that people use: "Payment missed: Mongu, 31 this week, usually 4"."""
        return _("{topic}: {district}, {now} this week, usually {usual}").format(
            topic=topic, district=district, now=self.now, usual=round(self.usual)
        )


def tail(least: int, mean: float, variance: float) -> float:
    """The chance of `least` or more, where counts are negative binomial. The variance is above the mean."""
    if least <= 0:
        return 1.0
    size = mean * mean / (variance - mean)
    share = mean / variance  # of success, in the story of throws until the size-th one
    term = exp(lgamma(least + size) - lgamma(size) - lgamma(least + 1) + size * log(share) + least * log1p(-share))
    total, count = 0.0, least
    while term > total * 1e-12 or count < mean:
        total += term
        term *= (count + size) / (count + 1) * (1 - share)
        count += 1
    return min(1.0, total)


def rises(pairs: Mapping[Pair, Weeks]) -> list[Rise]:
    """This week's cards, the least likely first. `pairs` are all that were looked at, not only those that stand out."""
    tested = {pair: weeks for pair, weeks in pairs.items() if weeks.weeks >= SHORTEST}
    restless = _restless(tested)
    by_chance = sorted((weeks.chance(restless[pair]), pair) for pair, weeks in tested.items())
    last = max(
        (rank for rank, (chance, _pair) in enumerate(by_chance, 1) if chance <= FALSE_ALARMS * rank / len(by_chance)),
        default=0,
    )
    found = [(chance, pair, tested[pair]) for chance, pair in by_chance[:last]]
    return [Rise(*pair, weeks.now, weeks.usual, chance) for chance, pair, weeks in found if weeks.now >= FEWEST]


# --- How it went in the past ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replay:
    """What the rule would have said in each past week. Where nothing ever rose, every card is a false alarm."""

    weeks: int
    tests: int
    cards: int
    weeks_with_cards: int

    @property
    def rate(self) -> float:
        """The share of weeks with any card: at most FALSE_ALARMS, where nothing ever rose."""
        return self.weeks_with_cards / self.weeks if self.weeks else 0.0


def replay(histories: Mapping[Pair, Sequence[int]], *, last: int = 10 * HISTORY) -> Replay:
    """Go through the last weeks that have enough of a history before them. All histories are of the same weeks."""
    length = len(next(iter(histories.values()), ()))
    ends = range(max(SHORTEST + 1, length - last + 1), length + 1)
    cards = [len(rises({pair: Weeks.of(counts[:end]) for pair, counts in histories.items()})) for end in ends]
    return Replay(len(cards), len(cards) * len(histories), sum(cards), sum(map(bool, cards)))
