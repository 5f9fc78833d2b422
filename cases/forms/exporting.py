"""What a list as a file is narrowed to; only what may stand in an address and in a log."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.forms.fields import InOrder, offer
from cases.lifecycle import State
from cases.models import Export, Officer
from cases.pack import Kind

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# By what each list can be narrowed, and what that is called in what is asked. The others are whole.
OBEYS: dict[str, dict[str, str]] = {
    Export.What.CASES: {"state": "state", "matter": "kind", "agency": "agency", "since": "since", "until": "until"},
    Export.What.COORDINATION: {"since": "since", "until": "until"},
}
_ALL = [("", gettext_lazy("All"))]


class Wanted(InOrder):
    """It has the fields that its list obeys, and no others: none is offered in vain."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(choices=Export.What, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("Cases in the state"), choices=[*_ALL, *State.choices], required=False)
    matter = forms.ChoiceField(label=gettext_lazy("Kind of case"), choices=[*_ALL, *Kind.choices], required=False)
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_DAY)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=_DAY)
    kind = forms.ChoiceField(label=gettext_lazy("As what?"), choices=Export.Kind, widget=forms.RadioSelect)

    def __init__(self, officer: Officer, what: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted((pk, agency.label) for pk, agency in catalogue().agencies.items())
        offer(self, agency=[*_ALL, *names])
        self.narrowed = OBEYS.get(what, {})
        theirs = {"agency"} if officer.agency_id else set()
        for name in {*OBEYS[Export.What.CASES]} - ({*self.narrowed} - theirs):
            del self.fields[name]

    def asked(self) -> dict[str, str]:
        facts = self.cleaned_data
        return {called: str(facts[name]) for name, called in self.narrowed.items() if facts.get(name)}
