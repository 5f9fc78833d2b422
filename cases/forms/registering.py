"""A registration at the desk: the same questions as by phone, asked where the topic asks them."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.forms.for_another import THEMSELVES, ForAnother
from cases.models import Known
from cases.pack import Kind
from cases.registration import QUESTIONS, Question, is_number


def is_registration(topic: str) -> bool:
    return topic in catalogue().topics and catalogue().topics[topic].kind == Kind.REGISTRATION


class Registering(ForAnother):
    """The part of an intake that only a registration has. Answers to what was not asked are left out."""

    also_for = forms.MultipleChoiceField(
        label=gettext_lazy("Which do they want to join?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        joined = {code: catalogue().agencies[code].label for codes in catalogue().several.values() for code in codes}
        also_for: Any = self.fields["also_for"]
        also_for.choices, also_for.initial = list(joined.items()), list(joined)
        self.fields |= {question.key: _field(question) for question in QUESTIONS}
        for question in QUESTIONS:
            self.fields[question.key].widget.is_required = not question.free  # where it is asked

    def asked(self) -> list[BoundField]:
        """The fields that the topic chosen asks."""
        return [self[name] for name in self._names(self["topic"].value() or "")]

    def not_asked(self) -> list[BoundField]:
        """The others, for a page without scripts on which another topic may still be chosen."""
        asked = self._names(self["topic"].value() or "")
        return [self[name] for name in ("also_for", *(question.key for question in QUESTIONS)) if name not in asked]

    def _names(self, topic: str) -> list[str]:
        several = ["also_for"] if topic in catalogue().several else []
        return several + [question.key for question in _questions(topic)]

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        topic = facts.get("topic", "")
        facts["also_for"] = [code for code in facts.get("also_for", ()) if code in catalogue().several.get(topic, ())]
        if topic in catalogue().several and not facts["also_for"]:
            self.add_error("also_for", _("Choose at least one."))
        if is_registration(topic):
            self._check_registration(facts)
        return facts

    def _check_registration(self, facts: dict[str, Any]) -> None:
        if facts.get("known") == Known.ANONYMOUS:
            self.add_error("known", _("Nobody can be registered without a name: choose another way."))
        elif facts["for_whom"] == THEMSELVES and not facts.get("name"):
            self.add_error("name", _("A registration needs the full name, as on the NRC."))
        for question in _questions(facts["topic"]):
            answer = facts.get(question.key, "")
            if question.most and answer and not is_number(answer, question.most):
                self.add_error(question.key, _(question.wrong))
            elif not answer and not question.free and question.key not in self.errors:
                self.add_error(question.key, _("Please ask this: the agency needs it."))

    def answers(self) -> dict[str, str]:
        """Nothing, where it is no registration."""
        facts = self.cleaned_data
        said = {**self.subject(), **{question.key: facts[question.key] for question in _questions(facts["topic"])}}
        return {key: answer for key, answer in said.items() if answer} if is_registration(facts["topic"]) else {}


def _questions(topic: str) -> list[Question]:
    return [question for question in QUESTIONS if is_registration(topic) and question.belongs_to(topic)]


def _field(question: Question) -> forms.Field:
    label, asked = _(question.label), _(question.asked)
    if question.most:
        typed = forms.TextInput(attrs={"inputmode": "numeric"})
        return forms.CharField(label=label, help_text=asked, required=False, max_length=9, widget=typed)
    first = _("Not said") if question.free else _("Please choose")
    answers = [("", first), *((key, _(words)) for key, words in question.answers.items())]
    return forms.ChoiceField(label=label, help_text=asked, required=False, choices=answers)
