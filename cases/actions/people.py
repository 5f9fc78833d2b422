"""Everything that changes who works here and on what: inviting, joining, another scope, absence, leaving."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, locked, person_changed
from cases.actions.cover import call_back
from cases.actions.duty import free_from_unfit_receiver
from cases.actions.lists import drop_lists
from cases.actions.owners import pass_on
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.lifecycle import OPEN
from cases.models import Absence, Case, Invitation, Officer, PersonEvent, Role, Scope
from cases.pack import Agency, Place
from cases.people import staff_of
from cases.permissions import can_be_given, may_invite, may_open

Kind = PersonEvent.Kind


@dataclass(frozen=True)
class Assignment:
    """A scope on its way in: what somebody is to work on."""

    role: str
    agency: Agency | None = None
    place: Place | None = None
    clearances: tuple[str, ...] = ()
    level: int = 1
    organisation: str = ""

    @classmethod
    def of(cls, scope: Scope) -> "Assignment":
        return cls(scope.role, scope.agency, scope.place, tuple(scope.clearances), scope.level, scope.organisation)

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("role", "agency", "place", "level", "organisation")} | {
            "clearances": sorted(self.clearances)
        }

    def codes(self) -> dict[str, Any]:
        """As the log keeps it."""
        keys = {"agency": self.agency and self.agency.pk, "place": self.place and self.place.pk}
        return self.fields() | keys


# --- Coming ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, by: Officer | None, address: str, assignment: Assignment) -> tuple[Invitation, str]:
    """A place for whoever opens the link, whose token is told once. Without `by`, on the machine itself."""
    _must_invite(by, assignment.role)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(address=address, invited_by=by, **_link(token), **assignment.fields())
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as double:
        raise NotAllowed(_("This address was invited already. Send that invitation again.")) from double
    _log(Kind.INVITED, by, invitation=invitation, after=assignment.codes())
    return invitation, token


@transaction.atomic
def invite_again(*, by: Officer, invitation: Invitation, shown: str = "") -> str:
    """A new link for the same place; the old one opens nothing any more.

    `shown` is the mark of the link as the page knew it: where another one was sent since, nothing is done, and there is
    no token.
    """
    _must_invite(by, invitation.role)
    invitation, token = _still_open(invitation), secrets.token_urlsafe(32)
    if shown and shown != invitation.mark:
        return ""
    for name, value in _link(token).items():
        setattr(invitation, name, value)
    invitation.save()
    _log(Kind.SENT_AGAIN, by, invitation=invitation)
    return token


@transaction.atomic
def withdraw_invitation(*, by: Officer, invitation: Invitation) -> None:
    _must_invite(by, invitation.role)
    invitation = _still_open(invitation)
    invitation.withdrawn_at = clock.now()
    invitation.save()
    _log(Kind.WITHDRAWN, by, invitation=invitation)


def invitation_of(token: str) -> Invitation | None:
    """Whatever became of it."""
    index = blind(token, name="invitation")
    return Invitation.objects.select_related("agency", "place").filter(token_index=index).first()


@transaction.atomic
def accept(*, token: str, username: str, first_name: str, last_name: str, password: str) -> Officer:
    """The invited choose a name and a password, and are an officer. The link opens nothing any more."""
    found = invitation_of(token)
    if found is None:
        raise NotAllowed(_("This link is none of ours."))
    invitation = _still_open(found)
    if invitation.is_late:
        raise NotAllowed(_("This link is too old. Ask for a new one."))
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, invitation.address, password, first_name=first_name, last_name=last_name
            )
    except IntegrityError as taken:
        raise NotAllowed(_("Somebody has this username already. Choose another one.")) from taken
    invitation.accepted_at = clock.now()
    invitation.save()
    return hire(user=user, assignment=Assignment.of(invitation), invitation=invitation)


@transaction.atomic
def hire(*, user: User, assignment: Assignment, invitation: Invitation | None = None) -> Officer:
    officer = Officer.objects.create(user=user, **assignment.fields())
    by = invitation.invited_by if invitation else None
    _log(Kind.JOINED, by, officer, invitation=invitation, after=assignment.codes())
    person_changed.send(sender=Officer, officer=officer)
    return officer


def _link(token: str) -> dict[str, Any]:
    until = clock.now() + timedelta(days=settings.INVITATION_DAYS)
    return {"token_index": blind(token, name="invitation"), "expires_at": until}


def _still_open(invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise NotAllowed(_("This invitation was used already."))
    if invitation.withdrawn_at:
        raise NotAllowed(_("This invitation was taken back."))
    return invitation


# --- Another scope, and leaving -------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """What became of the open cases of somebody who cannot go on with them."""

    passed_on: int = 0
    freed: int = 0


def cases_lost_by(officer: Officer, assignment: Assignment) -> int:
    """How many open cases the officer could not keep with another scope."""
    other = Officer(pk=officer.pk, user=officer.user, active=officer.active, **assignment.fields())
    return sum(not can_be_given(other, case) for case in officer.cases.filter(state__in=OPEN))


@transaction.atomic
def change_scope(*, officer: Officer, by: Officer, assignment: Assignment) -> Moved:
    """What they may have no longer is free again. Nobody changes their own."""
    officer = _held(officer, by)
    before = Assignment.of(officer)
    if before.codes() == assignment.codes():
        return Moved()
    if before.role == Role.ADMINISTRATOR != assignment.role:
        _must_not_be_the_last(officer)
    for name, value in assignment.fields().items():
        setattr(officer, name, value)
    officer.save()
    _log(Kind.CHANGED, by, officer, before=before.codes(), after=assignment.codes())
    person_changed.send(sender=Officer, officer=officer)
    lost = [case for case in officer.cases.filter(state__in=OPEN) if not can_be_given(officer, case)]
    _answer_no_more(officer)
    drop_lists(officer)
    return _pass_on(lost, to=None, why="scope")


@transaction.atomic
def leave(*, officer: Officer, by: Officer, cover: Officer | None = None) -> Moved:
    """Every session ends, no log-in opens any more, and each open case goes to `cover` or is free to be taken."""
    officer = _held(officer, by)
    if not officer.active:
        raise NotAllowed(_("{officer} has left already.").format(officer=officer))
    _must_not_be_the_last(officer)
    officer.active = False
    officer.save()
    _shut_out(officer.user)
    officer.covers.filter(last_day__gte=catalogue().today()).update(cover=None, hands_on=False)
    _answer_no_more(officer)
    moved = _pass_on(officer.cases.filter(state__in=OPEN), to=cover, why="left")
    _log(Kind.LEFT, by, officer, cover=cover and cover.pk, **asdict(moved))
    person_changed.send(sender=Officer, officer=officer)
    return moved


@transaction.atomic
def come_back(*, officer: Officer, by: Officer) -> None:
    """With the scope they had. They choose a new password by e-mail, and set up the second step anew."""
    officer = _held(officer, by)
    if officer.active:
        raise NotAllowed(_("{officer} works here already.").format(officer=officer))
    officer.active = officer.user.is_active = True
    officer.save()
    officer.user.save()
    _log(Kind.RETURNED, by, officer)
    person_changed.send(sender=Officer, officer=officer)


@transaction.atomic
def take_away_second_step(*, officer: Officer, by: Officer) -> None:
    """For who lost telephone and recovery codes: the next log-in sets it up anew."""
    officer = _held(officer, by)
    gone, _rows = Authenticator.objects.filter(user=officer.user).delete()
    _end_sessions(officer.user)
    if gone:
        _log(Kind.SECOND_STEP, by, officer)


def _answer_no_more(officer: Officer) -> None:
    """Of what moved up to them, what they may have no longer is for the next one of that level."""
    for case in Case.objects.filter(state__in=OPEN, escalations__officer=officer).distinct():
        free_from_unfit_receiver(locked(case))


def _pass_on(cases: Any, *, to: Officer | None, why: str) -> Moved:
    given = [pass_on(case=case, to=to, why=why) for case in cases]
    return Moved(passed_on=sum(given), freed=len(given) - sum(given))


def _shut_out(user: User) -> None:
    user.is_active = False
    user.set_unusable_password()
    user.save()
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)


def _end_sessions(user: User) -> None:
    """A session says whose it is only when opened, so all are looked at; it is done seldom."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=clock.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()


