"""What is typed about people: whom to invite, what they work on, when they are away, what the invited choose."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.people import Assignment
from cases.catalogue import catalogue
from cases.forms.fields import Choices, offer
from cases.models import OF_AN_AGENCY, Officer, Role, Scope, clearances_of
from cases.pack import Sensitivity
from cases.people import could_cover

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Work(forms.Form):
    """Role, agency, place, clearances and level of somebody."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    agency = forms.ChoiceField(
        label=gettext_lazy("Agency"), required=False, help_text=gettext_lazy("None: a one-stop desk for all agencies.")
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("None: everywhere. A province: its districts."),
    )
    clearances = forms.MultipleChoiceField(
        label=gettext_lazy("Cleared to read"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Beside what is open, as far as the role may have it."),
    )
    level = forms.IntegerField(
        label=gettext_lazy("Level of the ladders they answer for"),
        min_value=1,
        max_value=9,
        initial=1,
        help_text=gettext_lazy("1: those who work on cases. What is late moves to 2 and up."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only of a monitor: for whom they write. It stands below what they publish."),
    )

    def __init__(self, data: Any = None, *, scope: Scope | None = None):
        super().__init__(data, initial=_as_typed(scope) if scope else None)
        fields: dict[str, Any] = self.fields
        fields["role"].choices = [("", _("Please choose")), *Role.choices]
        fields["agency"].choices = [("", _("All (one-stop desk)")), *_agencies()]
        fields["place"].choices = [("", _("Everywhere")), *_places()]
        fields["clearances"].choices = [(kind.value, kind.label) for kind in Sensitivity if kind != Sensitivity.OPEN]

    def clean(self) -> dict:
        facts = super().clean() or {}
        role = facts.get("role")
        if not role:
            return facts
        if role in OF_AN_AGENCY and not facts.get("agency"):
            self.add_error("agency", _("Which one? Without an agency they would see all agencies' cases."))
        if role == Role.MONITOR and not facts.get("organisation"):
            self.add_error("organisation", _("Which one? What a monitor publishes stands in its name."))
        allowed = clearances_of(role)
        beyond = [str(Sensitivity(kind).label) for kind in facts.get("clearances", ()) if kind not in allowed]
        if beyond:
            sentence = _("{role} cannot be cleared for: {kinds}.")
            self.add_error("clearances", sentence.format(role=Role(role).label, kinds=", ".join(beyond)))
        if Sensitivity.CORRUPTION in facts.get("clearances", ()) and role in OF_AN_AGENCY:
            self._check_who_looks_into_corruption(facts.get("agency", ""))
        return facts

    def _check_who_looks_into_corruption(self, agency: str) -> None:
        """It goes past the office that it is about."""
        topics = [topic for topic in catalogue().topics.values() if topic.sensitivity == Sensitivity.CORRUPTION]
        answering = {topic.answered_by for topic in topics}
        if agency and agency not in answering:
            names = ", ".join(catalogue().agencies[code].name for code in sorted(answering))
            self.add_error("clearances", _("Corruption is looked into by {agencies} alone.").format(agencies=names))

    def assignment(self) -> Assignment:
        facts = self.cleaned_data
        places = catalogue().provinces | catalogue().districts
        return Assignment(
            role=facts["role"],
            agency=catalogue().agencies.get(facts["agency"]),
            place=places.get(facts["place"]),
            clearances=tuple(facts["clearances"]),
            level=facts["level"],
            organisation=facts["organisation"] if facts["role"] == Role.MONITOR else "",
        )


def _as_typed(scope: Scope) -> dict[str, Any]:
    return {
        "role": scope.role,
        "agency": scope.agency_id or "",
        "place": scope.place_id or "",
        "clearances": scope.clearances,
        "level": scope.level,
        "organisation": scope.organisation,
    }


def _agencies() -> Choices:
    return sorted(((code, agency.name) for code, agency in catalogue().agencies.items()), key=lambda one: one[1])


def _places() -> Choices:
    districts = catalogue().districts.values()
    return [
        (
            province.name,
            [(code, _("All of {province}").format(province=province.name))]
            + [(place.pk, place.name) for place in districts if place.parent_id == code],
        )
        for code, province in sorted(catalogue().provinces.items(), key=lambda one: one[1].name)
    ]


class Invite(Work):
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("address", "role", "agency", "place", "clearances", "level", "organisation")

    def clean_address(self) -> str:
        return free_address(self.cleaned_data["address"])


class InviteMonitor(forms.Form):
    """Somebody from civil society: an address and an organisation, no agency, no place, no clearance."""

    address = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=120,
        help_text=gettext_lazy("For whom they write. It stands below what they publish."),
    )

    def clean_address(self) -> str:
        return free_address(self.cleaned_data["address"])

    def assignment(self) -> Assignment:
        return Assignment(Role.MONITOR, organisation=self.cleaned_data["organisation"])


def free_address(address: str) -> str:
    if Officer.objects.filter(user__email__iexact=address).exists():
        raise ValidationError(_("Somebody with this address is among the people already."))
    return address


class Leaving(forms.Form):
    """`sure` is a box to tick: what goes back to be taken does not come back by itself."""

    cover = forms.ModelChoiceField(
        Officer.objects.none(),
        label=gettext_lazy("Who gets their open cases?"),
        required=False,
        empty_label=gettext_lazy("Nobody: they are free to be taken"),
        help_text=gettext_lazy("What this colleague may not see is free to be taken as well."),
    )
    sure = forms.BooleanField(label=gettext_lazy("Yes, they have left"))

    def __init__(self, data: Any = None, *, officer: Officer):
        super().__init__(data)
        offer(self, cover=could_cover(officer))


class Away(forms.Form):
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=_DAY)
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=_DAY)
    cover = forms.ModelChoiceField(
        Officer.objects.none(),
        label=gettext_lazy("Who covers"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    hands_on = forms.BooleanField(
        label=gettext_lazy("The open cases go to who covers, and come back afterwards"),
        required=False,
        help_text=gettext_lazy("What is handed over meanwhile goes there, too."),
    )

    def clean(self) -> dict:
        facts = super().clean() or {}
        if facts.get("hands_on") and not facts.get("cover") and "cover" not in self.errors:
            self.add_error("cover", _("Who gets the open cases? Please choose who covers."))
        return facts

    def __init__(self, data: Any = None, *, officer: Officer):
        super().__init__(data, prefix="away")
        offer(self, cover=could_cover(officer))


class Welcome(forms.Form):
    """The invited choose what they are called and a password."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=gettext_lazy("You log in with it: letters and digits, like m.banda"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("Eight characters or more; a few words are easier to keep in mind than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody has this username already. Choose another one."))
        return username

    def clean(self) -> dict:
        facts = super().clean() or {}
        password = facts.get("password")
        if not password:
            return facts
        if password != facts.get("again"):
            self.add_error("again", _("This is not the same password."))
        names = {name: facts.get(name, "") for name in ("username", "first_name", "last_name")}
        try:
            validate_password(password, User(**names))
        except ValidationError as weak:
            self.add_error("password", weak)
        return facts

    def choice(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("username", "first_name", "last_name", "password")}
