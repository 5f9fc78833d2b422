"""Everything that changes a case. Views, channels and tasks call these; nothing else writes.

Each function does the whole thing in one transaction: it locks the case, checks right and state, changes it,
adds the event to the ledger and sends `case_changed`, whose receivers write in the same transaction.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils.translation import gettext as _

from cases import clock, ledger
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.deadlines import Promise
from cases.lifecycle import STEPS, Actor, State
from cases.models import Case, Channel, Citizen, Decision, Escalation, Event, Known, Officer, OneTimeCode, Referral
from cases.pack import Agency, Place, Topic
from cases.permissions import can_answer, can_open_walk_in, can_own, may
from cases.reference import new_pin, new_reference

log = structlog.get_logger()

case_changed = Signal()  # case, event
code_issued = Signal()  # case, code
silence_wanted = Signal()  # citizen; whoever sends SMS answers True for whom it must not write to


class NotAllowed(Exception):
    """Refused, with a sentence for the person who asked."""


@dataclass(frozen=True)
class Opened:
    """A case and the PIN, which is stored nowhere and told once."""

    case: Case
    pin: str


By = Officer | Actor


# --- Opening ------------------------------------------------------------------------------------------


def find_or_add_citizen(*, phone: str = "", nrc: str = "", name: str = "", language: str = "en") -> Citizen:
    """The citizen of this phone, else of this card, else a new one; new facts fill gaps and replace nothing."""
    phone_index = blind(phone, name="phone") if phone else None
    nrc_index = blind(nrc, name="nrc") if nrc else None
    facts = {"phone": phone or None, "nrc": nrc or None, "name": name, "language": language}
    if not phone_index and not nrc_index:
        return Citizen.objects.create(**facts)  # somebody new each time: nothing tells two of them apart
    if phone_index:
        citizen, _added = Citizen.objects.get_or_create(
            phone_index=phone_index, defaults={**facts, "nrc": None, "nrc_index": None}
        )
    else:
        citizen, _added = Citizen.objects.get_or_create(nrc_index=nrc_index, defaults=facts)
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
    also_for: Iterable[Agency] = (),
    by: Officer | None = None,
    appeal_of: Case | None = None,
) -> Opened:
    """Open one case. `once` names the request: asked again with the same, it returns the same case.

    An anonymous case keeps no citizen. `also_for` asks further agencies at once (a registration for several).
    """
    if by and not can_open_walk_in(by):
        raise NotAllowed(_("You may not open cases."))
    pin = new_pin()
    try:
        with transaction.atomic():  # without a look whether `once` was there: it hardly ever was
            case = _new_case(
                topic=topic,
                place=place,
                known=known,
                channel=channel,
                language=language,
                once=once,
                form=form or None,
                appeal_of=appeal_of,
                citizen=None if known == Known.ANONYMOUS else citizen,
                pin=pin,
                words=words,
                level=appeal_of.level + 1 if appeal_of else 1,
            )
            for agency in also_for:
                _ask_agency(case, agency)
            data = {"topic": topic.pk, "channel": channel, "known": known, "place": place.pk if place else None}
            _tell(case, "open", by or Actor.CITIZEN, words=words, data=data)
    except IntegrityError:
        before = Case.objects.filter(once=once).first() if once else None
        if before is None:
            raise
        return Opened(before, _renew_pin(before))
    return Opened(case, pin)


def _new_case(*, topic: Topic, pin: str, words: str, **facts) -> Case:
    today = catalogue().today()
    case = Case(
        reference=_free_reference(),
        kind=topic.kind,
        topic=topic,
        agency_id=topic.handler_id or topic.agency_id,
        sensitivity=topic.sensitivity,
        priority=topic.priority,
        opened_on=today,
        acknowledge_days=topic.acknowledge_days,
        resolve_days=topic.resolve_days,
        acknowledge_due=catalogue().calendar.add(today, topic.acknowledge_days),
        resolve_due=catalogue().calendar.add(today, topic.resolve_days),
        **facts,
    )
    case.pin_index = pin_index(case.reference, pin)
    case.card_index = _card_index(case)
    case.words = words
    case.save(force_insert=True)
    return case


def _free_reference() -> str:
    """Chance gives about five pairs among a million cases the same number, so we look before we use one."""
    while Case.objects.filter(reference=(reference := new_reference())).exists():
        pass
    return reference


def _card_index(case: Case) -> str:
    """Of the card somebody showed or typed for this very case: the phone it came from may be on record for another."""
    card = json.loads(case.form).get("nrc") if case.form and case.known != Known.ANONYMOUS else ""
    return blind(card, name="nrc") if card else ""


def pin_index(reference: str, pin: str) -> str:
    return blind(f"{reference}:{pin}", name="pin")


def _renew_pin(case: Case) -> str:
    """The first answer never reached the citizen, and the old PIN is stored nowhere: they get a new one."""
    pin = new_pin()
    Case.objects.filter(pk=case.pk).update(pin_index=pin_index(case.reference, pin))
    return pin


# --- The officer's side -------------------------------------------------------------------------------


@transaction.atomic
def take(*, case: Case, by: Officer) -> Case:
    case = _locked(case)
    if case.officer_id and case.officer_id != by.pk and case.state != State.RECEIVED:
        raise NotAllowed(_("{officer} has already taken this case.").format(officer=case.officer))
    _check(case, "take", by)
    case.take(by)
    return _record(case, "take", by)


@transaction.atomic
def hand_over(*, case: Case, by: Officer, to: Officer, words: str = "") -> Case:
    case = _locked(case, "hand_over", by)
    if not Case.objects.visible_to(to).filter(pk=case.pk).exists():
        raise NotAllowed(_("{officer} may not see this case.").format(officer=to))
    if not can_own(to, case):
        raise NotAllowed(_("{officer} may not work on this case.").format(officer=to))
    if case.state == State.RECEIVED:
        case.take(to)
    case.officer = to
    return _record(case, "hand_over", by, words=words, data={"to": to.pk})


@transaction.atomic
def sort(*, case: Case, by: Officer, topic: Topic, place: Place | None, words: str = "") -> Case:
    """Put a case where it belongs. It waits there for somebody to take it, unless its owner may keep it.

    A date once promised is never made later. An earlier one is promised where the new matter has it, but none
    that could not be kept any more.
    """
    case = _locked(case, "sort", by)
    if (topic.pk, place and place.pk) == (case.topic_id, case.place_id):
        raise NotAllowed(_("It is there already. Choose another topic or another place."))
    before, owner, said = {"old_topic": case.topic_id, "old_place": case.place_id}, case.officer, case.words
    case.sort()
    case.topic, case.kind, case.priority, case.place = topic, topic.kind, topic.priority, place
    case.agency_id, case.sensitivity = topic.handler_id or topic.agency_id, topic.sensitivity
    case.words = said  # sealed now, or no longer
    _promise_no_later(case, topic)
    asked = case.referrals.filter(agency=case.agency_id, state__in=Referral.UNANSWERED)
    asked.update(state=Referral.State.RECALLED, answered_at=clock.now())  # it is theirs altogether
    case.save()
    if owner and can_own(owner, case) and Case.objects.visible_to(owner).filter(pk=case.pk).exists():
        case.take(owner)
    data = {"topic": topic.pk, "place": case.place_id, "agency": case.agency_id, **before}
    return _record(case, "sort", by, words=words, data=data)


def _promise_no_later(case: Case, topic: Topic) -> None:
    calendar = catalogue().calendar
    soonest = calendar.between(case.opened_on, catalogue().today()) + 1
    case.acknowledge_days = min(case.acknowledge_days, max(topic.acknowledge_days, soonest))
    case.resolve_days = min(case.resolve_days, max(topic.resolve_days, soonest))
    case.acknowledge_due = calendar.add(case.opened_on, case.acknowledge_days)
    case.resolve_due = _promise(case).due(calendar)


@transaction.atomic
def ask_citizen(*, case: Case, by: Officer, words: str) -> Case:
    """Ask the citizen for something; the clock stands still meanwhile, at most PAUSE_CAP_DAYS in all."""
    case = _locked(case, "ask", by)
    _need(words, _("Please write your question to the citizen."))
    if case.citizen is None or not case.citizen.phone_index:
        raise NotAllowed(_("There is no phone number to ask. Write a note and wait for the citizen to come back."))
    if any(answer for _receiver, answer in silence_wanted.send(sender=Citizen, citizen=case.citizen)):
        raise NotAllowed(_("The citizen wants no SMS. Call them, or write a note."))
    case.ask()
    case.waiting_since = catalogue().today()
    case.resolve_due = _promise(case).due_while_waiting(catalogue().calendar)
    return _record(case, "ask", by, words=words)


@transaction.atomic
def add_note(*, case: Case, by: Officer, words: str) -> Case:
    case = _locked(case, "note", by)
    _need(words, _("Please write the note."))
    return _record(case, "note", by, words=words)


@transaction.atomic
def refer(*, case: Case, by: Officer, agency: Agency, words: str) -> Case:
    """Ask another agency for its part. The citizen's clock goes on; the agency gets one of its own."""
    case = _locked(case, "refer", by)
    _need(words, _("Please write what the other agency should do."))
    if agency.pk == case.agency_id:
        raise NotAllowed(_("The case is with this agency already."))
    case.refer()
    _ask_agency(case, agency)
    return _record(case, "refer", by, words=words, data={"agency": agency.pk})


