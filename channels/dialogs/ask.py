"""Ask: read an information text; if it was not enough, a person gets the question."""

from cases.actions import find_or_add_citizen, open_case
from cases.catalogue import catalogue
from cases.models import Known
from cases.pack import Kind
from channels.conversation import Ask, Bye, Choose, Confirm, Option, Said, said, together
from channels.dialogs.common import choose_topic, farewell, story, where
from channels.models import InfoText
from channels.speech import Caller, _, spoken_now, yes_no
from channels.texts import info_texts


def ask(caller: Caller):
    agencies = catalogue().agencies
    texts = info_texts(spoken_now())
    owners = list(dict.fromkeys(_owner(text) for text in texts))
    options = [Option(code, _(agencies[code].label)) for code in owners if code in agencies]
    owner = yield Choose("ask-about", _("What do you want to know about?"), [*options, _a_person()])
    if owner != "person":
        mine = [text for text in texts if _owner(text) == owner]
        titles = [Option(_key(text), _in_its_language(text.title, text)) for text in mine]
        choice = yield Choose("ask-title", _("Choose one:"), [*titles, _a_person()])
        text = next((text for text in mine if _key(text) == choice), None)
        if text is not None:
            words = together(_in_its_language(text.text, text), _("Was this enough?"), between="\n")
            enough = yield Confirm("enough", words, yes_no(no=_("No, ask a person")))
            if enough:
                return Bye("informed", _("Good. Thank you for calling."))
    return (yield from _ask_a_person(caller))


def _ask_a_person(caller: Caller):
    topic = yield from choose_topic(Kind.ENQUIRY, _("Who should answer?"))
    place = yield from where()
    words = yield Ask("question", _("Write your question in a few words."), clean=story)
    send = yield Confirm("ask-send", _("Send your question?"), yes_no())
    if not send:
        return Bye("not-sent", _("Nothing was sent. You can dial again."))
    opened = open_case(
        topic=topic,
        place=place,
        words=words,
        known=Known.NUMBER,
        channel=caller.channel,
        citizen=find_or_add_citizen(phone=caller.phone, language=caller.language),
        language=caller.language,
        once=caller.session,
    )
    return farewell(opened.case, opened.pin)


def _a_person() -> Option:
    return Option("person", _("Ask a person"))


def _owner(text: InfoText) -> str:
    programme = catalogue().programmes.get(text.key)
    return programme.agency_id if programme else text.key


def _key(text: InfoText) -> str:
    return f"{text.key}-{text.order}"


def _in_its_language(words: str, text: InfoText) -> Said:
    return said(words, untranslated=text.language != spoken_now())
