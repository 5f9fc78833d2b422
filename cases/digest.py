"""The weekly letter to who leads: numbers and links, no personal data. Due rows see to it that two never go out."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from socket import gaierror

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.catalogue import catalogue
from cases.lifecycle import OPEN
from cases.models import Case, Digest, Officer
from cases.overview import Figure, at_this_moment, since_last_week
from cases.permissions import GET_DIGEST

log = structlog.get_logger()

HOUR = time(7)  # of Monday, in the country's own time
WEEK = timedelta(days=7)
TRIES = 4
AGAIN = timedelta(minutes=30)
# The mail server said no, or was not there. After anything else it may have gone out: it is not tried again.
NOT_TAKEN = (SMTPResponseException, SMTPRecipientsRefused, ConnectionRefusedError, gaierror)


def readers() -> QuerySet[Officer]:
    """Who leads, has an address and wants it."""
    wanting = Officer.objects.filter(active=True, wants_digest=True, role__in=GET_DIGEST).exclude(user__email="")
    return wanting.select_related("user", "agency", "place").order_by("pk")


def compose(officer: Officer, today: date) -> str:
    """In the officer's scope, like their home; each number with the address of the cases behind it."""
    facts = {
        "now": list(map(_whole, at_this_moment(officer, today))),
        "escalated": moved_up_to(officer),
        "weeks": list(map(_whole, since_last_week(officer, today))),
        "worklist": settings.PUBLIC_BASE_URL + reverse("cases:desk"),
        "home": settings.PUBLIC_BASE_URL + reverse("cases:manage"),
        "mine": settings.PUBLIC_BASE_URL + reverse("cases:me"),
    }
    return render_to_string("people/digest.txt", facts)


def moved_up_to(officer: Officer) -> int:
    """Cases that moved up to them, of which they have not said that they look after them."""
    here = {"escalations__officer": officer, "escalations__acknowledged_at": None}
    return Case.objects.visible_to(officer).filter(state__in=OPEN, escalations__level=F("level"), **here).count()


def _whole(figure: Figure) -> Figure:
    return Figure(figure.title, figure.said, settings.PUBLIC_BASE_URL + figure.address, figure.change)


# --- Going out --------------------------------------------------------------------------------------------


def send_due(now: datetime) -> int:
    """Lay down the letters of the coming Monday, and send those that are due. Returns how many went out.

    Laid down beforehand, a letter goes out late when all workers were down, and none goes out on any other day.
    """
    today = now.astimezone(catalogue().zone).date()
    coming = coming_monday(now)
    if tells_of_a_whole_week(coming):
        due_at = _hour_of(coming)
        letters = (Digest(officer=officer, monday=coming, due_at=due_at) for officer in _without(coming))
        Digest.objects.bulk_create(letters, ignore_conflicts=True)
    return sum(_send(digest, today) for digest in _taken(now, today - timedelta(days=today.weekday())))


def coming_monday(now: datetime) -> date:
    """The Monday whose hour is still to come."""
    today = now.astimezone(catalogue().zone).date()
    monday = today - timedelta(days=today.weekday())
    return monday if now < _hour_of(monday) else monday + WEEK


def _hour_of(monday: date) -> datetime:
    return datetime.combine(monday, HOUR, catalogue().zone)


def tells_of_a_whole_week(monday: date) -> bool:
    """Did the service begin before the week that the letter tells of? There is none about the days of a beginning."""
    first = Case.objects.order_by("pk").values_list("opened_on", flat=True).first()
    return first is not None and first <= monday - WEEK


def _without(monday: date) -> QuerySet[Officer]:
    return readers().exclude(digests__monday=monday)


def _taken(now: datetime, monday: date) -> Iterator[Digest]:
    """One after another, each ours alone from here on, whatever becomes of us. Last week's is news no more."""
    due = Digest.objects.filter(state=Digest.State.DUE, due_at__lte=now, monday=monday).order_by("due_at", "pk")
    while True:
        with transaction.atomic():
            digest = due.select_for_update(skip_locked=True).first()
            if digest is None:
                return
            digest.state, digest.tries = Digest.State.GOING, digest.tries + 1
            digest.save(update_fields=["state", "tries"])
        yield digest


def _send(digest: Digest, today: date) -> bool:
    officer = readers().filter(pk=digest.officer_id).first()
    if officer is None:  # left, or wants none any more
        return _note(digest, Digest.State.FAILED)
    try:
        send_mail(_("Your week at the Single Window Service"), compose(officer, today), None, [officer.user.email])
    except NOT_TAKEN as error:
        log.warning("digest_not_taken", digest=digest.pk, error=type(error).__name__)
        digest.due_at = timezone.now() + AGAIN
        return _note(digest, Digest.State.DUE if digest.tries < TRIES else Digest.State.FAILED)
    except (SMTPException, OSError) as error:
        log.error("digest_lost", digest=digest.pk, error=type(error).__name__)
        return _note(digest, Digest.State.FAILED)
    digest.sent_at = timezone.now()
    return _note(digest, Digest.State.SENT)


def _note(digest: Digest, state: Digest.State) -> bool:
    digest.state = state
    digest.save(update_fields=["state", "due_at", "sent_at"])
    return state == Digest.State.SENT
