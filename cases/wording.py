"""What a case is, in the citizen's words: the same on the handset, in an SMS, at the desk and on the web."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from cases.catalogue import catalogue
from cases.joined import same_person, standing
from cases.lifecycle import OPEN, Actor, State
from cases.models import ADVERSE, Case, Escalation, Event, FollowUp, Referral, Share
from cases.reference import spoken
from cases.remedies import Remedy

STATE = {
    State.RECEIVED: gettext_lazy("We have it. An officer will look at it."),
    State.IN_PROGRESS: gettext_lazy("An officer is working on it."),
    State.WAITING: gettext_lazy("We asked you something and wait for your answer."),
    State.REFERRED: gettext_lazy("We asked another office to help."),
    State.RESOLVED: gettext_lazy("There is an answer for you."),
    State.CLOSED: gettext_lazy("It is closed."),
}

# By event; where one kind of event has several meanings, by kind/meaning. What is empty is the office's own.
HISTORY = {
    "open": gettext_lazy("You told us."),
    "take": gettext_lazy("An officer took it."),
    "hand_over": gettext_lazy("It went to another officer."),
    "sort": gettext_lazy("It went to the office that answers it."),
    "ask": gettext_lazy("We asked you something."),
    "hear": gettext_lazy("You answered."),
    "inform": gettext_lazy("You added something."),
    "attach": gettext_lazy("We put a photo or paper with it."),
    "detach": gettext_lazy("We took a photo or paper away from it."),
    "refer": gettext_lazy("We asked another office to help: {other}."),
    "seek": gettext_lazy("We asked you if another office may help: {other}."),
    "consent": gettext_lazy("You agreed, and we asked another office to help: {other}."),
    "hear/no": gettext_lazy("You did not agree that another office is asked: {other}."),
    "agree": gettext_lazy("We asked another office to help: {other}."),
    "agree/no": "",
    "come_back": gettext_lazy("The other office answered: {other}."),
    "come_back/accepted": gettext_lazy("The other office works on it: {other}."),
    "come_back/declined": gettext_lazy("The other office could not help: {other}. We go on with it."),
    "come_back/returned": gettext_lazy("The other office gave it back to us: {other}. We go on with it."),
    "come_back/done": gettext_lazy("The other office did its part: {other}."),
    "recall": gettext_lazy("We took it back from the other office."),
    "check_off": gettext_lazy("An officer checked what is needed."),
    "sheet": gettext_lazy("We printed your form for {other}."),
    "enrol": gettext_lazy("{other} registered you."),
    "release": gettext_lazy("Another officer will look at it."),
    "recall/over": gettext_lazy("The other office need not answer any more."),
    "escalate": gettext_lazy("It was late, so it went one level up."),
    "escalate/early": gettext_lazy("It went one level up."),  # by an officer's hand
    "escalate/supervisor": gettext_lazy("It was late, so a supervisor was asked to look at it."),
    "day_off": gettext_lazy("The day we promised is a public holiday. We answer on the next working day."),
    "acknowledge": gettext_lazy("An officer of that level looks after it."),
    "resolve": gettext_lazy("We gave an answer."),
    "confirm": gettext_lazy("You said it is solved."),
    "confirm/desk": gettext_lazy("You told an officer that it is solved."),
    "merge": gettext_lazy("We work on it together with another case of the same matter."),
    "merge/same": gettext_lazy("We found that you had told us before, and made one case of both."),
    "merge/stays": "",
    "merge/along": "",
    "unmerge": gettext_lazy("We look at it on its own again."),
    "unmerge/stays": "",
    "dispute": gettext_lazy("You said it is not solved."),
    "dispute/supervisor": gettext_lazy("You said it is not solved. A supervisor looks at it now."),
    "review": gettext_lazy("Your appeal is looked at."),
    "review/upheld": gettext_lazy("You were right with your appeal. This answer is changed."),
    "review/stands": gettext_lazy("Your appeal was decided. This answer stands."),
    "appeal": gettext_lazy("You appealed."),
    "rate": gettext_lazy("You rated the service."),
    "withdraw": gettext_lazy("You withdrew it."),
    "close": gettext_lazy("The office closed it."),
    "lapse": gettext_lazy("It closed because nobody objected."),
    "follow_up": gettext_lazy("We asked you if it is still solved."),
    "stay_solved": gettext_lazy("You said it is still solved."),
    "stay_solved/desk": gettext_lazy("You told an officer that it is still solved."),
    "reopen": gettext_lazy("You said it is not solved any more."),
    "reopen/supervisor": gettext_lazy("You said it is not solved any more. A supervisor looks at it now."),
    "dossier": gettext_lazy("You got what we hold about you."),
    "correct": gettext_lazy("We corrected your details."),
    "object": gettext_lazy("You asked us to stop using your data."),
    "erase_agreed": gettext_lazy("We agreed to erase your data."),
    "erase_refused": gettext_lazy("We did not agree to erase your data."),
    "erase": gettext_lazy("We erased your words and your name."),
}
UNTOLD = (
    "note",
    "read",
    "propose",
    "erase_asked",
    "name_officer",
    "unname_officer",
    "link",
    "unlink",
    "resolve_along",  # the answer itself is told
)  # the office's own

SUPERVISOR = {Escalation.SUPERVISOR: "supervisor"}

# The meanings of a kind of event that is told in more than one way.
MEANINGS: dict[str, Callable[[Event], str]] = {
    "come_back": lambda event: event.data.get("answer", ""),
    "hear": lambda event: "no" if event.data.get("agreed") is False else "",
    "agree": lambda event: "no" if event.data.get("agreed") is False else "",
    "resolve": lambda event: "appeal" if event.data.get("decision") in ADVERSE else "",
    **dict.fromkeys(("confirm", "stay_solved"), lambda event: "desk" if event.officer_id else ""),
    **dict.fromkeys(("dispute", "reopen"), lambda event: "supervisor" if event.data.get("to") else ""),
    "review": lambda event: _appeal_came_to(event.data["decision"], upheld=event.data["upheld"]),
    "merge": lambda event: {"other": ""}.get(event.data["as"], event.data["as"]),
    "unmerge": lambda event: event.data.get("as", ""),
    "recall": lambda event: "over" if event.data.get("over") else "",
    "escalate": lambda event: "early" if event.actor == Actor.OFFICER else SUPERVISOR.get(event.data["body"], ""),
}


def _appeal_came_to(decision: str, *, upheld: bool) -> str:
    return ("upheld" if upheld else "stands") if decision else ""


def told_as(event: Event) -> str:
    """Under which words an event is told: come_back/done, or plainly take."""
    meaning = MEANINGS[event.kind](event) if event.kind in MEANINGS else ""
    return f"{event.kind}/{meaning}" if meaning else event.kind


def history_line(event: Event, *, sensitive: bool) -> str:
    """One line of the history; of a sensitive case it names no office, for the screen may have other readers."""
    words = str(HISTORY.get(told_as(event), HISTORY[event.kind]))
    agency = catalogue().agencies.get(event.data.get("agency", ""))
    return words.format(other=_("another office") if sensitive or not agency else _(agency.label))


SHARED = {
    Share.WORDS: gettext_lazy("your words"),
    Share.WHO: gettext_lazy("your name and number"),
    Share.NRC: gettext_lazy("your NRC"),
    Share.FORM: gettext_lazy("your form"),
    Share.ATTACHMENTS: gettext_lazy("your photos and papers"),
    Share.STORY: gettext_lazy("what was done so far"),
}


def shared(parts: list[str]) -> str:
    return ", ".join(str(SHARED[Share(part)]) for part in parts)


def may_they(referral: Referral) -> str:
    """The question whether another agency may be asked, with all that makes a yes worth something."""
    question = _("May {other} see {shared}? They may use it for this only. You can say no, and take it back later.")
    return question.format(other=_(referral.agency.label), shared=shared(referral.shared))


def if_not(remedy: Remedy | None, today: date) -> str:
    """What the citizen can do who does not agree with an answer: where to, and until when."""
    if remedy is None:
        return _("If you do not agree, you can ask us to let somebody else look at it again.")
    if remedy.until is None or remedy.is_late(today):
        return _("If you do not agree, you can appeal to {body}.").format(body=remedy.body)
    text = _("If you do not agree, you can appeal to {body} until {date}.")
    return text.format(body=remedy.body, date=day(remedy.until))


def goes_to(remedy: Remedy | None, today: date) -> str:
    """To whom an appeal goes; and that the law's time for it is over, if it is."""
    if remedy is None:
        return ""
    if remedy.until and remedy.is_late(today):
        text = _("It goes to {body}. The time by law ended on {date}: they may hear it or not.")
        return text.format(body=remedy.body, date=day(remedy.until))
    return _("It goes to {body}.").format(body=remedy.body)


