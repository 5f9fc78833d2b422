"""What became of the demonstration's SMS, and where its callers stopped: made up like everything else there."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from django.db.models import F, OuterRef, QuerySet, Subquery

from cases.models import Channel, Event
from channels import delivery
from channels.models import Message, ScreenCount


def note_as_sent(messages: QuerySet[Message]) -> None:
    """Each SMS reached its telephone when it was written, so that the demonstration does not begin by sending them."""
    then = Subquery(Event.objects.filter(pk=OuterRef("event")).values("at"))
    messages.update(
        state=Message.State.DELIVERED,
        gateway="simulator",
        created_at=then,
        due_at=then,
        sent_at=then,
        delivered_at=then,
    )
    lost = messages.annotate(nth=F("pk") % 29).filter(nth__in=MISSED)
    for nth, failure in MISSED.items():
        lost.filter(nth=nth).update(state=Message.State.FAILED, failure=failure, delivered_at=None)
    messages.annotate(nth=F("pk") % 37).filter(nth=0).update(state=Message.State.SENT, failure="", delivered_at=None)
    delivery.count_messages()


MISSED = {3: "absentsubscriber", 11: "userdoesnotexist"}  # every so many, and what the network said
# Where callers stop; the longer a question, the more. And how many of a hundred come to an end.
STOPPED_AT = {"words": 9, "district-letters": 7, "menu": 6, "complaint-topic": 5, "nrc": 4, "pin": 4, "known": 2}
FINISHED = 60


def note_calls(dice: Random, last: date, *, days: int) -> None:
    """What was counted of the calls of so many days, those that led to no case too."""
    rows = []
    for ago in range(days):
        for language, often in (("en", 9), ("bem", 6), ("ny", 5), ("loz", 3), ("toi", 2)):
            finished = dice.randrange(often * 2)
            place = {"day": last - timedelta(days=ago), "channel": Channel.USSD, "language": language}
            rows.append(ScreenCount(**place, screen="sent", finished=finished, resumed=finished // 5))
            many_left = finished * (100 - FINISHED) // FINISHED
            left = Counter(dice.choices(list(STOPPED_AT), list(STOPPED_AT.values()), k=many_left))
            rows += [ScreenCount(**place, screen=screen, left=many) for screen, many in left.items()]
    ScreenCount.objects.bulk_create(rows)
