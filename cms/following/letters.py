"""The e-mails to followers: one for each happening, laid down once, sent in batches by whichever worker has time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from socket import gaierror
from time import monotonic

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from cases.languages import in_language, speaking
from cms.following.people import forget_unconfirmed, link
from cms.following.subjects import subject_of
from cms.models.following import Happening, Letter, Subscription

log = structlog.get_logger()

SECONDS = 5  # that one round of one worker may take: SMS wait meanwhile
TRIES = 4
AGAIN = timedelta(minutes=30)
KEPT = timedelta(days=30)  # a letter that went out is forgotten
# The mail server said no, or was not there. After anything else it may have gone out: it is not tried again.
NOT_TAKEN = (SMTPResponseException, SMTPRecipientsRefused, ConnectionRefusedError, gaierror)


def make_round(now: datetime) -> int:
    """Lays down what is new, sends a batch of what is due. Returns how many went out."""
    spread(now)
    forget_unconfirmed(now)
    Letter.objects.filter(happening__at__lt=now - KEPT).exclude(state=Letter.State.DUE).delete()
    sent, end = 0, monotonic() + SECONDS
    for letter in _taken(now):
        if not _send(letter, now):
            break  # the server is away, perhaps: nothing else of a worker waits for it twice
        sent += 1
        if monotonic() > end:
            break
    return sent


def spread(now: datetime) -> None:
    """A letter for each who follows any of its subjects; who follows two of them gets one."""
    with transaction.atomic():
        for happening in Happening.objects.filter(spread_at=None).select_for_update(skip_locked=True):
            followers = Subscription.objects.filter(subject__in=happening.subjects, confirmed_at__lte=happening.at)
            one_each = followers.order_by("address_index", "pk").distinct("address_index")
            letters = (Letter(subscription=one, happening=happening, due_at=now) for one in one_each.defer("address"))
            Letter.objects.bulk_create(letters, batch_size=1000, ignore_conflicts=True)
            happening.spread_at = now
            happening.save(update_fields=["spread_at"])


def _taken(now: datetime) -> Iterator[Letter]:
    """One after another, each ours alone from here on, whatever becomes of us."""
    due = Letter.objects.filter(state=Letter.State.DUE, due_at__lte=now).order_by("due_at", "pk")
    while True:
        with transaction.atomic():
            letter = (
                due.select_related("subscription", "happening")
                .select_for_update(skip_locked=True, of=("self",))
                .first()
            )
            if letter is None:
                return
            letter.state, letter.tries = Letter.State.GOING, letter.tries + 1
            letter.save(update_fields=["state", "tries"])
        yield letter


def _send(letter: Letter, now: datetime) -> bool:
    try:
        compose(letter).send()
    except NOT_TAKEN as error:
        log.warning("letter_not_taken", letter=letter.pk, error=type(error).__name__)
        again = letter.tries < TRIES
        return _note(letter, Letter.State.DUE if again else Letter.State.FAILED, now + AGAIN)
    except (SMTPException, OSError) as error:
        log.error("letter_lost", letter=letter.pk, error=type(error).__name__)
        return _note(letter, Letter.State.FAILED, now)
    return _note(letter, Letter.State.SENT, now)


def compose(letter: Letter) -> EmailMessage:
    """In the language of the page on which it was asked for; what is not translated is English."""
    subscription, happening = letter.subscription, letter.happening
    stop = link(subscription, "stop")
    with speaking(subscription.tongue):
        title = happening.said
        facts = {
            "title": title,
            "address": settings.PUBLIC_BASE_URL + in_language(happening.address, subscription.tongue),
            "subject": subject_of(subscription.subject),
            "stop": stop,
        }
        body = render_to_string("cms/following/letter.txt", facts)
    headers = {"List-Unsubscribe": f"<{stop}>", "Precedence": "bulk"}
    return EmailMessage(title, body, None, [subscription.address], headers=headers)


def _note(letter: Letter, state: str, due: datetime) -> bool:
    """Nothing to note where it was ended while the letter went out."""
    Letter.objects.filter(pk=letter.pk).update(state=state, due_at=due)
    return state == Letter.State.SENT
