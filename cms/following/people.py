"""Who follows what: asked for, confirmed by the link in the first e-mail, ended by the link in every other one."""

from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import clock
from cases.crypto import blind
from cases.languages import SOURCE, spoken
from cases.limits import HOUR, count_try
from cms.following.subjects import Subject, subject_of
from cms.models.following import Subscription

SALT = "following"
DAYS_TO_CONFIRM = 7
# How many first e-mails may go out: to one address, from one source, in all.
LIMITS = (("address", 3, 24 * HOUR), ("source", 20, HOUR), ("all", 600, HOUR))


def ask(subject: Subject, address: str, *, source: str) -> bool:
    """Sends the link that confirms it. Whoever asks learns nothing of who follows what. Raises TooManyTries.

    False when the mail server did not take it.
    """
    index = blind(address.casefold(), name="follower")
    whose = {"address": index, "source": source, "all": ""}
    for name, limit, seconds in LIMITS:
        count_try(f"follow-{name}:{whose[name]}", limit=limit, seconds=seconds)
    facts = {"address": address, "asked_at": clock.now(), "language": spoken()}
    asked, _new = Subscription.objects.get_or_create(subject=subject.key, address_index=index, defaults=facts)
    Subscription.objects.filter(pk=asked.pk, confirmed_at=None).update(language=spoken())  # asked again elsewhere
    return asked.confirmed_at is not None or _send_first(asked, subject)


def confirm(token: str) -> Subject | None:
    """None where the link is none of ours, too old, or what it was for is gone."""
    asked = _of(token, "confirm", timedelta(days=DAYS_TO_CONFIRM))
    if asked is None:
        return None
    Subscription.objects.filter(pk=asked.pk, confirmed_at=None).update(confirmed_at=clock.now())
    return subject_of(asked.subject)


def asked_with(token: str, purpose: str) -> tuple[Subject | None, str]:
    """What the link is about, before anything is done, and the language of who asked for it."""
    oldest = timedelta(days=DAYS_TO_CONFIRM) if purpose == "confirm" else None
    asked = _of(token, purpose, oldest)
    return (subject_of(asked.subject), asked.tongue) if asked else (None, SOURCE)


def stop(token: str) -> None:
    """The address and what waited for it are gone. A link used twice has nothing left to do."""
    with transaction.atomic():
        if asked := _of(token, "stop", None):
            asked.delete()


def forget_unconfirmed(now: datetime) -> int:
    """Who did not confirm is not known here any more."""
    old = Subscription.objects.filter(confirmed_at=None, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM))
    return old.delete()[0]


def link(subscription: Subscription, purpose: str) -> str:
    """Signed, and without the address: a link ends up in logs and histories."""
    token = signing.dumps([purpose, subscription.pk], salt=SALT)
    return settings.PUBLIC_BASE_URL + reverse(f"cms:follow_{purpose}", args=[token])


def _of(token: str, purpose: str, oldest: timedelta | None) -> Subscription | None:
    try:
        said, number = signing.loads(token, salt=SALT, max_age=oldest)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Subscription.objects.filter(pk=number).first() if said == purpose else None


def _send_first(asked: Subscription, subject: Subject) -> bool:
    facts = {"subject": subject, "link": link(asked, "confirm"), "days": DAYS_TO_CONFIRM}
    body = render_to_string("cms/following/confirm.txt", facts)
    try:
        return (
            EmailMessage(_("Please confirm: {title}").format(title=subject.title), body, None, [asked.address]).send()
            == 1
        )
    except (SMTPException, OSError):
        return False
