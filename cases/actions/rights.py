"""What citizens may ask for their own data: to see, to correct, to stop its use, to erase; and what time erases.

An erased case keeps its number, its dates, its decision and its chain of events, so figures and the ledger stand. Who
it was of, and every word of it, is gone.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _

from cases import clock, entries
from cases.actions.attachments import erase as erase_attachment
from cases.actions.core import NotAllowed, locked, need, record, tell
from cases.catalogue import ASKS_FOR, catalogue
from cases.crypto import blind
from cases.lifecycle import Actor, State
from cases.models import (
    Brought,
    Case,
    Citizen,
    ClosedBy,
    Disclosure,
    Erasure,
    Membership,
    Officer,
    Representation,
    Retention,
    SurveyReply,
    Words,
)
from cases.permissions import Relation, may_open, may_see, relation
from cases.queries import CaseQuerySet
from cases.sharing import OF_TWO
from cases.terms import words_of

use_stopped = Signal()  # citizen; whoever sends SMS writes to them no more
case_erased = Signal()  # case; whoever keeps words or numbers beside it erases them
citizen_erased = Signal()  # phone_index; whoever remembers this phone forgets it
data_wanted = Signal()  # citizen, cases; whoever holds more about them answers (title, [(when, words)])

AT_ONCE = 500  # cases erased in one round


# --- Seeing, correcting, stopping -------------------------------------------------------------------------


@transaction.atomic
def give_dossier(*, case: Case, by: Officer, cases: int) -> Case:
    """Note that the citizen got everything held about them, in so many cases."""
    case, _citizen = _served(case, by, "access")
    _disclosed(Disclosure.What.DOSSIER, case=case, by=by, to=_("The citizen"), ground="DPA s 58", cases=cases)
    return tell(case, "dossier", by, data={"cases": cases})


@transaction.atomic
def correct_citizen(*, case: Case, by: Officer, name: str, nrc: str, phone: str) -> Case:
    """Put right what is on record. What stood there before and what stands there now are words of the event."""
    case, citizen = _served(case, by, "correct")
    before = [citizen.name, citizen.nrc or "", citizen.phone or ""]
    after = [name.strip(), nrc, phone]
    if before == after:
        raise NotAllowed(_("Nothing is different from what is on record."))
    if not nrc and not phone:
        raise NotAllowed(_("Without a phone number and a card nobody would find this citizen again."))
    citizen.name, citizen.nrc, citizen.phone = after[0], nrc or None, phone or None
    citizen.nrc_index = blind(nrc, name="nrc") if nrc else None
    citizen.phone_index = blind(phone, name="phone") if phone else None
    try:
        with transaction.atomic():
            citizen.save()
    except IntegrityError as taken:
        raise NotAllowed(_("This number or card is on record for somebody else. Ask the supervisor.")) from taken
    words = "\n".join(f"{old or '-'} > {new or '-'}" for old, new in zip(before, after, strict=True) if old != new)
    return tell(case, "correct", by, words=words)


@transaction.atomic
def stop_use(*, case: Case, by: Officer, words: str) -> Case:
    """The citizen objects to the use of their data: no SMS any more, and officers see that they objected."""
    case, citizen = _served(case, by, "stop")
    need(words, _("Please write what the citizen objects to."))
    if case.events.filter(kind="object").exists():
        return case  # written down already: the form came twice
    citizen.objected_at = clock.now()
    citizen.save(update_fields=["objected_at"])
    SurveyReply.objects.filter(citizen=citizen).delete()
    use_stopped.send(sender=Citizen, citizen=citizen)
    return tell(case, "object", by, words=words)


def _served(case: Case, by: Officer, right: str) -> tuple[Case, Citizen]:
    """Both locked: the case asks for this right, a citizen stands behind it, and this officer has it in hand."""
    case = locked(case)
    citizen = Citizen.objects.select_for_update().filter(pk=case.citizen_id or 0).first()
    if ASKS_FOR.get(case.topic_id) != right or citizen is None:
        raise NotAllowed(_("This case does not ask for that."))
    if relation(by, case) != Relation.OWN or case.state not in (State.IN_PROGRESS, State.WAITING):
        raise NotAllowed(_("Take the case first: who serves a right over data answers for it."))
    return case, citizen


@transaction.atomic
def note_export(*, by: Officer, to: str, ground: str, cases: int) -> None:
    """That a list of so many cases left the house."""
    _disclosed(Disclosure.What.EXPORT, by=by, to=to, ground=ground, cases=cases)


def _disclosed(what: str, **facts) -> None:
    Disclosure.objects.create(what=what, **facts)


# --- The notice -------------------------------------------------------------------------------------------

NOTICE = 1  # the version of the words in channels/data_rights.py and of those an officer reads out


def to_be_told_their_rights(now: datetime) -> QuerySet[Citizen]:
    """The phones that told us something since yesterday and were not yet told what their owners may ask for."""
    recent = Q(cases__opened_at__gt=now - timedelta(days=1))
    return Citizen.objects.filter(recent, phone_index__isnull=False, rights_told__lt=NOTICE).distinct()


def note_rights_told(*, citizen: Citizen) -> bool:
    """True for the first to say so: nobody is told twice."""
    untold = Citizen.objects.filter(pk=citizen.pk, rights_told__lt=NOTICE)
    return untold.update(rights_told=NOTICE) > 0


# --- Erasing ----------------------------------------------------------------------------------------------


@transaction.atomic
def ask_erasure(*, case: Case, by: Officer) -> Erasure:
    """The first of two people. Nothing is erased yet."""
    case, citizen = _served(case, by, "erase")
    erasure, added = Erasure.objects.get_or_create(case=case, defaults={"citizen": citizen, "asked_by": by})
    if added:
        tell(case, "erase_asked", by)
    return erasure


@transaction.atomic
def agree_to_erasure(*, erasure: Erasure, by: Officer) -> Erasure:
    """The second person. From now on all about this citizen goes as soon as the law lets it."""
    case = locked(erasure.case)
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if not may_open(by, "erasures") or not may_see(by, case):
        raise NotAllowed(_("You may not do this."))
    if by.pk == erasure.asked_by_id:
        raise NotAllowed(_("Somebody else must agree: what is erased cannot be brought back."))
    if erasure.agreed_at is None:
        erasure.agreed_by, erasure.agreed_at = by, clock.now()
        erasure.save(update_fields=["agreed_by", "agreed_at"])
        tell(case, "erase_agreed", by)
    return erasure


@transaction.atomic
def refuse_erasure(*, erasure: Erasure, by: Officer, words: str) -> None:
    case = locked(erasure.case)
    need(words, _("Please write the reason. The citizen has a right to it."))
    if not may_open(by, "erasures") or not may_see(by, case):
        raise NotAllowed(_("You may not do this."))
    gone, _rows = Erasure.objects.filter(pk=erasure.pk, agreed_at=None).delete()
    if not Erasure.objects.filter(pk=erasure.pk).exists() and not gone:
        return  # refused already: the form came twice
    if not gone:
        raise NotAllowed(_("It was agreed to already."))
    tell(case, "erase_refused", by, words=words)


def kept_until(case: Case) -> date | None:
    """From which day a case may be erased; None while it is open."""
    if case.state != State.CLOSED or case.closed_at is None:
        return None
    return catalogue().day_of(case.closed_at) + timedelta(days=settings.KEEP_DAYS)


def erase_due(now: datetime) -> int:
    """Erase what was agreed to and need not be kept any longer. Returns how many cases went."""
    return sum(_erase_what_is_free(erasure, now) for erasure in Erasure.objects.filter(_agreed_and_not_done()))


def _agreed_and_not_done() -> Q:
    return Q(agreed_at__isnull=False, done_at=None)


@transaction.atomic
def _erase_what_is_free(erasure: Erasure, now: datetime) -> int:
    """All of the citizen's cases that may go; the citizen goes with the last of them."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    theirs = Case.objects.of_citizen(erasure.citizen)
    free = theirs.filter(_closed_before(now - timedelta(days=settings.KEEP_DAYS)), erased_at=None)
    gone = sum(_erase(case) for case in free)
    if not theirs.filter(erased_at=None).exists():
        _forget(erasure.citizen)
        erasure.done_at = clock.now()
        erasure.save(update_fields=["done_at"])
    return gone


