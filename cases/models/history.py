"""What happened to a case: events and words, escalations, who is named in it, and tries to get in."""

from django.db import models

from cases import clock
from cases.crypto import SealedTextField
from cases.lifecycle import Actor, State
from cases.models.case import Case, ClosedBy
from cases.models.people import Officer


class Event(models.Model):
    """One entry of a case's history. Only ever added: a trigger in the database refuses change and removal.

    It holds no personal data itself. What was said is in Words, of which the event keeps a salted digest,
    so words can be erased by law without breaking the chain.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the case.")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    actor = models.CharField(max_length=8, choices=Actor)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, db_index=False)
    data = models.JSONField(default=dict)
    words_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    seal = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="Keyed: who has the database and not our keys adds no entry unnoticed.",
    )

    class Meta:
        ordering = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="event_number_once")]
        indexes = [
            models.Index(fields=["officer"], condition=models.Q(officer__isnull=False), name="event_of_officer"),
            models.Index(fields=["-at"], condition=models.Q(kind="read"), name="event_readings"),
        ]

    def __str__(self):
        return f"{self.kind} {self.number}"

    @property
    def words(self) -> str:
        """What was said in it, unless that was nothing or was erased by law."""
        return self.said.text if hasattr(self, "said") else ""


class Words(models.Model):
    """What was said in an event, sealed; the salt keeps short words from being guessed from the digest."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="said", primary_key=True)
    salt = models.CharField(max_length=32)
    text = SealedTextField()

    class Meta:
        verbose_name_plural = "words"

    def __str__(self):
        return f"Words of event {self.event_id}"


class Escalation(models.Model):
    """That a case moved up to a level; the constraint lets it happen once per level, whoever tries.

    The level has dates of its own beside what the citizen was promised, and an officer who answers for it. Where the
    ladder has no level above, the case goes once to a supervisor of the level on which it is.
    """

    SUPERVISOR = "supervisor"  # the body of such a row
    NOBODY = models.Q(officer=None) | models.Q(officer__active=False)  # there was no one, or they have left since

    case = models.ForeignKey(Case, models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField()
    body = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="escalations", help_text="None: nobody was found."
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledge_due = models.DateField()
    first_due = models.DateField()
    resolve_due = models.DateField()
    stood_still = models.PositiveSmallIntegerField(
        default=0, help_text="Working days for which the case's clock had stood still before it moved here."
    )

    class Meta:
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["case", "level"], name="escalated_once_per_level")]

    def __str__(self):
        return f"Level {self.level}: {self.body}"


class FollowUp(models.Model):
    """That the citizen is asked, some weeks after closing, whether it stayed solved. One row a case: asked once."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="follow_up")
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    stayed = models.BooleanField(null=True, blank=True, help_text="What the citizen said; nothing is no answer yet.")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="follow_up_due", condition=models.Q(asked_at=None))]

    def __str__(self):
        return f"Follow-up of case {self.case_id}"

    @classmethod
    def waits_for(cls, case: Case) -> bool:
        """Were they asked, and can they still say it? Not once they appealed, or asked to be forgotten."""
        if case.state != State.CLOSED or case.closed_by == ClosedBy.APPEALED or case.erased_at:
            return False
        return cls.objects.filter(case=case, asked_at__isnull=False, stayed=None).exists()


class Named(models.Model):
    """That a case is about this officer, who can therefore neither see it nor be given it, whatever the scope."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="named")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="named_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "officer"], name="named_once")]

    def __str__(self):
        return f"Officer {self.officer_id} is named in a case"


class Attempt(models.Model):
    """How often something was tried in a window of time: limits that hold with Valkey gone."""

    key = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key


class OneTimeCode(models.Model):
    """A code sent to the phone on record, for reading one case on the web."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="codes")
    code_index = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"Code for {self.case}"
