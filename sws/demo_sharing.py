"""What those who lead the demonstration do with the work of others: put right where it lies, and share it out."""

from random import Random
from uuid import UUID

from cases import actions
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Case, Officer, Role


def share_out(dice: Random, officers: list[Officer]) -> None:
    """Two that lay with the wrong agency go to the right one; some that nobody took are given to the supervisor."""
    leaders = (Role.SUPERVISOR, Role.MANAGER)
    supervisor, manager = (next(one for one in officers if one.role == role) for role in leaders)
    free = Case.objects.visible_to(supervisor).filter(state=State.RECEIVED, appeal_of=None, place__isnull=False)
    for case in free.filter(agency="NHIMA").order_by("pk")[:2]:
        actions.sort(case=case, by=supervisor, topic=catalogue().topics["napsa-claim-late"], place=case.place)
    wishes = [actions.Wish(case.pk, None, supervisor.pk) for case in free.order_by("pk")[:3]]
    actions.reassign(by=manager, once=UUID(int=dice.getrandbits(128), version=4), wishes=wishes)
    actions.make_moves()