def _closed_before(moment: datetime) -> Q:
    """What was joined into another case is part of that one, and kept as long."""
    goes_on = Q(closed_by=ClosedBy.MERGED) & ~Q(merged_into__closed_at__lt=moment)
    return Q(state=State.CLOSED, closed_at__lt=moment) & ~goes_on


def _erase(case: Case) -> int:
    """Every word of a case and whom it was of. Its numbers and its chain of events stay."""
    case = locked(case)
    if case.erased_at:
        return 0
    names, story = entries.names_of(case), entries.story_of(case)
    Words.objects.filter(event__case=case).delete()
    _unsay_in_others(case)
    for one in case.attachments.filter(removed_at=None):
        erase_attachment(one)
    Representation.objects.filter(case=case).update(name=None, nrc=None, card_index="")
    Brought.objects.filter(case=case).delete()
    Membership.objects.filter(case=case).delete()
    case.open_words, case.sealed_words, case.form, case.card_index = "", None, None, ""
    case.erased_at = clock.now()
    case_erased.send(sender=Case, case=case)
    record(case, "erase", Actor.SYSTEM)
    entries.unlearn(names, story)
    return 1


def _unsay_in_others(case: Case) -> None:
    """Why two cases belong together stands in the history of both, and tells of both."""
    others = case.events.filter(kind__in=OF_TWO).values_list("data__other", flat=True)
    said = Words.objects.filter(event__case__in=list(others), event__kind__in=OF_TWO, event__data__other=case.pk)
    said.delete()


