"""Promised dates in working days; pure: the calendar and today's date are given, nothing is looked up."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

MONDAY_TO_FRIDAY = frozenset(range(5))


def last_day(after: date, *, days: int | None = None, months: int | None = None) -> date | None:
    """The last day of a time limit that the law counts in days of the calendar, or in months; none where it says none.

    The day from which it runs is not counted. Where a month is too short, its last day is the last.
    """
    if days:
        return after + timedelta(days=days)
    if not months:
        return None
    years, month = divmod(after.month - 1 + months, 12)
    return date(after.year + years, month + 1, min(after.day, monthrange(after.year + years, month + 1)[1]))


@dataclass(frozen=True)
class Calendar:
    """Which days an office works. `holidays` must cover the years asked about."""

    holidays: frozenset[date] = frozenset()
    weekdays: frozenset[int] = field(default=MONDAY_TO_FRIDAY)

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def add(self, start: date, days: int) -> date:
        """The date `days` working days after `start`; the day of opening itself is day zero."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        span = (end - start).days
        return sum(self.is_working(start + timedelta(days=step)) for step in range(1, span + 1))

    def back(self, end: date, days: int) -> date:
        """The last date after which `days` working days have passed by `end`."""
        day = end
        while days > 0:
            days -= self.is_working(day)
            day -= timedelta(days=1)
        return day
