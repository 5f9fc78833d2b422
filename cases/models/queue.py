"""Who waits at a desk today: a number on a slip, and of past days how many there were. Nothing says who anybody is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.models.people import Officer
from cases.pack import Desk


class QueueDay(models.Model):
    """One day of one desk. `given` counts the numbers out; the rest is written when the day is over."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    day = models.DateField()
    given = models.PositiveSmallIntegerField(default=0)
    served = models.PositiveSmallIntegerField(default=0)
    left = models.PositiveSmallIntegerField(default=0)
    waits = models.JSONField(default=dict, help_text="Minutes until called, and how many waited so long.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "day"], name="queue_day_once")]
        indexes = [models.Index(fields=["day"], name="queue_day_running", condition=models.Q(ended_at=None))]

    def __str__(self):
        return f"{self.desk_id} {self.day}"


class Ticket(models.Model):
    """One number of one day, gone with it. `once` names the press of the button that gave it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CALLED = "called", _("Called")
        SERVED = "served", _("Served")
        LEFT = "left", _("Left")

    day = models.ForeignKey(QueueDay, models.CASCADE, related_name="tickets")
    number = models.PositiveSmallIntegerField()
    once = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    taken_at = models.DateTimeField(default=clock.now)
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    counter = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="ticket_number_once")]

    def __str__(self):
        return str(self.number)