def day(value: date) -> str:
    """A date every language reads the same, and any handset shows: 04/12/2026."""
    return value.strftime("%d/%m/%Y")


def state(case: Case) -> str:
    """Where it stands; for what was joined into another case, where that one stands."""
    return str(STATE[standing(case).state])


def promise(case: Case, today: date) -> str:
    """By when, or that we are late; empty once it is answered."""
    now = standing(case)
    if now.state not in OPEN:
        return ""
    if now.state == State.WAITING:
        return _("The clock waits for you.")
    if now.resolve_due < today:
        return _("We promised an answer by {date}. We are late.").format(date=day(now.resolve_due))
    return _("We promised an answer by {date}.").format(date=day(now.resolve_due))


def joined(case: Case) -> str:
    """What became of a case that was joined into another; of whose matter else it is, nothing. Empty for all others."""
    if not case.is_joined or case.merged_into is None:
        return ""
    if same_person(case, case.merged_into):
        return _("{reference} and {stays} are one matter. We go on with {stays}.").format(
            reference=spoken(case.reference), stays=spoken(case.merged_into.reference)
        )
    return _("We work on it together with another case of the same matter. Your number stays the same.")


def what_next(case: Case) -> str:
    """The one thing that happens next, and who does it."""
    if FollowUp.waits_for(case):
        return _("Next: tell us if it is still solved.")
    return {
        State.RECEIVED: _("Next: an officer takes it."),
        State.IN_PROGRESS: _("Next: the officer answers you."),
        State.WAITING: _("Next: you answer us."),
        State.REFERRED: _("Next: the other office answers."),
        State.RESOLVED: _("Next: tell us if it is solved."),
        State.CLOSED: _("Nothing more will happen."),
    }[standing(case).state]


