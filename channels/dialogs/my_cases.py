"""My cases: where it stands in plain words, and the citizen's last word on it."""

from cases import actions, wording
from cases.access import open_with_pin
from cases.catalogue import catalogue
from cases.joined import led_to
from cases.lifecycle import State
from cases.limits import TooManyTries
from cases.models import ADVERSE, Case, FollowUp
from cases.pack import Sensitivity
from cases.reference import read_reference, spoken
from cases.remedies import next_remedy
from channels.conversation import Ask, Bye, Choose, Confirm, Option, Wrong, together
from channels.dialogs.common import farewell, story
from channels.speech import Caller, _, retold, yes_no


def my_cases(caller: Caller):
    caller.keep_nothing()  # a case opened with a PIN must not be offered to the next person with this phone
    mine = caller.cases()
    options = [Option(str(case.pk), _line(case)) for case in mine]
    chosen = yield Choose("cases", _("Your cases:"), [*options, Option("number", _("I have a number and PIN"))])
    if chosen == "number":
        chosen = yield from _by_number_and_pin(caller)
    case = Case.objects.select_related("topic", "merged_into").get(pk=chosen)
    return (yield from one_case(caller, case))


def _line(case: Case) -> str:
    """On a phone that may be shared: the end of the number, and the matter only when it is nothing private."""
    tail = f"..{case.reference[-4:]}"
    return tail if case.sensitivity != Sensitivity.OPEN else together(tail, _(case.topic.label))


def _by_number_and_pin(caller: Caller):
    reference = yield Ask("reference", _("Type your number, 12 digits."), clean=_reference)

    def check(typed: str) -> str:
        """Runs once, when typed: the answer kept is which case it opened, never the PIN."""
        try:
            case = open_with_pin(reference=reference, pin=typed, source=caller.index)
        except TooManyTries:
            raise Wrong(_("Too many tries. Please wait an hour, or go to a desk.")) from None
        if case is None:
            raise Wrong(_("Number or PIN is not right. Type the PIN again."))
        return str(case.pk)

    return (yield Ask("pin", _("Type your PIN, 6 digits."), clean=check))


def _reference(typed: str) -> str:
    reference = read_reference(typed)
    if reference is None:
        raise Wrong(_("This number is not right. Look again: 12 digits."))
    return reference


def one_case(caller: Caller, named: Case):
    """The case they named, or the one of theirs into which it was joined."""
    case = led_to(named)
    steps = set(actions.open_to_citizen(case))
    if "consent" in steps:  # an answer to what may not be asked here is no consent
        steps = steps | {"refuse"} if caller.may_read(case) else steps - {"consent"}
    options = [Option(step, SAY[step]()) for step in ORDER if step in steps]
    status = together(retold(lambda: wording.joined(named)), _status(caller, case))
    step = yield Choose("case", status, [*options, Option("done", _("Nothing, thank you"))])
    if step == "done":
        return Bye("informed", _("Thank you for calling."))
    try:
        return (yield from DO[step](caller, case))
    except actions.NotAllowed as refusal:
        return Bye("refused", str(refusal))


def _status(caller: Caller, case: Case):
    """State, promise and what happens next; the answer or the question itself where there is one and it may be read."""
    told = {State.RESOLVED: _answer, State.CLOSED: _answer, State.WAITING: _question}
    words = told[State(case.state)](case) if case.state in told and not case.is_joined else ""
    readable = caller.may_read(case)
    if words and not readable:
        words = _("Please dial us, or ask at a desk. We say nothing about it by SMS.")
    answered = case.state == State.RESOLVED and words and readable  # the answer itself says that there is one
    return together(
        spoken(case.reference) + ".",
        "" if answered else retold(lambda: wording.state(case)),
        retold(lambda: wording.promise(case, catalogue().today())),
        _("Is it still solved?") if FollowUp.waits_for(case) else "",
        words or retold(lambda: wording.what_next(case)),
    )


def _answer(case: Case) -> str:
    """Outcome, reasons, and what they can do who do not agree."""
    words = actions.answer_words(case)
    if not words:
        return ""
    return together(
        retold(lambda: f"{case.get_decision_display()}."),
        words,
        retold(lambda: _on_appeal(case)),
        retold(lambda: _if_not(case)) if case.decision in ADVERSE and actions.can_be_appealed(case) else "",
    )


def _on_appeal(case: Case) -> str:
    return f"{wording.HISTORY['review/upheld']}" if case.outcome != case.decision else ""


def _if_not(case: Case) -> str:
    return wording.if_not(next_remedy(case), catalogue().today())


def _question(case: Case) -> str:
    event, sought = actions.last_question(case), actions.consent_sought(case)
    words = event.words if event else ""
    return together(retold(lambda: wording.may_they(sought)), words) if sought else words


