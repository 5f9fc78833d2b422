"""What a country pack fills: agencies, places, programmes, topics; rows with sources, retired and never deleted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.Model):
    """The one country this installation serves. `version` grows with every load: caches compare it."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40)
    phone_region = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    default_language = models.CharField(max_length=8)
    working_weekdays = ArrayField(models.PositiveSmallIntegerField())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "countries"

    def __str__(self):
        return self.name


class Retirable(models.Model):
    """A catalogue row with the source of its facts; it is retired, never deleted, because cases point at it."""

    source = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Agency(Retirable):
    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=120)
    label = models.CharField(max_length=18, help_text="What a handset's menu shows.")
    portfolio = models.TextField(blank=True)
    public_contact = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


class Place(Retirable):
    """A province (no parent) or a district in it, by P-code."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="districts")
    iso = models.CharField(max_length=8, blank=True)
    capital = models.CharField(max_length=60, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    spellings = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Desk(Retirable):
    """A one-stop shop in a district."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="desks")
    where = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class Programme(Retirable):
    code = models.CharField(max_length=16, primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="programmes")
    name = models.CharField(max_length=120)
    label = models.CharField(max_length=18)
    kind = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name


class Fact(Retirable):
    """One dated statement about a programme, with its source."""

    class Aspect(models.TextChoices):
        WHO = "who", _("Who can get it")
        WORTH = "worth", _("What it is worth")
        COST = "cost", _("What it costs you")
        JOIN = "join", _("How to join, and the rules on time")
        HOW = "how", _("How it works")
        FIGURES = "figures", _("In figures")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="facts")
    aspect = models.CharField(max_length=7, choices=Aspect, default=Aspect.HOW, help_text="Which question it answers.")
    as_of = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    confidence = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "text"], name="fact_once")]

    def __str__(self):
        return self.text

    @property
    def unsure(self) -> bool:
        """It is shown with a word of warning."""
        return self.confidence == "medium" or "check" in self.confidence or "not dated" in self.confidence


class LadderStep(Retirable):
    """One level of a ladder of escalation, as law or the programme's manual has it."""

    ladder = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()
    body = models.CharField(max_length=120)
    by_itself = models.BooleanField(
        default=True,
        help_text="A late case moves up here by itself. A court or an ombudsman waits until the citizen comes.",
    )
    time_limit = models.CharField(max_length=120, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Where the law counts in these.")
    basis = models.TextField(blank=True)
    confidence = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["ladder", "level"]
        constraints = [models.UniqueConstraint(fields=["ladder", "level"], name="ladder_level_once")]

    def __str__(self):
        return f"{self.ladder} {self.level}: {self.body}"


class Ground(Retirable):
    """A ground in law for showing a case to another agency although the citizen did not agree."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=160)
    basis = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.name


class Sensitivity(models.TextChoices):
    OPEN = "open", _("Open")
    PRIVATE = "private", _("Private")
    STAFF = "staff", _("About staff")  # for supervisors, not for the colleagues it is about
    CORRUPTION = "corruption", _("Corruption")
    SAFEGUARDING = "safeguarding", _("Safeguarding")


class Helpline(Retirable):
    number = models.CharField(max_length=16, primary_key=True)
    label = models.CharField(max_length=24)
    about = models.TextField(blank=True)
    toll_free = models.CharField(max_length=8, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", help_text="Whose line. None: for everybody."
    )
    told_for = ArrayField(
        models.CharField(max_length=12, choices=Sensitivity),
        default=list,
        blank=True,
        help_text="The sensitive matters, of its agency or of all, in which it is told before anything is asked.",
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return f"{self.label}: {self.number}"


class Language(Retirable):
    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=40)
    endonym = models.CharField(max_length=24)
    reviewed = models.BooleanField(default=False, help_text="A speaker has reviewed the texts.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.name


class ExtraHoliday(models.Model):
    """A day off that the holidays library does not know, entered by hand with its source."""

    date = models.DateField(primary_key=True)
    name = models.CharField(max_length=80)
    source = models.TextField(blank=True)

    def __str__(self):
        return f"{self.date} {self.name}"


class Kind(models.TextChoices):
    ENQUIRY = "enquiry", _("Question")
    REGISTRATION = "registration", _("Registration")
    COMPLAINT = "complaint", _("Complaint")


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Basis(models.TextChoices):
    STATUTORY = "statutory", _("Set by law")
    PROPOSED = "proposed", _("Proposed")


class Topic(Retirable):
    code = models.SlugField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="topics", help_text="Whom it is about.")
    handler = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who answers, where that is not the agency it is about: corruption goes past the line office.",
    )
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="topics")
    kind = models.CharField(max_length=12, choices=Kind)
    label = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity, default=Sensitivity.OPEN)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    acknowledge_days = models.PositiveSmallIntegerField(help_text="Working days.")
    resolve_days = models.PositiveSmallIntegerField(help_text="Working days.")
    basis = models.CharField(max_length=10, choices=Basis)
    basis_note = models.TextField(blank=True)
    ladder = models.CharField(max_length=16)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self):
        return self.name

    @property
    def answered_by(self) -> str:
        """The code of the agency whose case it becomes."""
        return self.handler_id or self.agency_id


class Standard(models.Model):
    """What is promised from a day on, in working days. The next one ends it; it is never changed, nor are old cases."""

    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="standards", help_text="None: every topic."
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who is asked for its part."
    )
    level = models.PositiveSmallIntegerField(default=1)
    acknowledge_days = models.PositiveSmallIntegerField(help_text="Working days.")
    resolve_days = models.PositiveSmallIntegerField(help_text="Working days.")
    basis = models.CharField(max_length=10, choices=Basis)
    basis_note = models.TextField(blank=True)
    source = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The day on which another one took its place.")

    class Meta:
        ordering = ["topic", "agency", "level", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "agency", "level"],
                condition=models.Q(valid_until=None),
                nulls_distinct=False,
                name="one_standard_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.topic_id or 'all'}, level {self.level}: {self.acknowledge_days} and {self.resolve_days} days"


class SurveyAnswer(Retirable):
    """One answer to one question of the survey that may follow a registration. Nobody has to answer any."""

    question = models.SlugField(max_length=20)
    asked = models.CharField(max_length=120)
    code = models.SlugField(max_length=20)
    label = models.CharField(max_length=42)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="survey_answer_once")]

    def __str__(self):
        return self.label


class RegistrationItem(Retirable):
    """A paper to bring or a fact to tell, which one agency needs for one registration."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("Paper")
        FACT = "fact", _("Fact")

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="items")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    code = models.SlugField(max_length=20)
    label = models.CharField(max_length=42, help_text="As it stands in “Please bring or tell us: …”.")
    kind = models.CharField(max_length=5, choices=Kind)
    answered_by = models.SlugField(max_length=20, blank=True, help_text="The question of the form that answers it.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["topic", "agency", "code"], name="registration_item_once")]

    def __str__(self):
        return self.label
