"""What monitors from civil society write of a district or a programme, and the agency's answer beside it."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.catalogue import catalogue
from cases.models import Officer
from cases.pack import Agency, Place, Programme
from cms.models.frame import PublicPage

FEW = 10  # fewer voices than this are never told apart


class Note(models.Model):
    """A social-audit note, or a community's scorecard. Only cms/monitoring/actions.py writes it."""

    class Kind(models.TextChoices):
        AUDIT = "note", _("Social-audit note")
        SCORECARD = "scorecard", _("Community scorecard")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Handed in")
        RETURNED = "returned", _("Given back")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Taken down")

    once = models.UUIDField(default=uuid4, unique=True, help_text="A form sent twice writes one.")
    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    monitor = models.ForeignKey(Officer, models.PROTECT, related_name="notes")
    organisation = models.CharField(max_length=120, help_text="As it was called when the note was written.")
    title = models.CharField(max_length=120)
    words = models.TextField(max_length=4000)
    seen_on = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    moderator = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, help_text="Why it was given back or taken down.")
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__isnull=False) | models.Q(programme__isnull=False), name="about_something"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["published", "withdrawn"], published_at__isnull=False, moderator__isnull=False
                )
                | models.Q(published_at=None),
                name="published_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None, answer="")
                | models.Q(answered_at__isnull=False, answered_by__isnull=False, published_at__isnull=False),
                name="answered_by_somebody",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def agency(self) -> Agency | None:
        """Who is to answer; none where it is about a district alone."""
        return catalogue().agencies.get(self.programme.agency_id) if self.programme else None

    @property
    def about(self) -> str:
        return ", ".join(str(one) for one in (self.programme, self.place) if one)

    @property
    def days(self) -> int:
        """From the day it was published to the day it was answered, or to today."""
        return days_between(self.published_at, self.answered_at)

    @property
    def voices(self) -> int:
        """The most that took part in any score: nobody is counted twice."""
        return max((score.people for score in self.scores.all()), default=0)

    @property
    def has_few_voices(self) -> bool:
        return self.kind == self.Kind.SCORECARD and self.voices < FEW


class Score(models.Model):
    """One line of a scorecard: what was judged, how, by how many, and what they said."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="scores")
    order = models.PositiveSmallIntegerField()
    criterion = models.CharField(max_length=120)
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    people = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100_000)])
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["note", "order"], name="score_once"),
            models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="scored_one_to_five"),
        ]

    def __str__(self):
        return self.criterion

    @property
    def is_told(self) -> bool:
        """With few voices neither the score nor how many they were is told: the words are."""
        return self.people >= FEW


def days_between(begin: datetime | None, end: datetime | None) -> int:
    """Days of the country's own calendar, weekends too."""
    if begin is None:
        return 0
    first: date = catalogue().day_of(begin)
    last: date = catalogue().day_of(end or clock.now())
    return (last - first).days


class MonitorsPage(PublicPage):
    """The notes and scorecards that are published, by district and programme."""

    max_count = 1
    subpage_types = ["cms.PlainPage"]
    template = "cms/monitors.html"

    class Meta:
        verbose_name = "what monitors say"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        from cms.monitoring import found  # it reads the models above

        return found.listing(request.GET)
