"""Rights over one's own data: what was asked to be erased, who agreed, what was given out and to whom."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.models.case import Case
from cases.models.people import Citizen, Officer


class Erasure(models.Model):
    """That all about a citizen is to be erased: asked for in a case, agreed to by a second person.

    What the law keeps for a time goes by itself when that time is over; then it is done.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="erasure", help_text="In which it was asked for.")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="erasures")
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    agreed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("asked_by")),
                name="two_people_erase",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(agreed_at__isnull=False), name="erased_after_agreement"
            ),
        ]

    def __str__(self):
        return f"Erasure asked for in {self.case}"


class Retention(models.Model):
    """One approved run: what was closed before a day is erased. Its numbers are what was shown and what was done."""

    closed_before = models.DateField()
    shown = models.PositiveIntegerField(help_text="How many cases the person who approved was told of.")
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=models.Q(finished_at=None),
                nulls_distinct=False,
                name="one_retention_at_a_time",
            )
        ]

    def __str__(self):
        return f"Retention before {self.closed_before}"


class Reading(models.Model):
    """That an officer opened a case that is open to all of their office. Of a sensitive case it is an event instead."""

    at = models.DateTimeField(default=clock.now)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["officer", "case", "-at"], name="reading_again"),
            BrinIndex(fields=["at"], name="reading_at"),
        ]

    def __str__(self):
        return f"Reading {self.pk}"


class Disclosure(models.Model):
    """That something a citizen told us was given to somebody: when, what, to whom, on which ground (s 51)."""

    class What(models.TextChoices):
        DOSSIER = "dossier", _("Everything held about a citizen")
        REFERRAL = "referral", _("Part of a case")
        LETTER = "letter", _("A letter about a case")
        EXPORT = "export", _("A list of cases")

    at = models.DateTimeField(default=clock.now, db_index=True)
    what = models.CharField(max_length=8, choices=What)
    to = models.CharField(max_length=120)
    ground = models.CharField(max_length=200)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="disclosures")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    cases = models.PositiveIntegerField(default=1, help_text="How many cases it told of.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Disclosure {self.pk}"
