"""Whom a case is about: that officer neither sees it nor has it from then on."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.core import NotAllowed, check, matter, need, record
from cases.actions.duty import free_from_unfit_receiver
from cases.actions.lists import drop_lists, drop_lists_with
from cases.actions.merging import locked_with_joined
from cases.actions.owners import free_from_unfit_owner
from cases.joined import joined_into
from cases.models import Case, Named, Officer
from cases.pack import Sensitivity, Topic


@transaction.atomic
def name_officer(*, case: Case, by: Officer, officer: Officer, words: str) -> Case:
    """Write down that the case is about a colleague. From then on it is a matter about staff."""
    case = locked_with_joined(case)
    check(case, "name_officer", by)
    need(words, _("Please write how you know."))
    if officer.pk == by.pk:
        raise NotAllowed(_("A case about yourself is not yours to read. Tell your supervisor."))
    _row, added = Named.objects.get_or_create(case=case, officer=officer)
    if not added:
        raise NotAllowed(_("{officer} is named already.").format(officer=officer))
    _name(case, officer, by, words=words)
    for one in joined_into(case):
        Named.objects.get_or_create(case=one, officer=officer)
        _name(one, officer, by)
    drop_lists(officer)
    free_from_unfit_receiver(case)
    return free_from_unfit_owner(case, why="named")


@transaction.atomic
def unname_officer(*, case: Case, by: Officer, officer: Officer, words: str) -> Case:
    """It was a mistake: the case is not about this officer. What they lost by it does not come back by itself."""
    case = locked_with_joined(case)
    check(case, "unname_officer", by)
    need(words, _("Please write why it is not about them."))
    gone, _rows = Named.objects.filter(case=case, officer=officer).delete()
    if not gone:
        raise NotAllowed(_("{officer} is not named here.").format(officer=officer))
    for one in joined_into(case):
        Named.objects.filter(case=one, officer=officer).delete()
        _unname(one, officer, by)
    return _unname(case, officer, by, words=words)


def _name(case: Case, officer: Officer, by: Officer, *, words: str = "") -> Case:
    seal_for(case, sensitivity_of(case.topic, named=True))
    return record(case, "name_officer", by, words=words, data=matter(case) | {"officer": officer.pk})


def _unname(case: Case, officer: Officer, by: Officer, *, words: str = "") -> Case:
    seal_for(case, sensitivity_of(case.topic, named=case.named.exists()))
    return record(case, "unname_officer", by, words=words, data=matter(case) | {"officer": officer.pk})


def sensitivity_of(topic: Topic, *, named: bool) -> str:
    """A case about a colleague is a matter about staff at least: not for those who sit beside them."""
    beside = (Sensitivity.OPEN, Sensitivity.PRIVATE)
    return Sensitivity.STAFF if named and topic.sensitivity in beside else topic.sensitivity


def name_the_same(case: Case, other: Case) -> None:
    """Whom one case is about, a case that follows from it is about as well."""
    officers = case.named.values_list("officer", flat=True)
    Named.objects.bulk_create((Named(case=other, officer_id=pk) for pk in officers), ignore_conflicts=True)


def seal_for(case: Case, sensitivity: str) -> None:
    """Who may read it no longer keeps no list with it, either."""
    if sensitivity == case.sensitivity:
        return
    drop_lists_with(case, sensitivity=sensitivity)
    said = case.words
    case.sensitivity = sensitivity
    case.words = said  # sealed now, or no longer
