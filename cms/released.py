"""Released figures as the performance pages ask for them: one number of one subject in one month or quarter."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases import releases, told
from cases.figure_words import number
from cases.models import Release
from cases.tables import Cell


class Number(NamedTuple):
    """One released number; none where it is hidden, or where there was nothing to count."""

    n: float | None
    hidden: bool
    kind: str = "count"

    @property
    def said(self) -> str:
        return _("hidden") if self.hidden else number(self.n, self.kind)


@dataclass(frozen=True)
class Edition:
    """One version of one month's release. It is read when a number is asked for, once in each process."""

    release: Release

    @property
    def month(self) -> str:
        return f"{self.release.month:%Y-%m}"

    def number(self, measure: str, table: str, by: tuple[str, ...], stretch: str = "") -> Number:
        found = releases.frozen(self.release)
        value, hidden = told.value_of(found, Cell(stretch or self.month, False, table, by, measure))
        return Number(value, hidden, told.kind_of(measure))

    def part(self, some: str, whole: str, table: str, by: tuple[str, ...], stretch: str = "") -> Number:
        """Of two counts: how much of the whole. Hidden where one of them is."""
        of, among = self.number(some, table, by, stretch), self.number(whole, table, by, stretch)
        share = of.n / among.n if of.n is not None and among.n else None
        return Number(share, of.hidden or among.hidden, "share")

    @property
    def stretches(self) -> list[str]:
        """The month, and the quarter that it ends."""
        return stretches_of(self.release.pk, self.release.digest)


@lru_cache(maxsize=48)
def stretches_of(pk: int, digest: str) -> list[str]:
    found = told.stretches(Release.objects.get(pk=pk, digest=digest))
    return [stretch for stretch, sensitive in found if not sensitive]


def editions() -> list[Edition]:
    """Of every month that was released the newest version, the oldest month first."""
    return [Edition(one) for one in releases.all_published().order_by("month", "-version").distinct("month")]


def edition_of(month: date, version: int) -> Edition | None:
    """One version, which a newer one may have corrected."""
    return next(map(Edition, releases.all_published().filter(month=month, version=version)), None)
