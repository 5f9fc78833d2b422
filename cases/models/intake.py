"""What is known of a case because somebody stood at a desk: who spoke for whom, and by what right."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.crypto import SealedTextField
from cases.models.case import Case


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
