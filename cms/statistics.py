"""The statistics tables as pages and workbook show them, and signing them off. No figure is worked out here."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.spreadsheets import Cell, workbook
from cms.models.statistics import Figure, Series, SignOff, StatisticsTable
from cms.sources import address_of, plainly

NO_FIGURE = gettext_lazy("no figure published yet")
COLUMNS = ("Series", "Unit", "Date", "Value", "Split by", "Part", "Source", "Note", "Address", "Signed off by")


@dataclass(frozen=True)
class Measured:
    """A series with its figures, the oldest first; none means that none is published."""

    series: Series
    figures: list[Figure]


@dataclass(frozen=True)
class Table:
    table: StatisticsTable
    series: list[Measured]
    digest: str
    signed: SignOff | None

    @property
    def published(self) -> list[Measured]:
        return [one for one in self.series if one.figures]

    @property
    def empty(self) -> list[Series]:
        return [one.series for one in self.series if not one.figures]

    @property
    def to_sign(self) -> bool:
        """Something in it waits, if only a link that no digest knows; or it has figures and nobody's name."""
        rows = [row for one in self.series for row in (one.series, *one.figures)]
        return any(row.waits for row in rows) or bool(self.published and not self.signed)


def tables(*, with_unsigned: bool = False) -> list[Table]:
    """As the public has them; or with what waits to be signed off."""
    figures: dict[str, list[Figure]] = {}
    for figure in Figure.objects.current(with_unsigned=with_unsigned).order_by("as_of", "split"):
        figures.setdefault(figure.series_id, []).append(figure)
    every = [Measured(one, figures.get(one.pk, [])) for one in Series.objects.current(with_unsigned=with_unsigned)]
    shown = []
    for table in StatisticsTable.objects.filter(retired_at=None):
        digest = table.digest(with_unsigned=with_unsigned)
        signed = table.sign_offs.filter(digest=digest).first()
        shown.append(Table(table, [one for one in every if table.pk in one.series.tables], digest, signed))
    return shown


@transaction.atomic
def sign_off(table: StatisticsTable, by: User) -> SignOff:
    """With every row that waits in it. Sent twice it is signed off once, by who was first."""
    name = by.get_full_name() or by.get_username()
    series = Series.objects.filter(tables__contains=[table.pk])
    every = [*series, *Figure.objects.filter(series__in=series)]
    for row in (row for row in every if row.waits):  # one by one: pages hear of each
        row.signed_by, row.signed_at = name, timezone.now()
        row.save(update_fields=["signed_by", "signed_at"])
    signed, _new = SignOff.objects.get_or_create(table=table, digest=table.digest(), defaults={"by": by, "name": name})
    return signed


# --- The workbook -----------------------------------------------------------------------------------------


def as_workbook() -> bytes:
    """What to know first, a sheet for each table, and all sources."""
    shown = tables()
    sheets = {_("Read me"): _read_me(shown)}
    sheets |= {table.table.title: iter([list(COLUMNS), *_lines(table)]) for table in shown}
    return workbook(sheets | {_("Sources"): _sources(shown)})


def _read_me(shown: list[Table]) -> Iterator[list[Cell]]:
    yield [_("Statistics of social protection")]
    yield [_("Each figure stands with its unit, date and source, as that source published it. Nothing is worked out.")]
    yield [_("A series without a value has no figure published yet. That is not zero.")]
    yield [_("Made on"), timezone.localdate()]
    yield []
    yield [_("Table"), _("What it holds"), _("Defined by"), _("Signed off by"), _("On")]
    for one in shown:
        who = one.signed.name if one.signed else _("not signed off yet")
        day = timezone.localdate(one.signed.at) if one.signed else None
        yield [one.table.title, one.table.about, plainly(one.table.source), who, day]


def _lines(table: Table) -> Iterator[list[Cell]]:
    for one in table.series:
        series = one.series
        for figure in one.figures:
            split_by = series.split_by if figure.split else ""
            number = _number(figure.value)
            source = plainly(figure.source)
            said = [series.name, series.unit, figure.as_of, number, split_by, figure.split, source, figure.note]
            yield [*said, figure.link or address_of(figure.source), figure.signed_by]
        if not one.figures:
            yield [series.name, series.unit, "", None, series.split_by, "", "", str(NO_FIGURE), "", ""]


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _sources(shown: list[Table]) -> Iterator[list[Cell]]:
    yield [_("Source"), _("What is taken from it"), _("As we file it")]
    used: dict[str, dict[str, None]] = {}
    for table in shown:
        used.setdefault(table.table.source, {})[_("definition of: {title}").format(title=table.table.title)] = None
        for one in table.published:
            for figure in one.figures:
                used.setdefault(figure.source, {})[one.series.name] = None
    for source, taken in sorted(used.items()):
        yield [plainly(source), "; ".join(taken), source]
