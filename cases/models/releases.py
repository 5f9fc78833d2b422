"""Figures as they were published: frozen, dated, numbered, signed; what was hidden is kept, and never leaves here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.models.people import Officer


class Release(models.Model):
    """The figures of one month, and of the quarter that it ends. A correction is a new version with its reason.

    `cells` has a row for each count: [stretch, sensitive, table, by, count, number, hidden]. See cases/tables.py.
    """

    class State(models.TextChoices):
        WANTED = "wanted", _("Being prepared")
        FAILED = "failed", _("Could not be prepared")
        DRAFT = "draft", _("Waits for approval")
        PUBLISHED = "published", _("Published")
        REJECTED = "rejected", _("Not published")

    month = models.DateField(help_text="Its first day.")
    version = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Given when it is published.")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    cells = models.JSONField(default=list)
    values = models.JSONField(
        default=list, help_text="Medians, means and shares: [stretch, sensitive, table, by, figure, value]."
    )
    report = models.JSONField(default=dict, help_text="How it is protected, in numbers.")
    reason = models.TextField(blank=True, help_text="Why it is a correction, or why it was not published.")
    drafted_at = models.DateTimeField(default=clock.now, help_text="While it is being prepared: since when.")
    ours_until = models.DateTimeField(null=True, blank=True, help_text="Until when one worker prepares it.")
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True, help_text="Why it could not be prepared.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    signed = models.CharField(max_length=200, blank=True, help_text="Name and office of who published it.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was published.")
    carried_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carries",
        help_text="The correction of another month from which this one follows, and with which it is decided.",
    )

    class Meta:
        ordering = ["-month", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="one_release_a_version"),
            models.UniqueConstraint(
                fields=["month"], condition=models.Q(state__in=["wanted", "draft"]), name="one_draft_of_a_month"
            ),
            models.CheckConstraint(
                condition=models.Q(state="published") ^ models.Q(version=None), name="published_with_a_version"
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} v{self.version}" if self.version else f"{self.month:%Y-%m}"
