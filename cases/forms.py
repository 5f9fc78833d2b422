"""What people type at the desk, made clean: one form a step and one for a walk-in, each calling one action."""

import json
import re
from collections.abc import Iterable
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions
from cases.actions import NotAllowed, Opened
from cases.catalogue import SEVERAL, catalogue
from cases.lifecycle import STEPS
from cases.models import Case, Channel, Citizen, Decision, Known, Officer, Referral
from cases.pack import Agency, Kind, Place
from cases.permissions import RIGHTS, can_answer

LONGEST = 2000  # characters of one statement

Choices = list[tuple[str, Any]]


# --- Numbers and cards ----------------------------------------------------------------------------------


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


def read_nrc(typed: str) -> str:
    """123456 78 9 -> 123456/78/9; what looks otherwise is kept as it was written."""
    digits = re.sub(r"[\s./-]", "", typed)
    if re.fullmatch(r"\d{9}", digits):
        return f"{digits[:6]}/{digits[6:8]}/{digits[8]}"
    return typed.strip().upper()


def looks_like_nrc(nrc: str) -> bool:
    return re.fullmatch(r"\d{6}/\d{2}/\d", nrc) is not None


# The page's script counts along with what goes out by SMS, in the words given here.
COUNTED = {
    "data-room": gettext_lazy("0 characters left in the SMS"),
    "data-over": gettext_lazy("0 characters too long for the SMS: its end is cut off"),
}


def _words(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=required, help_text=hint, max_length=LONGEST, widget=area)


# --- One form for each step of the lifecycle ------------------------------------------------------------


class StepForm(forms.Form):
    """One step on one case. `seen` is the last event its page showed: what was said since may be this very form."""

    hint: ClassVar[Any] = ""
    done: ClassVar[Any] = gettext_lazy("Done.")
    by_sms: ClassVar[bool] = False
    leaves: ClassVar[tuple[str, ...]] = ()  # the events the step adds, where they are not named like it

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, step: str, case: Case, officer: Officer, seen: int = 0):
        super().__init__(data, prefix=step, initial={"seen": seen})
        self.step, self.case, self.officer = step, case, officer
        self.label = STEPS[step].label
        if self.by_sms and not case.is_sensitive:  # the SMS of a sensitive case says only that there is news
            self.fields["words"].widget.attrs |= COUNTED

    def act(self) -> None:
        raise NotImplementedError

    def data_of_event(self) -> dict:
        """What the event will keep of what was chosen here."""
        return {}

    def was_sent_before(self) -> bool:
        """A double click or a reload: this officer said the very same after the page was shown. Ask under the lock."""
        since = self.case.events.filter(
            number__gt=self.cleaned_data["seen"], officer=self.officer, kind__in=self.leaves or [self.step]
        )
        words, chosen = self.cleaned_data.get("words", "").strip(), self.data_of_event().items()
        return any(_said(event) == words and chosen <= event.data.items() for event in since.select_related("said"))


