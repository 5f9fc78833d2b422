"""Who saw, changed or exported what between two times: exact, from the history, the log of readings and the exports."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, NamedTuple

from django.db import connection

from cases.models import Case, Officer

# An officer who did something to a case had it before their eyes. Both ends: from `since` up to, not with, `until`.
_SEEN = """
SELECT seen.at, seen.officer_id, one.reference, seen.what FROM (
    SELECT at, officer_id, case_id, kind AS what FROM cases_event
    WHERE officer_id IS NOT NULL AND at >= %(since)s AND at < %(until)s
    UNION ALL
    SELECT at, officer_id, case_id, 'read' FROM cases_reading WHERE at >= %(since)s AND at < %(until)s
    UNION ALL
    SELECT at, by_id, case_id, what FROM cases_disclosure
    WHERE by_id IS NOT NULL AND at >= %(since)s AND at < %(until)s
) seen LEFT JOIN cases_case one ON one.id = seen.case_id
{only}
ORDER BY seen.at, seen.officer_id, one.reference
"""
_AT_ONCE = 5000


class Seen(NamedTuple):
    """One line. The reference is empty for a list of many cases."""

    at: datetime
    officer: int
    reference: str
    what: str


def seen(since: datetime, until: datetime, *, by: Officer | None = None) -> Iterator[Seen]:
    """In order of time; for an officer, of the cases they may see. Read in pieces, however many there are."""
    facts: dict[str, Any] = {"since": since, "until": until}
    only = ""
    if by is not None:
        visible, facts_of_it = Case.objects.visible_to(by).order_by().values("pk").query.sql_with_params()
        names = {f"v{number}": value for number, value in enumerate(facts_of_it)}
        theirs = visible % tuple(f"%({name})s" for name in names)
        only = f"WHERE seen.case_id IS NULL OR seen.case_id IN ({theirs})"
        facts |= names
    with connection.cursor() as cursor:
        cursor.execute(_SEEN.format(only=only), facts)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from (Seen(at, officer, reference or "", what) for at, officer, reference, what in rows)


class Total(NamedTuple):
    officer: Officer
    lines: int
    cases: int


def summary(lines: Iterable[Seen]) -> list[Total]:
    """An officer a line, who saw most first."""
    times: Counter[int] = Counter()
    cases: dict[int, set[str]] = {}
    for line in lines:
        times[line.officer] += 1
        cases.setdefault(line.officer, set()).add(line.reference)
    officers = Officer.objects.select_related("user", "agency", "place").in_bulk(list(times))
    return [Total(officers[pk], count, len(cases[pk] - {""})) for pk, count in times.most_common()]


def write(file: IO[str] | Any, lines: Iterable[Seen]) -> int:
    """As CSV. Names of officers could begin like a formula; their numbers and ours cannot."""
    officers = {officer.pk: officer for officer in Officer.objects.select_related("user", "agency")}
    out = csv.writer(file)
    out.writerow(["when", "officer number", "officer", "role", "agency", "case", "what"])
    count = 0
    for line in lines:
        who = officers[line.officer]
        name = str(who).lstrip("=+-@\t\r")
        out.writerow([line.at.isoformat(), who.pk, name, who.role, who.agency_id or "", line.reference, line.what])
        count += 1
    return count
