"""The worklist and the search: an officer finds what there is to do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import desk_words, worklist
from cases.catalogue import catalogue
from cases.forms.fields import looks_like_nrc, read_nrc, read_phone
from cases.lifecycle import ALIVE, OPEN, State
from cases.models import Case, Officer
from cases.pack import Kind
from cases.reference import read_reference
from cases.views.frame import SeeOther, for_officers, page


@dataclass(frozen=True)
class Row:
    """One line of a list of cases."""

    case: Case
    due: str
    take_by: str
    late: bool
    owner: str

    @classmethod
    def of(cls, case: Case, officer: Officer) -> "Row":
        today = catalogue().today()
        owner = _("you") if case.officer_id == officer.pk else str(case.officer or _("nobody"))
        late = case.state in OPEN and case.resolve_due < today
        return cls(case, desk_words.due(case, today), desk_words.take_by(case, today), late, owner)


@for_officers("worklist")
@require_GET
def desk(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What matters first; or, when the address asks for something, a plain list of that."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("reference", "kind", "agency", "state", "group")}
    choices: dict[str, Any] = {
        "asked": asked,
        "kinds": Kind.choices,
        "states": State.choices,
        "agencies": [] if officer.agency_id else sorted((pk, a.label) for pk, a in catalogue().agencies.items()),
    }
    today = catalogue().today()
    groups = worklist.groups(officer, today)
    if any(asked.values()):
        by = worklist.GROUPED if asked["group"] else worklist.PLAIN
        cases, key = worklist.page(_chosen(officer, asked), request.GET.get("after", ""), by=by)
        onward = request.GET.copy()
        onward["after"] = key
        rows = [Row.of(case, officer) for case in cases]
        title = next((group.title for group in groups if group.key == asked["group"]), "")
        return page(request, officer, "chosen", title=title, rows=rows, next=key and onward.urlencode(), **choices)
    counts = worklist.counts(officer, today)
    few: dict[str, list[Row]] = {}
    for case in worklist.first_few(officer, today):
        few.setdefault(case.group, []).append(Row.of(case, officer))  # type: ignore[attr-defined]  # annotated
    waiting = [(group, counts[group.key], few.get(group.key, [])) for group in groups if group.key in counts]
    return page(request, officer, "worklist", waiting=waiting, busy=bool(few), **choices)


def _chosen(officer: Officer, asked: dict[str, str]) -> Any:
    """The visible cases that the address asks for; what it does not say leaves all of what is alive."""
    exact = {name: asked[name] for name in ("kind", "agency", "state") if asked[name]}
    digits = "".join(filter(str.isdigit, asked["reference"]))
    if asked["group"]:
        cases = worklist.grouped(officer, catalogue().today()).filter(group=asked["group"])
    else:
        cases = Case.objects.visible_to(officer)
        cases = cases if asked["state"] or digits else cases.filter(state__in=ALIVE)
    return cases.filter(reference__contains=digits, **exact)


@for_officers("search")
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """By reference, phone or card. Twelve digits may be either of the first two: the reference is tried first."""
    if request.method == "GET":
        return page(request, officer, "search")
    typed = request.POST.get("q", "").strip()[:40]
    reference = read_reference(typed)
    if reference and Case.objects.visible_to(officer).filter(reference=reference).exists():
        return SeeOther(reverse("cases:case", args=[reference]))
    nrc = read_nrc(typed)
    found = worklist.cases_of(officer, phone=read_phone(typed), nrc=nrc if looks_like_nrc(nrc) else "")
    rows = [Row.of(case, officer) for case in found.with_people().order_by("-opened_at")[: worklist.PAGE]]
    return page(request, officer, "search", typed=typed, rows=rows, searched=True)
