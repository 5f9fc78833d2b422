"""What an officer does with a case."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, check, is_told, locked, matter, need, need_a_phone, record
from cases.actions.duty import absence_of, free_from_unfit_receiver, note_loan, stands_in
from cases.actions.follow_up import plan_follow_up
from cases.actions.merging import answer_others, answer_others_anew, locked_with_joined
from cases.actions.naming import seal_for, sensitivity_of
from cases.actions.promises import begin_pause, end_pause, promise_no_later
from cases.actions.referrals import end_referrals
from cases.actions.reviews import review
from cases.catalogue import catalogue
from cases.joined import joined_into
from cases.lifecycle import State
from cases.models import GIVEN, ON_APPEAL, Case, Escalation, Officer, Reading, Referral
from cases.pack import Place, Topic
from cases.permissions import can_be_given


@transaction.atomic
def take(*, case: Case, by: Officer) -> Case:
    case = locked(case)
    if case.officer_id and case.officer_id != by.pk and case.state != State.RECEIVED:
        raise NotAllowed(_("{officer} has already taken this case.").format(officer=case.officer))
    check(case, "take", by)
    case.take(by)
    return record(case, "take", by)


@transaction.atomic
def hand_over(*, case: Case, by: Officer, to: Officer, words: str = "") -> Case:
    """Who is away gets none; where they or their supervisor chose that, it goes to who covers until they are back."""
    case = locked(case, "hand_over", by)
    today = catalogue().today()
    absence = absence_of(to, today)
    receiver = stands_in(absence, today) if absence else to
    if receiver is None:
        raise NotAllowed(_("{officer} is away. Please choose somebody else.").format(officer=to))
    if not can_be_given(receiver, case):
        raise NotAllowed(_("{officer} may not work on this case.").format(officer=receiver))
    if case.state == State.RECEIVED:
        case.take(receiver)
    case.officer = receiver
    case.escalations.filter(Escalation.NOBODY, level=case.level).update(officer=receiver)
    data: dict[str, Any] = {"to": receiver.pk}
    if absence:
        note_loan(case, absence, cover=receiver)
        data |= {"why": "cover", "for": to.pk}
    return record(case, "hand_over", by, words=words, data=data)


@transaction.atomic
def sort(*, case: Case, by: Officer, topic: Topic, place: Place | None, words: str = "") -> Case:
    """Put a case where it belongs. It waits there for somebody to take it, unless its owner may keep it.

    A date once promised is never made later. An earlier one is promised where the new matter has it, but none
    that could not be kept any more.
    """
    case = locked_with_joined(case)
    check(case, "sort", by)
    if (topic.pk, place and place.pk) == (case.topic_id, case.place_id):
        raise NotAllowed(_("It is there already. Choose another topic or another place."))
    owner = case.officer
    case.sort()
    before = _put(case, topic, place)
    for one in joined_into(case):
        record(one, "sort", by, data=_put(one, topic, place) | matter(one))
    # It is theirs altogether; and what others thought of asking, they think about anew.
    over = Q(agency=case.agency_id, state__in=Referral.OPEN) | Q(state=Referral.State.PROPOSED)
    case.referrals.filter(over).update(state=Referral.State.RECALLED, answered_at=clock.now())
    case.save()
    if owner and can_be_given(owner, case):
        case.take(owner)
    free_from_unfit_receiver(case)
    return record(case, "sort", by, words=words, data=matter(case) | before)


def _put(case: Case, topic: Topic, place: Place | None) -> dict:
    """Gives back where it was."""
    before = {"old_topic": case.topic_id, "old_place": case.place_id}
    seal_for(case, sensitivity_of(topic, named=case.named.exists()))
    case.topic, case.kind, case.priority, case.place = topic, topic.kind, topic.priority, place
    case.agency_id = topic.answered_by
    promise_no_later(case, topic)
    return before


@transaction.atomic
def ask_citizen(*, case: Case, by: Officer, words: str) -> Case:
    """Ask the citizen for something; the clock stands still meanwhile, at most PAUSE_CAP_DAYS in all."""
    case = locked(case, "ask", by)
    need(words, _("Please write your question to the citizen."))
    need_a_phone(case)
    case.ask()
    begin_pause(case)
    return record(case, "ask", by, words=words)


@transaction.atomic
def add_note(*, case: Case, by: Officer, words: str) -> Case:
    case = locked(case, "note", by)
    need(words, _("Please write the note."))
    return record(case, "note", by, words=words)


@transaction.atomic
def resolve(*, case: Case, by: Officer, decision: str, words: str) -> Case:
    """Answer with a decision and words the citizen will read. Reasons are the citizen's right (ATI Act s 8(2)).

    Who else stands behind it, with a case of their own that was joined into this one, reads the same words. On appeal
    so does who was answered with the case it is against, if that changes their answer.
    """
    case = locked_with_joined(case)
    check(case, "resolve", by)
    if decision not in GIVEN:
        raise NotAllowed(_("Please choose a decision."))
    if case.appeal_of_id and decision not in ON_APPEAL:
        raise NotAllowed(_("Say whether the appeal is right, partly right or not right."))
    need(words, _("Please write the answer for the citizen."))
    end_pause(case)
    end_referrals(case, by=by)
    case.resolve(decision)
    reviewed = review(case)
    record(case, "resolve", by, words=words, data={"decision": decision, "told": is_told(case)})
    answer_others(case, by=by, decision=decision, words=words)
    for contested in reviewed:
        answer_others_anew(contested, by=by, appeal=case, words=words)
    return case


@transaction.atomic
def close(*, case: Case, by: Officer) -> Case:
    case = locked(case, "close", by)
    case.close()
    plan_follow_up(case)
    return record(case, "close", by)


@transaction.atomic
def record_reading(*, case: Case, by: Officer, what: str = "page", **which: int) -> None:
    """Who read what is known of every case. Of a sensitive one it is part of its history: its page, a paper, a picture,
    or in an export. Of the others it is a line of the log."""
    if case.is_sensitive:
        record(locked(case), "read", by, data={"what": what, **which})
    else:
        Reading.objects.create(case=case, officer=by)


def record_exported(*, cases: Iterable[Case], by: Officer) -> None:
    """That these stood in a list that somebody may carry away: each of them was read."""
    cases = list(cases)
    Reading.objects.bulk_create(Reading(case=case, officer=by) for case in cases if not case.is_sensitive)
    for case in cases:
        if case.is_sensitive:
            record_reading(case=case, by=by, what="export")
