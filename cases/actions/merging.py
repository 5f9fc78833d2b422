"""Two cases about one matter: one is joined into the other, which stays, and can be taken apart from it again.

Nothing is moved and nothing rewritten: each keeps its number, words, papers and history, and the people behind it.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.core import By, NotAllowed, check, is_told, need, record
from cases.actions.follow_up import forget_follow_up
from cases.actions.links import need_the_other
from cases.actions.promises import count_days_answered, end_pause, keep_the_earlier
from cases.actions.referrals import end_referrals
from cases.catalogue import ASKS_FOR
from cases.joined import answered_along, answered_on_appeal, behind, same_person
from cases.lifecycle import OPEN, Actor
from cases.models import CHANGES_IT, Brought, Case, Officer, Referral
from cases.pack import Kind
from cases.permissions import can_be_given, holds


class Unlike(NamedTuple):
    """Why two cases are not joined, `case` into `stays`."""

    holds: Callable[[Case, Case], bool]
    sentence: str | Promise


REFUSALS = (
    Unlike(
        lambda case, stays: stays.is_joined,
        gettext_lazy("{stays} is joined into {beyond}. Join this one into {beyond}, too."),
    ),
    Unlike(
        lambda case, stays: bool(case.appeal_of_id or stays.appeal_of_id),
        gettext_lazy("An appeal is decided on its own: nothing is joined with it."),
    ),
    Unlike(
        lambda case, stays: stays.state not in OPEN,
        gettext_lazy("{stays} is answered already. Nothing can be joined into it."),
    ),
    Unlike(
        lambda case, stays: case.agency_id != stays.agency_id,
        gettext_lazy("They are with different agencies. Put one where the other is first, or ask a supervisor."),
    ),
    Unlike(
        lambda case, stays: not ASKS_FOR.keys().isdisjoint((case.topic_id, stays.topic_id)),
        gettext_lazy("A right over data is served on its own: nothing is joined with it."),
    ),
    Unlike(
        lambda case, stays: case.sensitivity != stays.sensitivity,
        gettext_lazy("One of them is sensitive in another way than the other. Ask a supervisor."),
    ),
    Unlike(
        lambda case, stays: case.is_sensitive and not same_person(case, stays),
        gettext_lazy("In a sensitive matter each citizen keeps a case of their own. Link them instead."),
    ),
    Unlike(
        lambda case, stays: case.place_id not in (None, stays.place_id),
        gettext_lazy("They are in different places. Put one where the other is first."),
    ),
    Unlike(
        lambda case, stays: _named(case) != _named(stays),
        gettext_lazy("They are not about the same officers. Ask a supervisor."),
    ),
    Unlike(
        lambda case, stays: (case.kind == Kind.REGISTRATION) != (stays.kind == Kind.REGISTRATION),
        gettext_lazy("A registration is joined with a registration only."),
    ),
    Unlike(
        lambda case, stays: Brought.objects.filter(case=case).exists() or case.memberships.exists(),
        gettext_lazy("Something was checked or registered here already. Join the other case into this one."),
    ),
    Unlike(
        lambda case, stays: case.referrals.filter(state__in=Referral.UNANSWERED).exists(),
        gettext_lazy("Another agency was asked to help with this. Wait for its answer, or take it back first."),
    ),
    Unlike(
        lambda case, stays: case.level > stays.level,
        gettext_lazy("This has moved up further than {stays}. Join {stays} into this one."),
    ),
    Unlike(
        lambda case, stays: case.times_disputed > 0,
        gettext_lazy("The citizen said that this is not solved: it needs an answer of its own."),
    ),
)


def _named(case: Case) -> set[int]:
    return set(case.named.values_list("officer", flat=True))


def check_merge(case: Case, stays: Case, by: Officer) -> None:
    """Raises NotAllowed, with the sentence that says what to do instead."""
    check(case, "merge", by)
    need_the_other(case, stays, by)
    if not holds(by, "merge", stays):
        raise NotAllowed(
            _("You may not do this to {stays}. Ask {owner} or a supervisor.").format(
                stays=stays, owner=stays.officer or "-"
            )
        )
    for unlike in REFUSALS:
        if unlike.holds(case, stays):
            raise NotAllowed(str(unlike.sentence).format(stays=stays, beyond=stays.merged_into or ""))


@transaction.atomic
def merge(*, case: Case, by: Officer, stays: Case, words: str) -> Case:
    """Join `case` into `stays`. What was joined into it before goes along."""
    rows = _locked(case, stays)
    case, stays = rows[case.pk], rows[stays.pk]
    check_merge(case, stays, by)
    need(words, _("Please write why it is the same matter."))
    same = same_person(case, stays)
    end_pause(case)
    end_referrals(case, by=by)
    keep_the_earlier(stays, case)
    stays.priority = max(stays.priority, case.priority)
    case.merge(stays)
    record(stays, "merge", by, words=words, data={"other": case.pk, "as": "stays"})
    for one in case.joined.order_by("pk"):
        one.merged_into = stays
        record(one, "merge", by, data={"other": stays.pk, "as": "along"})
    return record(case, "merge", by, words=words, data={"other": stays.pk, "as": "same" if same else "other"})


@transaction.atomic
def unmerge(*, case: Case, by: Officer, words: str) -> Case:
    """It was another matter after all: the case goes on by itself, with the date it was promised."""
    case = locked_with_joined(case)
    check(case, "unmerge", by)
    need(words, _("Please write down the reason."))
    return _take_apart(case, by, words=words)


def take_others_apart(case: Case) -> None:
    """The citizen of the case that stays withdrew it: that is nobody else's word."""
    for one in behind(case):
        _take_apart(one, Actor.SYSTEM)


