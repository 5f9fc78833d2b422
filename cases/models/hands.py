"""Cases that change hands: many at once because somebody leads, or for the time of an absence. Keeps no words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.models.case import Case
from cases.models.people import Absence, Officer


class Reassignment(models.Model):
    """Many hand-overs that somebody looked at and said yes to. Its moves alone hold how far it is."""

    once = models.UUIDField(unique=True, help_text="A form sent twice moves once. Its address, too.")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="reassignments")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return f"Reassignment {self.pk}"


class Move(models.Model):
    """One case on its way from who had it, when that was looked at, to somebody else."""

    class State(models.TextChoices):
        WAITS = "waits", _("Waits for its turn")
        DONE = "done", _("Handed over")
        REFUSED = "refused", _("Stayed where it was")

    reassignment = models.ForeignKey(Reassignment, models.CASCADE, related_name="moves")
    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    before = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    to = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITS)
    why = models.CharField(max_length=200, blank=True, help_text="Why it stayed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reassignment", "case"], name="moved_once")]
        indexes = [models.Index(fields=["id"], name="move_waits", condition=models.Q(state="waits"))]

    def __str__(self):
        return f"Move {self.pk}"


class Loan(models.Model):
    """A case that is with whoever covers, while its owner is away; and the day on which it is due back."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="loans")
    absence = models.ForeignKey(Absence, models.SET_NULL, null=True, related_name="loans")
    owner = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    cover = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", help_text="Nobody: who covers may not have it."
    )
    lent_at = models.DateTimeField(default=clock.now)
    due = models.DateField(help_text="From this day on it goes back.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "owner"], condition=models.Q(ended_at=None), name="lent_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["due"], name="loan_due", condition=models.Q(ended_at=None))]

    def __str__(self):
        return f"Loan {self.pk}"
