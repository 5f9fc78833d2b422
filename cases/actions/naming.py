"""Whom a case is about, for that officer neither sees nor has it from then on; freeing it of an owner who may not."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.core import NotAllowed, locked, matter, need, record
from cases.actions.duty import free_from_unfit_receiver
from cases.actions.promises import count_days_answered, end_pause
from cases.actions.referrals import drop_sought
from cases.lifecycle import Actor, State
from cases.models import Case, Named, Officer
from cases.pack import Sensitivity, Topic
from cases.permissions import can_be_given


@transaction.atomic
def name_officer(*, case: Case, by: Officer, officer: Officer, words: str) -> Case:
    """Write down that the case is about a colleague. From then on it is a matter about staff."""
    case = locked(case, "name_officer", by)
    need(words, _("Please write how you know."))
    if officer.pk == by.pk:
        raise NotAllowed(_("A case about yourself is not yours to read. Tell your supervisor."))
    _row, added = Named.objects.get_or_create(case=case, officer=officer)
    if not added:
        raise NotAllowed(_("{officer} is named already.").format(officer=officer))
    _seal_for(case, sensitivity_of(case.topic, named=True))
    record(case, "name_officer", by, words=words, data=matter(case) | {"officer": officer.pk})
    free_from_unfit_receiver(case)
    return free_from_unfit_owner(case, why="named")


@transaction.atomic
def unname_officer(*, case: Case, by: Officer, officer: Officer, words: str) -> Case:
    """It was a mistake: the case is not about this officer. What they lost by it does not come back by itself."""
    case = locked(case, "unname_officer", by)
    need(words, _("Please write why it is not about them."))
    gone, _rows = Named.objects.filter(case=case, officer=officer).delete()
    if not gone:
        raise NotAllowed(_("{officer} is not named here.").format(officer=officer))
    _seal_for(case, sensitivity_of(case.topic, named=case.named.exists()))
    return record(case, "unname_officer", by, words=words, data=matter(case) | {"officer": officer.pk})


@transaction.atomic
def release(*, case: Case, why: str) -> Case:
    """Free a case of its owner: it waits for somebody to take it. An answer they gave about it does not stand."""
    case = locked(case, "release", Actor.SYSTEM)
    return _release(case, why=why)


def free_from_unfit_owner(case: Case, *, why: str) -> Case:
    """Asked under the case's lock, after something changed that decides who may have it."""
    if case.officer and case.state not in (State.RECEIVED, State.CLOSED) and not can_be_given(case.officer, case):
        return _release(case, why=why)
    return case


def _release(case: Case, *, why: str) -> Case:
    answered = case.state == State.RESOLVED
    if answered:
        count_days_answered(case)
    end_pause(case)
    drop_sought(case)
    data = {"why": why, "from": case.officer_id, "answered": answered}
    case.release()
    return record(case, "release", Actor.SYSTEM, data=data)


def sensitivity_of(topic: Topic, *, named: bool) -> str:
    """A case about a colleague is a matter about staff at least: not for those who sit beside them."""
    beside = (Sensitivity.OPEN, Sensitivity.PRIVATE)
    return Sensitivity.STAFF if named and topic.sensitivity in beside else topic.sensitivity


def name_the_same(case: Case, other: Case) -> None:
    """Whom one case is about, a case that follows from it is about as well."""
    officers = case.named.values_list("officer", flat=True)
    Named.objects.bulk_create((Named(case=other, officer_id=pk) for pk in officers), ignore_conflicts=True)


def _seal_for(case: Case, sensitivity: str) -> None:
    said = case.words
    case.sensitivity = sensitivity
    case.words = said  # sealed now, or no longer
