"""What an officer lays beside a case: a photo or a paper, added or taken away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions, uploads
from cases.actions.attachments import mark_of
from cases.forms.fields import words_field
from cases.forms.step_form import StepForm
from cases.models import Attachment, Case
from cases.uploads import Unfit

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"  # what a telephone offers; the content decides


def file_field() -> forms.FileField:
    picker = forms.FileInput(attrs={"accept": ACCEPTED, "data-shrink": uploads.LONGEST_SIDE})
    return forms.FileField(label=gettext_lazy("Photo or PDF"), required=False, widget=picker)


def examined(file: Any, *, too_large: bool = False) -> tuple[bytes, uploads.Paper]:
    """What was uploaded, and what of it is kept. Raises ValidationError."""
    if file is None:
        raise ValidationError(uploads.too_large() if too_large else _("Please choose a photo or a PDF."))
    raw = file.read()
    try:
        return raw, uploads.examine(raw)
    except Unfit as unfit:
        raise ValidationError(str(unfit.sentence)) from unfit


class Attach(StepForm):
    hint = gettext_lazy("A letter, a card, a payslip. Where and when a photo was taken is not kept.")
    done = gettext_lazy("It is with the case now.")

    file = file_field()
    words = forms.CharField(
        label=gettext_lazy("What is it?"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_file(self) -> tuple[bytes, uploads.Paper]:
        return examined(self.cleaned_data["file"], too_large=self.too_large)

    def act(self) -> None:
        raw, paper = self.cleaned_data["file"]
        actions.attach(case=self.case, by=self.officer, raw=raw, paper=paper, words=self.cleaned_data["words"])

    def data_of_event(self) -> dict:
        return {"file": mark_of(self.cleaned_data["file"][0])}


class Detach(StepForm):
    hint = gettext_lazy("When it came to the wrong case, or shows what nobody needs to see.")
    done = gettext_lazy("It is erased.")

    which = forms.ModelChoiceField(Attachment.objects.none(), label=gettext_lazy("Which?"))
    words = words_field(gettext_lazy("The reason"))
    sure = forms.BooleanField(label=gettext_lazy("Yes, erase it. It cannot be brought back."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        which: Any = self.fields["which"]
        titles = titles_of(self.case)
        which.queryset = self.case.attachments.all()  # with those taken away: the form may come a second time
        which.choices = [("", _("Please choose")), *((one.pk, titles.get(one.pk, one.key)) for one in kept(self.case))]

    def act(self) -> None:
        facts = self.cleaned_data
        actions.detach(case=self.case, by=self.officer, attachment=facts["which"], words=facts["words"])

    def data_of_event(self) -> dict:
        return {"attachment": self.cleaned_data["which"].pk}


def kept(case: Case) -> Any:
    return case.attachments.filter(removed_at=None)


def titles_of(case: Case) -> dict[int, str]:
    """What each paper is, as said when it was added."""
    added = case.events.filter(kind="attach", said__isnull=False).select_related("said")
    return {event.data["attachment"]: event.said.text for event in added}
