"""What a channel remembers: callers, running conversations, messages in and out, texts to read out."""

from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin, WorkflowMixin

from cases.catalogue import catalogue
from cases.crypto import SealedTextField
from channels.failures import in_plain_words

log = structlog.get_logger()


class Caller(models.Model):
    """A phone number we have heard from, known by its blind index only: no number is stored here."""

    index = models.CharField(max_length=32, primary_key=True)
    language = models.CharField(max_length=8, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.index[:8]


class Session(models.Model):
    """One running conversation. `sealed` is its whole state; the other columns exist to be queried.

    Read and written by raw SQL in channels/store.py: one read and one write a hop.
    """

    key = models.CharField(max_length=120, primary_key=True, help_text="gateway:session id")
    caller = models.CharField(max_length=32, blank=True, help_text="Blind index; emptied for an anonymous case.")
    screen = models.CharField(max_length=40, blank=True, help_text="The screen now showing, by its name.")
    language = models.CharField(max_length=8, blank=True)
    sealed = models.BinaryField()
    hops = models.PositiveIntegerField(default=1)
    ended = models.BooleanField(default=False)
    resumable = models.BooleanField(default=False)
    resumed = models.BooleanField(db_default=False, help_text="It went on where an earlier call had stopped.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["caller", "-updated_at"], name="session_of_caller", condition=models.Q(ended=False)),
            models.Index(fields=["updated_at"], name="session_age"),
        ]

    def __str__(self):
        return f"Session at {self.screen}"


class ScreenCount(models.Model):
    """At which screen callers leave, per day and language: counted, nobody named."""

    day = models.DateField()
    channel = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    screen = models.CharField(max_length=40)
    left = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    resumed = models.PositiveIntegerField(db_default=0, help_text="Of both: those that went on with an earlier call.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "channel", "language", "screen"], name="screen_counted_once")
        ]

    def __str__(self):
        return f"{self.day} {self.screen}"


class SmsCount(models.Model):
    """How many SMS of a day, gateway, network and district came to the same end: counted, nobody named.

    Each SMS stands in one row, and moves to another when more is heard of it: channels/delivery.py.
    """

    day = models.DateField(help_text="On which a gateway took it; where none did, on which it was given up.")
    gateway = models.CharField(max_length=20, blank=True)
    network = models.CharField(max_length=24, blank=True, help_text="By the number, where that is known.")
    district = models.CharField(max_length=12, blank=True, help_text="None where the matter is sensitive.")
    fate = models.CharField(max_length=12, help_text="sent, delivered, or why it failed.")
    messages = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0, help_text="That a gateway took, and that are paid for.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "gateway", "network", "district", "fate"], name="sms_counted_once")
        ]

    def __str__(self):
        return f"{self.day} {self.fate}"


