"""The steps that only a registration has: ticking off what is there, the sheet for an agency, the membership."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases import actions, checklist, sheets
from cases.catalogue import catalogue
from cases.forms.step_form import StepForm
from cases.models import Membership


class Registration(StepForm):
    """What only a registration has. `agency`: one of those that register, as far as it is for this officer to say."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "agency" in self.fields:
            which: Any = self.fields["agency"]
            which.choices = [(agency.pk, agency.name) for agency in checklist.registering(self.case, self.officer)]


class CheckOff(Registration):
    hint = gettext_lazy("Tick what the citizen brought or told you. What the form answers is there already.")
    done = gettext_lazy("What is there is ticked off.")

    there = forms.MultipleChoiceField(
        label=gettext_lazy("It is there"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        wanted = [need for need in checklist.needs(self.case, self.officer) if not need.told]
        agencies = catalogue().agencies
        there: Any = self.fields["there"]
        there.choices = [(need.key, f"{agencies[need.agency].label}: {need.words}") for need in wanted]
        there.initial = [need.key for need in wanted if need.there]

    def act(self) -> None:
        actions.check_off(case=self.case, by=self.officer, there=self.cleaned_data["there"])

    def was_sent_before(self) -> bool:
        wanted = {need.key for need in checklist.needs(self.case, self.officer) if not need.told}
        return set(self.cleaned_data["there"]) == wanted & checklist.brought(self.case) and bool(
            self.case.events.filter(number__gt=self.cleaned_data["seen"], kind="check_off", officer=self.officer)
        )


class Sheet(Registration):
    hint = gettext_lazy("All that this agency needs, on one page. That it was printed stands in the history.")
    on_paper = True

    agency = forms.ChoiceField(label=gettext_lazy("Agency"))

    def act(self) -> None:
        actions.hand_sheet(case=self.case, by=self.officer, agency=catalogue().agencies[self.cleaned_data["agency"]])

    def paper(self) -> bytes:
        return sheets.hand_over(self.case, catalogue().agencies[self.cleaned_data["agency"]], by=self.officer)


class Enrol(Registration):
    hint = gettext_lazy("When the agency has registered them. The SMS says so, without the number.")
    done = gettext_lazy("The membership is kept and the citizen is told.")

    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    number = forms.CharField(
        label=gettext_lazy("Membership number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def act(self) -> None:
        agency = catalogue().agencies[self.cleaned_data["agency"]]
        actions.enrol(case=self.case, by=self.officer, agency=agency, number=self.cleaned_data["number"])

    def was_sent_before(self) -> bool:
        kept = Membership.objects.filter(case=self.case, agency=self.cleaned_data["agency"]).first()
        return kept is not None and kept.number == self.cleaned_data["number"].strip()
