"""Days off that somebody entered here: who, when, from which source, and who took them back. Never removed."""

from django.db import models

from cases import clock
from cases.models.people import Officer


class DayOff(models.Model):
    """A day on which nobody works, beside the country's holidays and those of the pack."""

    date = models.DateField()
    name = models.CharField(max_length=80)
    source = models.TextField()
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-date", "-entered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["date"], condition=models.Q(withdrawn_at=None), name="one_day_off_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.date} {self.name}"
