"""The case: what is known of one matter, what the database itself holds true of it, and how its state moves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases import clock
from cases.crypto import SealedTextField
from cases.lifecycle import OPEN, STEPS, State
from cases.models.people import Citizen, Officer
from cases.pack import Agency, Kind, Place, Priority, Sensitivity, Topic
from cases.queries import CaseQuerySet
from cases.reference import LENGTH, spoken

if TYPE_CHECKING:
    from cases.models.history import Event


class Known(models.TextChoices):
    NUMBER = "number", _("My number")
    HIDDEN = "hidden", _("Hide my number from the office")
    ANONYMOUS = "anonymous", _("Nobody knows it is me")


class Channel(models.TextChoices):
    USSD = "ussd", _("Phone menu")
    SMS = "sms", _("SMS")
    DESK = "desk", _("Desk")
    WEB = "web", _("Web")


class Decision(models.TextChoices):
    UPHELD = "upheld", _("You were right")
    PARTLY_UPHELD = "partly_upheld", _("You were partly right")
    NOT_UPHELD = "not_upheld", _("We could not agree")
    ANSWERED = "answered", _("Question answered")
    REGISTERED = "registered", _("Registered")
    NOT_ELIGIBLE = "not_eligible", _("Does not meet the rules")
    OUT_OF_SCOPE = "out_of_scope", _("Not ours to decide")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DUPLICATE = "duplicate", _("Same as another case")


# What an officer may decide. The two others come of a step of their own: withdraw, and merge.
GIVEN = tuple(decision for decision in Decision if decision not in (Decision.WITHDRAWN, Decision.DUPLICATE))
# Decided on appeal: the first decision was wrong, or partly. Everything else that may be decided on one leaves it.
CHANGES_IT = (Decision.UPHELD, Decision.PARTLY_UPHELD)
ON_APPEAL = (*CHANGES_IT, Decision.NOT_UPHELD, Decision.OUT_OF_SCOPE)
# What leaves the citizen with less than they asked for: they hear at once where they can take it.
ADVERSE = (Decision.PARTLY_UPHELD, Decision.NOT_UPHELD, Decision.NOT_ELIGIBLE, Decision.OUT_OF_SCOPE)


class ClosedBy(models.TextChoices):
    CITIZEN = "citizen", _("The citizen confirmed")
    AGENCY = "agency", _("The agency closed it")
    SILENCE = "silence", _("Nobody objected")
    WITHDRAWN = "withdrawn", _("The citizen withdrew it")
    APPEALED = "appealed", _("The citizen appealed")
    MERGED = "merged", _("Joined into another case")


def _moves(name: str):
    """A transition of the lifecycle's table."""
    step = STEPS[name]
    return transition(field="state", source=[source.value for source in step.sources], target=step.target)


def _exactly_when(*, is_true: models.Q, **state) -> models.Q:
    return models.Q(**state) & is_true | ~models.Q(**state) & ~is_true