@transaction.atomic
def answer_referral(*, case: Case, by: Officer, referral: Referral, state: str, words: str = "") -> Case:
    """The asked agency accepts, declines with a reason, returns it or says it is done."""
    case = _locked(case)
    referral = case.referrals.select_related("agency").get(pk=referral.pk)  # as it is now, under the case's lock
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise NotAllowed(_("You may not do this."))
    if not can_answer(by, referral):
        raise NotAllowed(_("Only {agency} can answer this.").format(agency=referral.agency))
    if referral.state not in Referral.UNANSWERED:
        raise NotAllowed(_("This was answered already."))
    if state not in Referral.State.values or state == Referral.State.ASKED:
        raise NotAllowed(_("Please choose an answer."))
    if state in (Referral.State.DECLINED, Referral.State.RETURNED):
        _need(words, _("Please write down the reason."))
    referral.state = state
    referral.answered_at = clock.now()
    referral.save(update_fields=["state", "answered_at"])
    data = {"agency": referral.agency_id, "answer": state}
    open_ones = case.referrals.filter(state__in=Referral.UNANSWERED)
    if case.state == State.REFERRED and not open_ones.exists():
        case.come_back()
    return _record(case, "come_back", by, words=words, data=data)


@transaction.atomic
def recall(*, case: Case, by: Officer, words: str) -> Case:
    """Take it back from an agency that does not answer; what was asked of it ends here."""
    case = _locked(case, "recall", by)
    _need(words, _("Please write down the reason."))
    asked = case.referrals.filter(state__in=Referral.UNANSWERED)
    agencies = list(asked.values_list("agency", flat=True))
    asked.update(state=Referral.State.RECALLED, answered_at=clock.now())
    case.recall()
    return _record(case, "recall", by, words=words, data={"agencies": agencies})


