"""Between agencies: asking another one for its part, with consent or on a ground; its answer; taking it back."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import By, NotAllowed, locked, need, need_a_phone, record, tell
from cases.actions.promises import begin_pause, end_pause
from cases.catalogue import catalogue
from cases.lifecycle import Actor, State
from cases.models import CONSENT_WORDS, Case, Disclosure, Officer, Permit, Referral, Share
from cases.pack import Agency, Ground
from cases.permissions import can_answer

AT_ONCE = (Permit.DESK, Permit.CALL, Permit.NOTHING)


@transaction.atomic
def refer(
    *,
    case: Case,
    by: Officer,
    agency: Agency,
    words: str,
    shared: Iterable[str] = (),
    consent: str = Permit.NOTHING,
) -> Case:
    """Ask another agency for its part. The citizen's clock goes on; the agency gets one of its own."""
    case = locked(case, "refer", by)
    need(words, _("Please write what the other agency should do."))
    if consent not in AT_ONCE:
        raise NotAllowed(_("Please say how the citizen agreed."))
    if shared and consent == Permit.NOTHING:
        raise NotAllowed(_("What is about the citizen is shared only if they agree. Ask them, or share nothing."))
    case.refer()
    referral = ask_agency(case, _another(case, agency), shared=shared, consent=consent, asked_by=by)
    return record(case, "refer", by, words=words, data=_data(referral))


@transaction.atomic
def seek_consent(*, case: Case, by: Officer, agency: Agency, words: str, shared: Iterable[str]) -> Case:
    """Ask the citizen by SMS whether another agency may be asked; the clock stands still meanwhile."""
    case = locked(case, "seek", by)
    need(words, _("Please write what the other agency should do."))
    if not shared:
        raise NotAllowed(_("Please choose what the other agency should see."))
    need_a_phone(case)
    other = _another(case, agency)
    referral = ask_agency(case, other, shared=shared, consent=Permit.REPLY, asked_by=by, state=Referral.State.SOUGHT)
    case.seek()
    begin_pause(case)
    return record(case, "seek", by, words=words, data=_data(referral))


@transaction.atomic
def consent(*, case: Case, hand: Officer | None = None, how: str = Permit.REPLY) -> Case:
    """The citizen agrees that the other agency is asked. `hand` is the officer who writes down what they said."""
    case = locked(case, "consent", hand or Actor.CITIZEN)
    referral = consent_sought(case)
    if referral is None:
        raise NotAllowed(_("There is nothing to agree to."))
    end_pause(case)
    case.consent()
    referral.consent = how
    _ask_now(referral)
    return record(case, "consent", Actor.CITIZEN, hand=hand, data=_data(referral))


@transaction.atomic
def refuse_consent(*, case: Case, hand: Officer | None = None, words: str = "") -> Case:
    """The citizen does not agree, and it goes on without the other agency."""
    case = locked(case, "consent", hand or Actor.CITIZEN)
    referral = consent_sought(case)
    if referral is None:
        raise NotAllowed(_("There is nothing to agree to."))
    end_pause(case)
    case.hear()
    drop_sought(case)
    data = {"agency": referral.agency_id, "agreed": False}
    return record(case, "hear", Actor.CITIZEN, hand=hand, words=words, data=data)


def consent_sought(case: Case) -> Referral | None:
    """What the citizen is asked to agree to now, if anything."""
    return case.referrals.filter(state=Referral.State.SOUGHT).select_related("agency").first()


def drop_sought(case: Case) -> None:
    """What the citizen answered was not yes."""
    case.referrals.filter(state=Referral.State.SOUGHT).update(state=Referral.State.REFUSED, answered_at=clock.now())


@transaction.atomic
def propose(
    *, case: Case, by: Officer, agency: Agency, words: str, shared: Iterable[str], ground: Ground | None
) -> Case:
    """Without consent, on a ground in law: nothing is shown to anybody before a supervisor agrees."""
    case = locked(case, "propose", by)
    need(words, _("Please write what the other agency should do, and why the citizen is not asked."))
    if ground is None:
        raise NotAllowed(_("Please choose the ground in law."))
    referral = ask_agency(
        case,
        _another(case, agency),
        shared=shared,
        consent=Permit.GROUND,
        ground=ground,
        asked_by=by,
        state=Referral.State.PROPOSED,
    )
    return record(case, "propose", by, words=words, data=_data(referral))


@transaction.atomic
def agree(*, case: Case, by: Officer, referral: Referral, agreed: bool, words: str = "") -> Case:
    """A supervisor's word on sharing without consent. With a yes the agency is asked; a no says why."""
    case = locked(case, "agree", by)
    referral = case.referrals.select_related("agency").get(pk=referral.pk)
    if referral.state != Referral.State.PROPOSED:
        raise NotAllowed(_("This was answered already."))
    data = _data(referral) | {"agreed": agreed}
    if agreed:
        case.agree()
        referral.agreed_by = by
        _ask_now(referral)
    else:
        need(words, _("Please write down the reason."))
        _end(referral, Referral.State.REFUSED)
    return record(case, "agree", by, words=words, data=data)


