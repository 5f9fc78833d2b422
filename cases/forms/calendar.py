"""The form of a day off."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.models import DayOff, Officer


class DayOffForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    source = forms.CharField(
        label=gettext_lazy("Where it was announced"),
        max_length=300,
        help_text=gettext_lazy("Gazette notice and number, or the page where you read it."),
    )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        today = catalogue().today()
        if day < today:
            raise forms.ValidationError(_("This day is over. What was promised for it was kept or missed."))
        if day.year > today.year + 5:
            raise forms.ValidationError(_("This is too far ahead."))
        if not catalogue().calendar.is_working(day):
            raise forms.ValidationError(_("Nobody works on this day already."))
        return day

    def was_entered_by(self, officer: Officer) -> bool:
        """By what was typed, whether it fits or not: a day that was entered is no working day any more."""
        said = {name: self.data.get(name, "").strip() for name in ("name", "source")}
        entered = DayOff.objects.filter(withdrawn_at=None, entered_by=officer, **said)
        return self.data.get("day", "") in {day.isoformat() for day in entered.values_list("date", flat=True)}