@transaction.atomic
def resolve(*, case: Case, by: Officer, decision: str, words: str) -> Case:
    """Answer with a decision and words the citizen will read. Reasons are the citizen's right (ATI Act s 8(2))."""
    case = _locked(case, "resolve", by)
    if decision not in Decision.values or decision == Decision.WITHDRAWN:
        raise NotAllowed(_("Please choose a decision."))
    _need(words, _("Please write the answer for the citizen."))
    _end_pause(case)
    case.resolve(decision)
    return _record(case, "resolve", by, words=words, data={"decision": decision})


@transaction.atomic
def close(*, case: Case, by: Officer) -> Case:
    case = _locked(case, "close", by)
    case.close()
    return _record(case, "close", by)


@transaction.atomic
def record_reading(*, case: Case, by: Officer) -> None:
    """Every reading of a sensitive case is part of its history."""
    if case.is_sensitive:
        _record(_locked(case), "read", by)


# --- The citizen's side -------------------------------------------------------------------------------


@transaction.atomic
def add_information(*, case: Case, words: str, by: By = Actor.CITIZEN) -> Case:
    """The citizen adds something. If we were waiting for it the clock goes on; nothing else about time changes."""
    case = _locked(case)
    _need(words, _("Please write what you want to add."))
    step = "hear" if case.state == State.WAITING else "inform"
    _check(case, step, by)
    if step == "hear":
        case.hear()
        _end_pause(case)
    return _record(case, step, by, words=words)