class Message(models.Model):
    """One SMS, in or out. An outgoing row is the outbox: written with the case's change, sent by a worker."""

    class Direction(models.TextChoices):
        IN = "in", _("From the citizen")
        OUT = "out", _("To the citizen")

    class State(models.TextChoices):
        # out
        QUEUED = "queued", _("Waiting to be sent")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        # in
        ARRIVED = "arrived", _("Arrived")
        HANDLED = "handled", _("Handled")

    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(max_length=9, choices=State)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="messages")
    event = models.ForeignKey("cases.Event", models.PROTECT, null=True, blank=True, db_index=False)
    notice = models.CharField(max_length=20, blank=True, help_text="Which words these are, by channels/notices.py.")
    language = models.CharField(max_length=8, blank=True)

    phone = SealedTextField()
    phone_index = models.CharField(max_length=32)
    to = models.CharField(max_length=24, blank=True, help_text="Incoming: our short code it was sent to.")
    text = SealedTextField()
    parts = models.PositiveSmallIntegerField(default=1)

    gateway = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, null=True, blank=True)
    network = models.CharField(max_length=16, blank=True)
    cost = models.CharField(max_length=24, blank=True)
    raw_status = models.CharField(max_length=60, blank=True, help_text="The provider's own word, known to us or not.")
    failure = models.CharField(max_length=60, blank=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    counted = models.CharField(max_length=9, blank=True, help_text="In which state it was counted.")
    counted_in = models.ForeignKey(SmsCount, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id", "direction"], name="provider_message_once"),
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(direction="out", event__isnull=False),
                name="event_told_once",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="message_outbox", condition=models.Q(state__in=["queued", "leased"])),
            models.Index(fields=["created_at"], name="message_inbox", condition=models.Q(state="arrived")),
            models.Index(fields=["phone_index", "-created_at"], name="message_of_phone"),
            models.Index(
                fields=["id"],
                name="message_uncounted",
                condition=models.Q(direction="out", state__in=["sent", "delivered", "failed"])
                & ~models.Q(counted=models.F("state")),
            ),
            models.Index(
                fields=["sent_at"], name="message_spent", condition=models.Q(direction="out", sent_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"Message {self.pk}"  # never the text or the number

    @property
    def why_failed(self) -> str:
        """For the officer; empty where nothing went wrong."""
        return in_plain_words(self.failure or self.raw_status) if self.state == self.State.FAILED else ""


class StrayReceipt(models.Model):
    """A receipt for a message we have not yet noted as sent, or never will. channels/outbox.py joins the two."""

    gateway = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100)
    status = models.CharField(max_length=9)
    raw = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=16, blank=True)
    opted_out = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["provider_id"], name="stray_receipt")]

    def __str__(self):
        return f"Receipt {self.pk}"


def live_until_its_day(revision: Revision, published: DraftStateMixin) -> Revision:
    """Wagtail leaves the old words live until the new ones' day where it knows their revision: a pack's have none."""
    if published.live:
        revision.content["live_revision"] = published.live_revision_id or revision.pk
    return revision


class InfoText(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """An information text read out on a handset, in one language: what is live is read."""

    key = models.CharField(max_length=24, help_text="A programme's or agency's code.")
    language = models.CharField(max_length=8, default="en")
    title = models.CharField(max_length=24)
    text = models.TextField(max_length=600)
    source = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    loaded_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Digest of the text as last loaded from the country pack.",
    )

    class Meta:
        ordering = ["order", "key"]
        verbose_name = "handset text"
        constraints = [models.UniqueConstraint(fields=["key", "title", "language"], name="info_text_once")]

    def __str__(self):
        return f"{self.title} ({self.language})"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [("phone", "On a phone"), ("web", "On the web")]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return f"cms/handset/{mode_name}.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from channels.reading import MOST_SCREENS, screens  # it reads these models itself

        return {"text": self, "screens": screens(self.text, self.language), "most": MOST_SCREENS}

    def publish(self, revision: Revision, *args: Any, **options: Any) -> None:
        """The last door before a caller hears it: a draft may be anything, and Wagtail publishes one without a look."""
        why = revision.as_object().misfits()
        if why and options.get("log_action") == "wagtail.publish.scheduled":  # nobody is there; what is due next waits
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            log.warning("text_not_published", text=self.pk)
        elif why:
            raise PublishPermissionError(" ".join(why))
        else:
            super().publish(live_until_its_day(revision, self), *args, **options)

    def misfits(self) -> list[str]:
        """Why it cannot be read out."""
        from channels.reading import misfits  # it reads these models itself

        try:
            self.full_clean()
        except ValidationError as error:
            return error.messages
        return [why for _field, why in misfits(self.title, self.text, self.language)]

    def clean(self) -> None:
        """A text with a language or a key that does not exist would never be read out to anybody."""
        known = catalogue()
        if self.language not in known.languages:
            raise ValidationError({"language": "Choose one of: " + ", ".join(known.languages)})
        if self.key not in {**known.programmes, **known.agencies}:
            raise ValidationError({"key": "Choose the code of a programme or an agency, like SCT or NHIMA."})
