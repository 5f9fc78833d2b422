"""What the forms of the desk share: telephone numbers made clean, a field for words, lists to choose from."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import replies
from cases.catalogue import catalogue
from cases.languages import offered
from cases.pack import Kind, Place

LONGEST = 2000  # characters of one statement

Choices = list[tuple[str, Any]]


def read_phone(typed: str) -> str:
    """097 712 3456 or +260977123456 -> +260977123456; "" when it is no number of the country."""
    region = catalogue().country.phone_region
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number_for_region(number, region):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(phone: str | None) -> str:
    """+260977123456 -> +260 97 7123456"""
    if not phone:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def example_phone() -> str:
    """How a mobile number of the country is written at home."""
    number = phonenumbers.example_number_for_type(catalogue().country.phone_region, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) if number else ""


# The page's script counts along with what goes out by SMS, in the words given here.
COUNTED = {
    "data-room": gettext_lazy("0 characters left in the SMS"),
    "data-over": gettext_lazy("0 characters too long for the SMS: its end is cut off"),
}


def words_field(label: Any, *, required: bool = True, hint: Any = "", validators: Any = ()) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label, required=required, help_text=hint, max_length=LONGEST, widget=area, validators=validators
    )


def no_gap_left(text: str) -> None:
    """For words that go out: whatever still stands in braces the citizen would read as it stands."""
    if gaps := replies.gaps(text):
        raise ValidationError(_("{gaps} is still to be filled in.").format(gaps=", ".join(gaps)))


def offer(form: forms.Form, **among: Any) -> None:
    """What these fields offer, where that is known only for this officer or this case: choices, or a queryset."""
    for name, choices in among.items():
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = choices
        elif isinstance(field, forms.ChoiceField):
            field.choices = choices


class InOrder(forms.Form):
    """A form with `since` and `until`, of which the second is not before the first."""

    may_be_one = True  # the same moment twice

    def clean(self) -> dict:
        facts = super().clean() or {}
        since, until = facts.get("since"), facts.get("until")
        if since and until and (until < since or (until == since and not self.may_be_one)):
            self.add_error("until", _("This is before the beginning."))
        return facts


def topics(kind: str = "") -> Choices:
    """Every topic, or those of one kind, under “Complaint: NHIMA health”."""
    by_group: dict[str, list[tuple[str, str]]] = {}
    kinds = [kind] if kind in Kind.values else Kind.values
    for wanted in kinds:
        for topic in catalogue().topics.values():
            if topic.kind == wanted:
                heading = f"{Kind(wanted).label}: {catalogue().agencies[topic.agency_id].label}"
                by_group.setdefault(heading, []).append((topic.pk, topic.name))
    return [("", _("Please choose")), *by_group.items()]


def languages() -> Choices:
    """What is offered to citizens: what a speaker has read, and drafts where the house allows them."""
    return [(language.code, language.name) for language in offered()]


def districts(near: Place | None) -> Choices:
    """All districts by province; the officer's own province first, its districts being asked for most."""
    here = near and (near.parent_id or near.pk)
    by_province = [
        (province.name, [(place.pk, place.name) for place in catalogue().districts.values() if place.parent_id == code])
        for code, province in sorted(catalogue().provinces.items(), key=lambda item: (item[0] != here, item[1].name))
    ]
    return [("", _("Please choose")), *by_province]