@transaction.atomic
def confirm(*, case: Case) -> Case:
    case = _locked(case, "confirm", Actor.CITIZEN)
    case.confirm()
    return _record(case, "confirm", Actor.CITIZEN)


@transaction.atomic
def dispute(*, case: Case, words: str = "") -> Case:
    """The citizen says it is not solved, and is believed: it is open again. The days it lay answered do not count."""
    case = _locked(case, "dispute", Actor.CITIZEN)
    today = catalogue().today()
    answered_on = catalogue().day_of(case.resolved_at) if case.resolved_at else today
    case.days_answered += catalogue().calendar.between(answered_on, today)
    case.dispute()
    case.resolve_due = _promise(case).due(catalogue().calendar)
    return _record(case, "dispute", Actor.CITIZEN, words=words)


@transaction.atomic
def appeal(*, case: Case, words: str, channel: Channel, once: str | None = None) -> Opened:
    """Contest the decision: a new linked case, one level up, with its own clock."""
    case = _locked(case, "appeal", Actor.CITIZEN)
    if once and (before := Case.objects.filter(once=once).first()):
        return Opened(before, _renew_pin(before))
    if case.decision == Decision.WITHDRAWN:
        raise NotAllowed(_("You withdrew this case, so there is no decision to appeal against."))
    if Case.objects.filter(appeal_of=case).exists():
        raise NotAllowed(_("You have appealed already."))
    case.appeal()
    _record(case, "appeal", Actor.CITIZEN)
    return open_case(
        topic=case.topic,
        place=case.place,
        words=words or case.words,
        known=Known(case.known),
        channel=channel,
        citizen=case.citizen,
        language=case.language,
        once=once,
        appeal_of=case,
    )


@transaction.atomic
def rate(*, case: Case, stars: int) -> Case:
    case = _locked(case, "rate", Actor.CITIZEN)
    if not 1 <= stars <= 5:
        raise NotAllowed(_("Please choose a number from 1 to 5."))
    case.rating = stars
    return _record(case, "rate", Actor.CITIZEN, data={"rating": stars})


@transaction.atomic
def withdraw(*, case: Case) -> Case:
    case = _locked(case, "withdraw", Actor.CITIZEN)
    _end_pause(case)
    case.withdraw()
    return _record(case, "withdraw", Actor.CITIZEN)


def choose_language(*, phone_index: str, language: str) -> None:
    """What the owner of this phone is spoken to in, from now on."""
    Citizen.objects.filter(phone_index=phone_index).exclude(language=language).update(language=language)


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


# --- Time's side: called every few minutes, in any number of processes --------------------------------


def escalate_overdue(now: datetime) -> int:
    """Move every late case one level up its ladder, assigned or not. Returns how many moved."""
    today = catalogue().day_of(now)
    ready = Q(escalated_on=None) | Q(escalated_on__lte=catalogue().calendar.back(today, settings.ESCALATION_DAYS))
    climbs = Q(pk=None)  # where there is a level above: without this every sweep would lock every late case
    for ladder in catalogue().ladders:
        climbs |= Q(topic__ladder=ladder, level__lt=len(catalogue().steps_by_itself(ladder)))
    late = Case.objects.overdue(today).filter(ready, climbs).order_by("resolve_due")
    return sum(_one_by_one("escalate", escalate, late, today=today))


@transaction.atomic
def escalate(*, case: Case, today: date, by: By = Actor.SYSTEM) -> bool:
    """Once per level, for it is a unique row; the next level follows ESCALATION_DAYS working days later."""
    case = _locked(case, "escalate", by)
    calendar = catalogue().calendar
    if by == Actor.SYSTEM and case.resolve_due >= today:
        return False  # since the sweep listed it, the citizen was asked something and the clock stands still
    if case.escalated_on and calendar.between(case.escalated_on, today) < settings.ESCALATION_DAYS:
        return False
    steps = catalogue().steps_by_itself(case.topic.ladder)
    step = next((step for step in steps if step.level > case.level), None)
    if step is None:
        return False
    _row, added = Escalation.objects.get_or_create(case=case, level=step.level, defaults={"body": step.body})
    if added:
        case.level, case.escalated_on = step.level, today
        _record(case, "escalate", by, data={"level": step.level, "body": step.body})
    return added


