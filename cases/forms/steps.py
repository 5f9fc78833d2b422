"""One form for each step that an officer may take with a case, each calling one action."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import actions, checklist, wording
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.forms.beside import Attach, Detach, LinkTo, MergeInto, Unlink, Unmerge
from cases.forms.between import Agree, AnswerReferral, Consented, Recall, Refer
from cases.forms.fields import Choices, districts, no_gap_left, offer, topics, words_field
from cases.forms.registration_steps import CheckOff, Enrol, Sheet
from cases.forms.spoken import Appealed, Confirmed, Disputed, Rated, Reopened, StaysSolved
from cases.forms.step_form import StepForm
from cases.joined import answered_along, answered_on_appeal, behind
from cases.models import GIVEN, ON_APPEAL, Case, Decision, Officer
from cases.pack import Kind
from cases.people import officers_called, present
from cases.permissions import WORKERS, contested


class Take(StepForm):
    hint = gettext_lazy("You answer for it from now on. The citizen can see that an officer has it.")
    done = gettext_lazy("You have this case now.")

    def act(self) -> None:
        actions.take(case=self.case, by=self.officer)


class HandOver(StepForm):
    done = gettext_lazy("Your colleague has this case now.")

    to = forms.ModelChoiceField(
        Officer.objects.none(), label=gettext_lazy("Colleague"), empty_label=gettext_lazy("Please choose")
    )
    words = words_field(gettext_lazy("Words for your colleague"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, to=colleagues(self.case, self.officer, again=self.is_bound))

    def act(self) -> None:
        to = self.cleaned_data["to"]
        if to.pk == self.case.officer_id:
            raise NotAllowed(_("{officer} has it already.").format(officer=to))
        actions.hand_over(case=self.case, by=self.officer, to=to, words=self.cleaned_data["words"])

    def data_of_event(self) -> dict:
        return {"to": self.cleaned_data["to"].pk}


class Sort(StepForm):
    hint = gettext_lazy(
        "Another topic, another place, or both. The citizen is told who answers now. The date never moves back."
    )
    done = gettext_lazy("It is where it belongs. The citizen is told.")

    topic = forms.ChoiceField(label=gettext_lazy("Topic"))
    place = forms.ChoiceField(label=gettext_lazy("District"))
    words = words_field(gettext_lazy("Words for whoever takes it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.update(topic=self.case.topic_id, place=self.case.place_id)
        fields: dict[str, Any] = self.fields
        fields["topic"].choices = topics()
        fields["place"].choices = districts(self.case.place or self.officer.place)

    def act(self) -> None:
        facts = self.cleaned_data
        actions.sort(
            case=self.case,
            by=self.officer,
            topic=catalogue().topics[facts["topic"]],
            place=catalogue().districts[facts["place"]],
            words=facts["words"],
        )

    def data_of_event(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("topic", "place")}


class Ask(StepForm):
    hint = gettext_lazy("It goes out by SMS. The clock stands still until the citizen answers.")
    done = gettext_lazy("The citizen is asked. The clock stands still until they answer.")
    by_sms = True

    words = words_field(gettext_lazy("Your question"), validators=[no_gap_left])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        missing = [need.words for need in checklist.needs(self.case) if not need.there]
        if missing:
            self.initial["words"] = wording.missing(self.case.language, missing)

    def act(self) -> None:
        actions.ask_citizen(case=self.case, by=self.officer, words=self.cleaned_data["words"])


class Inform(StepForm):
    minds_changes = False
    hint = gettext_lazy("Write down what the citizen told you, in their words.")
    done = gettext_lazy("Added to the case.")
    leaves = ("hear", "inform")

    words = words_field(gettext_lazy("What the citizen says"))

    def act(self) -> None:
        actions.add_information(case=self.case, words=self.cleaned_data["words"], by=self.officer)


class Note(StepForm):
    minds_changes = False
    hint = gettext_lazy("For the office only. The citizen does not read it.")
    done = gettext_lazy("Note kept.")

    words = words_field(gettext_lazy("Your note"))

    def act(self) -> None:
        actions.add_note(case=self.case, by=self.officer, words=self.cleaned_data["words"])


class NameOfficer(StepForm):
    minds_changes = False
    hint = gettext_lazy(
        "When the matter is about one of us. They do not see it any more and cannot be given it; it goes to those who "
        "look into matters about staff."
    )
    done = gettext_lazy("It is written down. They do not see this case.")

    who = forms.CharField(
        label=gettext_lazy("Name of the officer"),
        help_text=gettext_lazy("As it stands in the list of people: first and last name, or the username."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    words = words_field(gettext_lazy("How do you know?"))

    def clean_who(self) -> Officer:
        typed = self.cleaned_data["who"]
        found = list(officers_called(typed).filter(active=True)[:6])
        if not found:
            raise forms.ValidationError(_("Nobody here is called {name}. Try a part of the name.").format(name=typed))
        if len(found) > 1:
            several = ", ".join(f"{officer.user.username} ({officer}, {officer.office})" for officer in found)
            raise forms.ValidationError(_("Which one? Write the username: {several}").format(several=several))
        return found[0]

    def act(self) -> None:
        facts = self.cleaned_data
        actions.name_officer(case=self.case, by=self.officer, officer=facts["who"], words=facts["words"])

    def data_of_event(self) -> dict:
        return {"officer": self.cleaned_data["who"].pk}


class UnnameOfficer(StepForm):
    minds_changes = False
    done = gettext_lazy("The name is taken back.")

    who = forms.ModelChoiceField(Officer.objects.none(), label=gettext_lazy("Officer"), empty_label=None)
    words = words_field(gettext_lazy("Why is it not about them?"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        everybody = Officer.objects.select_related("user")
        # The form may come a second time, when nobody is named any more.
        named = everybody if self.is_bound else everybody.filter(named_in__case=self.case)
        offer(self, who=named)

    def act(self) -> None:
        facts = self.cleaned_data
        actions.unname_officer(case=self.case, by=self.officer, officer=facts["who"], words=facts["words"])

    def data_of_event(self) -> dict:
        return {"officer": self.cleaned_data["who"].pk}


class Escalate(StepForm):
    hint = gettext_lazy("The next level of the ladder is asked to look at it.")
    done = gettext_lazy("The case moved one level up.")

    def act(self) -> None:
        if not actions.escalate(case=self.case, today=catalogue().today(), by=self.officer):
            raise NotAllowed(_("It cannot move up now: it is at the highest level, or it moved a few days ago."))


class Acknowledge(StepForm):
    hint = gettext_lazy("It was late and moved up to you. Whoever has it keeps it until you take it or give it away.")
    done = gettext_lazy("You look after it. It is on the case.")

    def act(self) -> None:
        actions.acknowledge(case=self.case, by=self.officer)


class Resolve(StepForm):
    hint: Any = gettext_lazy("The citizen reads the decision and your words, and may say that it is not solved.")
    done = gettext_lazy("Answered. The citizen is told and has the last word.")
    by_sms = True

    decision = forms.ChoiceField(label=gettext_lazy("Decision"))
    words = words_field(gettext_lazy("Your answer to the citizen, with the reason"), validators=[no_gap_left])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, decision=decisions(self.case))
        along = [one for case in contested(self.case) for one in answered_on_appeal(case, self.case)]
        if along:
            self.hint = ngettext(
                "If this changes the answer, {count} other citizen reads the same words: name nobody.",
                "If this changes the answer, {count} other citizens read the same words: name nobody.",
                len(along),
            ).format(count=len(along))
        elif others := len(behind(self.case)) + len(answered_along(self.case)):
            self.hint = ngettext(
                "{count} other citizen reads the same words, and says for themselves if it is solved: name nobody.",
                "{count} other citizens read the same words, and say for themselves if it is solved: name nobody.",
                others,
            ).format(count=others)

    def act(self) -> None:
        facts = self.cleaned_data
        actions.resolve(case=self.case, by=self.officer, decision=facts["decision"], words=facts["words"])

    def data_of_event(self) -> dict:
        return {"decision": self.cleaned_data["decision"]}


class Close(StepForm):
    hint = gettext_lazy("Better let the citizen say so. It is published as closed by the agency.")
    done = gettext_lazy("Closed.")

    def act(self) -> None:
        actions.close(case=self.case, by=self.officer)


STEP_FORMS: dict[str, type[StepForm]] = {
    "take": Take,
    "hand_over": HandOver,
    "sort": Sort,
    "ask": Ask,
    "hear": Inform,
    "inform": Inform,
    "note": Note,
    "attach": Attach,
    "detach": Detach,
    "link": LinkTo,
    "unlink": Unlink,
    "merge": MergeInto,
    "unmerge": Unmerge,
    "name_officer": NameOfficer,
    "unname_officer": UnnameOfficer,
    "refer": Refer,
    "consent": Consented,
    "agree": Agree,
    "come_back": AnswerReferral,
    "recall": Recall,
    "check_off": CheckOff,
    "sheet": Sheet,
    "enrol": Enrol,
    "escalate": Escalate,
    "acknowledge": Acknowledge,
    "resolve": Resolve,
    "close": Close,
    "confirm": Confirmed,
    "dispute": Disputed,
    "stay_solved": StaysSolved,
    "reopen": Reopened,
    "appeal": Appealed,
    "rate": Rated,
}

# The decisions that end such a case as a rule. The others stay possible: a question may turn out a complaint.
USUAL = {
    Kind.ENQUIRY: (Decision.ANSWERED, Decision.OUT_OF_SCOPE),
    Kind.REGISTRATION: (Decision.REGISTERED, Decision.NOT_ELIGIBLE, Decision.OUT_OF_SCOPE),
    Kind.COMPLAINT: ON_APPEAL,
}


def decisions(case: Case) -> Choices:
    if case.appeal_of_id:
        return [("", _("Please choose")), *((decision.value, decision.label) for decision in ON_APPEAL)]
    usual = USUAL[Kind(case.kind)]
    other = [decision for decision in GIVEN if decision not in usual]
    return [
        ("", _("Please choose")),
        (_("Usual"), [(decision.value, decision.label) for decision in usual]),
        (_("Other"), [(decision.value, decision.label) for decision in other]),
    ]


def colleagues(case: Case, officer: Officer, *, again: bool = False) -> Any:
    """Officers who are here and may own this case, for the list to choose from; the action asks again.

    `again`: with whoever has it, to whom it was perhaps given by this very form, a moment ago.
    """
    without = Q(pk=case.officer_id or officer.pk) if not (again and case.officer_id) else Q(pk=None)
    place = case.place
    nearby = Q(place=None) | Q(place__in={place.pk, place.parent_id}) if place else Q()
    cleared = Q(clearances__contains=[case.sensitivity]) if case.is_sensitive else Q()
    return (
        present(Officer.objects.filter(cleared, active=True, role__in=WORKERS), catalogue().today())
        .filter(Q(agency=None) | Q(agency=case.agency_id))
        .filter(nearby)
        .exclude(without)
        .exclude(named_in__case=case)
        .select_related("user")
        .order_by("user__first_name", "user__last_name", "user__username")
    )
