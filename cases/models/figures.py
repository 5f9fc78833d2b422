"""What is stored of the figures: counts without a person in them. Only cases/tallies.py writes them."""

from django.db import models

from cases.counting import Tally


class TallyCount(models.Model):
    """How often each thing was counted in one place and time. As many rows as there are of these, not as cases.

    Each count stands in several rows, so that a page about the whole country reads few: at up to three areas (country,
    province, place) and under five facets (all, topic, channel, language, level), as counting.KEPT lists them; always
    with agency and sensitivity, because these decide who may see it. A row has a column for each Tally.
    """

    facet = models.CharField(max_length=8)
    area = models.CharField(max_length=8)
    grain = models.CharField(max_length=5, help_text="month, week; or day, for what is open now.")
    period = models.DateField(help_text="The first day of it. Of what is open: the day promised, or the first of all.")
    place = models.CharField(max_length=12, help_text="In that area; empty for the country, or where none was said.")
    agency = models.CharField(max_length=12)
    sensitivity = models.CharField(max_length=12)
    value = models.CharField(max_length=50, help_text="Of the facet: a topic, a channel …")
    amounts = models.JSONField(default=dict, help_text="Days or stars, where kept: how often, as in resolved_late 12.")

    KEY = ("facet", "area", "grain", "period", "place", "agency", "sensitivity", "value")
    pk = models.CompositePrimaryKey(*KEY)

    class Meta:
        db_table = "cases_tally"

    def __str__(self):
        return f"{self.facet} {self.area} {self.grain} {self.period} {self.place} {self.agency} {self.value}"


for _tally in Tally:
    TallyCount.add_to_class(_tally, models.IntegerField(default=0))


class Arrivals(models.Model):
    """What came in of a topic in a district, week by week, and the sums of the year before this week: for rises."""

    topic = models.CharField(max_length=50)
    place = models.CharField(max_length=12)
    agency = models.CharField(max_length=12)
    sensitivity = models.CharField(max_length=12)
    weeks = models.JSONField(default=dict, help_text="How many, by the Monday; of somewhat more than a year.")
    total = models.IntegerField(default=0, help_text="Of the year before the week of the last turn of the day.")
    squares = models.IntegerField(default=0, help_text="The same, each week's number squared.")

    KEY = ("topic", "place", "agency", "sensitivity")
    pk = models.CompositePrimaryKey(*KEY)

    class Meta:
        db_table = "cases_arrivals"

    def __str__(self):
        return f"{self.topic} {self.place}"


class Watermark(models.Model):
    """Up to which event the tallies count; and up to which they may, once older transactions have ended."""

    counted_to = models.BigIntegerField(default=0)
    next_to = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0, help_text="No transaction numbered below this may still be running.")
    turned_on = models.DateField(null=True, help_text="The day on which what is long late was last put together.")
    first_week = models.DateField(null=True, help_text="The Monday of the first week in which anything came in.")

    def __str__(self):
        return f"Counted to {self.counted_to}"
