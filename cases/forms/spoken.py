"""What a citizen says at the desk about an answer, written down by an officer; the word stays the citizen's."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions, wording
from cases.actions import Opened
from cases.catalogue import catalogue
from cases.forms.fields import words_field
from cases.forms.step_form import StepForm
from cases.models import Channel
from cases.remedies import next_remedy


class Confirmed(StepForm):
    hint = gettext_lazy(
        "Only if they are here, or on the phone, and say so. It counts as their word, with your name beside it; they "
        "get an SMS and can take it back."
    )
    done = gettext_lazy("Closed: the citizen says that it is solved.")

    def act(self) -> None:
        actions.confirm(case=self.case, hand=self.officer)


class Disputed(StepForm):
    hint = gettext_lazy("It is open again at once, in a supervisor's hands.")
    done = gettext_lazy("It is open again. A supervisor looks at it.")

    words = words_field(gettext_lazy("What is still wrong, in their words?"), required=False)

    def act(self) -> None:
        actions.dispute(case=self.case, words=self.cleaned_data["words"], hand=self.officer)


class StaysSolved(StepForm):
    hint = gettext_lazy(
        "We asked them again, some weeks after closing. Only if they say so: it counts as their word, with your name "
        "beside it."
    )
    done = gettext_lazy("Noted: it is still solved.")

    def act(self) -> None:
        actions.stay_solved(case=self.case, hand=self.officer)


class Reopened(StepForm):
    hint = gettext_lazy("We asked them again, some weeks after closing. It is open again at once, with a supervisor.")
    done = gettext_lazy("It is open again. A supervisor looks at it.")

    words = words_field(gettext_lazy("What is wrong again, in their words?"), required=False)

    def act(self) -> None:
        actions.reopen(case=self.case, words=self.cleaned_data["words"], hand=self.officer)


class Rated(StepForm):
    done = gettext_lazy("Thank them. Their word counts.")

    stars = forms.TypedChoiceField(
        label=gettext_lazy("How good was our service, in their words?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (5, gettext_lazy("Very good")),
            (4, gettext_lazy("Good")),
            (3, gettext_lazy("In between")),
            (2, gettext_lazy("Bad")),
            (1, gettext_lazy("Very bad")),
        ],
    )

    def act(self) -> None:
        actions.rate(case=self.case, stars=self.cleaned_data["stars"], hand=self.officer)

    def data_of_event(self) -> dict:
        return {"rating": self.cleaned_data["stars"]}


class Appealed(StepForm):
    """`opened` is the new case with its PIN, which the citizen takes home."""

    done = gettext_lazy("The appeal is a case of its own. Give them its number and PIN.")
    opened: Opened | None = None

    words = words_field(gettext_lazy("Why is the answer not right, in their words?"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        decided_above = _("Somebody who had no part in it decides again, one level up.")
        self.hint = f"{decided_above} {wording.goes_to(next_remedy(self.case), catalogue().today())}"

    def act(self) -> None:
        self.opened = actions.appeal(
            case=self.case, words=self.cleaned_data["words"], channel=Channel.DESK, hand=self.officer
        )

    def was_sent_before(self) -> bool:
        """Its words are those of the new case; of this one there is only that it was appealed against."""
        sent = {"kind": "appeal", "officer": self.officer, "number__gt": self.cleaned_data["seen"]}
        return self.case.events.filter(**sent).exists()
