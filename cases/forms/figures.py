"""What the page of figures is asked, read from its address and offered in its form: only what its reader may choose."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.behind import FILTERS, Asked, months_back, read_period
from cases.catalogue import catalogue
from cases.comparing import AGAINST, TOLD_APART, Question
from cases.figure_words import period_said, value_said
from cases.forms.fields import Choices, districts, topics
from cases.models import Channel, Officer
from cases.statistics import DIMENSIONS

MONTHS = 3  # a period, where none is said
_ALL = [("", gettext_lazy("All"))]


def read(typed: QueryDict, officer: Officer, today: date) -> Question:
    """What is not understood, or not theirs to choose, is left out; empty fields of the form ask for nothing."""
    if "show" in typed:
        typed = typed.copy()
        for name in FILTERS:
            typed.setlist(name, [value for value in typed.getlist(name) if value])
    asked = Asked.of(typed)
    asked = Asked(asked.filters, asked.period or months_back(today, MONTHS))
    offered = told_apart(officer)
    by = typed.get("by", offered[0])
    if by not in offered or (DIMENSIONS[by].grain and _grain(asked.period) == "week"):
        by = offered[0]
    against, sort = typed.get("against", ""), typed.get("sort", "")
    return Question(asked, by, against if against in AGAINST else "", sort)


def _grain(said: str) -> str:
    period = read_period(said)
    return period.grain if period else ""


def told_apart(officer: Officer) -> list[str]:
    """By what there is something to tell apart: who is of one agency sees no other. The first, where none is said."""
    theirs = {
        "agency": not officer.agency_id,
        "province": not officer.place,
        "district": officer.place is None or officer.place.parent_id is None,
    }
    return [name for name in TOLD_APART if theirs.get(name, True)]


def address(question: Question, **changes: str) -> str:
    said = {"by": question.by, "against": question.against, "sort": question.sort, "period": question.asked.period}
    words = {name: value for name, value in (said | changes).items() if value}
    return urlencode({**question.asked.filters, **words}, doseq=True)


class Choose(forms.Form):
    """Each list may stay on "All". A filter of several values stands above the form and is carried along by it."""

    by = forms.ChoiceField(label=gettext_lazy("Told apart by"))
    period = forms.ChoiceField(label=gettext_lazy("Period"))
    against = forms.ChoiceField(
        label=gettext_lazy("Beside it"),
        choices=[
            ("", gettext_lazy("no other time")),
            ("before", gettext_lazy("the time before")),
            ("year", gettext_lazy("a year earlier")),
        ],
    )
    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    programme = forms.ChoiceField(label=gettext_lazy("Programme"))
    topic = forms.ChoiceField(label=gettext_lazy("Topic"))
    province = forms.ChoiceField(label=gettext_lazy("Province"))
    district = forms.ChoiceField(label=gettext_lazy("District"))
    channel = forms.ChoiceField(label=gettext_lazy("How it came"))
    level = forms.ChoiceField(label=gettext_lazy("Level"))

    def __init__(self, question: Question, *, officer: Officer, today: date) -> None:
        filters = question.asked.filters
        said = {"by": question.by, "period": question.asked.period, "against": question.against}
        super().__init__(initial=said | {name: values[0] for name, values in filters.items()}, auto_id="f-%s")
        offered: dict[str, Choices] = {
            "by": [(name, DIMENSIONS[name].title) for name in told_apart(officer)],
            "period": periods(today, question.asked.period),
            "agency": [*_ALL, *_sorted({code: one.label for code, one in catalogue().agencies.items()})],
            "programme": [*_ALL, *_sorted(catalogue().programmes)],
            "topic": [*_ALL, *topics()[1:]],
            "province": [*_ALL, *_sorted(catalogue().provinces)],
            "district": [*_ALL, *districts(officer.place)[1:]],
            "channel": [*_ALL, *Channel.choices],
            "level": [*_ALL, *((str(level), value_said("level", str(level))) for level in _levels())],
        }
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = choices
        self.carried = [(name, value) for name, values in filters.items() if len(values) > 1 for value in values]
        for name in {*_not_theirs(officer), *(name for name, _value in self.carried)} & self.fields.keys():
            del self.fields[name]

    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ("by", "period", "against")]

    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("by", "period", "against")]


def _not_theirs(officer: Officer) -> list[str]:
    return [name for name in ("agency", "province", "district") if name not in told_apart(officer)]


def _sorted(names: Any) -> Choices:
    return sorted(((code, str(name)) for code, name in names.items()), key=lambda pair: pair[1])


def _levels() -> list[int]:
    return sorted({step.level for steps in catalogue().ladders.values() for step in steps} | {1})


def periods(today: date, asked: str) -> Choices:
    """Each in the words of its months; what the address asks for besides is offered, too."""
    offered = {
        months_back(today, 1): _("This month"),
        months_back(today, 1, ago=1): _("Last month"),
        months_back(today, MONTHS): _("Three months"),
        months_back(today, 3, ago=(today.month - 1) % 3 + 1): _("Last quarter"),
        months_back(today, 12): _("Twelve months"),
        months_back(today, today.month): _("This year"),
    }
    found = {said: f"{label}: {period_said(said)}" for said, label in offered.items()}
    return list(({asked: period_said(asked)} | found).items())
