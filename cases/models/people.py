"""The people: citizens, and the officers who work for them: scopes, absences, invitations, and what was changed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.crypto import SealedTextField
from cases.pack import Agency, Place, Sensitivity


class Citizen(models.Model):
    """A person known by a phone number, a registration card, or both. A phone may be shared by a household."""

    phone = SealedTextField(null=True, blank=True)
    phone_index = models.CharField(max_length=32, null=True, blank=True, unique=True)
    nrc = SealedTextField(null=True, blank=True)
    nrc_index = models.CharField(max_length=32, null=True, blank=True, unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField(default=clock.now)
    rights_told = models.PositiveSmallIntegerField(
        default=0, help_text="Which version of the notice of their rights they were given; 0 is none."
    )
    objected_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"Citizen {self.pk}"  # never the name: this text may reach a log


class Role(models.TextChoices):
    DESK = "desk", _("Desk officer")
    AGENCY = "agency", _("Agency officer")
    SUPERVISOR = "supervisor", _("District supervisor")
    AGENCY_HEAD = "agency_head", _("Agency supervisor")
    MANAGER = "manager", _("Programme manager")
    SAFEGUARDING = "safeguarding", _("Safeguarding focal point")
    AUDITOR = "auditor", _("Auditor")
    EDITOR = "editor", _("Editor")
    ADMINISTRATOR = "admin", _("Administrator")
    MONITOR = "monitor", _("Monitor from civil society")


# What each role may read at most. What is open goes with the role; each of the others needs a clearance besides, which
# is given to a person and can be given to no other role. So violence and abuse are for the safeguarding focal point,
# and corruption goes past every desk and line office to the agency that answers it. The auditor reads what they are
# cleared for; who writes the public site, manages people or monitors from outside reads no case.
_AT_THE_DESK = frozenset({Sensitivity.OPEN, Sensitivity.PRIVATE})
MAY_READ: dict[Role, frozenset[Sensitivity]] = {
    Role.DESK: _AT_THE_DESK,
    Role.AGENCY: _AT_THE_DESK | {Sensitivity.CORRUPTION},
    Role.SUPERVISOR: _AT_THE_DESK | {Sensitivity.STAFF},
    Role.AGENCY_HEAD: _AT_THE_DESK | {Sensitivity.STAFF, Sensitivity.CORRUPTION},
    Role.MANAGER: _AT_THE_DESK | {Sensitivity.STAFF},
    Role.SAFEGUARDING: _AT_THE_DESK | {Sensitivity.SAFEGUARDING},
    Role.AUDITOR: frozenset(Sensitivity),
    Role.EDITOR: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
    Role.MONITOR: frozenset(),
}
OF_AN_AGENCY = (Role.AGENCY, Role.AGENCY_HEAD)  # without one they would be a one-stop desk and see every agency's


def clearances_of(role: str) -> list[Sensitivity]:
    """Those that may be given to this role, in the order of the list."""
    return [kind for kind in Sensitivity if kind in MAY_READ[Role(role)] and kind != Sensitivity.OPEN]


def _constraints(table: str = "") -> list[models.BaseConstraint]:
    """That nobody has a clearance which is not for their role, and an agency's officer an agency."""
    cleared: list[models.BaseConstraint] = []
    for kind in Sensitivity:
        holders = [role.value for role in Role if kind in clearances_of(role)]
        held = models.Q(clearances__contains=[kind.value])
        condition = models.Q(role__in=holders) | ~held
        cleared.append(models.CheckConstraint(condition=condition, name=f"{table}cleared_for_{kind.value}"))
    has_one = ~models.Q(role__in=OF_AN_AGENCY) | models.Q(agency__isnull=False)
    return [*cleared, models.CheckConstraint(condition=has_one, name=f"{table}agency_officers_have_an_agency")]


class Scope(models.Model):
    """What somebody works on: agency (none: a one-stop desk, all agencies) x place (none: all) x clearances."""

    role = models.CharField(max_length=12, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    clearances = ArrayField(models.CharField(max_length=12, choices=Sensitivity), default=list, blank=True)
    level = models.PositiveSmallIntegerField(
        default=1, help_text="The level of the ladders of escalation that this officer answers for."
    )
    organisation = models.CharField(max_length=120, blank=True, help_text="Of a monitor: for whom they write.")

    class Meta:
        abstract = True

    def reads(self) -> list[Sensitivity]:
        """The kinds of matters this officer may read, wherever agency and place let them."""
        cleared = {Sensitivity.OPEN, *self.clearances}
        return [kind for kind in Sensitivity if kind in cleared and kind in MAY_READ[Role(self.role)]]

    @property
    def office(self) -> str:
        """Where they work on cases, in short; nothing for who works on none, but for whom a monitor writes."""
        if not self.reads():
            return self.organisation
        where = [self.agency.label if self.agency else _("One-stop desk"), self.place.name if self.place else ""]
        return ", ".join(str(part) for part in where if part)

    @property
    def cleared_for(self) -> str:
        return ", ".join(str(Sensitivity(kind).label) for kind in Sensitivity if kind in self.clearances)


class Officer(Scope):
    """A staff member. `active` until they leave."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="officer")
    active = models.BooleanField(default=True)
    wants_digest = models.BooleanField(default=True, help_text="The weekly letter, where the role has one.")

    class Meta:
        constraints = _constraints()

    def __str__(self):
        return self.user.get_full_name() or self.user.get_username()


class Absence(models.Model):
    """Days on which an officer is away, both ends included; what moves up to them goes to the colleague who covers."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    cover = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="covers")
    hands_on = models.BooleanField(
        default=False, help_text="Whoever covers gets their open cases meanwhile, and what is handed to them."
    )

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="absence_ends_later"),
            models.CheckConstraint(
                condition=models.Q(cover=None) | ~models.Q(cover=models.F("officer")), name="cover_is_somebody_else"
            ),
            models.CheckConstraint(
                condition=models.Q(hands_on=False) | models.Q(cover__isnull=False), name="handed_on_to_somebody"
            ),
        ]

    def __str__(self):
        return f"Officer {self.officer_id} away {self.first_day} to {self.last_day}"


class Invitation(Scope):
    """A place kept for somebody who chooses name and password themselves, by a link sent to their address."""

    address = models.EmailField()
    token_index = models.CharField(max_length=32, unique=True, help_text="Of the link, which is kept nowhere.")
    invited_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            *_constraints("invited_"),
            models.UniqueConstraint(
                Lower("address"), condition=models.Q(accepted_at=None, withdrawn_at=None), name="invited_once"
            ),
        ]

    def __str__(self):
        return f"Invitation {self.pk}"  # never the address: this text may reach a log

    @property
    def mark(self) -> str:
        """Tells the link that was sent last from those before it."""
        return str(self.expires_at.timestamp())

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.expires_at <= clock.now()


class PersonEvent(models.Model):
    """One entry of what was done about a person: who changed what, when. Only ever added, as the database sees to."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("Invited")
        SENT_AGAIN = "sent_again", _("Invitation sent again")
        WITHDRAWN = "withdrawn", _("Invitation taken back")
        JOINED = "joined", _("Joined")
        CHANGED = "changed", _("Scope changed")
        LEFT = "left", _("Left")
        RETURNED = "returned", _("Came back")
        SECOND_STEP = "second_step", _("Second step of the log-in taken away, to be set up anew")
        AWAY = "away", _("Absence written down")
        NOT_AWAY = "not_away", _("Absence taken out")

    person = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="person_events")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="person_events")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(invitation__isnull=False), name="about_somebody"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
