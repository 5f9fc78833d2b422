"""A citizen at the desk: what the officer types on one page, made clean, and the one case it opens."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions
from cases.actions import Opened
from cases.cards import read_nrc
from cases.catalogue import catalogue
from cases.forms.fields import Choices, districts, example_phone, read_phone, topics, words_field
from cases.forms.registering import is_registration
from cases.forms.surveying import Surveying
from cases.models import Channel, Citizen, Known, Officer


class WalkIn(Surveying):
    """A citizen at the desk: one page, one case."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    nrc = forms.CharField(
        label=gettext_lazy("NRC number"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Like 123456/78/9."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name, if they want to give it"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    known = forms.ChoiceField(
        label=gettext_lazy("How does the citizen want to be known?"),
        choices=[
            (Known.NUMBER, gettext_lazy("By number: officers may call them")),
            (Known.HIDDEN, gettext_lazy("Hidden: SMS arrive, but officers see neither number nor name")),
            (Known.ANONYMOUS, gettext_lazy("Anonymous: no number is stored, no SMS is sent")),
        ],
        widget=forms.RadioSelect,
    )
    topic = forms.ChoiceField(label=gettext_lazy("Topic"))
    place = forms.ChoiceField(label=gettext_lazy("District"))
    language = forms.ChoiceField(label=gettext_lazy("Language for SMS"), required=False)
    words = words_field(
        gettext_lazy("The citizen's words"), required=False, hint=gettext_lazy("As they say it. Read it back to them.")
    )

    def __init__(self, data: Any = None, *, officer: Officer, languages: Choices, kind: str = "", initial: Any = None):
        # Anonymous is nobody's default: it costs the citizen their SMS.
        super().__init__(data, initial={"known": Known.NUMBER, "place": officer.place_id, **(initial or {})})
        self.officer = officer
        fields: dict[str, Any] = self.fields
        fields["phone"].help_text = _("Like {example}.").format(example=example_phone())
        for name in ("about_name", "relationship", "words"):  # needed, though not of everybody
            fields[name].widget.is_required = True
        fields["topic"].choices = topics(kind)
        fields["place"].choices = districts(officer.place)
        fields["language"].choices = [("", _("As they chose before")), *languages]

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        phone = read_phone(typed) if typed else ""
        if typed and not phone:
            raise ValidationError(
                _("This is not a phone number of {country}. Write it like {example}.").format(
                    country=catalogue().country.name, example=example_phone()
                )
            )
        return phone

    def clean_nrc(self) -> str:
        return read_nrc(self.cleaned_data["nrc"])

    def clean(self) -> dict:
        facts = super().clean()
        if not facts.get("words", "").strip() and not is_registration(facts.get("topic", "")):
            self.add_error("words", _("This field is required."))
        if self.errors or facts["known"] == Known.ANONYMOUS:
            return facts
        if facts["known"] == Known.HIDDEN and not facts["phone"]:
            self.add_error("phone", _("A hidden number must be known to the system: write it, or choose anonymous."))
        elif not any(facts[name] for name in ("phone", "nrc", "about_nrc")):
            self.add_error("phone", _("Write a phone number or an NRC number, or choose anonymous."))
        return facts

    def open(self) -> Opened:
        """Nothing about an anonymous citizen is kept, whatever was typed to look for their cases."""
        facts = self.cleaned_data
        citizen = self._citizen() if facts["known"] != Known.ANONYMOUS else None
        language = facts["language"] or (citizen.language if citizen else catalogue().country.default_language)
        opened = actions.open_case(
            topic=catalogue().topics[facts["topic"]],
            place=catalogue().districts[facts["place"]],
            words=facts["words"],
            known=Known(facts["known"]),
            channel=Channel.DESK,
            citizen=citizen,
            language=language,
            once=self.request_name(),
            form=json.dumps(said) if (said := self.answers() or self._said_of_themselves(citizen)) else "",
            told_by=self.told_by(),
            also_for=[catalogue().agencies[code] for code in facts["also_for"]],
            by=self.officer,
        )
        if citizen and (told := self.agreed_answers()):
            actions.keep_survey(citizen=citizen, answers=told, by=self.officer)
        return opened

    def _citizen(self) -> Citizen:
        facts = self.cleaned_data
        language = facts["language"] or catalogue().country.default_language
        citizen = actions.find_or_add_citizen(phone=facts["phone"], language=language, **self.owner_of_the_phone())
        if facts["language"] and citizen.phone_index:
            actions.choose_language(phone_index=citizen.phone_index, language=language)
            citizen.refresh_from_db(fields=["language"])
        return citizen

    def _said_of_themselves(self, citizen: Citizen | None) -> dict[str, str]:
        """Kept with the case where the phone is on record for somebody else: a household often has but one."""
        said = {name: fact for name, fact in self.subject().items() if fact}
        differs = citizen and any(said[name] != getattr(citizen, name) for name in said)
        return said if differs else {}

    def request_name(self) -> str:
        """Bound to the officer, so that nobody can name another's request."""
        return f"desk:{self.officer.pk}:{self.cleaned_data['once']}"
