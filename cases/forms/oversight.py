"""What an auditor narrows the reading log by."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import InOrder
from cases.people import officers_called
from cases.readings import Asked
from cases.reference import read_reference

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class Between(InOrder):
    """Two times, both needed."""

    may_be_one = False

    since = forms.DateTimeField(label=gettext_lazy("From"), widget=_MOMENT)
    until = forms.DateTimeField(label=gettext_lazy("To"), widget=_MOMENT)


class WhichReadings(InOrder):
    who = forms.CharField(label=gettext_lazy("Officer"), required=False, max_length=150)
    case = forms.CharField(label=gettext_lazy("Case number"), required=False, max_length=40)
    since = forms.DateTimeField(label=gettext_lazy("From"), required=False, widget=_MOMENT)
    until = forms.DateTimeField(label=gettext_lazy("To"), required=False, widget=_MOMENT)

    def clean_case(self) -> str:
        typed = self.cleaned_data["case"]
        reference = read_reference(typed)
        if typed and not reference:
            raise forms.ValidationError(_("This is no case number: one has twelve digits."))
        return reference or ""

    def asked(self) -> Asked:
        facts = self.cleaned_data
        readers = officers_called(facts["who"]) if facts["who"] else None
        return Asked(readers, facts["case"], facts["since"], facts["until"])
