"""Figures in words: a number with its unit, a change with its arrow, the names of what a figure is told apart by."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.behind import read_period
from cases.catalogue import catalogue
from cases.models import Channel
from cases.pack import Kind, Sensitivity
from cases.statistics import DIMENSIONS

NOTHING = "–"  # a share of nothing


def number(value: float | None, kind: str) -> str:
    """`kind` as a measure has it."""
    if value is None:
        return NOTHING
    if kind == "share":
        return f"{100 * value:.0f} %"
    if kind == "days":
        return ngettext("{days} day", "{days} days", int(value)).format(days=int(value))
    return f"{value:.1f}" if kind == "stars" else f"{value:,.0f}"


def change(now: float | None, before: float | None, kind: str) -> tuple[str, str]:
    """Of a count or a share: an arrow, and the same in words."""
    if now is None or before is None:
        return "", _("nothing to compare it with")
    moved = round(100 * (now - before)) if kind == "share" else round(now - before)
    if moved == 0:
        return "=", _("as in the week before")
    words = _("{many} more than the week before") if moved > 0 else _("{many} fewer than the week before")
    if kind == "share":
        words = (
            _("{many} points higher than the week before")
            if moved > 0
            else _("{many} points lower than the week before")
        )
    return "▲" if moved > 0 else "▼", words.format(many=f"{abs(moved):,}")


def arrow(now: float | None, before: float | None) -> str:
    if now is None or before is None or now == before:
        return ""
    return "▲" if now > before else "▼"


def difference(one: float | None, other: float | None, kind: str) -> str:
    """Of two that stand side by side: +3 points, −2 days."""
    if one is None or other is None:
        return NOTHING
    much = round(100 * (other - one)) if kind == "share" else round(other - one)
    sign = "+" if much > 0 else "−" if much < 0 else "±"
    if kind == "share":
        return sign + ngettext("{much} point", "{much} points", abs(much)).format(much=abs(much))
    return sign + number(abs(much), kind)


# --- Names ------------------------------------------------------------------------------------------------


def _name_in(table: Callable[[], Mapping[str, object]]) -> Callable[[str], str]:
    return lambda code: str(table().get(code, code))


def _named(labels: Mapping[str, object]) -> Callable[[str], str]:
    return lambda code: str(labels.get(code, code))


_NAMES: dict[str, Callable[[str], str]] = {
    "agency": _name_in(lambda: catalogue().agencies),
    "topic": _name_in(lambda: {code: topic.name for code, topic in catalogue().topics.items()}),
    "programme": _name_in(lambda: catalogue().programmes),
    "province": _name_in(lambda: catalogue().provinces),
    "district": _name_in(lambda: catalogue().districts),
    "language": _name_in(lambda: catalogue().languages),
    "channel": _named(dict(Channel.choices)),
    "kind": _named(dict(Kind.choices)),
    "sensitivity": _named(dict(Sensitivity.choices)),
    "level": lambda code: _("Level {level}").format(level=code),
    "month": lambda code: _month(date.fromisoformat(code)),
    "quarter": lambda code: _("{first} to {last}").format(
        first=str(MONTHS[int(code[5:7])]), last=_month(date.fromisoformat(code).replace(month=int(code[5:7]) + 2))
    ),
}


def value_said(name: str, code: str) -> str:
    """What people call a value of a dimension."""
    if not code:
        return _("No district said") if name == "district" else _("Not said")
    return _NAMES.get(name, str)(code)


def briefly(name: str, code: str) -> str:
    """The same, where there is little room: NHIMA health."""
    agency = catalogue().agencies.get(code) if name == "agency" else None
    return agency.label if agency else value_said(name, code)


def filters_said(filters: Mapping[str, tuple[str, ...]]) -> str:
    """Agency: NHIMA or NAPSA; District: Mongu"""
    return "; ".join(
        f"{DIMENSIONS[name].title}: {_(' or ').join(value_said(name, value) for value in values)}"
        for name, values in filters.items()
    )


def period_said(said: str) -> str:
    """September to November 2026; a week by its days."""
    period = read_period(said)
    if period is None:
        return ""
    if period.grain == "week":
        return _("{first} to {last}").format(first=_day(period.first), last=_day(period.last))
    first, last = _month(period.first), _month(period.last)
    if first == last:
        return last
    return _("{first} to {last}").format(
        first=str(MONTHS[period.first.month]) if period.first.year == period.last.year else first, last=last
    )


def _month(day: date) -> str:
    return f"{MONTHS[day.month]} {day.year}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month]}"
