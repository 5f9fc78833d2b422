"""The words kept ready on a desk: written, changed and thrown away by who answers for them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases import clock, replies
from cases.actions.core import NotAllowed, need
from cases.models import CannedReply, Officer
from cases.pack import Agency, Topic
from cases.permissions import may_open


@transaction.atomic
def save_reply(
    *,
    by: Officer,
    title: str,
    text: str,
    language: str,
    topic: Topic | None = None,
    agency: Agency | None = None,
    reply: CannedReply | None = None,
) -> CannedReply:
    """A new one, or `reply` changed. The same again is no other one; another under its title is refused."""
    _check(by, reply)
    need(text, _("Please write the words."))
    if gaps := replies.left_open(text):
        raise NotAllowed(_("Nothing fills {gaps}.").format(gaps=", ".join(gaps)))
    titled = CannedReply.objects.filter(title=title, language=language, topic=topic, agency=agency)
    titled = titled.exclude(pk=reply.pk) if reply else titled
    if there := titled.first():
        if reply is None and there.text == text:
            return there
        raise NotAllowed(_("There is another of this name. Choose another name, or change that one."))
    reply = reply or CannedReply()
    reply.title, reply.text, reply.language, reply.topic, reply.agency = title, text, language, topic, agency
    reply.changed_by, reply.changed_at = by, clock.now()
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError as double:
        if titled.filter(text=text).exists():
            return titled.get()  # the form came twice
        raise NotAllowed(_("There is another of this name. Choose another name, or change that one.")) from double
    if not replies.changeable(by).filter(pk=reply.pk).exists():
        raise NotAllowed(_("You may write for your own agency only."))
    return reply


@transaction.atomic
def drop_reply(*, by: Officer, reply: CannedReply) -> None:
    there = CannedReply.objects.select_for_update().filter(pk=reply.pk).first()
    if there is None:
        return  # thrown away already
    _check(by, there)
    there.delete()


def _check(by: Officer, reply: CannedReply | None) -> None:
    if not may_open(by, "replies"):
        raise NotAllowed(_("You may not do this."))
    if reply and not replies.changeable(by).filter(pk=reply.pk).exists():
        raise NotAllowed(_("You may write for your own agency only."))