def _said(event: Any) -> str:
    return event.said.text if hasattr(event, "said") else ""


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
    words = _words(gettext_lazy("Words for your colleague"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(self.case, self.officer)  # type: ignore[attr-defined]  # a ModelChoiceField

    def act(self) -> None:
        to = self.cleaned_data["to"]
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
    words = _words(gettext_lazy("Words for whoever takes it"), required=False)

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

    words = _words(gettext_lazy("Your question"))

    def act(self) -> None:
        actions.ask_citizen(case=self.case, by=self.officer, words=self.cleaned_data["words"])


class Inform(StepForm):
    hint = gettext_lazy("Write down what the citizen told you, in their words.")
    done = gettext_lazy("Added to the case.")
    leaves = ("hear", "inform")

    words = _words(gettext_lazy("What the citizen says"))

    def act(self) -> None:
        actions.add_information(case=self.case, words=self.cleaned_data["words"], by=self.officer)


class Note(StepForm):
    hint = gettext_lazy("For the office only. The citizen does not read it.")
    done = gettext_lazy("Note kept.")

    words = _words(gettext_lazy("Your note"))

    def act(self) -> None:
        actions.add_note(case=self.case, by=self.officer, words=self.cleaned_data["words"])


class Refer(StepForm):
    hint = gettext_lazy("The case stays yours and the citizen keeps one number. The clock goes on.")
    done = gettext_lazy("The other agency is asked.")

    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    words = _words(gettext_lazy("What should they do?"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        others = [(agency.pk, agency.name) for agency in _agencies() if agency.pk != self.case.agency_id]
        self.fields["agency"].choices = [("", _("Please choose")), *others]  # type: ignore[attr-defined]  # a ChoiceField

    def act(self) -> None:
        agency = catalogue().agencies[self.cleaned_data["agency"]]
        actions.refer(case=self.case, by=self.officer, agency=agency, words=self.cleaned_data["words"])

    def data_of_event(self) -> dict:
        return {"agency": self.cleaned_data["agency"]}


class AnswerReferral(StepForm):
    done = gettext_lazy("Your answer is on the case.")

    referral = forms.ModelChoiceField(Referral.objects.none(), label=gettext_lazy("Asked of"), empty_label=None)
    answer = forms.ChoiceField(label=gettext_lazy("Answer"), widget=forms.RadioSelect)
    words = _words(
        gettext_lazy("What was found or done"), required=False, hint=gettext_lazy("Say why, if you decline.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        which: Any = self.fields["referral"]
        which.queryset = asked = answerable(self.officer, self.case)
        which.label_from_instance = lambda referral: referral.agency.name
        accepted = all(referral.state == Referral.State.ACCEPTED for referral in asked)
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

    words = _words(gettext_lazy("The reason"))

    def act(self) -> None:
        actions.recall(case=self.case, by=self.officer, words=self.cleaned_data["words"])


class Escalate(StepForm):
    hint = gettext_lazy("The next level of the ladder is asked to look at it.")
    done = gettext_lazy("The case moved one level up.")

    def act(self) -> None:
        if not actions.escalate(case=self.case, today=catalogue().today(), by=self.officer):
            raise NotAllowed(_("It cannot move up now: it is at the highest level, or it moved a few days ago."))


class Resolve(StepForm):
    hint = gettext_lazy("The citizen reads the decision and your words, and may say that it is not solved.")
    done = gettext_lazy("Answered. The citizen is told and has the last word.")
    by_sms = True

    decision = forms.ChoiceField(label=gettext_lazy("Decision"))
    words = _words(gettext_lazy("Your answer to the citizen, with the reason"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = decisions(self.case.kind)  # type: ignore[attr-defined]  # a ChoiceField

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
    "refer": Refer,
    "come_back": AnswerReferral,
    "recall": Recall,
    "escalate": Escalate,
    "resolve": Resolve,
    "close": Close,
}

# The decisions that end such a case as a rule. The others stay possible: a question may turn out a complaint.
USUAL = {
    Kind.ENQUIRY: (Decision.ANSWERED, Decision.OUT_OF_SCOPE, Decision.DUPLICATE),
    Kind.REGISTRATION: (Decision.REGISTERED, Decision.NOT_ELIGIBLE, Decision.OUT_OF_SCOPE, Decision.DUPLICATE),
    Kind.COMPLAINT: (
        Decision.UPHELD,
        Decision.PARTLY_UPHELD,
        Decision.NOT_UPHELD,
        Decision.OUT_OF_SCOPE,
        Decision.DUPLICATE,
    ),
}


def decisions(kind: str) -> Choices:
    usual = USUAL[Kind(kind)]
    other = [decision for decision in Decision if decision not in usual and decision != Decision.WITHDRAWN]
    return [
        ("", _("Please choose")),
        (_("Usual"), [(decision.value, decision.label) for decision in usual]),
        (_("Other"), [(decision.value, decision.label) for decision in other]),
    ]


def colleagues(case: Case, officer: Officer) -> Any:
    """Officers who may own this case, for the list to choose from; the action asks again."""
    place = case.place
    nearby = Q(place=None) | Q(place__in={place.pk, place.parent_id}) if place else Q()
    cleared = Q(clearances__contains=[case.sensitivity]) if case.is_sensitive else Q()
    return (
        Officer.objects.filter(cleared, active=True)
        .filter(role__in=[role for role, steps in RIGHTS.items() if "resolve" in steps])
        .filter(Q(agency=None) | Q(agency=case.agency_id))
        .filter(nearby)
        .exclude(pk=case.officer_id or officer.pk)
        .select_related("user")
        .order_by("user__first_name", "user__last_name", "user__username")
    )


def answerable(officer: Officer, case: Case) -> Any:
    """The questions to agencies that this officer can answer now."""
    asked = case.referrals.filter(state__in=Referral.UNANSWERED).select_related("agency")
    return asked.filter(pk__in=[referral.pk for referral in asked if can_answer(officer, referral)])


def _agencies() -> Iterable[Agency]:
    return sorted(catalogue().agencies.values(), key=lambda agency: agency.name)


# --- The walk-in ----------------------------------------------------------------------------------------


class WalkIn(forms.Form):
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
    also_for = forms.MultipleChoiceField(
        label=gettext_lazy("Which do they want to join?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label=gettext_lazy("District"))
    language = forms.ChoiceField(label=gettext_lazy("Language for SMS"), required=False)
    words = _words(gettext_lazy("The citizen's words"), hint=gettext_lazy("As they say it. Read it back to them."))

    def __init__(self, data: Any = None, *, officer: Officer, languages: Choices, kind: str = "", initial: Any = None):
        # Anonymous is nobody's default: it costs the citizen their SMS.
        super().__init__(data, initial={"known": Known.NUMBER, "place": officer.place_id, **(initial or {})})
        self.officer = officer
        fields: dict[str, Any] = self.fields
        fields["phone"].help_text = _("Like {example}.").format(example=example_phone())
        fields["topic"].choices = topics(kind)
        fields["place"].choices = districts(officer.place)
        fields["language"].choices = [("", _("As they chose before")), *languages]
        joined = {code: catalogue().agencies[code].label for codes in SEVERAL.values() for code in codes}
        fields["also_for"].choices, fields["also_for"].initial = list(joined.items()), list(joined)
        names = [catalogue().topics[code].name for code in SEVERAL]
        fields["also_for"].help_text = _("Only for the topic “{topic}”.").format(topic="”, “".join(names))

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
        facts = super().clean() or {}
        joined = SEVERAL.get(facts.get("topic", ""), ())
        facts["also_for"] = [code for code in facts.get("also_for", ()) if code in joined]
        if joined and not facts["also_for"]:
            self.add_error("also_for", _("Choose at least one."))
        if self.errors or facts["known"] == Known.ANONYMOUS:
            return facts
        if facts["known"] == Known.HIDDEN and not facts["phone"]:
            self.add_error("phone", _("A hidden number must be known to the system: write it, or choose anonymous."))
        elif not facts["phone"] and not facts["nrc"]:
            self.add_error("phone", _("Write a phone number or an NRC number, or choose anonymous."))
        return facts

    def open(self) -> Opened:
        """Nothing about an anonymous citizen is kept, whatever was typed to look for their cases."""
        facts = self.cleaned_data
        citizen = self._citizen() if facts["known"] != Known.ANONYMOUS else None
        language = facts["language"] or (citizen.language if citizen else catalogue().country.default_language)
        return actions.open_case(
            topic=catalogue().topics[facts["topic"]],
            place=catalogue().districts[facts["place"]],
            words=facts["words"],
            known=Known(facts["known"]),
            channel=Channel.DESK,
            citizen=citizen,
            language=language,
            once=self.request_name(),
            form=self._said_of_themselves(citizen),
            also_for=[catalogue().agencies[code] for code in facts["also_for"]],
            by=self.officer,
        )

    def _citizen(self) -> Citizen:
        facts = self.cleaned_data
        language = facts["language"] or catalogue().country.default_language
        citizen = actions.find_or_add_citizen(
            phone=facts["phone"], nrc=facts["nrc"], name=facts["name"], language=language
        )
        if facts["language"] and citizen.phone_index:
            actions.choose_language(phone_index=citizen.phone_index, language=language)
            citizen.refresh_from_db(fields=["language"])
        return citizen

    def _said_of_themselves(self, citizen: Citizen | None) -> str:
        """Kept with the case where the phone is on record for somebody else: a household often has but one."""
        said = {name: self.cleaned_data[name] for name in ("name", "nrc") if self.cleaned_data[name]}
        differs = citizen and any(said[name] != getattr(citizen, name) for name in said)
        return json.dumps(said) if differs else ""

    def request_name(self) -> str:
        """Bound to the officer, so that nobody can name another's request."""
        return f"desk:{self.officer.pk}:{self.cleaned_data['once']}"


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


def districts(near: Place | None) -> Choices:
    """All districts by province; the officer's own province first, its districts being asked for most."""
    here = near and (near.parent_id or near.pk)
    by_province = [
        (province.name, [(place.pk, place.name) for place in catalogue().districts.values() if place.parent_id == code])
        for code, province in sorted(catalogue().provinces.items(), key=lambda item: (item[0] != here, item[1].name))
    ]
    return [("", _("Please choose")), *by_province]
