"""What agencies ask of each other and hand to each other, how long each holds it, and why it came back. Reads only.

The reader sees what is visible to them; of an agency, only its own asking and being asked.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncDate

from cases.catalogue import catalogue
from cases.models import Case, Event, Officer, Referral

ASKED = (*Referral.ANSWERS, Referral.State.ASKED, Referral.State.RECALLED)  # what was never sent is no asking
ENDS = (Referral.State.DONE, Referral.State.DECLINED, Referral.State.RETURNED, Referral.State.RECALLED)
CAME_BACK = (Referral.State.DECLINED, Referral.State.RETURNED)
WAITS = Q(state__in=Referral.UNANSWERED)


def askings(reader: Officer, since: date | None = None, until: date | None = None) -> QuerySet[Referral]:
    """What was asked in these days, both included."""
    found = Referral.objects.filter(case__in=_seen(reader), state__in=ASKED)
    if reader.agency_id:
        found = found.filter(Q(from_agency=reader.agency_id) | Q(agency=reader.agency_id))
    return found.filter(**_days("asked_at", since, until))


def _seen(reader: Officer) -> QuerySet[Case]:
    return Case.objects.visible_to(reader).order_by().values("pk")


def _days(moment: str, since: date | None, until: date | None) -> dict[str, datetime]:
    zone = catalogue().zone
    ends = {f"{moment}__gte": since, f"{moment}__lt": until and until + timedelta(days=1)}
    return {name: datetime.combine(day, time(), zone) for name, day in ends.items() if day}


def pairs(found: QuerySet[Referral], today: date) -> list[dict[str, Any]]:
    """Who asked whom how often, and what came of it."""
    counts: dict[str, Any] = {
        "all": Count("pk"),
        "waits": Count("pk", filter=WAITS),
        "late": Count("pk", filter=WAITS & Q(due__lt=today)),
        **{state.value: Count("pk", filter=Q(state=state)) for state in ENDS},
    }
    rows: Any = found.order_by("from_agency", "agency").values("from_agency", "agency").annotate(**counts)
    return list(rows)


@dataclass
class Held:
    """How long one agency had what it was asked: in working days, each asking once."""

    agency: str
    days: Counter[int] = field(default_factory=Counter)

    @property
    def many(self) -> int:
        return self.days.total()

    @property
    def total(self) -> int:
        return sum(days * many for days, many in self.days.items())

    @property
    def longest(self) -> int:
        return max(self.days, default=0)

    @property
    def median(self) -> int:
        """Half of them took no longer."""
        left = (self.many + 1) // 2
        for days in sorted(self.days):
            left -= self.days[days]
            if left <= 0:
                return days
        return 0


def held(found: QuerySet[Referral], today: date) -> list[Held]:
    """By agency asked, who held longest in all first. What is not answered yet counts until today.

    Counted by pairs of days, of which there are few however many askings there are.
    """
    zone, calendar = catalogue().zone, catalogue().calendar
    ends = {"begun": TruncDate("asked_at", tzinfo=zone), "over": TruncDate("answered_at", tzinfo=zone)}
    rows: dict[str, Held] = {}
    days: Any = found.annotate(**ends).order_by()
    groups = days.values_list("agency", "begun", "over").annotate(Count("pk"))
    for agency, begun, over, many in groups:
        took = calendar.between(begun, max(begun, over or today))
        rows.setdefault(agency, Held(agency)).days[took] += many
    return sorted(rows.values(), key=lambda one: (-one.total, one.agency))


# --- Handed over for good -----------------------------------------------------------------------------------


def handed_over(reader: Officer, since: date, until: date) -> list[tuple[str, str, int]]:
    """(from, to, how many): cases that were put where another agency answers for them."""
    topic, agency = (KeyTextTransform(name, "data") for name in ("old_topic", "agency"))
    groups: Any = _sorted(reader, since, until).order_by().values_list(topic, agency).annotate(Count("pk"))
    found: Counter[tuple[str, str]] = Counter()
    for old_topic, new, many in groups:
        before = catalogue().topics.get(old_topic)
        old = before.answered_by if before else ""
        if old and old != new and reader.agency_id in (None, old, new):
            found[old, new] += many
    return [(old, new, many) for (old, new), many in found.most_common()]


def handed(reader: Officer, since: date, until: date, *, old: str, new: str) -> QuerySet[Event]:
    """Those of one line of that count."""
    if old == new or reader.agency_id not in (None, old, new):
        return Event.objects.none()
    topics = [code for code, topic in catalogue().topics.items() if topic.answered_by == old]
    events = _sorted(reader, since, until).filter(data__agency=new, data__old_topic__in=topics)
    return events.select_related("case__topic", "case__place")


def _sorted(reader: Officer, since: date, until: date) -> QuerySet[Event]:
    return Event.objects.filter(kind="sort", case__in=_seen(reader), **_days("at", since, until))


# --- What came back -----------------------------------------------------------------------------------------


def came_back(reader: Officer, since: date, until: date) -> QuerySet[Event]:
    """Declined or returned, the latest first, with the words of why."""
    answers = Event.objects.filter(kind="come_back", case__in=_seen(reader), **_days("at", since, until))
    if reader.agency_id:
        answers = answers.filter(Q(case__agency=reader.agency_id) | Q(data__agency=reader.agency_id))
    answers = answers.filter(data__answer__in=[state.value for state in CAME_BACK])
    return answers.select_related("said", "case__topic", "case__agency").order_by("-at", "-pk")
