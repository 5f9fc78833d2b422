"""What an officer lays beside a case: a photo or a paper, or another case."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions, uploads
from cases.actions.attachments import mark_of
from cases.actions.links import links_of
from cases.catalogue import catalogue
from cases.desk_words import day
from cases.forms.fields import words_field
from cases.forms.step_form import StepForm
from cases.joined import same_person
from cases.models import Attachment, Case, Link, Officer
from cases.reference import read_reference
from cases.sharing import at_home
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
    minds_changes = False
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


# --- Other cases ----------------------------------------------------------------------------------------


def the_other(officer: Officer, case: Case, typed: str) -> Case:
    """The case of this number, if the officer sees it at home. Raises ValidationError."""
    reference = read_reference(typed)
    found = Case.objects.visible_to(officer).exclude(pk=case.pk).filter(reference=reference or "").first()
    if found is None or not at_home(officer, found):
        raise ValidationError(_("There is no other case of this number that you may see."))
    return found


def number_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Number of the other case"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "list": "their-cases"}),
    )


class OfTwo(StepForm):
    """A step that changes two cases."""

    minds_changes = False

    def clean_number(self) -> Case:
        return the_other(self.officer, self.case, self.cleaned_data["number"])

    def also_locks(self) -> list[int]:
        return [self.cleaned_data["number"].pk]

    def data_of_event(self) -> dict:
        return {"other": self.cleaned_data["number"].pk}


class LinkTo(OfTwo):
    hint = gettext_lazy("Both stay cases of their own. Who sees only one of them does not learn of the other.")
    done = gettext_lazy("They are linked.")

    number = number_field()
    kind = forms.ChoiceField(
        label=gettext_lazy("How do they belong together?"), choices=Link.Kind.choices, widget=forms.RadioSelect
    )
    words = words_field(gettext_lazy("The reason"), hint=gettext_lazy("It stands in the history of both cases."))

    def act(self) -> None:
        facts = self.cleaned_data
        actions.link(case=self.case, by=self.officer, other=facts["number"], kind=facts["kind"], words=facts["words"])

    def data_of_event(self) -> dict:
        return super().data_of_event() | {"kind": self.cleaned_data["kind"]}


class Unlink(OfTwo):
    done = gettext_lazy("The link is gone.")

    number = forms.CharField(label=gettext_lazy("Which?"), widget=forms.Select)
    words = words_field(gettext_lazy("The reason"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        which: Any = self.fields["number"].widget
        cases = [link.beyond(self.case) for link in visible_links(self.officer, self.case)]
        which.choices = [(case.reference, str(case)) for case in cases]

    def act(self) -> None:
        facts = self.cleaned_data
        actions.unlink(case=self.case, by=self.officer, other=facts["number"], words=facts["words"])


class MergeInto(OfTwo):
    """Shown once more before it is done: `sure` holds the number whose preview was read."""

    minds_changes = True
    hint = gettext_lazy(
        "When somebody told us of one matter twice. You see first what will happen, and can undo it later."
    )
    done = gettext_lazy("They are one matter now. This is the case that stays.")

    number = number_field()
    words = words_field(
        gettext_lazy("Why is it the same matter?"), hint=gettext_lazy("It stands in the history of both.")
    )
    sure = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.button = _("Show what will happen")

    def also_locks(self) -> list[int]:
        return sorted(actions.family(super().also_locks()[0], self.case.pk))

    def asks_first(self) -> list[str]:
        """What will happen, until it was read. Raises NotAllowed where they cannot be joined."""
        stays = self.cleaned_data["number"]
        if self.was_sent_before() or self.cleaned_data["sure"] == stays.reference:
            return []
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("sure")] = stays.reference
        self.foreseen, self.button = foreseen(self.case, stays, self.officer), _("Yes, join them")
        return self.foreseen

    def act(self) -> None:
        facts = self.cleaned_data
        actions.merge(case=self.case, by=self.officer, stays=facts["number"], words=facts["words"])

    def leads_to(self) -> Case:
        return self.cleaned_data["number"]


def foreseen(case: Case, stays: Case, by: Officer) -> list[str]:
    """What joining them will do, in sentences. Raises NotAllowed where it is refused."""
    actions.check_merge(case, stays, by)
    told = actions.is_told(case)
    if same_person(case, stays):
        people = _("It is the same citizen: from now on both numbers lead to {stays}.")
    else:
        people = _(
            "It is another citizen: they keep their number, get your answer, too, and say if it is solved for them."
        )
    earlier = min(case.resolve_due, stays.resolve_due)
    lines = [
        _("{case} is closed as joined. The work goes on in {stays}, with {owner}."),
        people,
        _("They are told so by SMS.") if told else _("No SMS reaches them: tell them, if you can."),
        _("The earlier promise is kept: {date}."),
        _("Words, papers, notes, SMS and history of both are read together in {stays}. Nothing is deleted."),
        _("It can be taken apart again, with a reason."),
    ]
    facts = {
        "case": case,
        "stays": stays,
        "owner": stays.officer or _("nobody yet"),
        "date": day(earlier, catalogue().today()),
    }
    return [line.format(**facts) for line in lines]


class Unmerge(StepForm):
    hint = gettext_lazy("When it was another matter after all. It goes on by itself, with the date it was promised.")
    done = gettext_lazy("They are two cases again.")

    words = words_field(gettext_lazy("The reason"), hint=gettext_lazy("It stands in the history of both."))

    def also_locks(self) -> list[int]:
        return sorted(actions.family(self.case.pk))

    def act(self) -> None:
        actions.unmerge(case=self.case, by=self.officer, words=self.cleaned_data["words"])


def visible_links(officer: Officer, case: Case) -> list[Link]:
    """Those at whose other end is a case that this officer sees, too."""
    there = list(links_of(case).select_related("one__topic", "other__topic"))
    if not there:
        return []
    beyond = [link.beyond(case).pk for link in there]
    seen = set(Case.objects.visible_to(officer).filter(pk__in=beyond).values_list("pk", flat=True))
    return [link for link in there if link.beyond(case).pk in seen]


# --- Photos and papers there are --------------------------------------------------------------------------


def kept(case: Case) -> Any:
    return case.attachments.filter(removed_at=None)


def titles_of(case: Case) -> dict[int, str]:
    """What each paper is, as said when it was added."""
    added = case.events.filter(kind="attach", said__isnull=False).select_related("said")
    return {event.data["attachment"]: event.said.text for event in added}
