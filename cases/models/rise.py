"""What officers noted of unusual rises: who saw one, or why it is none, and when. Of counts, never of a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.crypto import SealedTextField
from cases.models.people import Officer
from cases.pack import Place, Topic


class RiseNote(models.Model):
    """One entry. Only ever added, as the database sees to; its words may be sealed anew."""

    class Said(models.TextChoices):
        SEEN = "seen", _("Seen")
        USUAL = "usual", _("Not unusual")

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    district = models.ForeignKey(Place, models.PROTECT, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    now = models.PositiveIntegerField(help_text="How many cases the card said when it was noted.")
    said = models.CharField(max_length=5, choices=Said)
    words = SealedTextField(null=True, blank=True, help_text="Why it is not unusual.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "topic", "district", "week", "now"], name="rise_noted_once"),
            models.CheckConstraint(
                condition=models.Q(said="seen", words__isnull=True) | models.Q(said="usual", words__isnull=False),
                name="not_unusual_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"Note on {self.topic_id} in {self.district_id}"
