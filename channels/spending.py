"""What the daily counts say: how many SMS arrived, why not, what they cost, where callers left. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import TruncWeek

from cases.models import Channel
from channels.delivery import DELIVERED, SENT
from channels.models import ScreenCount, SmsCount


@dataclass
class Row:
    """SMS that have something in common. `spend` is None where a gateway among them has no price."""

    key: Any
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    parts: int = 0
    spend: Decimal | None = Decimal(0)
    why: dict[str, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        return self.sent + self.delivered + self.failed

    @property
    def known(self) -> int:
        """Of which the network has said what became of them."""
        return self.delivered + self.failed

    def add(self, gateway: str, fate: str, messages: int, parts: int) -> None:
        if fate == SENT:
            self.sent += messages
        elif fate == DELIVERED:
            self.delivered += messages
        else:
            self.failed += messages
            self.why[fate] = self.why.get(fate, 0) + messages
        self.parts += parts
        if parts:
            price = settings.SMS_PRICES.get(gateway)
            self.spend = None if price is None or self.spend is None else self.spend + price * parts


def counts(since: date, until: date, districts: Iterable[str] | None = None) -> QuerySet[SmsCount]:
    """Of these days, both included; of these districts only, where they are given."""
    found = SmsCount.objects.filter(day__range=(since, until), messages__gt=0)
    return found if districts is None else found.filter(district__in=list(districts))


def sms_by(found: QuerySet[SmsCount], by: str) -> list[Row]:
    """By a column of the counts, or by "week"; in the order of the keys."""
    key: Any = TruncWeek("day") if by == "week" else F(by)
    groups = found.annotate(key=key).order_by().values("key", "gateway", "fate")
    rows: dict[Any, Row] = {}
    for one in groups.annotate(many=Sum("messages"), paid=Sum("parts")):
        rows.setdefault(one["key"], Row(one["key"])).add(one["gateway"], one["fate"], one["many"], one["paid"])
    return [rows[key] for key in sorted(rows)]


def together(rows: Sequence[Row]) -> Row:
    """The sum."""
    total = Row(None)
    for row in rows:
        total.sent, total.delivered = total.sent + row.sent, total.delivered + row.delivered
        total.failed, total.parts = total.failed + row.failed, total.parts + row.parts
        total.spend = None if total.spend is None or row.spend is None else total.spend + row.spend
        for fate, many in row.why.items():
            total.why[fate] = total.why.get(fate, 0) + many
    return total


# --- The budget -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Budget:
    """This month's: what was spent, what may be, and what it comes to if the month goes on as it began."""

    spent: Decimal
    may: Decimal
    day: int
    days: int

    @property
    def share(self) -> float:
        return float(self.spent / self.may) if self.may else 1.0

    @property
    def comes_to(self) -> Decimal:
        return self.spent * self.days / self.day

    @property
    def is_over(self) -> bool:
        return self.spent > self.may

    @property
    def will_be_over(self) -> bool:
        return self.comes_to > self.may


def budget(today: date) -> Budget | None:
    """None where no budget is set, or not every price of what was sent."""
    first = today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    spent = together(sms_by(counts(first, last), "gateway")).spend
    if settings.SMS_MONTHLY_BUDGET is None or spent is None or not settings.SMS_PRICES:
        return None
    return Budget(spent, settings.SMS_MONTHLY_BUDGET, today.day, last.day)


# --- Calls ------------------------------------------------------------------------------------------------


@dataclass
class Calls:
    """Conversations by USSD that are over: finished with a last word, or left."""

    key: str
    finished: int = 0
    left: int = 0
    resumed: int = 0

    @property
    def all(self) -> int:
        return self.finished + self.left

    def add(self, row: dict[str, Any]) -> None:
        self.finished += row["f"]
        self.left += row["l"]
        self.resumed += row["r"]


@dataclass(frozen=True)
class Left:
    """A screen at which callers left, in all and in each language."""

    screen: str
    left: int
    by_language: dict[str, int]


def calls_by_language(since: date, until: date) -> tuple[list[Calls], list[Left]]:
    """By language; and by screen, where most left first. In one look at the counts."""
    found = ScreenCount.objects.filter(day__range=(since, until), channel=Channel.USSD)
    sums = {"f": Sum("finished"), "l": Sum("left"), "r": Sum("resumed")}
    calls: dict[str, Calls] = {}
    screens: dict[str, dict[str, int]] = defaultdict(dict)
    groups: Any = found.order_by().values("screen", "language").annotate(**sums)
    for row in groups:
        calls.setdefault(row["language"], Calls(row["language"])).add(row)
        if row["l"]:
            screens[row["screen"]][row["language"]] = row["l"]
    lefts = [Left(screen, sum(many.values()), many) for screen, many in screens.items()]
    by_language = [calls[key] for key in sorted(calls, key=lambda key: -calls[key].all)]
    return by_language, sorted(lefts, key=lambda one: (-one.left, one.screen))
