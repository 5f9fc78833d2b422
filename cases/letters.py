"""The letter a citizen takes to whom they can go next, when no level is left inside; it reads and writes nothing.

It holds nobody's name: the citizen writes their own on it, and no officer stands in its history.
"""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import actions
from cases.catalogue import catalogue
from cases.languages import SOURCE
from cases.models import Case
from cases.papers import Fact, paper
from cases.reference import spoken
from cases.remedies import Remedy
from cases.wording import HISTORY, day, history_line


def letter(case: Case, out: Remedy, today: date) -> bytes:
    """The PDF, for who reads English. In a sensitive matter it says no words: others may see it on the way."""
    with override(SOURCE):
        return _letter(case, out, today)


def _letter(case: Case, out: Remedy, today: date) -> bytes:
    facts: list[Fact] = [[label, value] for label, value in _facts(case) if value]
    history: list[Fact] = [[when, said] for when, said in _history(case)]
    return paper(
        "letter",
        title=_("Letter to take along"),
        to=_(out.body),
        date=day(today),
        facts=facts,
        limit=_limit(out, today),
        source=_("Source: {basis}").format(basis=out.law) if out.law else "",
        history_title=_("What happened, as the citizen was told"),
        history=history,
        name=_("Name"),
        address=_("Phone or address"),
        signature=_("Signature"),
        closing=_("The Single Window Service gave this letter to the citizen named below, who asks you to look at it."),
    )


def _facts(case: Case) -> list[tuple[str, str]]:
    answer, open_matter = actions.answer_words(case), not case.is_sensitive
    decided = case.resolved_at and day(catalogue().day_of(case.resolved_at))
    return [
        (_("Case number"), spoken(case.reference)),
        (_("About"), case.topic.name if open_matter else ""),
        (_("Who answered"), case.agency.name if open_matter else ""),
        (_("Told us on"), day(case.opened_on)),
        (_("What the citizen said"), case.words if open_matter else ""),
        (_("Decision"), str(case.get_decision_display()) if case.decision else _("None was taken in time.")),
        (_("Decided on"), decided or ""),
        (_("Reasons"), answer if open_matter else ""),
    ]


def _history(case: Case) -> list[tuple[str, str]]:
    events = case.events.filter(kind__in=HISTORY).order_by("number")
    lines = [(event.at, history_line(event, sensitive=case.is_sensitive)) for event in events]
    return [(day(catalogue().day_of(at)), said) for at, said in lines if said]


def _limit(out: Remedy, today: date) -> str:
    since = day(out.since)
    if out.until is None:
        if out.step.time_limit:
            return _("Time limit: {limit}, from {since}.").format(limit=_(out.step.time_limit), since=since)
        return _("We know of no time limit. Go soon.")
    said = _("Time limit: {limit}. From {since} the last day is {until}.").format(
        limit=_(out.step.time_limit), since=since, until=day(out.until)
    )
    return f"{said} {_('It is over: ask whether they still take it.')}" if out.is_late(today) else said
