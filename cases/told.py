"""The published figures for whoever draws or serves them: a number where it is shown, and word of it where it is not.

Pages, charts, open data and the API read figures here and nowhere else, so none of them can show what a release hides:

    told = newest("received", by="province")            # of the newest release; None where nothing is published
    for row in told.rows:                               # one row for each place of the table
        row.by, row.label, row.value                    # ("ZM105",), "Lusaka", 30
        row.hidden, row.sentence, row.address           # value is None there: "hidden", and why is at #why
    over_time("resolved_on_time")                       # the country's months, oldest first; the same rows

`by` is a table of cases/tables.py (country, agency, programme, kind, province, district, agency_province, channel,
language), a measure one of COUNTS, SHARES or BESIDE there. The last rows of `over_time` are the newest months.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases import releases
from cases.figure_words import number, period_said, value_said
from cases.languages import in_english
from cases.measures import MEASURES
from cases.models import Release
from cases.releases import Draft
from cases.tables import (
    AT_THE_END,
    BESIDE,
    COUNTS,
    FIGURES,
    SHARES,
    SHARES_OF,
    TABLES,
    Cell,
    Table,
    is_quarter,
    keys_of,
    values_of,
)
from cases.tables import SENSITIVE as SENSITIVE_TABLES

SENSITIVE = "-sensitive"  # after a stretch in an address


@dataclass(frozen=True)
class Row:
    """One figure in one place. `value` is None where it is hidden, and where there is nothing to tell of."""

    by: tuple[str, ...]
    label: str
    value: float | None
    hidden: bool
    said: str  # the value as people read it
    sentence: str  # to cite it by
    address: str  # where it stands for ever

    @property
    def anchor(self) -> str:
        return "-".join(self.by) or "all"


@dataclass(frozen=True)
class Told:
    """One measure in one table of one stretch, as one version of a release has it."""

    release: Release
    stretch: str
    sensitive: bool
    table: Table
    measure: str
    thin: bool  # the whole table is not told, and every row hidden
    rows: list[Row]

    @property
    def title(self) -> str:
        return str(title_of(self.measure))

    @property
    def definition(self) -> str:
        return str(definition_of(self.measure))

    @property
    def kind(self) -> str:
        return kind_of(self.measure)

    @property
    def when(self) -> str:
        return period_said(self.stretch)

    @property
    def hides(self) -> bool:
        return any(row.hidden for row in self.rows)

    @property
    def address(self) -> str:
        return address_of(self.release, self.stretch, self.sensitive, self.table.name, self.measure)


# --- Asking -----------------------------------------------------------------------------------------------


def newest(measure: str, *, by: str = "country", sensitive: bool = False) -> Told | None:
    """From the newest release that has it: of its month, and what is sensitive of the newest quarter."""
    for release in releases.all_published().order_by("-month", "-version")[:12]:
        stretch = next((s for s, is_sensitive in stretches(release) if is_sensitive == sensitive), None)
        if stretch:
            return told(release, measure, by=by, stretch=stretch, sensitive=sensitive)
    return None


def told(
    release: Release, measure: str, *, by: str = "country", stretch: str = "", sensitive: bool = False
) -> Told | None:
    """From one release; without `stretch` of its month. None where it has no such measure, table or stretch."""
    stretch = stretch or f"{release.month:%Y-%m}"
    if not is_told(release, measure, stretch, sensitive) or by not in (SENSITIVE_TABLES if sensitive else TABLES):
        return None
    found = releases.frozen(release)
    where = Cell(stretch, sensitive, by, (), measure)
    counts = counts_of(measure)
    cells = [cell for cell in found.counts if (*cell[:3], cell.figure) == (stretch, sensitive, by, counts[0])]
    keys = [cell.by for cell in cells] or keys_of(by)
    rows = [_row(release, found, where._replace(by=key)) for key in keys]
    return Told(release, stretch, sensitive, TABLES[by], measure, not cells, rows)


def is_told(release: Release, measure: str, stretch: str, sensitive: bool = False) -> bool:
    """Of a quarter no medians and means are told; nor, as the sum of its months, how things stood at its end."""
    if measure not in FIGURES or (stretch, sensitive) not in stretches(release):
        return False
    if not is_quarter(stretch):
        return True
    if measure in BESIDE:
        return False
    return sensitive or AT_THE_END.isdisjoint(counts_of(measure))


def over_time(
    measure: str, *, by: str = "country", of: tuple[str, ...] = (), months: int = 24
) -> list[tuple[date, Row]]:
    """One place's figure month by month, oldest first, each from the newest version of its release."""
    newest_of: dict[date, Release] = {}
    for release in releases.all_published().order_by("-month", "-version"):
        newest_of.setdefault(release.month, release)
        if len(newest_of) > months:
            break
    rows = []
    for month, release in sorted(newest_of.items())[-months:]:
        found = releases.frozen(release)
        rows.append((month, _row(release, found, Cell(f"{month:%Y-%m}", False, by, of, measure))))
    return rows


