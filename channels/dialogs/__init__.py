"""What we say to citizens. This is where a call begins; each other file here is one dialogue, words and order only."""

from cases.languages import offered
from channels.conversation import Choose, Confirm, Option, Recall
from channels.dialogs import ask, complain, look_up, my_cases, register
from channels.speech import Caller, _, yes_no

MENU = {
    "complain": complain.complain,
    "register": register.register,
    "ask": ask.ask,
    "my-cases": my_cases.my_cases,
    "desks": look_up.desks,
    "help-lines": look_up.help_lines,
}


def call(caller: Caller):
    """Every call and every SMS conversation, from the first word."""
    if caller.draft:
        go_on = yield Confirm("resume", _unfinished(caller.draft[0]), yes_no(no=_("Start again")))
        if go_on:
            yield Recall(caller.draft)
    if not caller.language_known and len(offered()) > 1:
        caller.choose_language((yield look_up.choose_language()))
    return (yield from menu(caller))


def menu(caller: Caller):
    options = [
        Option("complain", _("Complain")),
        Option("register", _("Register")),
        Option("ask", _("Ask a question")),
        Option("my-cases", _("My cases")),
        Option("desks", _("Find a desk")),
        Option("help-lines", _("Help lines")),
    ]
    if len(offered()) > 1:
        options.append(Option("language", _("Change language")))
    choice = yield Choose("menu", _("Single Window Service. What do you need?"), options)
    if choice == "language":
        caller.choose_language((yield look_up.choose_language()))
        return (yield from menu(caller))
    return (yield from MENU[choice](caller))


def _unfinished(choice: str) -> str:
    return {
        "complain": _("Go on with your complaint?"),
        "register": _("Go on with your registration?"),
        "ask": _("Go on with your question?"),
    }.get(choice, _("Go on where you stopped?"))


def draft_of(answers: tuple[str, ...]) -> tuple[str, ...]:
    """What is worth going on with: the answers from the menu on, once something was answered after it."""
    start = next((at for at, answer in enumerate(answers) if answer in MENU), len(answers))
    return answers[start:] if len(answers) > start + 1 else ()
