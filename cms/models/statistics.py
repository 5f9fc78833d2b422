"""Statistics that no case can give: typed tables of a pack and of editors, who signed them off, and their page."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from cases.pack import Programme, Retirable
from cms.models.frame import PublicPage


class StatisticsTable(Retirable):
    """One table of series. `source` is where its series are defined."""

    code = models.SlugField(primary_key=True)
    title = models.CharField(max_length=31, help_text="Also the name of its sheet in the workbook.")
    about = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "statistics tables"

    def __str__(self):
        return self.title

    def digest(self, *, with_unsigned: bool = False) -> str:
        """Of every word and number in it: what was signed off is this and nothing else."""
        series = Series.objects.current(with_unsigned=with_unsigned).filter(tables__contains=[self.pk])
        figures = Figure.objects.current(with_unsigned=with_unsigned).filter(series__in=series)
        said = [
            (self.title, self.about, self.source),
            *series.values_list("code", "name", "unit", "split_by"),
            *figures.values_list("series", "as_of", "split", "value", "source", "note"),
        ]
        return sha256(repr([[str(cell) for cell in row] for row in said]).encode()).hexdigest()


class Rows(models.QuerySet):
    def current(self, *, with_unsigned: bool = False) -> Rows:
        """What is public: the pack's rows, and of the editors' those that somebody signed off."""
        rows = self.filter(retired_at=None)
        return rows if with_unsigned else rows.exclude(origin=Row.Origin.EDITOR, signed_at=None)


class Row(Retirable):
    """A row that a country pack brings or an editor writes. An editor's row is kept when the pack is loaded again."""

    class Origin(models.TextChoices):
        PACK = "pack", "country pack"
        EDITOR = "editor", "editor"

    origin = models.CharField(max_length=6, choices=Origin, default=Origin.PACK, editable=False)
    signed_by = models.CharField(max_length=120, blank=True, editable=False, help_text="Who vouches for it, by name.")
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    objects = Rows.as_manager()

    class Meta:
        abstract = True

    @property
    def is_an_editors(self) -> bool:
        return self.origin == self.Origin.EDITOR

    @property
    def waits(self) -> bool:
        """Until somebody signs it off it is not public."""
        return self.is_an_editors and not self.signed_at


class Series(Row):
    """What is measured, in one unit. One that has no figure is shown, and says so."""

    code = models.SlugField(primary_key=True)
    tables = ArrayField(models.SlugField(), help_text="The tables it stands in, by code.")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=24)
    split_by = models.CharField(max_length=24, blank=True, help_text="Like sex or province; a figure names its part.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "statistics series"

    def __str__(self):
        return f"{self.name} ({self.unit})"

    def has_part(self, split: str) -> bool:
        """A part needs to be one of something; without one it is the whole."""
        return not split or bool(self.split_by)


class Figure(Row):
    """One value of a series, for a time, with its source."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="figures")
    as_of = models.CharField("date", max_length=10, help_text="A year, a month or a day: 2026, 2026-08 or 2026-08-13.")
    split = models.CharField("part", max_length=40, blank=True, help_text="Like women or Lusaka; nothing is the whole.")
    value = models.DecimalField(max_digits=18, decimal_places=2)
    note = models.CharField(max_length=120, blank=True)
    link = models.URLField(blank=True, help_text="Where the source stands, if it has an address.")

    class Meta:
        ordering = ["series", "as_of", "split"]
        verbose_name_plural = "statistics figures"
        constraints = [models.UniqueConstraint(fields=["series", "as_of", "split"], name="figure_once")]

    def __str__(self):
        return f"{self.series_id} {self.as_of}: {self.value}"


class SignOff(models.Model):
    """That somebody vouches for a table as it was that day. A table that changed afterwards is not signed off."""

    table = models.ForeignKey(StatisticsTable, models.CASCADE, related_name="sign_offs")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["table", "digest"], name="signed_off_once")]

    def __str__(self):
        return f"{self.table_id}, {self.at:%Y-%m-%d}"


class StatisticsPage(PublicPage):
    """The tables, and the workbook that holds them all."""

    max_count = 1
    subpage_types = ["cms.PlainPage"]
    template = "cms/statistics.html"

    class Meta:
        verbose_name = "statistics"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        from cms import statistics  # it reads the models above

        return {"tables": statistics.tables()}

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        return {"@type": "Dataset", "name": self.title, "isAccessibleForFree": True}
