"""What an officer types when a citizen asks for a right over their data."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.cards import read_nrc
from cases.catalogue import catalogue
from cases.forms.fields import example_phone, read_phone, words_field


class Correction(forms.Form):
    """What is on record, to be put right."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    nrc = forms.CharField(label=gettext_lazy("NRC number"), required=False, max_length=30)
    phone = forms.CharField(label=gettext_lazy("Phone number"), required=False, max_length=30)

    def clean_nrc(self) -> str:
        return read_nrc(self.cleaned_data["nrc"])

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        phone = read_phone(typed)
        if typed and not phone:
            raise ValidationError(
                _("This is not a phone number of {country}. Write it like {example}.").format(
                    country=catalogue().country.name, example=example_phone()
                )
            )
        return phone


class Said(forms.Form):
    """Words and nothing else."""

    words: Any = words_field(gettext_lazy("In their words"))


class Agreement(forms.Form):
    """Yes, after having read what goes; or no, with the reason."""

    sure = forms.BooleanField(label=gettext_lazy("I have read it. It cannot be brought back."), required=False)
    words: Any = words_field(gettext_lazy("The reason, if you do not agree"), required=False)
