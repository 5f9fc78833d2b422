"""The forms between agencies: asking one with consent or on a ground, its answer, and taking it back."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions
from cases.catalogue import catalogue
from cases.forms.fields import words_field
from cases.forms.step_form import StepForm
from cases.models import Case, Officer, Permit, Referral, Share
from cases.pack import Agency
from cases.permissions import can_answer, may, may_know_who

# How it may be asked for here; the form and the phone are the citizen's own ways.
WAYS = [
    (Permit.DESK, gettext_lazy("They agreed, here at the desk")),
    (Permit.CALL, gettext_lazy("They agreed, on the phone")),
    (Permit.REPLY, gettext_lazy("Ask them now, by SMS")),
    (Permit.NOTHING, gettext_lazy("Not asked: nothing about them is shared")),
    (Permit.GROUND, gettext_lazy("Not asked: the law allows it without, and a supervisor agrees")),
]
# What consent is worth: said before it is given. Who changes these words gives them a new number, CONSENT_WORDS.
READ_OUT = gettext_lazy(
    "Read to the citizen: “We want to ask this agency to help you. It would see what is ticked above, and may use it "
    "for this only. You can say no, and you can take it back later: we then go on without them. If it is misused you "
    "can complain to us or to the data protection office.”"
)


class Refer(StepForm):
    hint = gettext_lazy("The case stays yours and the citizen keeps one number. The clock goes on.")
    done = gettext_lazy("It is on its way.")
    leaves = ("refer", "seek", "propose")

    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    words = words_field(
        gettext_lazy("What should they do, and what for?"),
        hint=gettext_lazy("The agency reads this. If the citizen is asked by SMS, so do they."),
    )
    shared = forms.MultipleChoiceField(
        label=gettext_lazy("What do they need to see?"),
        required=False,
        help_text=gettext_lazy("The topic and the place they always see. Everything else stays hidden from them."),
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Does the citizen agree?"), help_text=READ_OUT, widget=forms.RadioSelect
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground in law"), required=False, help_text=gettext_lazy("Only where they are not asked.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["shared"] = [] if self.case.is_sensitive else [Share.WORDS]
        fields: dict[str, Any] = self.fields
        others = [(agency.pk, agency.name) for agency in _agencies() if agency.pk != self.case.agency_id]
        fields["agency"].choices = [("", _("Please choose")), *others]
        fields["shared"].choices = [(part, Share(part).label) for part in shareable(self.case, self.officer)]
        fields["consent"].choices = [way for way in WAYS if way[0] != Permit.REPLY or _has_a_phone(self.case)]
        fields["ground"].choices = [("", _("None")), *((g.pk, f"{g.name} ({g.basis})") for g in _grounds())]

    def clean(self) -> dict:
        facts = super().clean() or {}
        shared, consent = facts.get("shared", []), facts.get("consent")
        if consent == Permit.NOTHING and shared:
            self.add_error("shared", _("Take the ticks out, or ask the citizen."))
        if consent == Permit.REPLY and not shared:
            self.add_error("shared", _("What is the citizen asked to agree to? Please tick it."))
        if consent == Permit.GROUND and not facts.get("ground"):
            self.add_error("ground", _("Please choose the ground in law."))
        return facts

    def act(self) -> None:
        facts = self.cleaned_data
        asked: dict[str, Any] = {"case": self.case, "by": self.officer, "words": facts["words"]}
        asked |= {"agency": catalogue().agencies[facts["agency"]], "shared": facts["shared"]}
        if facts["consent"] == Permit.REPLY:
            actions.seek_consent(**asked)
        elif facts["consent"] == Permit.GROUND:
            self._propose(asked, catalogue().grounds[facts["ground"]])
        else:
            actions.refer(**asked, consent=facts["consent"])

    def _propose(self, asked: dict[str, Any], ground: Any) -> None:
        """Who may agree does so with the same click."""
        case = actions.propose(**asked, ground=ground)
        if may(self.officer, "agree", case):
            proposed = case.referrals.get(agency=asked["agency"], state=Referral.State.PROPOSED)
            actions.agree(case=case, by=self.officer, referral=proposed, agreed=True)

    def data_of_event(self) -> dict:
        return {"agency": self.cleaned_data["agency"]}


def shareable(case: Case, officer: Officer) -> list[str]:
    """What there is to share, of what this officer knows."""
    there = {
        Share.WORDS: bool(case.words),
        Share.WHO: may_know_who(officer, case),
        Share.NRC: may_know_who(officer, case, Share.NRC),
        Share.FORM: bool(case.form),
    }
    return [part for part in Share if there.get(part, True)]


def _has_a_phone(case: Case) -> bool:
    return bool(case.citizen and case.citizen.phone_index)


def _grounds() -> Iterable[Any]:
    return catalogue().grounds.values()


class Consented(StepForm):
    """What the citizen says to the question whether another agency may be asked, written down."""

    done = gettext_lazy("The citizen's answer is on the case.")
    leaves = ("consent", "hear")

    answer = forms.ChoiceField(
        label=gettext_lazy("What does the citizen say?"),
        widget=forms.RadioSelect,
        choices=[
            (Permit.DESK, gettext_lazy("Yes, here at the desk")),
            (Permit.CALL, gettext_lazy("Yes, on the phone")),
            ("no", gettext_lazy("No")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if sought := actions.consent_sought(self.case):
            shared = ", ".join(str(Share(part).label) for part in sought.shared)
            self.hint = _("May {agency} see this: {shared}?").format(agency=sought.agency, shared=shared)

    def act(self) -> None:
        if self.cleaned_data["answer"] == "no":
            actions.refuse_consent(case=self.case, hand=self.officer)
        else:
            actions.consent(case=self.case, hand=self.officer, how=self.cleaned_data["answer"])


class Agree(StepForm):
    hint = gettext_lazy("Your name stays with it: the citizen was not asked.")
    done = gettext_lazy("Your word is on the case.")

    referral = forms.ModelChoiceField(Referral.objects.none(), label=gettext_lazy("Proposed"), empty_label=None)
    agreed = forms.ChoiceField(
        label=gettext_lazy("Do you agree?"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("Yes, they are asked now")), ("no", gettext_lazy("No"))],
    )
    words = words_field(gettext_lazy("Why"), required=False, hint=gettext_lazy("Needed for a no."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        which: Any = self.fields["referral"]
        proposed = self.case.referrals.select_related("agency", "ground")
        # The form may come a second time, when it is answered already.
        which.queryset = proposed if self.is_bound else proposed.filter(state=Referral.State.PROPOSED)
        which.label_from_instance = lambda referral: f"{referral.agency}: {referral.ground} ({referral.ground.basis})"

    def act(self) -> None:
        facts = self.cleaned_data
        agreed = facts["agreed"] == "yes"
        actions.agree(case=self.case, by=self.officer, referral=facts["referral"], agreed=agreed, words=facts["words"])

    def data_of_event(self) -> dict:
        return {"agency": self.cleaned_data["referral"].agency_id, "agreed": self.cleaned_data["agreed"] == "yes"}


class AnswerReferral(StepForm):
    done = gettext_lazy("Your answer is on the case.")

    referral = forms.ModelChoiceField(Referral.objects.none(), label=gettext_lazy("Asked of"), empty_label=None)
    answer = forms.ChoiceField(label=gettext_lazy("Answer"), widget=forms.RadioSelect)
    words = words_field(
        gettext_lazy("What was found or done"), required=False, hint=gettext_lazy("Say why, if you decline.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        which: Any = self.fields["referral"]
        which.queryset = asked = answerable(self.officer, self.case, again=self.is_bound)
        which.label_from_instance = lambda referral: referral.agency.name
        accepted = not self.is_bound and all(referral.state == Referral.State.ACCEPTED for referral in asked)
        answers: Any = self.fields["answer"]
        answers.choices = [(state, label) for state, label in ANSWERS if not (accepted and state == "accepted")]

    def act(self) -> None:
        facts = self.cleaned_data
        actions.answer_referral(
            case=self.case, by=self.officer, referral=facts["referral"], state=facts["answer"], words=facts["words"]
        )

    def data_of_event(self) -> dict:
        return {"agency": self.cleaned_data["referral"].agency_id, "answer": self.cleaned_data["answer"]}


ANSWERS = [
    (Referral.State.DONE, gettext_lazy("It is done")),
    (Referral.State.ACCEPTED, gettext_lazy("We accept and will do it")),
    (Referral.State.RETURNED, gettext_lazy("We give it back: something is missing")),
    (Referral.State.DECLINED, gettext_lazy("We decline: it is not ours")),
]


class Recall(StepForm):
    hint = gettext_lazy("When the other agency does not answer. It no longer has to.")
    done = gettext_lazy("The case is back with you.")

    words = words_field(gettext_lazy("The reason"))

    def act(self) -> None:
        actions.recall(case=self.case, by=self.officer, words=self.cleaned_data["words"])


def answerable(officer: Officer, case: Case, *, again: bool = False) -> Any:
    """The questions to agencies that this officer can answer now; `again`: or that this very form has answered."""
    asked = case.referrals.select_related("agency")
    asked = asked if again else asked.filter(state__in=Referral.UNANSWERED)
    return asked.filter(pk__in=[referral.pk for referral in asked if can_answer(officer, referral)])


def _agencies() -> Iterable[Agency]:
    return sorted(catalogue().agencies.values(), key=lambda agency: agency.name)
