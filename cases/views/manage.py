"""What a manager answers for: what is late and where, what changed, what rises; each number leads to its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import desk_words, tilemap
from cases.alarms import remembered
from cases.behind import Asked, behind, months_back, read_period, week_of
from cases.catalogue import catalogue
from cases.comparing import tell
from cases.counting import Tally
from cases.figure_words import filters_said, number, period_said, value_said
from cases.lifecycle import OPEN
from cases.measures import MEASURES, Measure, Row
from cases.models import Case, Officer, RiseNote
from cases.overview import Figure, at_this_moment, cases_address, figure_of, since_last_week
from cases.permissions import may_open
from cases.rises import FALSE_ALARMS, Rise, rises
from cases.statistics import figures, scope_of, weekly
from cases.views.frame import for_officers, page

ON_THE_MAP = (
    "late_now", "soon_late_now", "open_now", "late_share_now", "backlog_age_p90", "received", "resolved_on_time",
)  # fmt: skip
MONTHS = 3  # a period, where none is said
FIRST_FEW, PAGE = 10, 50
MOST_CARDS = 12  # of rises: the least likely ones


# --- Home ---------------------------------------------------------------------------------------------------


@for_officers("manage")
@require_GET
def manage(request: HttpRequest, officer: Officer) -> HttpResponse:
    today = catalogue().today()
    shown = request.GET.get("map", "")
    measure = MEASURES[shown if shown in ON_THE_MAP else ON_THE_MAP[0]]
    asked = Asked(period="" if measure.of_now else months_back(today, MONTHS))
    known = catalogue().districts.values()
    within = [place for place in known if officer.place_id in (None, place.pk, place.parent_id)]
    provinces = [place for code, place in catalogue().provinces.items() if code in {one.parent_id for one in within}]
    province = next((place for place in provinces if place.pk == request.GET.get("province")), None)
    if province and len(provinces) > 1:
        within = [place for place in within if place.parent_id == province.pk]
    asked = asked.narrowed("province", province.pk) if province else asked
    districts = _districts(officer, measure, asked, today)
    told = {row.by[0]: _told(row, measure, asked) for row in districts}
    context: dict[str, Any] = {
        "now": at_this_moment(officer, today),
        "weeks": since_last_week(officer, today),
        "week": period_said(week_of(today - timedelta(days=7))),
        "measure": measure,
        "choices": [MEASURES[name] for name in ON_THE_MAP],
        "map": tilemap.draw(within, told),
        "provinces": sorted(provinces, key=str) if len(provinces) > 1 else [],
        "province": province,
        "whole": not province and len(provinces) > 1,
        "places": _most_first(districts, measure, asked),
        "few": FIRST_FEW,
        "period": period_said(asked.period),
        **_rises(officer, today),
    }
    return page(request, officer, "manage", **context)


def _districts(officer: Officer, measure: Measure, asked: Asked, today: date) -> list[Row]:
    rows = figures(
        [measure.name],
        by=("district",),
        where=asked.where(officer),
        period=read_period(asked.period),
        today=today,
    )
    return [row for row in rows if row.value]


def _told(row: Row, measure: Measure, asked: Asked) -> tilemap.Told:
    address = cases_address(measure.name, asked.narrowed("district", row.by[0]))
    return tilemap.Told(row.value or 0, number(row.value, measure.kind), address)


def _most_first(rows: Iterable[Row], measure: Measure, asked: Asked) -> list[Figure]:
    by_value = sorted(rows, key=lambda row: (-(row.value or 0), value_said("district", row.by[0])))
    named = ((row, row.by[0], value_said("district", row.by[0])) for row in by_value)
    return [figure_of(row, asked.narrowed("district", code), name) for row, code, name in named]


# --- Unusual rises --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """One rise, what colleagues noted of it this week, and by which names it is noted."""

    figure: Figure
    rise: Rise
    notes: list[RiseNote]


def rises_of(officer: Officer, today: date) -> list[Rise]:
    return rises(weekly(scope_of(officer), today=today))


def _rises(officer: Officer, today: date) -> dict[str, Any]:
    """What one noted oneself is off the page until it rises further. What a colleague noted says so on the card."""
    monday = today - timedelta(days=today.weekday())
    notes: dict[tuple[str, str], list[RiseNote]] = {}
    for one in RiseNote.objects.filter(week=monday).select_related("officer__user"):
        notes.setdefault((one.topic_id, one.district_id), []).append(one)
    of_each = [(rise, notes.get((rise.topic, rise.district), [])) for rise in rises_of(officer, today)]
    new = [(rise, noted) for rise, noted in of_each if not any(_has_seen(officer, one, rise) for one in noted)]
    past = remembered()
    return {
        "rises": [Card(_card(rise, today), rise, noted) for rise, noted in new[:MOST_CARDS]],
        "all_rises": len(new) if len(new) > MOST_CARDS else 0,
        "noted": len(of_each) - len(new),
        "may_note": may_open(officer, "rises"),
        "false_alarms": number(FALSE_ALARMS, "share"),
        "past": past,
        "rate": number(past.rate, "share") if past else "",
    }


def _has_seen(officer: Officer, note: RiseNote, rise: Rise) -> bool:
    return note.officer_id == officer.pk and note.now >= rise.now


def _card(rise: Rise, today: date) -> Figure:
    topic, district = value_said("topic", rise.topic), value_said("district", rise.district)
    asked = Asked({"topic": (rise.topic,), "district": (rise.district,)}, week_of(today))
    odds = _("By chance alone, about once in {times} weeks").format(times=f"{min(1 / rise.chance, 1e6):,.0f}")
    return Figure(rise.sentence(topic, district), odds, cases_address("received", asked))


# --- The cases behind a figure --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One case of the list."""

    case: Case
    due: str
    late: bool


