"""What is stored of the figures: counts without a person in them. Only cases/tallies.py writes them."""

from django.db import models


class TallyCount(models.Model):
    """How often something was counted in one cell. As many rows as there are cells that differ, not as cases.

    Each count stands in several rows, so that a page about the whole country reads few: at up to three areas (country,
    province, place) and under five facets (all, topic, channel, language, level), as counting.KEPT lists them; always
    with agency and sensitivity, because these decide who may see it.
    """

    facet = models.CharField(max_length=8)
    area = models.CharField(max_length=8)
    grain = models.CharField(max_length=5, help_text="month, week; or day, for what is open now.")
    tally = models.CharField(max_length=20)
    period = models.DateField(help_text="The first day of it.")
    place = models.CharField(max_length=12, help_text="In that area; empty for the country, or where none was said.")
    agency = models.CharField(max_length=12)
    sensitivity = models.CharField(max_length=12)
    value = models.CharField(max_length=50, help_text="Of the facet: a topic, a channel …")
    amount = models.IntegerField(help_text="Days or stars, where these are counted too; else 0.")
    count = models.IntegerField()

    KEY = ("facet", "area", "grain", "tally", "period", "place", "agency", "sensitivity", "value", "amount")
    pk = models.CompositePrimaryKey(*KEY)

    class Meta:
        db_table = "cases_tally"

    def __str__(self):
        return f"{self.count} {self.tally}"


class Watermark(models.Model):
    """Up to which event the tallies count; and up to which they may, once older transactions have ended."""

    counted_to = models.BigIntegerField(default=0)
    next_to = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0, help_text="No transaction numbered below this may still be running.")

    def __str__(self):
        return f"Counted to {self.counted_to}"
