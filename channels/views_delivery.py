"""Delivery and cost, for who answers for them: which SMS arrived, what they cost, where callers leave. Names nobody."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases.catalogue import catalogue
from cases.models import Officer
from cases.views.frame import for_officers, page
from channels import spending
from channels.failures import SAID, UNKNOWN
from channels.screen_words import called
from channels.spending import Budget, Calls, Left, Row

WEEKS = {4: gettext_lazy("Four weeks"), 13: gettext_lazy("Thirteen weeks"), 52: gettext_lazy("A year")}
FEW = 12


@dataclass(frozen=True)
class Line:
    """One line of a table, in words."""

    title: str
    row: Row
    arrived: str
    cost: str


@for_officers("delivery")
@require_GET
def delivery(request: HttpRequest, officer: Officer) -> HttpResponse:
    today = catalogue().today()
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in map(str, WEEKS) else 13
    since = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    found = spending.counts(since, today, _places(officer))
    by_week = spending.sms_by(found, "week")
    total = spending.together(by_week)
    calls, lefts = spending.calls_by_language(since, today)
    everybody = together(calls)
    context: dict[str, Any] = {
        "weeks": weeks,
        "choices": WEEKS.items(),
        "since": since,
        "total": _line("", total),
        "by_week": [_line(_week(row.key), row) for row in reversed(by_week)],
        "by_network": [_line(row.key or _("Not known"), row) for row in _most(spending.sms_by(found, "network"))],
        "by_district": [_line(_district(row.key), row) for row in _most(spending.sms_by(found, "district"))],
        "few": FEW,
        "why": sorted(((many, str(SAID.get(fate, UNKNOWN))) for fate, many in total.why.items()), reverse=True),
        "prices": [(name, _price(name)) for name in settings.SMS_GATEWAYS],
        "budget": None if officer.place_id else _budget(spending.budget(today)),
        "national": officer.place_id is None,
        "calls": [_called(one) for one in calls],
        "everybody": _called(everybody),
        "lefts": [_left(one, calls, everybody) for one in lefts],
    }
    return page(request, officer, "delivery", **context)


def together(calls: list[Calls]) -> Calls:
    sums = (sum(getattr(one, name) for one in calls) for name in ("finished", "left", "resumed"))
    return Calls("", *sums)


def _places(officer: Officer) -> list[str] | None:
    """The districts of whoever answers for a province or a district; money is the nation's."""
    if officer.place_id is None:
        return None
    return [place.pk for place in catalogue().districts.values() if officer.place_id in (place.pk, place.parent_id)]


def _most(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.all, row.key))


def _line(title: str, row: Row) -> Line:
    return Line(title, row, _share(row.delivered, row.known), _money(row.spend) if row.parts else "–")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _money(amount: Decimal | None) -> str:
    return _("no price set") if amount is None else f"{settings.SMS_CURRENCY} {amount:,.2f}"


def _price(gateway: str) -> str:
    price = settings.SMS_PRICES.get(gateway)
    return _("{money} a part").format(money=_money(price)) if price is not None else _("no price set")


def _week(monday: date) -> str:
    return _("from {day}").format(day=date_format(monday, "j F Y"))


def _district(code: str) -> str:
    place = catalogue().districts.get(code)
    return str(place or code) or _("No district, or a sensitive matter")


def _budget(one: Budget | None) -> dict[str, Any] | None:
    if one is None:
        return None
    facts = {"spent": _money(one.spent), "budget": _money(one.may), "share": f"{100 * one.share:.0f} %"}
    if one.is_over:
        words, mood = _("The month's budget is used up."), "over"
    elif one.will_be_over:
        words, mood = _("If the month goes on like this, it comes to {money}: more than the budget."), "soon"
    else:
        words, mood = _("If the month goes on like this, it comes to {money}: within the budget."), "within"
    return {**facts, "filled": min(1.0, one.share), "words": words.format(money=_money(one.comes_to)), "mood": mood}


def _called(calls: Calls) -> dict[str, Any]:
    language = catalogue().languages.get(calls.key)
    return {
        "language": language.name if language else calls.key,
        "all": calls.all,
        "finished": _share(calls.finished, calls.all),
        "left": calls.left,
        "resumed": _share(calls.resumed, calls.all),
    }


def _left(one: Left, calls: list[Calls], everybody: Calls) -> dict[str, Any]:
    """The share is of all who left, in all languages and in each."""
    return {
        "screen": called(one.screen),
        "left": one.left,
        "share": _share(one.left, everybody.left),
        "each": [one.by_language.get(language.key, 0) for language in calls],
    }
