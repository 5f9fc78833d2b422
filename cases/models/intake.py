"""What is known of a case because somebody came to a desk: who spoke for whom, what they brought, what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.crypto import SealedTextField
from cases.models.case import Case
from cases.pack import Agency


class Relationship(models.TextChoices):
    PARENT = "parent", _("Parent or guardian of a child")
    SPOUSE = "spouse", _("Husband or wife")
    CAREGIVER = "caregiver", _("Caregiver")
    EMPLOYER = "employer", _("Employer")
    VOLUNTEER = "volunteer", _("Community volunteer")
    OTHER = "other", _("Somebody else they trust")


class Consent(models.TextChoices):
    PRESENT = "present", _("They are here and agree")
    WRITTEN = "written", _("They agreed in writing")
    GUARDIAN = "guardian", _("A guardian by law speaks for them")


class Representation(models.Model):
    """That a case was told by one person for another. Whom it is about stands in the case's form."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="representation")
    relationship = models.CharField(max_length=10, choices=Relationship)
    consent = models.CharField(max_length=8, choices=Consent)
    name = SealedTextField(null=True, blank=True, help_text="Of who came, if they gave it.")
    nrc = SealedTextField(null=True, blank=True)
    card_index = models.CharField(max_length=32, blank=True, db_index=True)
    their_phone = models.BooleanField(default=True, help_text="The SMS reach who came, not whom it is about.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(relationship="parent") | models.Q(consent="guardian"),
                name="a_childs_guardian_needs_no_consent",
            )
        ]

    def __str__(self):
        return f"Representation in case {self.case_id}"


class Brought(models.Model):
    """What a registration needs and was brought or told at a desk: it may tell of health, so it is sealed."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="brought")
    items = SealedTextField(help_text="AGENCY:item, one a line.")

    class Meta:
        verbose_name_plural = "brought"

    def __str__(self):
        return f"What was brought for case {self.case_id}"


class Membership(models.Model):
    """That an agency registered the citizen, and under which number."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    number = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "agency"], name="membership_once")]

    def __str__(self):
        return f"Membership of {self.agency_id} from case {self.case_id}"