def ask_agency(case: Case, agency: Agency, *, shared: Iterable[str], consent: str, **facts) -> Referral:
    if case.referrals.filter(agency=agency, state__in=Referral.OPEN).exists():
        raise NotAllowed(_("{agency} was asked already.").format(agency=agency))
    chosen = [part for part in Share.values if part in set(shared)]
    referral = Referral.objects.create(
        case=case,
        agency=agency,
        from_agency_id=case.agency_id,
        shared=chosen,
        consent=consent,
        due=_due(case, agency),
        **facts,
    )
    if referral.state == Referral.State.ASKED:
        _disclose(referral)
    return referral


def _another(case: Case, agency: Agency) -> Agency:
    if agency.pk == case.agency_id:
        raise NotAllowed(_("The case is with this agency already."))
    return agency


def _ask_now(referral: Referral) -> None:
    """From now on the agency sees its part, and its clock runs."""
    referral.state, referral.asked_at = Referral.State.ASKED, clock.now()
    referral.due = _due(referral.case, referral.agency)
    referral.save()
    _disclose(referral)


def _disclose(referral: Referral) -> None:
    """To whom what was given, when and why is kept (Data Protection Act 3/2021, s 51)."""
    if referral.shared:
        Disclosure.objects.create(
            what=Disclosure.What.REFERRAL,
            to=referral.agency.name,
            ground=referral.ground.basis if referral.ground else str(Permit(referral.consent).label),
            case=referral.case,
            by=referral.asked_by,
        )


def _due(case: Case, agency: Agency) -> date:
    """As the asked agency's standard has it for this matter, or for every one."""
    standard = catalogue().standard(case.topic, agency=agency)
    days = standard.resolve_days if standard else settings.REFERRAL_DAYS
    return catalogue().calendar.add(catalogue().today(), days)


def _data(referral: Referral) -> dict:
    """What of it belongs to the history for ever: with whom what was shared, and what allowed it."""
    data = {"agency": referral.agency_id, "shared": referral.shared, "consent": referral.consent}
    if referral.consent == Permit.GROUND:
        return data | {"ground": referral.ground_id}
    return data if referral.consent == Permit.NOTHING else data | {"consent_words": CONSENT_WORDS}


@transaction.atomic
def answer_referral(*, case: Case, by: Officer, referral: Referral, state: str, words: str = "") -> Case:
    """The asked agency accepts, declines with a reason, returns it or says it is done."""
    case = locked(case)
    referral = case.referrals.select_related("agency").get(pk=referral.pk)  # as it is now, under the case's lock
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise NotAllowed(_("You may not do this."))
    if not can_answer(by, referral):
        raise NotAllowed(_("Only {agency} can answer this.").format(agency=referral.agency))
    if referral.state not in Referral.UNANSWERED or state == referral.state == Referral.State.ACCEPTED:
        raise NotAllowed(_("This was answered already."))
    if state not in Referral.ANSWERS:
        raise NotAllowed(_("Please choose an answer."))
    if state in (Referral.State.DECLINED, Referral.State.RETURNED):
        need(words, _("Please write down the reason."))
    if state == Referral.State.ACCEPTED:
        referral.state, referral.accepted_at = state, clock.now()
        referral.save(update_fields=["state", "accepted_at"])
    else:
        _end(referral, state)
    data = {"agency": referral.agency_id, "answer": state}
    open_ones = case.referrals.filter(state__in=Referral.UNANSWERED)
    if case.state == State.REFERRED and not open_ones.exists():
        case.come_back()
    return record(case, "come_back", by, words=words, data=data)


def _end(referral: Referral, state: str) -> None:
    referral.state, referral.answered_at = state, clock.now()
    referral.save(update_fields=["state", "answered_at"])


@transaction.atomic
def recall(*, case: Case, by: Officer, words: str) -> Case:
    """Take it back from an agency that does not answer; what was asked of it ends here."""
    case = locked(case, "recall", by)
    need(words, _("Please write down the reason."))
    agencies = _take_back(case)
    case.recall()
    return record(case, "recall", by, words=words, data={"agencies": agencies})


def end_referrals(case: Case, *, by: By) -> None:
    """The case is answered or withdrawn: whoever was still asked need not answer, and sees it no longer."""
    if agencies := _take_back(case):
        tell(case, "recall", by, data={"agencies": agencies, "over": True})


def _take_back(case: Case) -> list[str]:
    asked = case.referrals.filter(state__in=Referral.OPEN)
    agencies = sorted(asked.values_list("agency", flat=True))
    asked.update(state=Referral.State.RECALLED, answered_at=clock.now())
    return agencies
