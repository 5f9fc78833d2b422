"""What a list as a file is narrowed to; only what may stand in an address and in a log."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Export, Officer
from cases.pack import Kind

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# By what each list can be narrowed. What it cannot be stands neither in its name nor in the log.
_NARROWED = {
    Export.What.CASES: ("state", "kind", "agency", "since", "until"),
    Export.What.COORDINATION: ("since", "until"),
}
_ALL = [("", gettext_lazy("All"))]


class Wanted(forms.Form):
    once = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=gettext_lazy("Which list?"), choices=Export.What, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=gettext_lazy("As what?"), choices=Export.Kind, widget=forms.RadioSelect)
    state = forms.ChoiceField(label=gettext_lazy("Cases in the state"), choices=[*_ALL, *State.choices], required=False)
    matter = forms.ChoiceField(label=gettext_lazy("Kind of case"), choices=[*_ALL, *Kind.choices], required=False)
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_DAY)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=_DAY)

    def __init__(self, officer: Officer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if officer.agency_id:
            del self.fields["agency"]  # their own
        else:
            names = sorted((pk, agency.label) for pk, agency in catalogue().agencies.items())
            self.fields["agency"].choices = [*_ALL, *names]  # type: ignore[attr-defined]  # a choice field it is

    def clean(self) -> dict:
        facts = super().clean() or {}
        since, until = facts.get("since"), facts.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the beginning."))
        return facts

    def asked(self) -> dict[str, str]:
        facts = self.cleaned_data | {"kind": self.cleaned_data["matter"]}
        narrowed = _NARROWED.get(facts["what"], ())
        return {name: str(facts[name]) for name in narrowed if facts.get(name)}
