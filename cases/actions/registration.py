"""A registration: what was brought, the sheet that goes to the agency, and the membership that comes of it."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from cases import checklist
from cases.actions.core import NotAllowed, locked, need, record
from cases.actions.referrals import answer_referral
from cases.catalogue import catalogue
from cases.models import Brought, Case, Membership, Officer, Referral
from cases.pack import Agency
from cases.permissions import may_know_who


@transaction.atomic
def check_off(*, case: Case, by: Officer, there: Collection[str]) -> Case:
    """What was brought or told at the desk. The history keeps how many, not which: some tell of health."""
    case = locked(case, "check_off", by)
    theirs = {item.key for item in checklist.needs(case, by) if not item.told}
    ticked = checklist.brought(case) - theirs | theirs & set(there)
    Brought.objects.update_or_create(case=case, defaults={"items": "\n".join(sorted(ticked))})
    now = [item.there for item in checklist.needs(case)]
    return record(case, "check_off", by, data={"there": sum(now), "missing": len(now) - sum(now)})


@transaction.atomic
def hand_sheet(*, case: Case, by: Officer, agency: Agency) -> Case:
    """That what an agency needs was printed for it: paper is easily lost, and this says who had it when."""
    case = locked(case, "sheet", by)
    _check_agency(case, by, agency)
    if not may_know_who(by, case):
        raise NotAllowed(_("The citizen hid their name from the office: there is nothing to hand over."))
    return record(case, "sheet", by, data={"agency": agency.pk})


@transaction.atomic
def enrol(*, case: Case, by: Officer, agency: Agency, number: str) -> Case:
    """The agency registered them: its number, kept sealed, and the answer to what it was asked.

    A number written down wrong is written down again. The history keeps how many working days it took.
    """
    case = locked(case, "enrol", by)
    _check_agency(case, by, agency)
    need(number, _("Please write the membership number."))
    asked = case.referrals.filter(agency=agency, state__in=Referral.UNANSWERED).first()
    if asked:
        case = answer_referral(case=case, by=by, referral=asked, state=Referral.State.DONE)
    Membership.objects.update_or_create(case=case, agency=agency, defaults={"number": number.strip()})
    days = catalogue().calendar.between(case.opened_on, catalogue().today())
    return record(case, "enrol", by, data={"agency": agency.pk, "days": days})


def _check_agency(case: Case, by: Officer, agency: Agency) -> None:
    if agency not in checklist.registering(case, by):
        raise NotAllowed(_("Please choose an agency that was asked."))
