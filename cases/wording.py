"""What a case is, in the citizen's words: the same on the handset, in an SMS, at the desk and on the web."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.lifecycle import OPEN, State
from cases.models import Case

STATE = {
    State.RECEIVED: gettext_lazy("We have it. An officer will look at it."),
    State.IN_PROGRESS: gettext_lazy("An officer is working on it."),
    State.WAITING: gettext_lazy("We asked you something and wait for your answer."),
    State.REFERRED: gettext_lazy("We asked another office to help."),
    State.RESOLVED: gettext_lazy("There is an answer for you."),
    State.CLOSED: gettext_lazy("It is closed."),
}

HISTORY = {
    "open": gettext_lazy("You told us."),
    "take": gettext_lazy("An officer took it."),
    "hand_over": gettext_lazy("It went to another officer."),
    "sort": gettext_lazy("It went to the office that answers it."),
    "ask": gettext_lazy("We asked you something."),
    "hear": gettext_lazy("You answered."),
    "inform": gettext_lazy("You added something."),
    "refer": gettext_lazy("We asked another office to help."),
    "come_back": gettext_lazy("The other office answered."),
    "recall": gettext_lazy("We took it back from the other office."),
    "escalate": gettext_lazy("It was late, so it went one level up."),
    "resolve": gettext_lazy("We gave an answer."),
    "confirm": gettext_lazy("You said it is solved."),
    "dispute": gettext_lazy("You said it is not solved."),
    "appeal": gettext_lazy("You appealed."),
    "rate": gettext_lazy("You rated the service."),
    "withdraw": gettext_lazy("You withdrew it."),
    "close": gettext_lazy("The office closed it."),
    "lapse": gettext_lazy("It closed because nobody objected."),
}  # "note" and "read" are the office's own and are not told


def day(value: date) -> str:
    """A date every language reads the same, and any handset shows: 04/12/2026."""
    return value.strftime("%d/%m/%Y")


def promise(case: Case, today: date) -> str:
    """By when, or that we are late; empty once it is answered."""
    if case.state not in OPEN:
        return ""
    if case.state == State.WAITING:
        return _("The clock waits for you.")
    if case.resolve_due < today:
        return _("We promised an answer by {date}. We are late.").format(date=day(case.resolve_due))
    return _("We promised an answer by {date}.").format(date=day(case.resolve_due))


def what_next(case: Case) -> str:
    """The one thing that happens next, and who does it."""
    return {
        State.RECEIVED: _("Next: an officer takes it."),
        State.IN_PROGRESS: _("Next: the officer answers you."),
        State.WAITING: _("Next: you answer us."),
        State.REFERRED: _("Next: the other office answers."),
        State.RESOLVED: _("Next: tell us if it is solved."),
        State.CLOSED: _("Nothing more will happen."),
    }[State(case.state)]
