"""What is typed to share out work: from whom, which cases, to whom; and the plan that somebody said yes to."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions import Wish
from cases.catalogue import catalogue
from cases.forms.fields import districts, topics
from cases.handing import Planned, Wanted
from cases.lifecycle import OPEN, State
from cases.models import Officer
from cases.people import present, staff_of

NOBODY = "nobody"


class Share(forms.Form):
    """In the address: row numbers, codes, nothing about a person."""

    giver = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Choose whose cases.")})
    taker = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Choose who gets them.")})
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, data: Any = None, *, officer: Officer):
        super().__init__(data, auto_id="s-%s")
        staff = staff_of(officer)
        self.people = {str(one.pk): one for one in staff}
        here = present(staff, catalogue().today())
        fields: dict[str, Any] = self.fields
        fields["giver"].choices = [(NOBODY, _("Nobody yet")), *((pk, str(one)) for pk, one in self.people.items())]
        fields["taker"].choices = [(str(one.pk), str(one)) for one in here]
        fields["topic"].choices = [("", _("All")), *topics()[1:]]
        fields["place"].choices = [("", _("All")), *districts(officer.place)[1:]]
        fields["state"].choices = [("", _("All open")), *((state.value, state.label) for state in map(State, OPEN))]

    def wanted(self) -> Wanted:
        facts = self.cleaned_data
        return Wanted(
            givers=[self.people[pk] for pk in facts["giver"] if pk != NOBODY],
            nobodys=NOBODY in facts["giver"],
            takers=[self.people[pk] for pk in facts["taker"]],
            **{name: facts[name] for name in ("topic", "place", "state")},
        )


class Plan(forms.Form):
    """What was shown, as it was shown: case.before.to, separated by spaces; a case nobody had has 0 before."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    moves = forms.RegexField(r"^\d{1,17}(\.\d{1,17}){2}( \d{1,17}(\.\d{1,17}){2})*$", widget=forms.HiddenInput)

    @staticmethod
    def written(planned: list[Planned]) -> str:
        return " ".join(f"{one.case.pk}.{one.case.officer_id or 0}.{one.to.pk}" for one in planned if one.to)

    def wishes(self) -> list[Wish]:
        rows = (map(int, move.split(".")) for move in self.cleaned_data["moves"].split())
        return [Wish(case, before or None, to) for case, before, to in rows]