@dataclass(frozen=True)
class Place:
    """Where one figure stands; what it says is worked out when it is asked for."""

    release: Release
    found: Draft
    cell: Cell

    def row(self) -> Row:
        return _row(self.release, self.found, self.cell)


def places(release: Release) -> list[Place]:
    """Every figure of a release, hidden or not, shares too; in the order of periods, tables and places."""
    found = releases.frozen(release)
    cells = [cell for cell in sorted(found.counts) if cell.table in TABLES]
    more = [cell._replace(figure=share) for cell in cells for share in SHARES_OF[cell.figure]]
    return [Place(release, found, cell) for cell in sorted({*cells, *more, *found.beside})]


def stretches(release: Release) -> list[tuple[str, bool]]:
    """What a release tells of: its month, and with a quarter's last month the quarter, and what is sensitive in it."""
    found = releases.frozen(release)
    return sorted({told[:2] for told in found.tables}, key=lambda one: (is_quarter(one[0]), one[1]))


# --- One figure -------------------------------------------------------------------------------------------


def counts_of(measure: str) -> tuple[str, ...]:
    """The counts that a figure rests on: it is shown where all of them are."""
    if measure in BESIDE:
        return (BESIDE[measure],)
    return SHARES.get(measure, (measure,))


def value_of(found: Draft, cell: Cell) -> tuple[float | None, bool]:
    """The value, and whether it is hidden. No value that is not hidden: there was nothing."""
    counts = [found.shown(cell._replace(figure=count)) for count in counts_of(cell.figure)]
    if any(count is None for count in counts):
        return None, True
    if cell.figure in BESIDE:
        return found.beside.get(cell), False
    if cell.figure in SHARES:
        return releases.share_of(found, cell), False
    return counts[0], False


def _row(release: Release, found: Draft, cell: Cell) -> Row:
    value, hidden = value_of(found, cell)
    label = place_said(cell)
    said = number(value, kind_of(cell.figure)) if not hidden else _("hidden")
    address = address_of(release, cell.stretch, cell.sensitive, cell.table, cell.figure)
    anchor = "-".join(cell.by) or "all"
    sentence = "" if value is None else _(
        "{figure}, {place}, {when}: {said}. Single Window Service, figures of {month}, version {version}."
    ).format(
        figure=title_of(cell.figure), place=label, when=period_said(cell.stretch), said=said,
        month=f"{release.month:%Y-%m}", version=release.version,
    )  # fmt: skip
    return Row(cell.by, label, value, hidden, said, sentence, f"{address}#{anchor}")


def address_of(release: Release, stretch: str, sensitive: bool, table: str, measure: str) -> str:
    where = [f"{release.month:%Y-%m}", release.version, stretch + SENSITIVE * sensitive, table, measure]
    return settings.PUBLIC_BASE_URL + in_english(reverse("citizen:figure", args=where))  # one address to cite


def home_of(release: Release) -> str:
    where = [f"{release.month:%Y-%m}", release.version]
    return settings.PUBLIC_BASE_URL + in_english(reverse("citizen:published", args=where))


def place_said(cell: Cell) -> str:
    """What people call a place of a table."""
    return places_said(cell.table, cell.by)


def places_said(table: str, by: Iterable[str]) -> str:
    by = tuple(by)
    if not by:
        return _("The whole country")
    if table == "district" and by[0] in _provinces():
        return _("{province}, no district said").format(province=value_said("province", by[0]))
    return ", ".join(value_said(name, value) for name, value in zip(TABLES[table].by, by, strict=True))


def names_of(dimension: str) -> list[tuple[str, str]]:
    """Each code with what people call it; what is not said has no code."""
    where = "district" if dimension == "district" else next(name for name, t in TABLES.items() if t.by == (dimension,))
    return [(code, places_said(where, (code,))) for code in values_of(dimension) if code]


def _provinces() -> set[str]:
    return {key for (key,) in keys_of("province")}


def title_of(measure: str) -> str | Promise:
    if measure in SHARES:
        return _("{figure}, share").format(figure=MEASURES[measure].title)
    return COUNTS[measure].title if measure in COUNTS else MEASURES[measure].title


def definition_of(measure: str) -> str | Promise:
    return COUNTS[measure].definition if measure in COUNTS else MEASURES[measure].definition


def unit_of(measure: str) -> str | Promise:
    return COUNTS[measure].unit if measure in COUNTS else MEASURES[measure].unit


def kind_of(measure: str) -> str:
    """How a value is to be read: count, share, days or stars."""
    return "count" if measure in COUNTS else MEASURES[measure].kind


def facts_of(release: Release) -> dict[str, Any]:
    """What every file and answer says of the release that it is from."""
    return {
        "month": f"{release.month:%Y-%m}",
        "version": release.version,
        "published_at": release.decided_at.isoformat() if release.decided_at else None,
        "signed": release.signed,
        "reason": release.reason,
        "digest": release.digest,
    }
