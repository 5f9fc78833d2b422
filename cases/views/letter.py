"""The letter to whom the citizen can go next: handed out at the desk, or fetched by the citizen after the PIN."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from cases import actions, sharing
from cases.catalogue import catalogue
from cases.letters import letter
from cases.models import Case, Officer
from cases.papers import sent
from cases.remedies import way_out
from cases.views.frame import for_officers
from cases.views.public import with_case


@for_officers("case")
@require_POST
def from_the_desk(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    """Whose agency was only asked for its part has no letter to give. That one was made is a reading."""
    theirs = Case.objects.visible_to(officer).filter(sharing.of_the_house(officer))
    case = get_object_or_404(theirs.with_people(), reference=reference)
    made = _made(case)
    actions.record_reading(case=case, by=officer, what="paper")
    return made


@with_case
@require_GET
def for_the_citizen(request: HttpRequest, case: Case) -> HttpResponse:
    return _made(case)


def _made(case: Case) -> HttpResponse:
    today = catalogue().today()
    out = way_out(case, today)
    if out is None:
        raise Http404
    return sent(letter(case, out, today), "letter")
