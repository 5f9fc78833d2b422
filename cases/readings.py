"""The reading log: who read or exported which sensitive case, when; newest first, page by page, of what one may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cases.models import Case, Event, Officer

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What the log is narrowed to; an empty side leaves all."""

    readers: QuerySet[Officer] | None = None
    reference: str = ""
    since: datetime | None = None
    until: datetime | None = None


def readings(officer: Officer, asked: Asked) -> QuerySet[Event]:
    """In a case about the asking officer nobody's reading is theirs to know, as nothing else of it is."""
    log = Event.objects.filter(kind="read", case__in=Case.objects.visible_to(officer).order_by().values("pk"))
    if asked.readers is not None:
        log = log.filter(officer__in=asked.readers.order_by().values("pk"))
    if asked.reference:
        log = log.filter(case__reference=asked.reference)
    if asked.since:
        log = log.filter(at__gte=asked.since)
    if asked.until:
        log = log.filter(at__lte=asked.until)
    return log.select_related("officer__user", "officer__agency", "officer__place", "case__topic")


def page(log: QuerySet[Event], after: str = "") -> tuple[list[Event], str]:
    """A page of the log from the key `after`, and the key of the page that follows, or ""."""
    if key := _read_key(after):
        at, pk = key
        log = log.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    rows = list(log.order_by("-at", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.at.isoformat()}_{last.pk}" if last else ""


def _read_key(after: str) -> tuple[datetime, int] | None:
    try:
        at, pk = after.split("_")
        return datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None  # somebody changed the address: they get the first page
