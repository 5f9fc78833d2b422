"""Ask: read an information text; if it was not enough, a person gets the question."""

from cases.catalogue import catalogue
from cases.pack import Kind
from channels.conversation import Ask, Bye, Choose, Confirm, Option, Said, together
from channels.dialogs.common import choose_topic, in_confidence, open_and_say_goodbye, story, where
from channels.speech import Caller, _, yes_no
from channels.texts import Info, info_texts


def ask(caller: Caller):
    agencies = catalogue().agencies
    texts = info_texts(caller.language)
    owners = list(dict.fromkeys(_owner(text) for text in texts))
    options = [Option(code, _(agencies[code].label)) for code in owners if code in agencies]
    owner = yield Choose("ask-about", _("What do you want to know about?"), [*options, _a_person()])
    if owner != "person":
        mine = [text for text in texts if _owner(text) == owner]
        titles = [Option(text.key, text.title) for text in mine]
        choice = yield Choose("ask-title", _("Choose one:"), [*titles, _a_person()])
        text = next((text for text in mine if text.key == choice), None)
        if text is not None:
            enough = yield aloud(text.text)
            if enough:
                return Bye("informed", _("Good. Thank you for calling."))
    return (yield from _ask_a_person(caller))


def _ask_a_person(caller: Caller):
    topic = yield from choose_topic(Kind.ENQUIRY, _("Who should answer?"))
    yield from in_confidence(caller, topic)
    place = yield from where()
    words = yield Ask("question", _("Write your question in a few words."), clean=story)
    send = yield Confirm("ask-send", _("Send your question?"), yes_no())
    if not send:
        return Bye("not-sent", _("Nothing was sent. You can dial again."))
    return open_and_say_goodbye(caller, topic=topic, place=place, words=words)


def aloud(text: Said) -> Confirm:
    """A text read out, and whether it was enough."""
    return Confirm("enough", together(text, _("Was this enough?"), between="\n"), yes_no(no=_("No, ask a person")))


def _a_person() -> Option:
    return Option("person", _("Ask a person"))


def _owner(text: Info) -> str:
    programme = catalogue().programmes.get(text.about)
    return programme.agency_id if programme else text.about
