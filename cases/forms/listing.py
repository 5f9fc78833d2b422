"""What an address of the worklist asks for, read and shown again; and the lists that officers give a name."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.forms.fields import Choices, districts, languages, topics
from cases.lifecycle import State
from cases.models import Channel, Officer, SavedView
from cases.pack import Kind, Priority, Topic
from cases.people import staff_of
from cases.permissions import WORKERS, may_open
from cases.terms import PART, digits_of
from cases.worklist import GROUPS

ME, NOBODY, NOWHERE = "me", "nobody", "none"
UNANSWERED = "open"  # beside the states: all of those in which a case waits for its answer
MOST_COLLEAGUES = 100  # in a list to choose from
MOST_VIEWS = 12
FIRST = ("reference", "kind", "state", "owner")  # the others are asked for less and stand behind "More"


@dataclass(frozen=True)
class Asked:
    """One thing that was asked for, in words, and the address without it."""

    label: str
    value: str
    without: str


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Narrow(forms.Form):
    """Each field may stay empty. One that an address says wrongly is as good as empty."""

    group = forms.ChoiceField(
        required=False, choices=[(group.key, group.title) for group in GROUPS], widget=forms.HiddenInput
    )
    reference = forms.CharField(label=gettext_lazy("Part of the number"), required=False, max_length=20)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("With whom"), required=False)
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), required=False)
    programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), required=False, coerce=int, empty_value=None)
    channel = forms.ChoiceField(label=gettext_lazy("How it came"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    level = forms.TypedChoiceField(label=gettext_lazy("Level"), required=False, coerce=int, empty_value=None)
    due_from = _Day(label=gettext_lazy("Due from"), required=False)
    due_until = _Day(label=gettext_lazy("Due until"), required=False)

    def __init__(self, asked: Any, *, officer: Officer) -> None:
        super().__init__(asked, auto_id="f-%s")
        self.officer = officer
        levels = {step.level for steps in catalogue().ladders.values() for step in steps}
        offered: dict[str, list[Any]] = {
            "kind": Kind.choices,
            "state": [(UNANSWERED, _("Not answered yet")), *State.choices],
            "owner": [(ME, _("me")), (NOBODY, _("nobody")), *_colleagues(officer, asked.get("owner", ""))],
            "agency": sorted((pk, agency.label) for pk, agency in catalogue().agencies.items()),
            "programme": _programmes(officer),
            "topic": topics()[1:],
            "province": [(pk, place.name) for pk, place in catalogue().provinces.items()],
            "district": [(NOWHERE, _("not said yet")), *districts(officer.place)[1:]],
            "priority": Priority.choices,
            "channel": Channel.choices,
            "language": languages(),
            "level": [(level, level) for level in sorted(levels)],
        }
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = [("", _("All but closed") if name == "state" else _("All")), *choices]
        self.fields["reference"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        if officer.agency_id:
            del self.fields["agency"]
        if officer.place_id:
            del self.fields["province"]
        self.is_valid()

    def clean_reference(self) -> str:
        digits = digits_of(self.cleaned_data["reference"])
        if self.cleaned_data["reference"] and len(digits) < PART:
            raise forms.ValidationError(_("Four digits or more."))
        return digits

    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def wanted(self) -> dict[str, Any]:
        """As worklist.listing takes it."""
        wanted = self.asked()
        if "owner" in wanted:
            owner = wanted["owner"]
            wanted["owner"] = {ME: self.officer.pk, NOBODY: None}.get(owner) if owner in (ME, NOBODY) else int(owner)
        if wanted.get("state") == UNANSWERED:
            wanted["unanswered"] = wanted.pop("state")
        if wanted.get("district") == NOWHERE:
            wanted["district"] = ""
        if "programme" in wanted:  # with those of its topics that are no longer offered
            wanted["programme"] = list(Topic.objects.filter(programme=wanted["programme"]).values_list("pk", flat=True))
        if province := wanted.get("province"):
            within = [pk for pk, place in catalogue().districts.items() if place.parent_id == province]
            wanted["province"] = [province, *within]
        return wanted

    def query(self, *, without: str = "", **more: str) -> str:
        """The address that asks for this: always the same one, whatever stood in the one that was typed."""
        asked = {name: value for name, value in self.asked().items() if name != without}
        return urlencode({**asked, **more})

    def chips(self) -> list[Asked]:
        """What was asked for, the heading apart, each of which may be taken out."""
        return [
            Asked(str(self.fields[name].label), self._in_words(name, value), self.query(without=name))
            for name, value in self.asked().items()
            if name != "group"
        ]

    def _in_words(self, name: str, value: Any) -> str:
        choices = getattr(self.fields[name], "choices", [])
        flat = [pair for key, label in choices for pair in (label if isinstance(label, list) else [(key, label)])]
        return str(dict(flat).get(value, value))

    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST]

    def others(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in FIRST]

    def asks_others(self) -> bool:
        return any(name not in (*FIRST, "group") for name in self.asked())


def _programmes(officer: Officer) -> Choices:
    theirs = catalogue().programmes.values()
    return [(one.pk, one.name) for one in theirs if officer.agency_id in (None, one.agency_id)]


def _colleagues(officer: Officer, asked: str) -> Choices:
    """Those of the same office, if they are no whole country; and who is asked for of those whose work one shares."""
    there = Officer.objects.filter(active=True, role__in=WORKERS, agency=officer.agency_id, place=officer.place_id)
    found = list(there.exclude(pk=officer.pk).select_related("user")[: MOST_COLLEAGUES + 1])
    found = found if len(found) <= MOST_COLLEAGUES else []
    if asked.isdecimal() and may_open(officer, "work"):
        found += staff_of(officer).filter(pk=asked).exclude(pk__in=[one.pk for one in found])
    return sorted(((str(one.pk), str(one)) for one in found), key=lambda pair: pair[1])


class ViewForm(forms.ModelForm):
    """A list and its name. The address is read by Narrow before it is kept: nothing else comes into it."""

    class Meta:
        model = SavedView
        fields = ("name", "query")
        labels = {"name": gettext_lazy("Name of this list")}
        widgets = {"query": forms.HiddenInput}

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = self.instance.officer = officer

    def clean_query(self) -> str:
        return Narrow(QueryDict(self.cleaned_data["query"]), officer=self.officer).query()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        others = self.officer.views.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("You have a list of this name. Choose another name."))
        if self.instance.pk is None and others.count() >= MOST_VIEWS:
            raise forms.ValidationError(_("You have {count} lists. Delete one first.").format(count=MOST_VIEWS))
        return name
