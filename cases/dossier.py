"""Everything held about a citizen, as the pages of one paper; it reads and writes nothing."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases import actions
from cases.forms.fields import show_phone
from cases.models import Case, Citizen, Event, Officer, SurveyReply
from cases.papers import Fact, paper
from cases.reference import spoken
from cases.survey import questions
from cases.wording import HISTORY, day, history_line


@dataclass(frozen=True)
class Part:
    """One heading and its lines: when, what."""

    title: str
    lines: list[tuple[str, str]]


def dossier(citizen: Citizen, cases: list[Case]) -> bytes:
    """The PDF. `cases` are those that this office may hand out; who else may is said on the paper."""
    parts = [_who(citizen), *(part for case in cases for part in _case(case))]
    parts += [_survey(reply) for reply in citizen.survey_replies.order_by("quarter")]
    parts += [_elsewhere(held) for _receiver, held in actions.data_wanted.send(Citizen, citizen=citizen, cases=cases)]
    told: list[Fact] = [{"title": part.title, "lines": [list(line) for line in part.lines]} for part in parts]
    return paper(
        "dossier",
        title=_("What is held about you"),
        law=_("Data Protection Act 3/2021, section 58"),
        rights=_("You may ask to have it corrected or erased, or its use stopped, at any desk or by phone."),
        others=_("A matter of abuse or corruption is not printed here. Ask the focal point who has it."),
        none=_("Nothing."),
        parts=told,
    )


def _elsewhere(held: Any) -> Part:
    """What another room holds: a title, and moments with words."""
    title, lines = held
    return Part(title, [(f"{moment:%d/%m/%Y %H:%M}", words) for moment, words in lines])


def _survey(reply: SurveyReply) -> Part:
    """What they told for the actuary: kept apart from every case, and theirs to see."""
    said = json.loads(reply.answers)
    lines = [(one.asked, one.answers.get(said[one.code], said[one.code])) for one in questions() if one.code in said]
    return Part(_("Your answers to the survey, from {day}").format(day=day(reply.quarter)), lines)


def _who(citizen: Citizen) -> Part:
    known = [
        (_("Name"), citizen.name),
        (_("Phone"), show_phone(citizen.phone)),
        (_("NRC"), citizen.nrc or ""),
        (_("Language"), citizen.language),
        (_("On record since"), day(citizen.created_at.date())),
    ]
    return Part(_("Who you are"), [(fact, value) for fact, value in known if value])


def _case(case: Case) -> list[Part]:
    facts = [
        (_("Topic"), case.topic.name),
        (_("Told us on"), day(case.opened_on)),
        (_("Where"), str(case.place or "")),
        (_("Your words"), case.words),
        (_("Your form"), case.form or ""),
        (_("State"), str(case.get_state_display())),
        (_("Decision"), str(case.get_decision_display())),
    ]
    events = case.events.select_related("said", "officer__agency").order_by("number")
    return [
        Part(_("Case {reference}").format(reference=spoken(case.reference)), [fact for fact in facts if fact[1]]),
        Part(_("What happened"), [_line(event) for event in events]),
    ]


def _line(event: Event) -> tuple[str, str]:
    if event.kind == "read":
        what = _("Read by {who}").format(who=_office(event.officer))
    else:
        what = history_line(event, sensitive=False) if event.kind in HISTORY else ""
        what = what or _("An entry of the office")
    said = event.words if event.kind != "open" else ""
    return f"{event.at:%d/%m/%Y}", f"{what} {said}".strip()


def _office(officer: Officer | None) -> str:
    """The office, not the person: an officer has rights over their data, too."""
    if officer is None:
        return "-"
    return f"{officer.get_role_display()}, {officer.agency or _('one-stop desk')}"