# --- On paper -------------------------------------------------------------------------------------------

RECEIPT = {
    "reference": gettext_noop("Case number"),
    "pin": gettext_noop("PIN"),
    "topic": gettext_noop("About"),
    "due": gettext_noop("Answer promised by"),
    "follow": gettext_noop("Follow your case"),
    "return": gettext_noop("Come back to this desk, or look on the web with number and PIN."),
    "keep": gettext_noop("Keep this paper. Who has the number and the PIN can read the case."),
    "warning": gettext_noop("This service never asks you for money or for your mobile money PIN."),
}
DIAL = {"dial": gettext_noop("Or dial {code} and choose {menu}."), "menu": gettext_noop("My cases")}


def receipt(language: str, *, topic: str) -> tuple[str, dict[str, str]]:
    """The words of a receipt and the language they are in. `topic` is a label of the catalogue, or nothing."""
    dial = DIAL if settings.USSD_CODE else {}
    language, said = whole(language, {**RECEIPT, **dial, **({"matter": topic} if topic else {})})
    if dial:
        said["dial"] = said["dial"].format(code=settings.USSD_CODE, menu=said.pop("menu"))
    return language, said


SLIP = {
    "number": gettext_noop("Your number today"),
    "listen": gettext_noop("Please wait until it is called."),
    "today": gettext_noop("It is good for today only."),
    "warning": RECEIPT["warning"],
}
WAIT = gettext_noop("You wait about {minutes} minutes.")


def slip(language: str, *, minutes: int | None) -> tuple[str, dict[str, str]]:
    """The words beside a number for the queue, and the language they are in."""
    language, said = whole(language, {**SLIP, **({"wait": WAIT} if minutes else {})})
    if minutes:
        said["wait"] = said["wait"].format(minutes=minutes)
    return language, said


MISSING = gettext_noop("Please bring or tell us: {things}.")


def missing(language: str, things: Sequence[str]) -> str:
    """What is still needed, in the citizen's language. `things` are labels of the catalogue."""
    _language, said = whole(language, {"": MISSING, **{thing: thing for thing in things}})
    return said.pop("").format(things=", ".join(said.values()))


def whole(language: str, words: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """All of the words in this language, or all of them in English: nobody is handed a paper in two."""
    with override(language):
        said = {key: _(text) for key, text in words.items()}
    whole = all(said[key] != text for key, text in words.items())
    return (language, said) if whole else ("en", dict(words))
