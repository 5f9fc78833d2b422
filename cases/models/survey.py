"""What people told for the actuary's work, apart from their cases; and the protected tables made of it."""

from django.db import models

from cases.crypto import SealedTextField
from cases.models.people import Citizen

# Of the words read to the citizen before they agree: cases/forms/surveying.py. Who changes those gives a new number.
SURVEY_WORDS = 1


class SurveyReply(models.Model):
    """One person's answers, sealed. It knows the quarter, and the citizen with whom it goes; no case and no desk."""

    citizen = models.ForeignKey(Citizen, models.CASCADE, related_name="survey_replies")
    quarter = models.DateField(help_text="The first day of the three months in which it was told.")
    agreed_to = models.PositiveSmallIntegerField(help_text="Which version of the words they agreed to.")
    answers = SealedTextField(help_text="As JSON: question and answer.")

    class Meta:
        indexes = [models.Index(fields=["quarter"], name="survey_quarter")]
        verbose_name_plural = "survey replies"

    def __str__(self):
        return f"Survey reply {self.pk}"


class SurveyRelease(models.Model):
    """One quarter, counted once and for ever: whoever is erased later cannot be found by comparing two counts."""

    quarter = models.DateField(unique=True)
    made_at = models.DateTimeField()
    cells = models.JSONField(help_text="Question, answer, other question, other answer, count; no count is hidden.")

    class Meta:
        ordering = ["-quarter"]

    def __str__(self):
        return f"Survey of {self.quarter}"
