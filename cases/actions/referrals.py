"""Between agencies: asking another one for its part, its answer, and taking it back."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, locked, need, record
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Case, Officer, Referral
from cases.pack import Agency
from cases.permissions import can_answer


@transaction.atomic
def refer(*, case: Case, by: Officer, agency: Agency, words: str) -> Case:
    """Ask another agency for its part. The citizen's clock goes on; the agency gets one of its own."""
    case = locked(case, "refer", by)
    need(words, _("Please write what the other agency should do."))
    if agency.pk == case.agency_id:
        raise NotAllowed(_("The case is with this agency already."))
    case.refer()
    ask_agency(case, agency)
    return record(case, "refer", by, words=words, data={"agency": agency.pk})


def ask_agency(case: Case, agency: Agency) -> None:
    if case.referrals.filter(agency=agency, state__in=Referral.UNANSWERED).exists():
        raise NotAllowed(_("{agency} was asked already.").format(agency=agency))
    due = catalogue().calendar.add(catalogue().today(), settings.REFERRAL_DAYS)
    Referral.objects.create(case=case, agency=agency, due=due)


@transaction.atomic
def answer_referral(*, case: Case, by: Officer, referral: Referral, state: str, words: str = "") -> Case:
    """The asked agency accepts, declines with a reason, returns it or says it is done."""
    case = locked(case)
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
        need(words, _("Please write down the reason."))
    referral.state = state
    referral.answered_at = clock.now()
    referral.save(update_fields=["state", "answered_at"])
    data = {"agency": referral.agency_id, "answer": state}
    open_ones = case.referrals.filter(state__in=Referral.UNANSWERED)
    if case.state == State.REFERRED and not open_ones.exists():
        case.come_back()
    return record(case, "come_back", by, words=words, data=data)


@transaction.atomic
def recall(*, case: Case, by: Officer, words: str) -> Case:
    """Take it back from an agency that does not answer; what was asked of it ends here."""
    case = locked(case, "recall", by)
    need(words, _("Please write down the reason."))
    asked = case.referrals.filter(state__in=Referral.UNANSWERED)
    agencies = list(asked.values_list("agency", flat=True))
    asked.update(state=Referral.State.RECALLED, answered_at=clock.now())
    case.recall()
    return record(case, "recall", by, words=words, data={"agencies": agencies})
