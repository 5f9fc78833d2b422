"""Witnesses: whoever is named in WITNESSES is told of every anchor, and keeps what they were told.

So nobody can rewrite history and anchor it anew unseen, whatever rights they have. A witness that cannot be reached is
asked again, more and more rarely; it is told everything since the last anchor it took, so nothing waits in a queue.
"""

import json
from datetime import datetime, timedelta
from smtplib import SMTPException

import requests
import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from cases.models import Anchor, Witness

log = structlog.get_logger()

AT_ONCE = 500
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 10, 60, 6 * 60)]  # and so on with the last
LETTERS = timedelta(days=1)  # a person gets one a day
LEASE = timedelta(minutes=5)


class Refused(Exception):
    """Why they did not take it."""


class Disputed(Refused):
    """They keep another history."""


def tell(now: datetime) -> int:
    """Whoever is due is told what is new. Returns how many took it."""
    last = Anchor.objects.last()
    if last is None:
        return 0
    for address in settings.WITNESSES:
        Witness.objects.get_or_create(address=address, defaults={"due_at": now})
    due = Witness.objects.filter(address__in=settings.WITNESSES, due_at__lte=now)
    return sum(_tell(one, now) for one in due.exclude(told_to=last.number, disputes=False))


def _tell(witness: Witness, now: datetime) -> bool:
    ours = Witness.objects.filter(pk=witness.pk, due_at=witness.due_at).update(due_at=now + LEASE)
    if not ours:
        return False  # somebody else is at it
    begin = max(0, witness.told_to - 1)  # the last they took once more: if it is another one now, they notice
    anchors = [one.as_published() for one in Anchor.objects.filter(number__gt=begin)[:AT_ONCE]]
    by_letter = "://" not in witness.address
    try:
        (_write if by_letter else _post)(witness.address, anchors)
    except Refused as why:
        return _note_refusal(witness, why, now)
    witness.told_to, witness.told_at, witness.attempts = anchors[-1]["number"], now, 0
    witness.failure, witness.disputes = "", False
    witness.due_at = now + LETTERS if by_letter else now
    witness.save()
    return True


def _note_refusal(witness: Witness, why: Refused, now: datetime) -> bool:
    witness.due_at = now + PAUSES[min(witness.attempts, len(PAUSES) - 1)]
    witness.attempts += 1
    witness.failure, witness.disputes = str(why)[:200], isinstance(why, Disputed)
    witness.save()
    log.error("witness_disputes" if witness.disputes else "witness_not_told", witness=witness.pk, why=witness.failure)
    return False


def _post(address: str, anchors: list[dict]) -> None:
    told = {"service": settings.PUBLIC_BASE_URL, "anchors": anchors}
    try:
        with requests.post(
            address, json=told, timeout=settings.GATEWAY_TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            status = answer.status_code
    except requests.RequestException as error:
        raise Refused(type(error).__name__) from error
    if status == requests.codes.conflict:
        raise Disputed(_("It keeps another history than we tell."))
    if status not in (200, 201, 202, 204):
        raise Refused(f"HTTP {status}")


def _write(address: str, anchors: list[dict]) -> None:
    lines = [f"{one['number']}  {one['at']}  {one['leaves']}  {one['root']}" for one in anchors]
    body = "\n".join(
        [
            _("Please keep this letter. It proves what the public ledger was on this day."),
            f"{settings.PUBLIC_BASE_URL}/ledger/",
            "",
            *lines,
            "",
            json.dumps(anchors[-1], sort_keys=True),
        ]
    )
    try:
        taken = send_mail(
            _("The public ledger up to anchor {number}").format(number=anchors[-1]["number"]), body, None, [address]
        )
    except (SMTPException, OSError) as error:
        raise Refused(type(error).__name__) from error
    if not taken:
        raise Refused(_("The mail server did not take it."))
