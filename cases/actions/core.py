"""How every change of a case is done: locked, checked, written, told. Decides nothing about any single step."""

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal
from django.utils.translation import gettext as _

from cases import ledger
from cases.catalogue import catalogue
from cases.counting import STANDS
from cases.lifecycle import JOINED, STEPS, Actor, allowed
from cases.models import Case, Citizen, Officer
from cases.permissions import may

case_changed = Signal()  # case, event
person_changed = Signal()  # officer, who joined, left, came back or has another role
code_issued = Signal()  # case, code
silence_wanted = Signal()  # citizen; whoever sends SMS answers True for whom it must not write to
sms_foreseen = Signal()  # case or None, step, said, data; whoever sends SMS answers with the Sms it would send, or None

By = Officer | Actor


@dataclass(frozen=True)
class Sms:
    """An SMS as it would go out, in the parts that are paid for. Too long, it is `shortened`."""

    parts: tuple[str, ...]
    septets: int
    shortened: bool = False


class NotAllowed(Exception):
    """Refused, with a sentence for the person who asked."""


def locked(case: Case, step: str = "", by: By | None = None) -> Case:
    """The case as it is now, locked until the transaction ends; refused if the step is not allowed."""
    # Joining nothing: a query that had to wait for the lock returns the new case beside the officer it had before.
    case = Case.objects.select_for_update().get(pk=case.pk)
    if step and by:
        check(case, step, by)
    return case


def check(case: Case, step: str, by: By) -> None:
    actor = Actor.OFFICER if isinstance(by, Officer) else by
    move = STEPS[step]
    if case.is_joined and step not in JOINED:
        raise NotAllowed(_("It is joined into another case: {stays}. Do this there.").format(stays=case.merged_into))
    if move not in allowed(case.state, actor, joined=case.is_joined):
        raise NotAllowed(
            _("This cannot be done now: the case is “{state}”.").format(state=case.get_state_display().lower())
        )
    if isinstance(by, Officer) and not may(by, step, case):
        raise NotAllowed(_("You may not do this. Ask {owner} or a supervisor.").format(owner=case.officer or "-"))


def wants_silence(citizen: Citizen) -> bool:
    return any(answer for _receiver, answer in silence_wanted.send(sender=Citizen, citizen=citizen))


def is_told(case: Case) -> bool:
    """Does an SMS about it reach its citizen?"""
    return case.citizen is not None and bool(case.citizen.phone_index) and not wants_silence(case.citizen)


def foresee_sms(*, case: Case | None, step: str, said: str, **data: Any) -> Sms | None:
    """What the citizen would be sent if `step` were taken with these words; without a case, the words alone.

    `data` is what the event would keep.
    """
    answers: list[tuple[Any, Any]] = sms_foreseen.send(sender=Case, case=case, step=step, said=said, data=data)
    return next((sms for _receiver, sms in answers if sms), None)


def need(words: str, sentence: str) -> None:
    if not words.strip():
        raise NotAllowed(sentence)


def need_a_phone(case: Case) -> None:
    """A question by SMS needs somebody who gets it."""
    if case.citizen is None or not case.citizen.phone_index:
        raise NotAllowed(_("There is no phone number to ask. Write a note and wait for the citizen to come back."))
    if any(answer for _receiver, answer in silence_wanted.send(sender=Citizen, citizen=case.citizen)):
        raise NotAllowed(_("The citizen wants no SMS. Call them, or write a note."))


def record(case: Case, kind: str, by: By, **said) -> Case:
    case.save()
    return tell(case, kind, by, **said)


def tell(
    case: Case, kind: str, by: By, *, words: str = "", data: dict | None = None, hand: Officer | None = None
) -> Case:
    """`hand` is the officer who wrote down what the citizen said or did."""
    officer = by if isinstance(by, Officer) else hand
    actor = Actor.OFFICER if isinstance(by, Officer) else by
    data = (data or {}) | {STANDS: _stands(case)}
    event = ledger.append(case, kind, actor=actor, officer=officer, words=words.strip(), data=data)
    case_changed.send(sender=Case, case=case, event=event)
    return case


def matter(case: Case) -> dict:
    """What the case is about and whose it is, for the events that say so and the figures that are counted from them."""
    return {
        "topic": case.topic_id,
        "place": case.place_id,
        "agency": case.agency_id,
        "sensitivity": case.sensitivity,
        "acknowledge_due": case.acknowledge_due.isoformat(),
    }


def _stands(case: Case) -> dict:
    """How the case stands after an event, as it was known that day: a promise or a holiday changed later stays out."""
    days = catalogue().calendar.between(case.opened_on, catalogue().today())
    return {"state": case.state, "owner": case.officer_id, "due": case.resolve_due.isoformat(), "days": days}
