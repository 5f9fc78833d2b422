"""Who else has a case open: one row for officer and case, touched by the open page, forgotten two minutes after."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from cases import clock
from cases.models import Case, Event, Officer, Presence

EVERY = 30  # seconds between two signs of life from a page
GONE = timedelta(minutes=2)

_TOUCH = """
INSERT INTO cases_presence (officer_id, case_id, writing, at) VALUES (%(officer)s, %(case)s, %(writing)s, %(now)s)
ON CONFLICT (officer_id, case_id) DO UPDATE SET writing = EXCLUDED.writing, at = EXCLUDED.at
"""
_FORGET = "DELETE FROM cases_presence WHERE at < %s"


@dataclass(frozen=True)
class Present:
    """A colleague at the same page, and whether they have begun to write."""

    officer: Officer
    writing: bool


def touch(officer: Officer, case: Case, *, writing: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, {"officer": officer.pk, "case": case.pk, "writing": writing, "now": clock.now()})


def others(officer: Officer, case: Case) -> list[Present]:
    """Who else looks at it now, and may still see it: who writes first."""
    there = Presence.objects.filter(case=case, at__gt=clock.now() - GONE).exclude(officer=officer)
    rows = there.select_related("officer__user").order_by("-writing", "officer__user__first_name")
    return [Present(row.officer, row.writing) for row in rows if _still_sees(row.officer, case)]


def _still_sees(officer: Officer, case: Case) -> bool:
    return Case.objects.visible_to(officer).filter(pk=case.pk).exists()


def changes_since(officer: Officer, case: Case, seen: int) -> list[Event]:
    """What others did since the page was shown. A page that was shown nothing has nothing to compare."""
    later = case.events.filter(number__gt=seen).exclude(officer=officer).exclude(kind="read")
    return list(later.select_related("officer__user", "said").order_by("number")) if seen else []


def forget() -> int:
    """Who left without a word, and who closed the lid."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [clock.now() - GONE])
        return cursor.rowcount