def close_silent(now: datetime) -> int:
    """Close what was answered SILENCE_DAYS ago and nobody objected to; recorded as silence, not as consent."""
    before = now - timedelta(days=settings.SILENCE_DAYS)
    silent = Case.objects.filter(state=State.RESOLVED, resolved_at__lt=before).order_by("resolved_at")
    return sum(_one_by_one("lapse", _lapse, silent))


@transaction.atomic
def _lapse(*, case: Case) -> bool:
    case = _locked(case, "lapse", Actor.SYSTEM)
    case.lapse()
    _record(case, "lapse", Actor.SYSTEM)
    return True


def _one_by_one(what: str, act, cases, **facts) -> Iterable[bool]:
    """One bad case never stops the run: it is logged by its row number and the next one is done."""
    for case in cases.iterator(chunk_size=500):
        try:
            yield act(case=case, **facts)
        except NotAllowed:
            continue  # somebody else changed it in the meantime
        except Exception as error:
            # Not the message: PostgreSQL quotes the whole row in its own, with what the citizen said.
            log.error("sweep_failed", what=what, case=case.pk, error=type(error).__name__)


# --- How each of them is done -------------------------------------------------------------------------


def _locked(case: Case, step: str = "", by: By | None = None) -> Case:
    """The case as it is now, locked until the transaction ends; refused if the step is not allowed."""
    # Joining nothing: a query that had to wait for the lock returns the new case beside the officer it had before.
    case = Case.objects.select_for_update().get(pk=case.pk)
    if step and by:
        _check(case, step, by)
    return case


def _check(case: Case, step: str, by: By) -> None:
    actor = Actor.OFFICER if isinstance(by, Officer) else by
    move = STEPS[step]
    if case.state not in move.sources or actor not in move.actors:
        raise NotAllowed(
            _("This cannot be done now: the case is “{state}”.").format(state=case.get_state_display().lower())
        )
    if isinstance(by, Officer) and not may(by, step, case):
        raise NotAllowed(_("You may not do this. Ask {owner} or a supervisor.").format(owner=case.officer or "-"))


def _need(words: str, sentence: str) -> None:
    if not words.strip():
        raise NotAllowed(sentence)


def _record(case: Case, kind: str, by: By, *, words: str = "", data: dict | None = None) -> Case:
    case.save()
    return _tell(case, kind, by, words=words, data=data)


def _tell(case: Case, kind: str, by: By, *, words: str = "", data: dict | None = None) -> Case:
    officer = by if isinstance(by, Officer) else None
    actor = Actor.OFFICER if isinstance(by, Officer) else by
    event = ledger.append(case, kind, actor=actor, officer=officer, words=words.strip(), data=data)
    case_changed.send(sender=Case, case=case, event=event)
    return case


def _promise(case: Case) -> Promise:
    days = case.resolve_days + case.days_answered
    return Promise(case.opened_on, days, paused=case.days_paused, pause_cap=settings.PAUSE_CAP_DAYS)


def _end_pause(case: Case) -> None:
    if case.waiting_since:
        paused = catalogue().calendar.between(case.waiting_since, catalogue().today())
        case.days_paused = min(case.days_paused + paused, settings.PAUSE_CAP_DAYS)
        case.waiting_since = None
        case.resolve_due = _promise(case).due(catalogue().calendar)


def _ask_agency(case: Case, agency: Agency) -> None:
    if case.referrals.filter(agency=agency, state__in=Referral.UNANSWERED).exists():
        raise NotAllowed(_("{agency} was asked already.").format(agency=agency))
    due = catalogue().calendar.add(catalogue().today(), settings.REFERRAL_DAYS)
    Referral.objects.create(case=case, agency=agency, due=due)


# --- Reading with proof of who asks -------------------------------------------------------------------


def last_question(case: Case) -> Event | None:
    """What the citizen was last asked."""
    return case.events.filter(kind="ask").order_by("-number").first()


def answer_words(case: Case) -> str:
    """The words of the decision that stands; none where the citizen contested it or went away."""
    if case.decision in ("", Decision.WITHDRAWN):
        return ""
    event = case.events.filter(kind="resolve").select_related("said").order_by("-number").first()
    return event.said.text if event and hasattr(event, "said") else ""
