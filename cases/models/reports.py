"""Files that were asked for, and the weekly letters: whose, how far each is, and the file until it goes."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.crypto import SealedTextField
from cases.models.people import Officer


class Export(models.Model):
    """A list as a file. The row alone holds how far it is: a worker that dies, a bell that is silent lose nothing."""

    class What(models.TextChoices):
        CASES = "cases", _("Cases")
        LOAD = "load", _("Work of each officer")
        COORDINATION = "between", _("Between agencies")
        FIGURES = "figures", _("Figures by topic")

    class Kind(models.TextChoices):
        XLSX = "xlsx", _("Spreadsheet (XLSX)")
        CSV = "csv", _("Plain table (CSV)")

    class State(models.TextChoices):
        WANTED = "wanted", _("Waits for its turn")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    name = models.UUIDField(default=uuid4, unique=True, help_text="Its address, which nobody guesses.")
    once = models.UUIDField(unique=True, help_text="A form sent twice makes one file.")
    maker = models.ForeignKey(Officer, models.CASCADE, related_name="exports")
    what = models.CharField(max_length=8, choices=What)
    kind = models.CharField(max_length=4, choices=Kind)
    asked = models.JSONField(default=dict, help_text="What the list is narrowed to. No personal data.")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    state = models.CharField(max_length=8, choices=State, default=State.WANTED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True, help_text="Why it could not be made.")
    asked_at = models.DateTimeField(default=clock.now)
    ours_until = models.DateTimeField(null=True, blank=True, help_text="Until when one worker has it.")
    ready_at = models.DateTimeField(null=True, blank=True)
    file = SealedTextField(null=True, blank=True, help_text="In base64.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["asked_at"], name="export_waits", condition=models.Q(state__in=["wanted", "making"]))
        ]

    def __str__(self):
        return f"Export {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.READY, self.State.FAILED)


class Digest(models.Model):
    """One officer's letter of one week. A row is taken once before it goes out, so that two never do."""

    class State(models.TextChoices):
        DUE = "due", _("Waits for its turn")
        GOING = "going", _("Given to the mail server")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="digests")
    monday = models.DateField(help_text="Of the week in which it goes out.")
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "monday"], name="one_digest_a_week")]
        indexes = [models.Index(fields=["due_at"], name="digest_due", condition=models.Q(state="due"))]

    def __str__(self):
        return f"Digest {self.pk}"
