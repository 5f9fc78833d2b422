"""What officers call the screens of the phone menu, where callers leave. Said to nobody on a handset."""

from django.utils.translation import gettext_lazy as _

from cases.registration import QUESTIONS

SCREENS = {
    "language": _("Which language"),
    "resume": _("Go on with an earlier call?"),
    "menu": _("Main menu"),
    "complaint-agency": _("Complaint: about whom"),
    "complaint-programme": _("Complaint: which programme"),
    "complaint-topic": _("Complaint: what went wrong"),
    "help-first": _("Help lines, before a sensitive matter"),
    "tell-more": _("Tell more now?"),
    "words": _("In a few words"),
    "known": _("May the office know the number?"),
    "send": _("Complaint: send it?"),
    "register-what": _("Registration: for what"),
    "registration-agency": _("Registration: with whom"),
    "registration-programme": _("Registration: which programme"),
    "registration-topic": _("Registration: what to do"),
    "schemes": _("Registration: which schemes"),
    "name": _("Full name"),
    "nrc": _("NRC number"),
    "nrc-odd": _("NRC number: is it right?"),
    "register-send": _("Registration: send it?"),
    "ask-about": _("Question: about what"),
    "ask-title": _("Question: which text"),
    "enough": _("Question: was that enough?"),
    "enquiry-agency": _("Question: for whom"),
    "enquiry-programme": _("Question: which programme"),
    "enquiry-topic": _("Question: which topic"),
    "question": _("Question: in a few words"),
    "ask-send": _("Question: send it?"),
    "district-letters": _("District: first letters"),
    "province": _("Province"),
    "district": _("District from a list"),
    "which-desk": _("Desks: which one"),
    "cases": _("My cases: which one"),
    "reference": _("My cases: number"),
    "pin": _("My cases: PIN"),
    "case": _("My cases: how it stands"),
    "add": _("My cases: say more"),
    "still-wrong": _("My cases: what is still wrong"),
    "wrong-again": _("My cases: what is wrong again"),
    "appeal-sure": _("Appeal: are you sure?"),
    "appeal-why": _("Appeal: why"),
    "rate": _("Stars for the service"),
    "withdraw-sure": _("Stop the case: are you sure?"),
    "help-line": _("Help lines: which one"),
    **{question.key: _("Registration: {question}") for question in QUESTIONS},
}
_LABELS = {question.key: question.label for question in QUESTIONS}


def called(screen: str) -> str:
    """One that has no name here is shown by its own."""
    return str(SCREENS.get(screen, screen)).format(question=_(_LABELS.get(screen, "")))
