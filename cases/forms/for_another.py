"""Somebody stands at the desk for another person: who they are to them, by what right, and whose telephone rings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.actions import ToldBy
from cases.cards import read_nrc
from cases.models import Consent, Known, Relationship

THEMSELVES, ANOTHER = "self", "other"
HERE, ABOUT = "here", "about"


class ForAnother(forms.Form):
    """The part of an intake that is left alone when citizens speak for themselves."""

    for_whom = forms.ChoiceField(
        label=gettext_lazy("Who is it for?"),
        choices=[
            (THEMSELVES, gettext_lazy("For the person who is here")),
            (ANOTHER, gettext_lazy("For somebody else")),
        ],
        initial=THEMSELVES,
        required=False,
        widget=forms.RadioSelect,
    )
    relationship = forms.ChoiceField(
        label=gettext_lazy("Who is the person here to them?"),
        choices=[("", gettext_lazy("Please choose")), *Relationship.choices],
        required=False,
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("How did they agree?"),
        help_text=gettext_lazy("For a child the parent or guardian decides: the child need not be asked."),
        choices=Consent.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    about_name = forms.CharField(
        label=gettext_lazy("Name of the person it is about"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    about_nrc = forms.CharField(
        label=gettext_lazy("Their NRC number"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("They are found again by it. A child has none yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sms_to = forms.ChoiceField(
        label=gettext_lazy("Whose phone number is it? The SMS go there."),
        choices=[
            (HERE, gettext_lazy("Of the person who is here")),
            (ABOUT, gettext_lazy("Of the person it is about")),
        ],
        initial=HERE,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_about_nrc(self) -> str:
        return read_nrc(self.cleaned_data["about_nrc"])

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("for_whom") != ANOTHER:
            facts |= {"for_whom": THEMSELVES, **dict.fromkeys(FACTS_OF_ANOTHER, "")}
            return facts
        if facts.get("relationship") == Relationship.PARENT:
            facts["consent"] = Consent.GUARDIAN
        for name, sentence in _MISSING.items():
            if not facts.get(name) and not (name == "about_name" and facts.get("known") == Known.ANONYMOUS):
                self.add_error(name, sentence)
        return facts

    def told_by(self) -> ToldBy | None:
        facts = self.cleaned_data
        if facts["for_whom"] != ANOTHER:
            return None
        relationship, consent = Relationship(facts["relationship"]), Consent(facts["consent"])
        theirs = facts["sms_to"] != ABOUT
        return ToldBy(relationship, consent, name=facts["name"], nrc=facts["nrc"], their_phone=theirs)

    def subject(self) -> dict[str, str]:
        """Name and card of whom the case is about."""
        return self._named("about_" if self.cleaned_data["for_whom"] == ANOTHER else "")

    def owner_of_the_phone(self) -> dict[str, str]:
        """Name and card of whoever the SMS reach. Without a phone it is whoever a card was shown of."""
        facts = self.cleaned_data
        theirs = facts["sms_to"] == ABOUT if facts["phone"] else bool(facts["about_nrc"])
        return self._named("about_" if theirs else "")

    def _named(self, prefix: str) -> dict[str, str]:
        return {name: self.cleaned_data[prefix + name] for name in ("name", "nrc")}


FACTS_OF_ANOTHER = ("relationship", "consent", "about_name", "about_nrc", "sms_to")
_MISSING = {
    "relationship": gettext_lazy("Choose who they are to each other."),
    "consent": gettext_lazy(
        "Say how they agreed: nobody speaks for another without it. If somebody is in danger and cannot be asked, "
        "open the case for the person who is here."
    ),
    "about_name": gettext_lazy("Write the name of the person it is about."),
}
