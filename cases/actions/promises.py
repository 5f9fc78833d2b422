"""What a step does to the promised date of a case, in working days."""

from django.conf import settings

from cases.catalogue import catalogue
from cases.deadlines import Promise
from cases.models import Case
from cases.pack import Topic


def promise_of(case: Case) -> Promise:
    days = case.resolve_days + case.days_answered
    return Promise(case.opened_on, days, paused=case.days_paused, pause_cap=settings.PAUSE_CAP_DAYS)


def count_days_answered(case: Case) -> None:
    """The days between an answer that does not stand and today are nobody's fault."""
    today = catalogue().today()
    answered_on = catalogue().day_of(case.resolved_at) if case.resolved_at else today
    case.days_answered += catalogue().calendar.between(answered_on, today)
    case.resolve_due = promise_of(case).due(catalogue().calendar)


def promise_no_later(case: Case, topic: Topic) -> None:
    calendar = catalogue().calendar
    soonest = calendar.between(case.opened_on, catalogue().today()) + 1
    case.acknowledge_days = min(case.acknowledge_days, max(topic.acknowledge_days, soonest))
    case.resolve_days = min(case.resolve_days, max(topic.resolve_days, soonest))
    case.acknowledge_due = calendar.add(case.opened_on, case.acknowledge_days)
    case.resolve_due = promise_of(case).due(calendar)


def end_pause(case: Case) -> None:
    if case.waiting_since:
        paused = catalogue().calendar.between(case.waiting_since, catalogue().today())
        case.days_paused = min(case.days_paused + paused, settings.PAUSE_CAP_DAYS)
        case.waiting_since = None
        case.resolve_due = promise_of(case).due(catalogue().calendar)
