"""What a step does to the dates of a case: those promised to the citizen, and those its present level has to keep."""

from datetime import date

from django.conf import settings

from cases.catalogue import catalogue
from cases.models import Case, Escalation
from cases.pack import Standard, Topic


def standard_of(topic: Topic, level: int) -> Standard:
    """What a case is promised that begins at this level: an appeal with no standard as much as the first."""
    standard = catalogue().standard(topic, level) or catalogue().standard(topic)
    assert standard is not None, f"{topic.pk} has no standard"  # whoever loads a topic writes its standard
    return standard


def days_above(topic: Topic, level: int) -> tuple[int, int]:
    """Working days to acknowledge and to resolve what moved up to this level."""
    if standard := catalogue().standard(topic, level):
        return standard.acknowledge_days, standard.resolve_days
    return settings.ESCALATION_ACKNOWLEDGE_DAYS, settings.ESCALATION_DAYS


def promise(case: Case, *, today: date) -> None:
    """The dates of a case that begins today."""
    standard, calendar = standard_of(case.topic, case.level), catalogue().calendar
    case.opened_on = today
    case.acknowledge_days, case.resolve_days = standard.acknowledge_days, standard.resolve_days
    case.acknowledge_due = calendar.add(today, standard.acknowledge_days)
    case.first_due = case.resolve_due = calendar.add(today, standard.resolve_days)


def promise_no_later(case: Case, topic: Topic) -> None:
    calendar, today = catalogue().calendar, catalogue().today()
    standard = standard_of(topic, case.appeal_of.level + 1 if case.appeal_of else 1)
    soonest = calendar.between(case.opened_on, today) + 1
    case.acknowledge_days = min(case.acknowledge_days, max(standard.acknowledge_days, soonest))
    case.resolve_days = min(case.resolve_days, max(standard.resolve_days, soonest))
    case.acknowledge_due = min(case.acknowledge_due, calendar.add(case.opened_on, case.acknowledge_days))
    case.first_due = min(case.first_due, calendar.add(case.opened_on, case.resolve_days))
    move_dates(case, since=today)


def keep_the_earlier(case: Case, other: Case) -> None:
    """Two matters are one from now on, and of both promises the earlier is kept; one that was missed stays missed.

    What `case` has stood still for stays counted, and its next pause moves the new date as it would have moved the old.
    """
    calendar = catalogue().calendar
    case.acknowledge_due = min(case.acknowledge_due, other.acknowledge_due)
    first_due = calendar.back(other.resolve_due, case.days_paused + case.days_answered)
    if first_due < case.first_due:
        case.first_due = first_due
        case.resolve_days = min(case.resolve_days, calendar.between(case.opened_on, first_due))
        case.resolve_due = min(case.resolve_due, other.resolve_due)
        move_dates(case, since=catalogue().today())


def begin_pause(case: Case) -> None:
    case.waiting_since = catalogue().today()
    move_dates(case, since=case.waiting_since)


def end_pause(case: Case) -> None:
    if since := case.waiting_since:
        count_pause(case, until=catalogue().today())
        case.waiting_since = None
        move_dates(case, since=since)


def count_pause(case: Case, *, until: date) -> None:
    """Enter the days we have waited so far; from then on they are counted anew."""
    if case.waiting_since:
        paused = catalogue().calendar.between(case.waiting_since, until)
        case.days_paused = min(case.days_paused + paused, settings.PAUSE_CAP_DAYS)
        case.waiting_since = max(case.waiting_since, until)


def count_days_answered(case: Case) -> None:
    """The days between an answer that does not stand and today are nobody's fault."""
    today = catalogue().today()
    answered_on = catalogue().day_of(case.resolved_at) if case.resolved_at else today
    case.days_answered += catalogue().calendar.between(answered_on, today)
    move_dates(case, since=answered_on)


def move_dates(case: Case, *, since: date) -> None:
    """Put the dates to where the days without a clock have moved them. What was missed by `since` stays missed.

    While we wait for the citizen that is the latest date it can become: so a case turns late by time alone, with
    nobody writing anything.
    """
    calendar = catalogue().calendar
    stood_still = stood_still_of(case)
    if case.resolve_due >= since:
        case.resolve_due = calendar.add(case.first_due, stood_still)
    here = level_of(case)
    if here and here.resolve_due >= since:
        here.resolve_due = calendar.add(here.first_due, stood_still - here.stood_still)
        here.save(update_fields=["resolve_due"])


def stood_still_of(case: Case) -> int:
    """Working days that do not count: we waited for the citizen, or the answer lay with them before they contested."""
    return (settings.PAUSE_CAP_DAYS if case.waiting_since else case.days_paused) + case.days_answered


def level_of(case: Case) -> Escalation | None:
    """The case's move to the level on which it is; None where it began."""
    return case.escalations.filter(level=case.level).first()
