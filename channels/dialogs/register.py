"""Register: one short form for an informal worker or a household; the schemes are asked together."""

import json
import re

from cases.cards import looks_like_nrc, read_nrc
from cases.catalogue import catalogue
from cases.pack import Kind, Sensitivity, Topic
from cases.registration import HOUSEHOLD, WORKER, Question, is_number, questions
from channels.conversation import Ask, Bye, Choose, Confirm, Option, Wrong
from channels.dialogs.common import choose_topic, in_confidence, last_question, open_and_say_goodbye, where
from channels.speech import Caller, _, yes_no


def register(caller: Caller):
    topic = (yield from _often_asked()) or (yield from choose_topic(Kind.REGISTRATION, _("Who is it about?")))
    yield from in_confidence(caller, topic)
    form: dict[str, str] = {}
    schemes = yield from _which_schemes(topic)
    form["name"] = yield Ask("name", _("Your full name, as on your NRC?"), clean=_name)
    form["nrc"] = yield from _nrc(caller)
    sensitive = topic.sensitivity != Sensitivity.OPEN
    asked = [question for question in questions(topic.code) if not (question.only_counted and sensitive)]
    for question in [question for question in asked if not question.free]:
        form[question.key] = yield from _answer(question)
    place = yield from where(_("Where do you live? Type the first letters of the district, or 1 for a list."))
    caller.keep_nothing()  # what is asked from here on is sensitive, and not kept for a later call
    for question in [question for question in asked if question.free]:
        form[question.key] = yield from _answer(question)
    naming = _("Send the form? {topic}, {name}, {place}").format(
        topic=_(topic.label), name=form["name"], place=place.name
    )
    send = yield Confirm("register-send", last_question(caller, topic, naming), yes_no())
    if not send:
        return Bye("not-sent", _("Nothing was sent. You can dial again."))
    return open_and_say_goodbye(
        caller,
        topic=topic,
        place=place,
        words="",
        form=json.dumps({key: answer for key, answer in form.items() if answer}),
        also_for=[catalogue().agencies[code] for code in schemes],
    )


def _often_asked():
    """What most come for stands first, where the country has it; None for anything else."""
    topics = [catalogue().topics[code] for code in (WORKER, HOUSEHOLD) if code in catalogue().topics]
    if not topics:
        return None
    options = [*(Option(topic.code, _(topic.label)) for topic in topics), Option("other", _("Something else"))]
    choice = yield Choose("register-what", _("What do you want to join?"), options)
    return catalogue().topics.get(choice)


def _which_schemes(topic: Topic):
    """Where one form is for several agencies: for which of them."""
    agencies = [catalogue().agencies[code] for code in catalogue().several.get(topic.code, ())]
    if len(agencies) < 2:
        return [agency.code for agency in agencies]
    all_of_them = _("All three") if len(agencies) == 3 else _("All of them")
    chosen = yield Choose(
        "schemes",
        _("One form is enough. Which do you want?"),
        [Option("all", all_of_them), *(Option(agency.code, _(agency.label)) for agency in agencies)],
    )
    return [agency.code for agency in agencies] if chosen == "all" else [chosen]


def _name(typed: str) -> str:
    if len(typed) < 3 or not re.search(r"[^\W\d_]", typed):
        raise Wrong(_("Please write your name."))
    return typed[:80]


def _nrc(caller: Caller):
    """A card that does not look like one is asked about once and then believed (SI 34/2019, reg. 6)."""
    typed = yield Ask("nrc", _("Your NRC number? With or without the strokes. 1 to skip."), clean=_card)
    if typed:
        caller.keep_nothing()  # the next caller from this phone may be somebody else
    if typed and not looks_like_nrc(typed):
        right = yield Confirm(
            "nrc-odd", _("{nrc} looks unusual. Is it right?").format(nrc=typed), yes_no(no=_("No, leave it out"))
        )
        return typed if right else ""
    return typed


def _card(typed: str) -> str:
    return "" if typed == "1" else read_nrc(typed[:24])


def _answer(question: Question):
    """A number that is typed, or one of a few answers; what is free may be skipped."""

    def number(typed: str) -> str:
        if not is_number(typed, question.most):
            raise Wrong(_(question.wrong))
        return typed

    if question.most:
        return (yield Ask(question.key, _(question.asked), clean=number))
    options = [Option(key, _(words)) for key, words in question.answers.items()]
    if question.free:
        options.append(Option("skip", _("Skip")))
    chosen = yield Choose(question.key, _(question.asked), options)
    return "" if chosen == "skip" else chosen
