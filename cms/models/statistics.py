"""Statistics that no case can give: typed tables of a country pack, who signed them off, and the page they stand on."""

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

    def digest(self) -> str:
        """Of every word and number in it: what was signed off is this and nothing else."""
        series = Series.objects.filter(tables__contains=[self.pk], retired_at=None)
        figures = Figure.objects.filter(series__in=series, retired_at=None)
        said = [
            (self.title, self.about, self.source),
            *series.values_list("code", "name", "unit", "split_by"),
            *figures.values_list("series", "as_of", "split", "value", "source", "note"),
        ]
        return sha256(repr([[str(cell) for cell in row] for row in said]).encode()).hexdigest()


class Series(Retirable):
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
        return self.name


class Figure(Retirable):
    """One value of a series, for a time, with its source."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="figures")
    as_of = models.CharField(max_length=10)
    split = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2)
    note = models.CharField(max_length=120, blank=True)

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
        return {"@type": "Dataset", "name": self.title}
