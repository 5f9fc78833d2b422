"""One made-up citizen writes a second time of the same matter, and the officer who has it makes one case of both."""

from collections.abc import Callable, Collection
from datetime import timedelta

from cases import actions, clock
from cases.lifecycle import State
from cases.models import Case, Channel, Known
from cases.pack import Kind, Sensitivity
from cases.permissions import can_own


def tell_twice(say: Callable[[str], str], *, but_not: Collection[str]) -> None:
    """`but_not`: the telephones of the simulator, which have one case each."""
    there = Case.objects.filter(state=State.IN_PROGRESS, kind=Kind.COMPLAINT, sensitivity=Sensitivity.OPEN)
    for case in there.filter(known=Known.NUMBER, appeal_of=None).select_related("citizen", "officer").order_by("-pk"):
        if case.citizen and case.officer and case.citizen.phone not in but_not and can_own(case.officer, case):
            with clock.at(clock.now() - timedelta(hours=1)):
                again = actions.open_case(
                    topic=case.topic,
                    place=case.place,
                    words=say("again"),
                    known=Known.NUMBER,
                    channel=Channel.SMS,
                    citizen=case.citizen,
                    language=case.language,
                ).case
            actions.merge(case=again, by=case.officer, stays=case, words=say("merge"))
            return
