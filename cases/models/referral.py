"""Another agency is asked to help: what it is shown, on which ground, and how far it got."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.models.case import Case
from cases.models.people import Officer
from cases.pack import Agency, Ground


class Share(models.TextChoices):
    """What of a case may be shown to an agency that is asked. Topic, place and dates it needs to find its work."""

    WORDS = "words", _("The citizen's own words")
    WHO = "who", _("Name and phone number")
    NRC = "nrc", _("Number of the NRC")
    FORM = "form", _("The answers in the form")
    ATTACHMENTS = "attachments", _("Photos and papers")
    STORY = "story", _("What was said and done so far")


class Permit(models.TextChoices):
    """What allows it. Nothing about a person goes to others unless they agree or the law says so."""

    FORM = "form", _("The citizen chose this agency in the form")
    DESK = "desk", _("The citizen agreed at the desk")
    CALL = "call", _("The citizen agreed on the phone")
    REPLY = "reply", _("The citizen answered our question by phone")
    NOTHING = "nothing", _("Nothing about the person is shared")
    GROUND = "ground", _("Without consent, as the law allows")


# Of the words read to the citizen before they agree. Who changes those gives them a new number.
CONSENT_WORDS = 1


class Referral(models.Model):
    """(Part of) a case that another agency was asked to handle, with a clock of its own."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("A supervisor has to agree")
        SOUGHT = "sought", _("The citizen has to agree")
        REFUSED = "refused", _("Not agreed to")
        ASKED = "asked", _("Asked")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        RETURNED = "returned", _("Returned")
        DONE = "done", _("Done")
        RECALLED = "recalled", _("Taken back")

    ANSWERS = (State.ACCEPTED, State.DECLINED, State.RETURNED, State.DONE)
    UNANSWERED = (State.ASKED, State.ACCEPTED)
    OPEN = (State.PROPOSED, State.SOUGHT, *UNANSWERED)
    SEEN = (*UNANSWERED, State.DONE)  # the agency sees its part

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    agency = models.ForeignKey(Agency, models.PROTECT)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", help_text="Whose case it was then.")
    asked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    shared = ArrayField(models.CharField(max_length=12, choices=Share), default=list, blank=True)
    consent = models.CharField(max_length=8, choices=Permit)
    ground = models.ForeignKey(Ground, models.PROTECT, null=True, blank=True)
    agreed_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="A supervisor, where a ground is."
    )
    asked_at = models.DateTimeField(default=clock.now)
    due = models.DateField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When it ended, however it did.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency"],
                condition=models.Q(state__in=["proposed", "sought", "asked", "accepted"]),
                name="one_open_referral_per_agency",
            ),
            models.CheckConstraint(
                condition=~models.Q(consent="nothing") | models.Q(shared=[]), name="shared_with_consent_or_ground"
            ),
            models.CheckConstraint(
                condition=models.Q(consent="ground", ground__isnull=False)
                | ~models.Q(consent="ground") & models.Q(ground=None),
                name="without_consent_on_a_ground",
            ),
            models.CheckConstraint(
                condition=~models.Q(consent="ground")
                | models.Q(state__in=["proposed", "refused", "recalled"])
                | models.Q(agreed_by__isnull=False),
                name="without_consent_a_supervisor",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="referral_asked")]

    def __str__(self):
        return f"Referral of {self.case} to {self.agency_id}"