# --- Absence --------------------------------------------------------------------------------------------


@transaction.atomic
def be_away(
    *,
    officer: Officer,
    by: Officer,
    first_day: date,
    last_day: date,
    cover: Officer | None = None,
    hands_on: bool = False,
) -> Absence:
    """Days away, who covers, and whether they get the open cases meanwhile.

    One's own, or written down by whoever manages people or shares out their work.
    """
    officer = _held_or_own(officer, by)
    same = {"first_day": first_day, "last_day": last_day, "cover": cover, "hands_on": hands_on}
    if there := officer.absences.filter(**same).first():
        return there  # the form came twice
    if last_day < first_day:
        raise NotAllowed(_("The last day is before the first."))
    if officer.absences.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        raise NotAllowed(_("An absence on some of these days is written down already."))
    if cover and not Officer.objects.filter(pk=cover.pk, active=True).exclude(pk=officer.pk).exists():
        raise NotAllowed(_("{officer} cannot cover.").format(officer=cover))
    if hands_on and cover is None:
        raise NotAllowed(_("Who gets the open cases? Please choose who covers."))
    absence = Absence.objects.create(officer=officer, **same)
    _log(Kind.AWAY, by, officer, **_days(absence))
    return absence


@transaction.atomic
def not_be_away(*, absence: Absence, by: Officer) -> None:
    officer = _held_or_own(absence.officer, by)
    if not Absence.objects.filter(pk=absence.pk).exists():
        return  # taken out already: the form came twice
    _log(Kind.NOT_AWAY, by, officer, **_days(absence))
    call_back(absence)
    absence.delete()


