"""What matters first at the desk: an officer's cases in groups, page by page, and a citizen's cases found again.

Every question here starts at `visible_to`; nothing is written and nothing is worded but the headings.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Switch
from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import sharing
from cases.crypto import blind
from cases.lifecycle import ALIVE, OPEN, State
from cases.models import Case, Citizen, Escalation, Event, Known, Officer, Referral, Role, Share
from cases.queries import CaseQuerySet

FIRST_FEW = 5  # rows of each group on the first page
PAGE = 25
# The promise first, then how much it matters. In groups, what nobody has yet is promised to be taken.
PLAIN = "resolve_due"
GROUPED = "wanted_by"

# Readings and notes are the office's own: after them the citizen's answer is still the last word said.
_UNSPOKEN = ("read", "note", "rate")


@dataclass(frozen=True)
class Group:
    """One heading of the worklist. A quiet one waits for somebody else and is counted only."""

    key: str
    title: str | Promise
    holds: Q
    quiet: bool = False


def groups(officer: Officer, today: date) -> list[Group]:
    """In the order in which they matter: a case stands once, under the first heading that fits it."""
    still_open, mine = Q(state__in=OPEN), Q(officer=officer)
    working = Q(state=State.IN_PROGRESS)
    moved_up = Escalation.objects.filter(level=F("case__level")).values("case")
    asked_of_us = Referral.objects.filter(agency=officer.agency_id, state__in=Referral.UNANSWERED)
    to_me, to_nobody = moved_up.filter(officer=officer, acknowledged_at=None), moved_up.filter(Escalation.NOBODY)
    nobody = Group("nobody-answers", _("Nobody answers for its level"), still_open & Q(pk__in=to_nobody))
    return [
        *([nobody] if officer.role == Role.MANAGER else []),
        Group("moved-up", _("Moved up to you"), still_open & Q(pk__in=to_me)),
        Group("not-solved", _("Not solved, says the citizen"), still_open & Q(times_disputed__gt=0)),
        Group("late", _("Late"), still_open & Q(resolve_due__lt=today)),
        Group("today", _("Due today"), still_open & Q(resolve_due=today)),
        Group("heard", _("Answered by the citizen"), working & Q(last_said="hear")),
        Group("mine", _("Waiting for me"), working & mine),
        Group("asked", _("Another agency asks us"), still_open & Q(pk__in=asked_of_us.values("case"))),
        Group("nobody", _("Nobody has it"), Q(state=State.RECEIVED)),
        Group("referred", _("At another agency"), Q(state=State.REFERRED)),
        Group("waiting", _("We wait for the citizen"), Q(state=State.WAITING), quiet=True),
        Group("colleagues", _("With colleagues"), working, quiet=True),
        Group("answered", _("Answered; does the citizen agree?"), Q(state=State.RESOLVED), quiet=True),
    ]


def grouped(officer: Officer, today: date) -> CaseQuerySet:
    """All that is alive and visible to the officer, each case with its `group`."""
    said = Event.objects.filter(case=OuterRef("pk")).exclude(kind__in=_UNSPOKEN).order_by("-number")
    by_group = [When(group.holds, then=Value(group.key)) for group in groups(officer, today)]
    return (
        Case.objects.visible_to(officer)
        .filter(state__in=ALIVE)
        .alias(last_said=Subquery(said.values("kind")[:1]))
        .annotate(group=Switch(*by_group, output_field=CharField()))
        .annotate(**{GROUPED: Switch(When(_untaken(today), then=F("acknowledge_due")), default=F("resolve_due"))})
    )


def _untaken(today: date) -> Q:
    return Q(state=State.RECEIVED, resolve_due__gt=today)


def order(by: str) -> tuple[str, ...]:
    return (by, "-priority", "pk")


def counts(officer: Officer, today: date) -> dict[str, int]:
    rows = grouped(officer, today).order_by().values_list("group").annotate(Count("pk"))
    return dict(rows)


def first_few(officer: Officer, today: date) -> list[Case]:
    """The head of every group that is not quiet, in one query."""
    loud = [group.key for group in groups(officer, today) if not group.quiet]
    place = Window(RowNumber(), partition_by=F("group"), order_by=order(GROUPED))
    rows = grouped(officer, today).filter(group__in=loud).annotate(place_in_group=place)
    return list(rows.filter(place_in_group__lte=FIRST_FEW).with_people().order_by(*order(GROUPED)))


def page(cases: CaseQuerySet, after: str = "", *, by: str = PLAIN) -> tuple[list[Case], str]:
    """A page of cases in order from the key `after`, and the key of the page that follows, or ""."""
    if key := _read_key(after):
        due, priority, pk = key
        cases = cases.filter(
            Q(**{f"{by}__gt": due})
            | Q(**{by: due}, priority__lt=priority)
            | Q(**{by: due}, priority=priority, pk__gt=pk)
        )
    rows = list(cases.with_people().order_by(*order(by))[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{getattr(last, by):%Y-%m-%d}.{last.priority}.{last.pk}" if last else ""


def _read_key(after: str) -> tuple[date, int, int] | None:
    try:
        due, priority, pk = after.split(".")
        return date.fromisoformat(due), int(priority), int(pk)
    except ValueError:
        return None  # somebody changed the address: they get the first page


def cases_of(officer: Officer, *, phone: str = "", nrc: str = "") -> CaseQuerySet:
    """The cases of whoever has this phone or card, or showed this card with them. Who hid is found by neither.

    An agency that was asked for help finds a case only by what was shared with it.
    """
    theirs = Q(pk=None)
    if phone:
        owner = Citizen.objects.filter(phone_index=blind(phone, name="phone"))
        theirs |= Q(citizen__in=owner) & sharing.findable(officer, Share.WHO)
    if nrc:
        card = blind(nrc, name="nrc")
        holder = Q(citizen__in=Citizen.objects.filter(nrc_index=card)) | Q(card_index=card)
        holder |= Q(representation__card_index=card)  # and whoever came for somebody else
        theirs |= holder & sharing.findable(officer, Share.NRC)
    return Case.objects.visible_to(officer).filter(theirs, known=Known.NUMBER)
