"""Between agencies: what they ask and hand over, how long each holds it, and why it came back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases import coordination
from cases.behind import months_back, read_period
from cases.catalogue import catalogue
from cases.figure_words import briefly, period_said
from cases.models import Event, Officer, Referral
from cases.views.frame import for_officers, page

MONTHS = {1: gettext_lazy("This month"), 3: gettext_lazy("Three months"), 12: gettext_lazy("A year")}
FEW, PAGE = 20, 50
MOVED = "moved"  # beside the states of an asking: what went to the other agency for good
# What a list of askings is narrowed to, beside its agencies.
STATES: dict[str, Q] = {
    "all": Q(),
    "waits": coordination.WAITS,
    **{state.value: Q(state=state) for state in coordination.ENDS},
}
COLUMNS = ("all", "waits", "late", *(state.value for state in coordination.ENDS))
TITLES = {
    "all": gettext_lazy("Asked"),
    "waits": gettext_lazy("Waiting"),
    "late": gettext_lazy("Late"),
    **{state.value: state.label for state in coordination.ENDS},
}


@dataclass(frozen=True)
class Number:
    """One of a pair of agencies, and where its cases are."""

    title: str
    many: int
    address: str
    is_late: bool


@dataclass(frozen=True)
class Back:
    """One asking that came back. The words of a sensitive matter are read on its own page, where that is noted."""

    event: Event
    agency: str
    answer: str
    why: str


def _asked(request: HttpRequest) -> tuple[int, date, date]:
    typed = request.GET.get("months", "")
    months = int(typed) if typed in map(str, MONTHS) else 3
    period = read_period(months_back(catalogue().today(), months))
    assert period  # it was written a moment ago
    return months, period.first, period.last


@for_officers("manage")
@require_GET
def between(request: HttpRequest, officer: Officer) -> HttpResponse:
    months, since, until = _asked(request)
    today = catalogue().today()
    found = coordination.askings(officer, since, until)
    back = coordination.came_back(officer, since, until)
    context: dict[str, Any] = {
        "months": months,
        "choices": MONTHS.items(),
        "period": period_said(months_back(today, months)),
        "titles": [TITLES[name] for name in COLUMNS],
        "pairs": [_pair(row, months) for row in coordination.pairs(found, today)],
        "held": [
            (_agency(one.agency), one, _address(months, asked=one.agency)) for one in coordination.held(found, today)
        ],
        "moved": [
            (_agency(old), _agency(new), many, _address(months, asking=old, asked=new, state=MOVED))
            for old, new, many in coordination.handed_over(officer, since, until)
        ],
        "back": [_back(event) for event in back[:FEW]],
        "beyond": max(0, back.count() - FEW),
        "today": today,
    }
    return page(request, officer, "between", **context)


def _pair(row: dict[str, Any], months: int) -> tuple[str, str, list[Number]]:
    numbers = []
    for name in COLUMNS:
        address = _address(months, asking=row["from_agency"], asked=row["agency"], state=name)
        numbers.append(Number(str(TITLES[name]), row[name], address, name == "late"))
    return _agency(row["from_agency"]), _agency(row["agency"]), numbers


def _address(months: int, *, asked: str, asking: str = "", state: str = "all") -> str:
    """Of the askings that were counted; `asking` nobody is everybody."""
    query: dict[str, str | int] = {"from": asking, "to": asked, "state": state, "months": months}
    return f"{reverse('cases:between_cases')}?{urlencode(query)}"


def _agency(code: str) -> str:
    return briefly("agency", code)


def _back(event: Event) -> Back:
    why = "" if event.case.is_sensitive else event.words
    return Back(event, _agency(event.data["agency"]), str(Referral.State(event.data["answer"]).label), why)


@for_officers("manage")
@require_GET
def cases(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The askings behind one number, or what was handed over for good."""
    months, since, until = _asked(request)
    typed = {"from_agency": request.GET.get("from", ""), "agency": request.GET.get("to", "")}
    agencies = {name: code if code in catalogue().agencies else "" for name, code in typed.items() if code}
    state = request.GET.get("state", "")
    about: dict[str, Any] = {"period": period_said(months_back(catalogue().today(), months)), "months": months}
    if state == MOVED:
        old, new = agencies.get("from_agency", ""), agencies.get("agency", "")
        rows = _turned(request, coordination.handed(officer, since, until, old=old, new=new))
        title = _("From {old} to {new}").format(old=_agency(old), new=_agency(new))
        return page(request, officer, "between_cases", title=title, moved=True, **about, **rows)
    state = state if state in COLUMNS else "all"
    late = Q(due__lt=catalogue().today())
    asked = coordination.askings(officer, since, until).filter(**agencies)
    asked = asked.filter(coordination.WAITS & late if state == "late" else STATES[state])
    context: dict[str, Any] = {
        "title": _("{asking} asked {asked}").format(
            asking=_agency(agencies["from_agency"]) if "from_agency" in agencies else _("Everybody"),
            asked=_agency(agencies.get("agency", "")),
        ),
        "state": TITLES[state],
        "today": catalogue().today(),
    }
    rows = _turned(request, asked.select_related("case__topic", "case__place", "case__officer__user"))
    return page(request, officer, "between_cases", **context, **about, **rows)


def _turned(request: HttpRequest, found: QuerySet[Any]) -> dict[str, Any]:
    """How many there are, a page of them with the newest first, and the address of the next one."""
    after = request.GET.get("after", "")
    rows = found.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 18 else found
    shown = list(rows.order_by("-pk")[: PAGE + 1])
    onward = request.GET.copy()
    onward["after"] = str(shown[PAGE - 1].pk) if len(shown) > PAGE else ""
    return {"count": found.count(), "rows": shown[:PAGE], "next": onward["after"] and onward.urlencode()}
