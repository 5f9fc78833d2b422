"""Who wants an e-mail when something is published, and the e-mails to go out. Addresses are sealed."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext

from cases import clock
from cases.crypto import SealedTextField
from cases.languages import SOURCE, offered


class Happening(models.Model):
    """Something was published. `subjects` are what one may follow to hear of it."""

    key = models.CharField(max_length=60, unique=True, help_text="Told twice it is still one.")
    title = models.CharField(max_length=200, help_text="What somebody wrote; or, with facts, a sentence of ours.")
    facts = models.JSONField(default=dict, help_text="What stands in the holes of the sentence.")
    address = models.CharField(max_length=200, help_text="Of the page, from the first slash on.")
    subjects = ArrayField(models.CharField(max_length=40))
    at = models.DateTimeField(default=clock.now)
    spread_at = models.DateTimeField(null=True, blank=True, help_text="When its letters were laid down.")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], condition=models.Q(spread_at=None), name="to_be_spread")]

    def __str__(self):
        return self.key

    @property
    def said(self) -> str:
        """Its title in the language spoken now, where it is a sentence of ours."""
        if not self.facts:
            return self.title
        facts = dict(self.facts)
        if "month" in facts:
            facts["month"] = date_format(date.fromisoformat(facts["month"]), "F Y")
        return gettext(self.title).format(**facts)


class Subscription(models.Model):
    """One address that follows one subject. Until it is confirmed it gets nothing, and is soon forgotten."""

    subject = models.CharField(max_length=40)
    address = SealedTextField()
    address_index = models.CharField(max_length=32)
    language = models.CharField(max_length=8, default=SOURCE, help_text="Of the page on which it was asked for.")
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "address_index"], name="followed_once")]

    def __str__(self):
        return f"Subscription {self.pk}"  # never the address: this text may reach a log

    @property
    def tongue(self) -> str:
        """English where the language is no longer offered."""
        return self.language if any(one.code == self.language for one in offered()) else SOURCE


class Letter(models.Model):
    """One e-mail of one happening to one follower, until it is sent; it goes with its subscription."""

    class State(models.TextChoices):
        DUE = "due"
        GOING = "going"
        SENT = "sent"
        FAILED = "failed"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="letters")
    happening = models.ForeignKey(Happening, models.CASCADE, related_name="letters")
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "happening"], name="told_once")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="due"), name="letters_due")]

    def __str__(self):
        return f"Letter {self.pk}"
