"""What a monitor fills in, and what a moderator and an agency write back. Nobody's number gets through."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.forms.fields import Choices
from cms import knowledge
from cms.models.monitoring import Note
from cms.monitoring.actions import SCORED, Written
from cms.monitoring.found import places
from cms.monitoring.persons import numbers_of_people

LINES = 6  # of a scorecard's form
NAMES_NOBODY = gettext_lazy("Write no names, no telephone numbers, no NRC numbers: everybody will read this.")


def of_nobody(text: str) -> None:
    if numbers := numbers_of_people(text):
        told = _("This looks like somebody's telephone or NRC number: {numbers}. Please take it out.")
        raise ValidationError(told.format(numbers=", ".join(numbers)))


class NoteForm(forms.Form):
    """`once` is the same for the same form, however often it is sent."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Note.Kind.choices, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("What is it, in one line"), max_length=120, validators=[of_nobody])
    programme = forms.ChoiceField(
        label=gettext_lazy("Programme"),
        required=False,
        help_text=gettext_lazy("Choose a programme, a place, or both."),
    )
    place = forms.ChoiceField(label=gettext_lazy("District or province"), required=False)
    seen_on = forms.DateField(
        label=gettext_lazy("The day you saw it"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label=gettext_lazy("What you found, and what should change"),
        help_text=NAMES_NOBODY,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        validators=[of_nobody],
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]):
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["programme"].choices = [("", _("None: about a place")), *_programmes()]
        fields["place"].choices = [("", _("The whole country")), *_places()]
        kind = (self.data or initial).get("kind", "")
        self.is_scorecard = kind == Note.Kind.SCORECARD
        self.lines = (
            [ScoreForm(data, number=n, initial=_nth(initial, n)) for n in range(LINES)] if self.is_scorecard else []
        )

    def clean_seen_on(self) -> Any:
        day = self.cleaned_data["seen_on"]
        if day > catalogue().today():
            raise ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict:
        facts = super().clean() or {}
        if not facts.get("programme") and not facts.get("place") and not {"programme", "place"} & self.errors.keys():
            self.add_error("programme", _("Please choose a programme, a place, or both."))
        filled = [line.is_valid() for line in self.lines]
        if not all(filled):
            self.add_error(None, _("Please look at the scores."))
        elif self.is_scorecard and not self.scores():
            self.add_error(None, _("Please fill in one score at least."))
        return facts

    def scores(self) -> tuple[dict[str, Any], ...]:
        return tuple(line.cleaned_data for line in self.lines if line.cleaned_data.get("criterion"))

    def written(self) -> Written:
        facts = self.cleaned_data
        return Written(
            title=facts["title"],
            words=facts["words"],
            seen_on=facts["seen_on"],
            place=places().get(facts["place"]),
            programme=knowledge.programmes().get(facts["programme"]),
            scores=self.scores(),
        )


class ScoreForm(forms.Form):
    """One line of a scorecard; an empty one is no line."""

    criterion = forms.CharField(
        label=gettext_lazy("What was judged"), max_length=120, required=False, validators=[of_nobody]
    )
    score = forms.TypedChoiceField(
        label=gettext_lazy("Score"),
        choices=[("", "–"), *((number, str(number)) for number in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    people = forms.IntegerField(
        label=gettext_lazy("How many took part"), min_value=1, max_value=100_000, required=False
    )
    words = forms.CharField(
        label=gettext_lazy("In the community's words"), max_length=300, required=False, validators=[of_nobody]
    )

    def __init__(self, data: Any, *, number: int, initial: dict[str, Any]):
        super().__init__(data, prefix=f"line{number}", initial=initial)
        self.number = number + 1

    def clean(self) -> dict:
        facts = super().clean() or {}
        if any(facts.get(name) for name in ("criterion", "score", "people", "words")):
            for name in ("criterion", "score", "people"):
                if not facts.get(name) and name not in self.errors:
                    self.add_error(name, _("Please fill this in, or empty the whole line."))
        return facts


class GiveBack(forms.Form):
    """Also why one is taken down, which everybody reads."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Answer(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("The answer, for everybody to read"),
        help_text=NAMES_NOBODY,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[of_nobody],
    )


def as_typed(note: Note) -> dict[str, Any]:
    """What its monitor filled in, for the form."""
    return {
        "once": note.once,
        "kind": note.kind,
        "title": note.title,
        "programme": note.programme_id or "",
        "place": note.place_id or "",
        "seen_on": note.seen_on,
        "words": note.words,
        "lines": [{name: getattr(score, name) for name in SCORED} for score in note.scores.all()],
    }


def _nth(initial: dict[str, Any], number: int) -> dict[str, Any]:
    lines = initial.get("lines", [])
    return lines[number] if number < len(lines) else {}


def _programmes() -> Choices:
    return sorted(((code, one.name) for code, one in knowledge.programmes().items()), key=lambda choice: choice[1])


def _places() -> Choices:
    return [
        (
            province.name,
            [(province.pk, _("All of {province}").format(province=province.name))]
            + [(at.district.pk, at.district.name) for at in districts],
        )
        for province, districts in knowledge.desks_by_province()
    ]
