"""A new case, and the keys to it: number, PIN and one-time code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, code_issued, matter, tell
from cases.actions.naming import name_the_same, sensitivity_of
from cases.actions.promises import promise
from cases.actions.referrals import ask_agency
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.lifecycle import Actor
from cases.models import (
    Case,
    Channel,
    Citizen,
    Consent,
    Known,
    Officer,
    OneTimeCode,
    Permit,
    Relationship,
    Representation,
    Share,
)
from cases.pack import Agency, Place, Topic
from cases.permissions import may_open
from cases.reference import new_pin, new_reference
from cases.rows import insert_if_new

_SPEAK = "UPDATE cases_citizen SET language = %(language)s WHERE phone_index = %(phone)s AND language <> %(language)s"


@dataclass(frozen=True)
class Opened:
    """A case and the PIN, which is stored nowhere and told once."""

    case: Case
    pin: str


@dataclass(frozen=True)
class ToldBy:
    """Who came to the desk for somebody else, and by what right. Name and card as far as they gave them."""

    relationship: Relationship
    consent: Consent
    name: str = ""
    nrc: str = ""
    their_phone: bool = True


By = Officer | Actor

# What each scheme that was chosen in the form is shown of it.
A_REGISTRATION_NEEDS = (Share.WHO, Share.NRC, Share.FORM, Share.WORDS)


def find_or_add_citizen(*, phone: str = "", nrc: str = "", name: str = "", language: str = "en") -> Citizen:
    """The citizen of this phone, else of this card, else a new one; new facts fill gaps and replace nothing."""
    phone_index = blind(phone, name="phone") if phone else None
    nrc_index = blind(nrc, name="nrc") if nrc else None
    citizen = Citizen(phone=phone or None, phone_index=phone_index, name=name, language=language)
    if not phone_index:
        citizen.nrc, citizen.nrc_index = nrc or None, nrc_index
    if not insert_if_new(citizen):  # who is neither known by phone nor by card is somebody new each time
        citizen = Citizen.objects.get(**({"phone_index": phone_index} if phone_index else {"nrc_index": nrc_index}))
    filled = []
    if name and not citizen.name:
        citizen.name = name
        filled.append("name")
    card_is_free = nrc_index and not Citizen.objects.filter(nrc_index=nrc_index).exists()
    if card_is_free and not citizen.nrc_index:
        citizen.nrc, citizen.nrc_index = nrc, nrc_index
        filled += ["nrc", "nrc_index"]
    if filled:
        citizen.save(update_fields=filled)
    return citizen


def open_case(
    *,
    topic: Topic,
    place: Place | None,
    words: str,
    known: Known,
    channel: Channel,
    citizen: Citizen | None = None,
    language: str = "en",
    once: str | None = None,
    form: str = "",
    also_for: Sequence[Agency] = (),
    told_by: ToldBy | None = None,
    by: Officer | None = None,
    appeal_of: Case | None = None,
) -> Opened:
    """Open one case. `once` names the request: asked again with the same, it returns the same case.

    An anonymous case keeps no citizen. `also_for` asks further agencies at once (a registration for several).
    """
    if by and not may_open(by, "intake"):
        raise NotAllowed(_("You may not open cases."))
    case = _new_case(
        topic=topic,
        words=words,
        place=place,
        known=known,
        channel=channel,
        language=language,
        once=once,
        form=form or None,
        appeal_of=appeal_of,
        citizen=None if known == Known.ANONYMOUS else citizen,
        level=appeal_of.level + 1 if appeal_of else 1,
    )
    pin = new_pin()
    with transaction.atomic(savepoint=False):
        if not _add_under_a_free_number(case, pin):
            before = Case.objects.get(once=once)
            return Opened(before, renew_pin(before))
        if appeal_of:
            name_the_same(appeal_of, case)
        for agency in also_for:
            ask_agency(case, agency, shared=A_REGISTRATION_NEEDS, consent=Permit.FORM, asked_by=by)
        data = {**matter(case), "channel": channel, "known": known, "language": language, "level": case.level}
        data |= {"appeal": appeal_of is not None, "also_for": [agency.pk for agency in also_for]}
        if told_by:
            data |= _represent(case, told_by)
        tell(case, "open", by or Actor.CITIZEN, words=words, data=data)
    return Opened(case, pin)


def _new_case(*, topic: Topic, words: str, appeal_of: Case | None, **facts: Any) -> Case:
    """With everything but its number."""
    named = appeal_of is not None and appeal_of.named.exists()
    case = Case(
        kind=topic.kind,
        topic=topic,
        agency_id=topic.answered_by,
        sensitivity=sensitivity_of(topic, named=named),
        priority=topic.priority,
        appeal_of=appeal_of,
        **facts,
    )
    promise(case, today=catalogue().today())
    case.words = words
    case.card_index = _card_index(case)
    return case


def _represent(case: Case, told_by: ToldBy) -> dict[str, str]:
    """Write down who spoke; gives back what the history keeps of it. Of an anonymous case nobody's name is kept."""
    named = case.known != Known.ANONYMOUS
    Representation.objects.create(
        case=case,
        relationship=told_by.relationship,
        consent=told_by.consent,
        name=told_by.name if named else "",
        nrc=told_by.nrc if named else "",
        card_index=blind(told_by.nrc, name="nrc") if named and told_by.nrc else "",
        their_phone=told_by.their_phone,
    )
    return {"told_by": told_by.relationship, "consent": told_by.consent}


def _add_under_a_free_number(case: Case, pin: str) -> bool:
    """False where its request was heard before. Chance gives about five pairs among a million cases one number."""
    while True:
        case.reference = new_reference()
        case.pin_index = pin_index(case.reference, pin)
        if insert_if_new(case):
            return True
        if not Case.objects.filter(reference=case.reference).exists():
            return False


def _card_index(case: Case) -> str:
    """Of the card somebody showed or typed for this very case: the phone it came from may be on record for another."""
    card = json.loads(case.form).get("nrc") if case.form and case.known != Known.ANONYMOUS else ""
    return blind(card, name="nrc") if card else ""


def pin_index(reference: str, pin: str) -> str:
    return blind(f"{reference}:{pin}", name="pin")


def renew_pin(case: Case) -> str:
    """The first answer never reached the citizen, and the old PIN is stored nowhere: they get a new one."""
    pin = new_pin()
    Case.objects.filter(pk=case.pk).update(pin_index=pin_index(case.reference, pin))
    return pin


def choose_language(*, phone_index: str, language: str) -> None:
    """What the owner of this phone is spoken to in, from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEAK, {"phone": phone_index, "language": language})


@transaction.atomic
def issue_code(*, case: Case) -> None:
    """Send a code to the phone on record, for reading the case on the web within ten minutes."""
    code = new_pin()
    OneTimeCode.objects.create(
        case=case,
        code_index=pin_index(case.reference, code),
        expires_at=clock.now() + timedelta(minutes=10),
    )
    code_issued.send(sender=Case, case=case, code=code)


@transaction.atomic
def use_code(*, case: Case, code: str) -> bool:
    """True once, within the code's time."""
    valid = OneTimeCode.objects.filter(
        case=case, code_index=pin_index(case.reference, code), used_at=None, expires_at__gt=clock.now()
    )
    return valid.update(used_at=clock.now()) > 0
