"""Words on their way to the citizen: a form half filled in, ready words put into it, and the SMS they will be."""

from typing import Any

from django.http import HttpRequest

from cases import plain_words, replies
from cases.actions import foresee_sms
from cases.forms.steps import STEP_FORMS, StepForm
from cases.models import CannedReply, Case, Officer

OFFERED_IN = ("ask", "resolve", "hear", "inform")  # the steps whose form offers ready words


def drafted(request: HttpRequest, officer: Officer, case: Case, step: str) -> StepForm:
    """The form as far as it was filled in, nothing checked; chosen ready words stand behind what was typed."""
    sent = STEP_FORMS[step](request.POST, step=step, case=case, officer=officer)
    draft = STEP_FORMS[step](step=step, case=case, officer=officer)
    for name, field in sent.fields.items():
        draft.initial[name] = field.widget.value_from_datadict(request.POST, request.FILES, sent.add_prefix(name))
    if "put" in request.POST and (chosen := _chosen(case, request.POST.get("reply", ""))):
        draft.initial["words"] = f"{draft.initial['words']} {replies.fill(chosen.text, case)}".strip()
    return draft


def _chosen(case: Case, pk: str) -> CannedReply | None:
    return next((reply for reply in replies.fitting(case) if str(reply.pk) == pk), None)


def saying(case: Case, draft: StepForm | None) -> dict[str, Any]:
    """What the template desk/case/say.html needs beside a form. `draft`: the one whose SMS is looked at."""
    ready = replies.fitting(case) if draft is None or draft.step in OFFERED_IN else []
    looked = draft.step if draft and draft.by_sms else ""
    said = draft.initial.get("words") or "" if draft else ""
    return {
        "ready": ready,
        "offered_in": OFFERED_IN,
        "home": replies.language_of(case),
        "looked": looked,
        "sms": foresee_sms(case=case, step=looked, said=said, decision=_chosen_decision(draft)) if looked else None,
        "long_sentences": plain_words.long_sentences(said),
        "hard_words": plain_words.hard_words(said),
    }


def _chosen_decision(draft: StepForm | None) -> str:
    return draft.initial.get("decision") or "" if draft else ""
