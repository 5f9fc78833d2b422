"""Lists as files, once their maker may see other cases than before: what was made is gone, and is asked for again.

So is what still waits: a worker may take it before the change is saved, and would make it of what they saw before.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.models import MAY_READ, Case, Export, Officer, Role
from cases.pack import Sensitivity


def drop_lists(officer: Officer) -> None:
    _drop(Export.objects.filter(maker=officer))


def drop_lists_with(case: Case, *, sensitivity: str) -> None:
    """Of all who might see the case as it is, and may not read matters as sensitive as it will be."""
    agency = Q(maker__agency=None) | Q(maker__agency=case.agency_id)
    place = case.place
    nearby = Q(maker__place=None) | Q(maker__place__in={place.pk, place.parent_id}) if place else Q()
    _drop(Export.objects.filter(agency, nearby, _reads(case.sensitivity), ~_reads(sensitivity)))


def _reads(sensitivity: str) -> Q:
    """Officer.reads, asked of the makers of lists."""
    kind = Sensitivity(sensitivity)
    roles = [role for role in Role if kind in MAY_READ[role]]
    cleared = Q() if kind == Sensitivity.OPEN else Q(maker__clearances__contains=[kind])
    return Q(cleared, maker__role__in=roles)


def _drop(lists: QuerySet[Export]) -> None:
    begun = lists.exclude(state=Export.State.FAILED)
    begun.update(state=Export.State.FAILED, file=None, why=_("It is out of date. Please ask for it again."))
