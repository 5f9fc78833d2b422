"""What the form of every step shares: which case and officer, how it is sent, and that twice is once."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from cases.forms.fields import COUNTED
from cases.lifecycle import STEPS
from cases.models import Case, Officer


class StepForm(forms.Form):
    """One step on one case. `seen` is the last event its page showed: what was said since may be this very form."""

    hint: Any = ""
    done: ClassVar[Any] = gettext_lazy("Done.")
    by_sms: ClassVar[bool] = False
    on_paper: ClassVar[bool] = False
    leaves: ClassVar[tuple[str, ...]] = ()  # the events the step adds, where they are not named like it
    minds_changes: ClassVar[bool] = True  # what others did since the page was shown is read before it goes through
    too_large = False  # a file was sent along that is larger than we take
    foreseen: Sequence[str] = ()  # what will happen, where that was asked first

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, step: str, case: Case, officer: Officer, seen: int = 0):
        super().__init__(data, prefix=step, initial={"seen": seen})
        self.step, self.case, self.officer = step, case, officer
        self.label = self.button = STEPS[step].label
        if self.by_sms and not case.is_sensitive:  # the SMS of a sensitive case says only that there is news
            self.fields["words"].widget.attrs |= COUNTED

    def paper(self) -> bytes:
        """The PDF that answers the form, instead of the page; none, as a rule."""
        return b""

    def act(self) -> None:
        raise NotImplementedError

    def data_of_event(self) -> dict:
        """What the event will keep of what was chosen here."""
        return {}

    def as_of(self, newest: int) -> "StepForm":
        """As it was filled in, for a page that shows all up to this event."""
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("seen")] = str(newest)
        return self

    def asks_first(self) -> list[str]:
        """What will happen, in sentences, where that is to be read before it is done. May raise NotAllowed."""
        return []

    def leads_to(self) -> Case:
        """Whose page follows when it is done."""
        return self.case

    def also_locks(self) -> list[int]:
        """The rows of other cases that the step changes: locked with this one, in the order of their rows."""
        return []

    def was_sent_before(self) -> bool:
        """A double click or a reload: this officer said the very same after the page was shown. Ask under the lock."""
        since = self.case.events.filter(
            number__gt=self.cleaned_data["seen"], officer=self.officer, kind__in=self.leaves or [self.step]
        )
        words, chosen = self.cleaned_data.get("words", "").strip(), self.data_of_event().items()
        return any(event.words == words and chosen <= event.data.items() for event in since.select_related("said"))
