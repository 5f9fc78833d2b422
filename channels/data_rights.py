"""Rights over one's data, where data travels: the notice to a new phone, silence for who objects, and forgetting."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases import actions
from cases.models import Case, Citizen
from channels import gsm7, notices
from channels.models import Caller, Message, Session
from channels.receipts import note_opt_out

# Data Protection Act 3/2021, ss 61(5) and 64: on the first communication. New words are a new version in actions.
NOTICE = gettext_noop(
    "We keep your number and your words to solve your matter. You may see, correct or erase them, "
    "or stop their use: ask at a desk or dial us."
)
AT_ONCE = 200


def listen() -> None:
    actions.use_stopped.connect(_stop, dispatch_uid="channels.data_rights.stop")
    actions.case_erased.connect(_forget_case, dispatch_uid="channels.data_rights.case")
    actions.citizen_erased.connect(_forget_phone, dispatch_uid="channels.data_rights.phone")
    actions.data_wanted.connect(_held, dispatch_uid="channels.data_rights.held")


def tell_rights(now: datetime) -> int:
    """One SMS to every phone that told us something for the first time, once."""
    return sum(_tell(citizen) for citizen in actions.to_be_told_their_rights(now)[:AT_ONCE])


@transaction.atomic
def _tell(citizen: Citizen) -> bool:
    if not actions.note_rights_told(citizen=citizen) or actions.wants_silence(citizen) or not citizen.phone:
        return False
    with translation.override(citizen.language):
        text = gsm7.plain(_(NOTICE))
    facts = {"notice": "rights", "language": citizen.language}
    notices.queue(phone=citizen.phone, index=citizen.phone_index, text=text, **facts)
    return True


def _stop(sender: type[Citizen], citizen: Citizen, **_signal: object) -> None:
    if citizen.phone_index:
        note_opt_out(phone_index=citizen.phone_index, now=timezone.now())


def _forget_case(sender: type[Case], case: Case, **_signal: object) -> None:
    """What was said by SMS, and from which number. That there were so many, and what they cost, stays."""
    Message.objects.filter(case=case).update(text="", phone="", phone_index="")


def _forget_phone(sender: type[Citizen], phone_index: str, **_signal: object) -> None:
    Message.objects.filter(phone_index=phone_index).update(text="", phone="", phone_index="")
    Session.objects.filter(caller=phone_index).delete()
    Caller.objects.filter(index=phone_index).delete()


def _held(
    sender: type[Citizen], citizen: Citizen, cases: Iterable[Case], **_signal: object
) -> tuple[str, list[tuple[datetime, str]]]:
    """The SMS of these cases, as they went and came."""
    messages = Message.objects.filter(case__in=cases, phone_index=citizen.phone_index or "-").order_by("created_at")
    return _("SMS"), [(row.created_at, f"{row.get_direction_display()}: {row.text}") for row in messages]