def _add(caller: Caller, case: Case):
    words = yield Ask("add", _("Write what you want to tell us."), clean=story)
    caller.about_to_write()
    actions.add_information(case=case, words=words)
    return Bye("added", _("Thank you. We added it to {reference}.").format(reference=spoken(case.reference)))


def _agree(caller: Caller, case: Case):
    caller.about_to_write()
    actions.consent(case=case)
    return Bye(
        "agreed",
        _("Thank you. We ask the other office to help with {reference}.").format(reference=spoken(case.reference)),
    )
    yield  # a dialogue is a generator, also when it has nothing to ask


def _refuse(caller: Caller, case: Case):
    caller.about_to_write()
    actions.refuse_consent(case=case)
    return Bye("refused-consent", _("Thank you. We go on without the other office."))
    yield


def _solved(caller: Caller, case: Case):
    caller.about_to_write()
    actions.confirm(case=case)
    return Bye("confirmed", _("Good. We closed {reference}. Thank you.").format(reference=spoken(case.reference)))
    yield  # a dialogue is a generator, also when it has nothing to ask


def _not_solved(caller: Caller, case: Case):
    words = yield Ask("still-wrong", _("What is still wrong? A few words."), clean=story)
    caller.about_to_write()
    return _opened_again(case, actions.dispute(case=case, words=words))


def _opened_again(case: Case, now: Case) -> Bye:
    text = _("We opened {reference} again. An officer will look at what you said.")
    if now.officer_id != case.officer_id:
        text = _("We opened {reference} again. A supervisor will look at what you said.")
    return Bye("disputed", text.format(reference=spoken(case.reference)))


def _still_solved(caller: Caller, case: Case):
    caller.about_to_write()
    actions.stay_solved(case=case)
    return Bye("still-solved", _("Good. Thank you for telling us."))
    yield


def _not_any_more(caller: Caller, case: Case):
    words = yield Ask("wrong-again", _("What is wrong again? A few words."), clean=story)
    caller.about_to_write()
    return _opened_again(case, actions.reopen(case=case, words=words))


def _appeal(caller: Caller, case: Case):
    to = retold(lambda: wording.goes_to(next_remedy(case), catalogue().today())) if caller.may_read(case) else ""
    above = together(to or _("Somebody else will decide again."), _("Appeal?"))
    sure = yield Confirm("appeal-sure", above, yes_no())
    if not sure:
        return Bye("not-sent", _("Nothing was sent. You can dial again."))
    words = yield Ask("appeal-why", _("Why is the answer not right? A few words."), clean=story)
    caller.about_to_write()
    opened = actions.appeal(case=case, words=words, channel=caller.channel, once=caller.session)
    return farewell(opened.case, opened.pin)


def _rate(caller: Caller, case: Case):
    stars = yield Choose(
        "rate",
        _("How good was our service?"),
        [
            Option("1", _("Very bad")),
            Option("2", _("Bad")),
            Option("3", _("In between")),
            Option("4", _("Good")),
            Option("5", _("Very good")),
        ],
    )
    caller.about_to_write()
    actions.rate(case=case, stars=int(stars))
    return Bye("rated", _("Thank you. Your word counts."))


def _withdraw(caller: Caller, case: Case):
    sure = yield Confirm("withdraw-sure", _("Stop this case? Nobody will work on it any more."), yes_no())
    if not sure:
        return Bye("kept", _("It stays as it was."))
    caller.about_to_write()
    actions.withdraw(case=case)
    return Bye("withdrawn", _("We stopped {reference}.").format(reference=spoken(case.reference)))


SAY = {
    "consent": lambda: _("Yes, they may"),
    "refuse": lambda: _("No, they may not"),
    "hear": lambda: _("Answer"),
    "inform": lambda: _("Tell us more"),
    "confirm": lambda: _("It is solved"),
    "dispute": lambda: _("It is not solved"),
    "stay_solved": lambda: _("It is still solved"),
    "reopen": lambda: _("It is not solved any more"),
    "appeal": lambda: _("Appeal"),
    "rate": lambda: _("Rate us"),
    "withdraw": lambda: _("Stop this case"),
}
ORDER = (
    *("consent", "refuse", "hear", "confirm", "dispute", "stay_solved", "reopen"),
    *("appeal", "inform", "rate", "withdraw"),
)
DO = {
    "consent": _agree,
    "refuse": _refuse,
    "hear": _add,
    "inform": _add,
    "confirm": _solved,
    "dispute": _not_solved,
    "stay_solved": _still_solved,
    "reopen": _not_any_more,
    "appeal": _appeal,
    "rate": _rate,
    "withdraw": _withdraw,
}
