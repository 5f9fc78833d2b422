"""What those read who watch over the house: who may do what, who read what, and what the catalogue holds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import desk_words
from cases import readings as log
from cases.catalogue import catalogue
from cases.forms.oversight import WhichReadings
from cases.lifecycle import STEPS, Actor
from cases.models import MAY_READ, Event, Officer, Role
from cases.pack import ExtraHoliday, Sensitivity, Topic
from cases.permissions import PAGE_WORDS, PAGES, RIGHTS, Relation
from cases.views.frame import for_officers, page

# --- Who may do what ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """One part of the table: what stands in each line, and for each role in turn whether it may."""

    title: str
    rows: list[tuple[str, list[tuple[Role, bool]]]]

    @classmethod
    def of(cls, title: str, lines: Iterable[tuple[str, str]], may: Callable[[Role, str], bool]) -> "Grid":
        return cls(title, [(said, [(role, may(role, name)) for role in Role]) for name, said in lines])


@for_officers("rights")
@require_GET
def rights(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The very tables that the code decides by, drawn."""
    pages = Grid.of(_("Pages"), _pages(), lambda role, name: role in PAGES[name])
    kinds = [(kind.value, str(kind.label)) for kind in Sensitivity]
    matters = Grid.of(_("Cases that may be read"), kinds, lambda role, kind: kind in MAY_READ[role])
    return page(request, officer, "rights", roles=list(Role), grids=[matters, *_steps(), pages])


def _pages() -> list[tuple[str, str]]:
    return [(name, str(PAGE_WORDS[name])) for name in PAGES]


def _steps() -> list[Grid]:
    """A grid for each relation; relations in which everybody may do the same share one."""
    steps = [(name, str(step.label)) for name, step in STEPS.items() if Actor.OFFICER in step.actors]
    alike: dict[tuple, list[Relation]] = {}
    for relation in Relation:
        alike.setdefault(tuple(RIGHTS[role][relation] for role in Role), []).append(relation)
    return [
        Grid.of(
            _("Steps, when {relations}").format(relations=_(" or ").join(str(one.label).lower() for one in relations)),
            steps,
            partial(_may, relations[0]),
        )
        for relations in alike.values()
    ]


def _may(relation: Relation, role: Role, step: str) -> bool:
    return step in RIGHTS[role][relation]


# --- Who read what --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """One line of the log."""

    event: Event
    what: str


@for_officers("readings")
@require_GET
def readings(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = WhichReadings(request.GET)
    rows: list[Event] = []
    onward = request.GET.copy()
    if form.is_valid():
        rows, onward["after"] = log.page(log.readings(officer, form.asked()), request.GET.get("after", ""))
    lines = [Reading(event, desk_words.what_was_read(event)) for event in rows]
    narrowed = any(request.GET.get(name) for name in form.fields)
    following = onward.urlencode() if onward.get("after") else ""
    status = 200 if form.is_valid() else 422
    return page(request, officer, "readings", form=form, lines=lines, next=following, narrowed=narrowed, status=status)


# --- What there is --------------------------------------------------------------------------------------


@for_officers("catalogue")
@require_GET
def the_catalogue(request: HttpRequest, officer: Officer) -> HttpResponse:
    """As the country pack has it: each row with the source of its facts. It is changed by loading the pack anew."""
    held = catalogue()
    answers: dict[str, list[Topic]] = {code: [] for code in held.agencies}
    for topic in held.topics.values():
        answers[topic.answered_by].append(topic)
    context: dict[str, Any] = {
        "country": held.country,
        "answering": [(held.agencies[code], topics) for code, topics in answers.items() if topics],
        "helping": [held.agencies[code] for code, topics in answers.items() if not topics],
        "desks": held.desks.values(),
        "helplines": held.helplines.values(),
        "days": ExtraHoliday.objects.order_by("-date"),
    }
    return page(request, officer, "catalogue", **context)