def _take_apart(case: Case, by: By, *, words: str = "") -> Case:
    stays, owner = case.merged_into, case.officer
    assert stays is not None  # who is joined is joined into something: a constraint
    case.unmerge()
    case.save()
    if owner and can_be_given(owner, case):
        case.take(owner)
    record(stays, "unmerge", by, words=words, data={"other": case.pk, "as": "stays"})
    return record(case, "unmerge", by, words=words, data={"other": stays.pk})


def answer_others(case: Case, *, by: Officer, decision: str, words: str) -> None:
    """Who else stands behind the case is answered under their own number, and says themselves whether it is solved.

    Who was answered with it before hears it if it is another answer, and is asked anew.
    """
    before = [one for one in answered_along(case) if not _heard(one, decision, words)]
    _answer(behind(case), before, by=by, decision=decision, words=words)


def answer_others_anew(case: Case, *, by: Officer, appeal: Case, words: str) -> None:
    """An appeal against the case was decided. Who was answered with it hears that if it changes their answer, too."""
    changed = appeal.decision in CHANGES_IT
    before = [
        one
        for one in answered_on_appeal(case, appeal)
        if (not _heard(one, case.outcome, words) if changed else one.decision != case.outcome)
    ]
    _answer([], before, by=by, decision=case.outcome, words=words)


def _answer(first: list[Case], anew: list[Case], *, by: Officer, decision: str, words: str) -> None:
    for one in anew:
        count_days_answered(one)
        forget_follow_up(one)
    for one in (*first, *anew):
        one.resolve_along(decision, by)
        record(one, "resolve", by, words=words, data={"decision": decision, "told": is_told(one)})


def _heard(case: Case, decision: str, words: str) -> bool:
    answer = case.last_answer
    return answer is not None and (answer.data["decision"], answer.words) == (decision, words.strip())


def locked_with_joined(case: Case) -> Case:
    """The case, locked with all that was joined into it, or with what it was joined into."""
    return _locked(case)[case.pk]


def _locked(*cases: Case) -> dict[int, Case]:
    """As they are now. In the order of their rows: two officers who begin from either end never wait for each other."""
    rows: dict[int, Case] = {}
    while not (wanted := family(*(case.pk for case in cases))) <= rows.keys():
        rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    return rows


def family(*pks: int) -> set[int]:
    """The rows of these cases, of what was joined into them, and of what they were joined into."""
    rows = Case.objects.filter(Q(pk__in=pks) | Q(merged_into__in=pks)).values_list("pk", "merged_into")
    return {pk for row in rows for pk in row if pk}