def _forget(citizen: Citizen) -> None:
    index, names = citizen.phone_index, words_of(citizen.name)
    SurveyReply.objects.filter(citizen=citizen).delete()
    Citizen.objects.filter(pk=citizen.pk).update(
        phone=None, phone_index=None, nrc=None, nrc_index=None, name="", erased_at=clock.now()
    )
    entries.unlearn(names, names)
    if index:
        citizen_erased.send(sender=Citizen, phone_index=index)


# --- Retention --------------------------------------------------------------------------------------------


def last_day_kept(now: datetime) -> date | None:
    """What was closed before this day has been kept long enough; None while no period is set."""
    if not settings.RETENTION_DAYS:
        return None
    return catalogue().day_of(now) - timedelta(days=settings.RETENTION_DAYS)


def over_their_time(closed_before: date) -> CaseQuerySet:
    """The cases a run would erase."""
    start = datetime.combine(closed_before, datetime.min.time(), catalogue().zone)
    return Case.objects.filter(_closed_before(start), erased_at=None).order_by("closed_at")


@transaction.atomic
def approve_retention(*, by: Officer, closed_before: date, shown: int) -> Retention:
    """A person has seen what would go, and says yes. It is done in rounds, by the workers."""
    if not may_open(by, "retention"):
        raise NotAllowed(_("You may not do this."))
    if closed_before != last_day_kept(clock.now()):
        raise NotAllowed(_("The day has changed since this page was shown. Please look again."))
    if over_their_time(closed_before).count() != shown:
        raise NotAllowed(_("There are more or fewer cases now than the page showed. Please look again."))
    try:
        with transaction.atomic():
            return Retention.objects.create(closed_before=closed_before, shown=shown, approved_by=by)
    except IntegrityError as under_way:
        raise NotAllowed(_("A run is under way. Wait until it is done.")) from under_way


def retain(now: datetime) -> int:
    """One round of the run that was approved, if there is one. Returns how many cases went."""
    run = Retention.objects.filter(finished_at=None).first()
    if run is None:
        return 0
    with transaction.atomic():
        gone = sum(_erase(case) for case in over_their_time(run.closed_before)[:AT_ONCE])
        run.done += gone
        if gone < AT_ONCE:
            _forget_who_has_no_case_left(run)
            run.finished_at = clock.now()
        run.save(update_fields=["done", "finished_at"])
    return gone


def _forget_who_has_no_case_left(run: Retention) -> None:
    left = Count("cases", filter=Q(cases__erased_at=None))
    for citizen in Citizen.objects.annotate(all=Count("cases"), left=left).filter(all__gt=0, left=0, erased_at=None):
        _forget(citizen)


# --- After a restore --------------------------------------------------------------------------------------


def erased() -> Iterator[tuple[str, int]]:
    """What must stay erased whatever backup is restored: ("case" or "citizen", its row). No personal data."""
    yield from (("case", pk) for pk in Case.objects.exclude(erased_at=None).order_by("pk").values_list("pk", flat=True))
    gone = Citizen.objects.exclude(erased_at=None).order_by("pk")
    yield from (("citizen", pk) for pk in gone.values_list("pk", flat=True))


@transaction.atomic
def erase_again(what: str, pk: int) -> int:
    """Of one line of `erased`, after a restore brought it back. 1 when there was something to erase."""
    if what == "case":
        case = Case.objects.filter(pk=pk, erased_at=None).first()
        return _erase(case) if case else 0
    citizen = Citizen.objects.filter(pk=pk, erased_at=None).first()
    if citizen:
        _forget(citizen)
    return int(citizen is not None)