class Case(ConcurrentTransitionMixin, models.Model):
    """One matter of one citizen. Its state moves by the lifecycle's table only."""

    reference = models.CharField(max_length=LENGTH, unique=True)
    pin_index = models.CharField(max_length=32)
    once = models.CharField(max_length=64, null=True, help_text="One request makes one case, for ever.")
    kind = models.CharField(max_length=12, choices=Kind)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="cases", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="cases", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="cases", db_index=False)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity)
    priority = models.PositiveSmallIntegerField(choices=Priority)
    channel = models.CharField(max_length=4, choices=Channel)
    language = models.CharField(max_length=8)

    known = models.CharField(max_length=9, choices=Known)
    citizen = models.ForeignKey(Citizen, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False)
    open_words = models.TextField(blank=True)
    sealed_words = SealedTextField(null=True, blank=True)
    form = SealedTextField(
        null=True, blank=True, help_text="A registration's answers, or what somebody said of themselves, as JSON."
    )
    card_index = models.CharField(
        max_length=32, blank=True, help_text="Of the card in the form: a phone may be a household's."
    )

    state = FSMField(default=State.RECEIVED, choices=State, protected=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False)
    level = models.PositiveSmallIntegerField(default=1)

    opened_at = models.DateTimeField(default=clock.now)
    opened_on = models.DateField(help_text="The local date: day zero of the clock.")
    acknowledge_days = models.PositiveSmallIntegerField()
    resolve_days = models.PositiveSmallIntegerField()
    acknowledge_due = models.DateField()
    first_due = models.DateField(help_text="The date told when it was opened. What comes of pauses is resolve_due.")
    resolve_due = models.DateField(help_text="Once it has passed, nothing moves it any more.")
    waiting_since = models.DateField(null=True, blank=True)
    days_paused = models.PositiveSmallIntegerField(default=0)
    days_answered = models.PositiveSmallIntegerField(
        default=0, help_text="Working days it lay answered before the citizen said it was not solved."
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=10, choices=ClosedBy, blank=True)

    erased_at = models.DateTimeField(null=True, blank=True, help_text="When its words and whom it was of were erased.")

    decision = models.CharField(max_length=14, choices=Decision, blank=True)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    reviewed = models.CharField(
        max_length=14, choices=Decision, blank=True, help_text="What was decided on appeal; the last word."
    )
    times_disputed = models.PositiveSmallIntegerField(default=0)
    appeal_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="appealed_in")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joined",
        db_index=False,
        help_text="The case that stays, which is itself joined into none; kept when its answer was given here, too.",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["once"], name="case_once"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="case_state_legal"),
            models.CheckConstraint(
                condition=~models.Q(known=Known.ANONYMOUS) | models.Q(citizen=None),
                name="anonymous_has_no_citizen",
            ),
            # A state that skipped its step lacks what the step writes down: also .update() and .create() are refused.
            models.CheckConstraint(
                condition=models.Q(state__in=[State.RECEIVED, State.CLOSED]) | models.Q(officer__isnull=False),
                name="work_has_an_officer",
            ),
            models.CheckConstraint(
                condition=_exactly_when(state__in=[State.RESOLVED, State.CLOSED], is_true=~models.Q(decision="")),
                name="decided_when_answered",
            ),
            models.CheckConstraint(
                condition=_exactly_when(state=State.WAITING, is_true=models.Q(waiting_since__isnull=False)),
                name="waiting_since_a_day",
            ),
            models.CheckConstraint(
                condition=_exactly_when(
                    state=State.CLOSED, is_true=models.Q(closed_at__isnull=False) & ~models.Q(closed_by="")
                ),
                name="closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(sensitivity=Sensitivity.OPEN) | models.Q(open_words=""),
                name="sensitive_words_are_sealed",
            ),
            models.CheckConstraint(
                condition=~models.Q(closed_by=ClosedBy.MERGED)
                | models.Q(merged_into__isnull=False, decision=Decision.DUPLICATE),
                name="merged_into_something",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None)
                | models.Q(state__in=[State.RESOLVED, State.CLOSED]) & ~models.Q(merged_into=models.F("id")),
                name="merged_is_not_open",
            ),
        ]
        # Few, and short where they can be: each is written with every case. Lists of cases are read from slips.
        indexes = [
            models.Index(fields=["citizen", "-opened_at"], name="case_of_citizen"),
            models.Index(fields=["topic"], name="case_of_topic"),
            models.Index(fields=["place"], name="case_of_place"),
            models.Index(fields=["officer"], name="case_of_officer", condition=models.Q(officer__isnull=False)),
            models.Index(fields=["merged_into"], name="case_joined", condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["card_index"], name="case_of_card", condition=~models.Q(card_index="")),
            models.Index(
                fields=["resolve_due"],
                name="case_clock",
                condition=models.Q(state__in=["received", "in_progress", "waiting", "referred"]),
            ),
        ]

    def __str__(self):
        return spoken(self.reference)

    @property
    def words(self) -> str:
        """The citizen's own words, wherever they are kept."""
        return self.sealed_words or self.open_words

    @words.setter
    def words(self, text: str) -> None:
        sealed = self.sensitivity != Sensitivity.OPEN
        self.sealed_words, self.open_words = (text, "") if sealed else (None, text)

    @property
    def last_answer(self) -> Event | None:
        return self.events.filter(kind="resolve").select_related("said").order_by("-number").first()

    @property
    def outcome(self) -> str:
        """The decision that holds: the one given on appeal, where that changed it."""
        return self.reviewed if self.reviewed in CHANGES_IT else self.decision

    @property
    def is_joined(self) -> bool:
        """Is it closed because the work on it goes on in another case?"""
        return self.closed_by == ClosedBy.MERGED

    @property
    def is_sensitive(self) -> bool:
        return self.sensitivity != Sensitivity.OPEN

    def is_late(self, today: date) -> bool:
        """By time alone, with nothing written."""
        return self.state in OPEN and self.resolve_due < today

    def is_at_risk(self, today: date, soon: date) -> bool:
        """About to be late; not while we wait for the citizen, for then the date moves on."""
        return self.state in OPEN and self.state != State.WAITING and today <= self.resolve_due <= soon

    # The transitions. What else changes with the state is set here; who may, and what is told, in actions.

    @_moves("take")
    def take(self, officer: Officer) -> None:
        self.officer = officer
        self.acknowledged_at = self.acknowledged_at or clock.now()

    @_moves("sort")
    def sort(self) -> None:
        self.officer = None

    @_moves("ask")
    def ask(self) -> None: ...

    @_moves("hear")
    def hear(self) -> None: ...

    @_moves("refer")
    def refer(self) -> None: ...

    @_moves("seek")
    def seek(self) -> None: ...

    @_moves("consent")
    def consent(self) -> None: ...

    @_moves("agree")
    def agree(self) -> None: ...

    @_moves("come_back")
    def come_back(self) -> None: ...

    @_moves("recall")
    def recall(self) -> None: ...

    @_moves("release")
    def release(self) -> None:
        self.officer = self.merged_into = None
        self.decision, self.resolved_at = "", None

    @_moves("resolve")
    def resolve(self, decision: str) -> None:
        self.decision = decision
        self.resolved_at = clock.now()

    @_moves("confirm")
    def confirm(self) -> None:
        self._end(ClosedBy.CITIZEN)

    @_moves("dispute")
    def dispute(self) -> None:
        self.decision, self.resolved_at = "", None
        self.merged_into = None  # from here on it is a matter of its own
        self.times_disputed += 1

    @_moves("reopen")
    def reopen(self) -> None:
        self.closed_by, self.closed_at, self.merged_into = "", None, None
        self.decision, self.resolved_at = "", None
        self.times_disputed += 1

    @_moves("appeal")
    def appeal(self) -> None:
        self._end(ClosedBy.APPEALED)

    @_moves("withdraw")
    def withdraw(self) -> None:
        self.decision = Decision.WITHDRAWN
        self._end(ClosedBy.WITHDRAWN)

    @_moves("close")
    def close(self) -> None:
        self._end(ClosedBy.AGENCY)

    @_moves("lapse")
    def lapse(self) -> None:
        self._end(ClosedBy.SILENCE)

    @_moves("merge")
    def merge(self, into: Case) -> None:
        self.merged_into, self.decision = into, Decision.DUPLICATE
        self.acknowledged_at = self.acknowledged_at or clock.now()
        self._end(ClosedBy.MERGED)

    @_moves("unmerge")
    def unmerge(self) -> None:
        self.merged_into = self.officer = None
        self.decision = self.closed_by = ""
        self.closed_at = None

    @_moves("resolve_along")
    def resolve_along(self, decision: str, by: Officer) -> None:
        self.decision, self.officer = decision, self.officer or by
        self.resolved_at, self.closed_by, self.closed_at = clock.now(), "", None

    def _end(self, closed_by: ClosedBy) -> None:
        self.closed_by = closed_by
        self.closed_at = clock.now()