@for_officers("manage")
@require_GET
def behind_a_figure(request: HttpRequest, officer: Officer) -> HttpResponse:
    measure = MEASURES.get(request.GET.get("figure", ""))
    if measure is None:
        raise Http404
    asked, today = Asked.of(request.GET), catalogue().today()
    cases = behind(officer, measure, asked, today)
    rows, after = _page(cases, request.GET.get("after", ""))
    told, _left_out = tell(officer, [measure.name], asked, today)
    row, count = told.get("", {}).get(measure.name), cases.count()
    context: dict[str, Any] = {
        "measure": measure,
        "within": filters_said(asked.filters),
        "period": "" if measure.of_now else period_said(asked.period),
        "count": count,
        "said": number(row.value, measure.kind) if row and measure.kind != "count" else "",
        "of": row.n if row else 0,
        "often": row is not None and row.n > count and not _is_part(measure),
        "rows": [Line(case, desk_words.due(case, today), _is_late(case, today)) for case in rows],
        "next": after and asked.address(figure=measure.name, after=after),
    }
    return page(request, officer, "behind", **context)


def _is_part(measure: Measure) -> bool:
    """Does the list hold only those of its cases in which it happened? Of all answers, those that were disputed."""
    return Tally.DISPUTED in measure.combine.tallies and measure.kind == "share"


def _is_late(case: Case, today: date) -> bool:
    return case.state in OPEN and case.resolve_due < today


def _page(cases: Any, after: str) -> tuple[list[Case], str]:
    """The nearest promise first; and the key of the page that follows, or ""."""
    if key := _read_key(after):
        due, pk = key
        cases = cases.filter(Q(resolve_due__gt=due) | Q(resolve_due=due, pk__gt=pk))
    rows = list(cases.with_people().order_by("resolve_due", "pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.resolve_due:%Y-%m-%d}.{last.pk}" if last else ""


def _read_key(after: str) -> tuple[date, int] | None:
    try:
        due, pk = after.split(".")
        return date.fromisoformat(due), int(pk)
    except ValueError:
        return None  # somebody changed the address: they get the first page