def _days(absence: Absence) -> dict[str, Any]:
    days = {"first": absence.first_day.isoformat(), "last": absence.last_day.isoformat()}
    return days | {"cover": absence.cover_id, "hands_on": absence.hands_on}


@transaction.atomic
def want_digest(*, officer: Officer, wanted: bool) -> None:
    """One's own weekly letter: to get it, or no more."""
    officer = Officer.objects.select_for_update().get(pk=officer.pk)
    officer.wants_digest = wanted
    officer.save(update_fields=["wants_digest"])


# --- Rights and log -------------------------------------------------------------------------------------


def _must_manage(by: Officer) -> None:
    if not may_open(by, "people_change"):
        raise NotAllowed(_("You may not change this. Ask the administrator."))


def _must_invite(by: Officer | None, role: str) -> None:
    if by is not None and not may_invite(by, role):
        raise NotAllowed(_("You may not change this. Ask the administrator."))


def _held(officer: Officer, by: Officer) -> Officer:
    """The officer as they are now; for whoever still manages people, but never for oneself.

    Locked together with all administrators, so that of two who send each other away one stays.
    """
    concerned = Q(pk__in=(officer.pk, by.pk)) | Q(role=Role.ADMINISTRATOR)
    rows = Officer.objects.select_for_update(of=("self",)).select_related("user", "agency", "place")
    now = {one.pk: one for one in rows.filter(concerned).order_by("pk")}
    _must_manage(now[by.pk])
    if officer.pk == by.pk:
        raise NotAllowed(_("Nobody changes this for themselves. Ask another administrator."))
    return now[officer.pk]


def _held_or_own(officer: Officer, by: Officer) -> Officer:
    if officer.pk != by.pk and not _leads(by, officer):
        return _held(officer, by)
    return Officer.objects.select_for_update().get(pk=officer.pk)


def _leads(by: Officer, officer: Officer) -> bool:
    return may_open(by, "work_change") and staff_of(by).filter(pk=officer.pk).exists()


def _must_not_be_the_last(officer: Officer) -> None:
    """Somebody must be able to let people in."""
    others = Officer.objects.filter(role=Role.ADMINISTRATOR, active=True).exclude(pk=officer.pk)
    if officer.role == Role.ADMINISTRATOR and not others.exists():
        raise NotAllowed(_("{officer} is the last administrator. Name another one first.").format(officer=officer))


def _log(
    kind: PersonEvent.Kind,
    by: Officer | None,
    person: Officer | None = None,
    *,
    invitation: Invitation | None = None,
    **data: Any,
) -> None:
    PersonEvent.objects.create(kind=kind, by=by, person=person, invitation=invitation, data=data)
