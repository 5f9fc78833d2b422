"""The survey at the end of a registration: explained, agreed to, each question free to skip; apart from the case."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import survey
from cases.forms.registering import Registering, is_registration

AGREED = "survey_agreed"
# Whoever changes these words gives them a new number: SURVEY_WORDS.
EXPLAINED = gettext_lazy(
    "Read aloud: “May we ask three questions more, for those who work out what people can pay? You need not answer, "
    "and can skip each of them; what you get stays the same. Your answers are kept apart from your case. Nobody at "
    "this desk sees them again, and only numbers of many people together are told. You can take them back later at "
    "any desk: then they are erased.”"
)


class Surveying(Registering):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields[AGREED] = forms.BooleanField(label=_("They agree to be asked"), required=False)
        for question in survey.questions():
            answers = [("", _("Skipped")), *question.answers.items()]
            self.fields[_field(question.code)] = forms.ChoiceField(
                label=question.asked, required=False, choices=answers
            )

    def survey(self) -> list[BoundField]:
        """The block, in its order; nothing where the country asks nothing."""
        asked = [self[_field(question.code)] for question in survey.questions()]
        return [self[AGREED], *asked] if asked else []

    def surveyed(self) -> bool:
        """Is the block a part of the page? After a registration is chosen."""
        return is_registration(self["topic"].value() or "")

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if self._answered() and not facts.get(AGREED):
            self.add_error(AGREED, _("Answers are kept only if they agree. Tick it, or skip the questions."))
        return facts

    def _answered(self) -> dict[str, str]:
        if not is_registration(self.cleaned_data.get("topic", "")):
            return {}
        said = {question.code: self.cleaned_data.get(_field(question.code), "") for question in survey.questions()}
        return {code: answer for code, answer in said.items() if answer}

    def agreed_answers(self) -> dict[str, str]:
        return self._answered() if self.cleaned_data.get(AGREED) else {}

    explained = EXPLAINED


def _field(code: str) -> str:
    return f"survey_{code}"
