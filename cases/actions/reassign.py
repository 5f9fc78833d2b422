"""Many cases to other hands at once: kept as rows when somebody said yes, moved one by one, each by its own rights."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from cases.actions.core import NotAllowed, locked
from cases.actions.timers import one_by_one
from cases.actions.work import hand_over
from cases.models import Case, Move, Officer, Reassignment
from cases.permissions import may_open

MOST = 500  # cases at a time
moves_wanted = Signal()  # whoever has workers wakes one


class Wish(NamedTuple):
    """A case, whose it was when it was looked at, and whose it is to be: row numbers."""

    case: int
    before: int | None
    to: int


@transaction.atomic
def reassign(*, by: Officer, once: UUID, wishes: Iterable[Wish]) -> Reassignment:
    """Keep what is wanted, for a worker to do. What `by` does not see is no case; sent twice, it is kept once."""
    if not may_open(by, "work_change"):
        raise NotAllowed(_("You may not share out the work of others."))
    kept, is_new = Reassignment.objects.get_or_create(once=once, defaults={"by": by})
    if kept.by_id != by.pk:
        raise NotAllowed(_("Look at what would happen once more."))
    if is_new:
        wanted = {wish.case: wish for wish in wishes}
        if len(wanted) > MOST:
            raise NotAllowed(_("At most {most} cases at a time.").format(most=MOST))
        seen = Case.objects.visible_to(by).in_bulk(list(wanted))
        people = Officer.objects.in_bulk({wish.to for wish in wanted.values()})
        Move.objects.bulk_create(
            Move(reassignment=kept, case=seen[wish.case], before_id=wish.before, to=people[wish.to])
            for wish in wanted.values()
            if wish.case in seen and wish.to in people
        )
        moves_wanted.send(sender=Reassignment)
    return kept


def make_moves() -> int:
    """All that waits. Two workers at once take different ones. Returns how many cases changed hands."""
    waiting = Case.objects.filter(moves__state=Move.State.WAITS).distinct().order_by("pk")
    return sum(one_by_one("move", _move, waiting))


@transaction.atomic
def _move(*, case: Case) -> bool:
    """The oldest move of this case, unless somebody is at it."""
    waiting = Move.objects.filter(case=case, state=Move.State.WAITS).order_by("pk")
    move = waiting.select_for_update(skip_locked=True).first()
    if move is None:
        return False
    try:
        with transaction.atomic():
            _hand_over_as_wished(move, case)
        move.state = Move.State.DONE
    except NotAllowed as refusal:
        move.state, move.why = Move.State.REFUSED, str(refusal)[:200]
    move.save(update_fields=["state", "why"])
    return move.state == Move.State.DONE


def _hand_over_as_wished(move: Move, case: Case) -> None:
    officers = Officer.objects.select_related("user", "agency", "place")
    by, to = officers.get(pk=move.reassignment.by_id), officers.get(pk=move.to_id)
    if not may_open(by, "work_change"):
        raise NotAllowed(_("You may not share out the work of others."))
    now = locked(case)
    if now.officer_id != move.before_id:
        raise NotAllowed(_("It went to other hands meanwhile."))
    hand_over(case=now, by=by, to=to)
