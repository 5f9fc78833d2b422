"""What lies beside the cases on a desk: papers and photos, other cases, who has it open, words kept ready."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.crypto import SealedBytesField
from cases.models.case import Case
from cases.models.people import Officer
from cases.pack import Agency, Topic
from cases.uploads import Format


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Attachment(models.Model):
    """A photo or a paper with a case; what it is was said in the event that added it.

    Taken away, its content and those words are erased; that it was there stays.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    key = models.CharField(max_length=32, unique=True, default=new_key, help_text="Its address cannot be guessed.")
    format = models.CharField(max_length=5, choices=Format)
    pages = models.PositiveSmallIntegerField(default=1)
    size = models.PositiveIntegerField(help_text="Bytes.")
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Attachment {self.pk}"


class Content(models.Model):
    """The bytes of an attachment, sealed, and of its thumbnail. In the database: one transaction, one backup."""

    attachment = models.OneToOneField(Attachment, models.PROTECT, primary_key=True, related_name="content")
    sealed = SealedBytesField()
    small = SealedBytesField(null=True, help_text="A thumbnail, where it is a photo.")

    def __str__(self):
        return f"Content of attachment {self.attachment_id}"


class Link(models.Model):
    """That two cases have to do with each other, both ways: `one` is the older row. Taken back, it stays as that."""

    class Kind(models.TextChoices):
        SAME_MATTER = "matter", _("Same matter")
        SAME_HOUSEHOLD = "household", _("Same household")
        SEE_ALSO = "see_also", _("See also")

    one = models.ForeignKey(Case, models.PROTECT, related_name="+")
    other = models.ForeignKey(Case, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="link_in_order"),
            models.UniqueConstraint(fields=["one", "other"], condition=models.Q(removed_at=None), name="linked_once"),
        ]

    def __str__(self):
        return f"Link {self.pk}"

    def beyond(self, case: Case) -> Case:
        """The case at the other end."""
        return self.other if self.one_id == case.pk else self.one


class Presence(models.Model):
    """That an officer has the case's page open; cases/presence.py touches and forgets it."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    writing = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "case"], name="present_once")]
        indexes = [models.Index(fields=["case", "at"], name="present_at_case")]

    def __str__(self):
        return f"Officer {self.officer_id} at case {self.case_id}"


class CannedReply(models.Model):
    """Words kept ready for cases of a topic, of an agency, or of all. What stands in braces is filled in for each."""

    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=60)
    text = models.TextField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["title", "language"]
        verbose_name_plural = "canned replies"
        constraints = [
            models.UniqueConstraint(
                fields=["title", "language", "agency", "topic"], nulls_distinct=False, name="ready_words_once"
            ),
            models.CheckConstraint(
                condition=models.Q(topic=None) | models.Q(agency=None), name="ready_words_for_one_or_all"
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.language})"
