"""Ready words as a supervisor writes them: the gaps are checked, what they are about is chosen from one list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions, replies
from cases.catalogue import catalogue
from cases.forms.fields import Choices, words_field
from cases.models import CannedReply, Officer


def known_gaps(text: str) -> None:
    if gaps := replies.left_open(text):
        known = ", ".join(f"{{{name}}}" for name in replies.GAPS)
        raise ValidationError(
            _("Nothing fills {gaps}. What can be filled in is {known}.").format(gaps=", ".join(gaps), known=known)
        )


class ReplyForm(forms.Form):
    """One reply. `about` is "", "agency:CODE" or "topic:CODE"."""

    title = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("For the list; citizens do not read it.")
    )
    about = forms.ChoiceField(label=gettext_lazy("For cases of"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    text = words_field(gettext_lazy("The words"), validators=[known_gaps])

    def __init__(self, data: Any = None, *, officer: Officer, languages: Choices, reply: CannedReply | None = None):
        super().__init__(
            data, initial=_as_typed(reply) if reply else {"language": catalogue().country.default_language}
        )
        self.officer, self.reply = officer, reply
        fields: dict[str, Any] = self.fields
        fields["about"].choices = _matters(officer)
        fields["language"].choices = languages
        fields["text"].help_text = _("{known} are filled in for each case.").format(
            known=", ".join(f"{{{name}}}" for name in replies.GAPS)
        )

    def save(self) -> CannedReply:
        facts = self.cleaned_data
        kind, _colon, code = facts["about"].partition(":")
        return actions.save_reply(
            by=self.officer,
            reply=self.reply,
            title=facts["title"],
            text=facts["text"],
            language=facts["language"],
            topic=catalogue().topics[code] if kind == "topic" else None,
            agency=catalogue().agencies[code] if kind == "agency" else None,
        )


def _as_typed(reply: CannedReply) -> dict[str, str]:
    about = f"topic:{reply.topic_id}" if reply.topic_id else f"agency:{reply.agency_id}" if reply.agency_id else ""
    return {"title": reply.title, "about": about, "language": reply.language, "text": reply.text}


def _matters(officer: Officer) -> Choices:
    """All cases, those of an agency, or of one topic; of the officer's own agency only, if they have one."""
    ours = [agency for agency in catalogue().agencies.values() if officer.agency_id in (None, agency.pk)]
    everything = [] if officer.agency_id else [("", _("All cases"))]
    by_agency = [
        (
            agency.name,
            [
                (f"agency:{agency.pk}", _("All cases of {agency}").format(agency=agency.label)),
                *((f"topic:{t.pk}", t.name) for t in catalogue().topics.values() if t.agency_id == agency.pk),
            ],
        )
        for agency in sorted(ours, key=lambda agency: agency.name)
    ]
    return [*everything, *by_agency]
