"""Complain: what went wrong, where, in whose words, and who may know it was you."""

from cases.catalogue import catalogue
from cases.models import Channel, Known
from cases.pack import Kind, Sensitivity
from channels.conversation import Ask, Bye, Choose, Confirm, Option
from channels.dialogs.common import choose_topic, in_confidence, last_question, open_and_say_goodbye, story, where
from channels.speech import Caller, _, yes_no


def complain(caller: Caller):
    topic = yield from choose_topic(Kind.COMPLAINT, _("Who is it about?"))
    yield from in_confidence(caller, topic)
    known = yield Choose("known", _("May the office know your phone number?"), _ways_to_be_known(caller))
    place = yield from where()
    words = yield from _in_few_words(topic)
    agency = catalogue().agencies[topic.handler_id or topic.agency_id]
    naming = _("Send this to {agency}? {topic}, {place}").format(
        agency=_(agency.label), topic=_(topic.label), place=place.name
    )
    send = yield Confirm("send", last_question(caller, topic, naming), yes_no())
    if not send:
        return Bye("not-sent", _("Nothing was sent. You can dial again."))
    return open_and_say_goodbye(caller, topic=topic, place=place, words=words, known=Known(known))


def _ways_to_be_known(caller: Caller) -> list[Option]:
    """By SMS nobody is anonymous: the message itself came from a number and is kept."""
    ways = [Option(Known.NUMBER, _("Yes, they may")), Option(Known.HIDDEN, _("No, only send me SMS"))]
    return ways if caller.channel == Channel.SMS else [*ways, Option(Known.ANONYMOUS, _("No, keep no number"))]


def _in_few_words(topic):
    """Nobody is made to tell of abuse to a phone: there the words are asked for only if the caller wants."""
    if topic.sensitivity == Sensitivity.SAFEGUARDING:
        more = yield Confirm("tell-more", _("Do you want to tell us more now? You do not have to."), yes_no())
        if not more:
            return ""
    return (yield Ask("words", _("Tell us in a few words what happened."), clean=story))
