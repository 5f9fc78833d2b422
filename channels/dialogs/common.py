"""Questions that several dialogues ask: which topic, where, in what words; and how they end."""

from collections import Counter
from typing import Any

from cases.actions import find_or_add_citizen, open_case
from cases.catalogue import catalogue, only_letters
from cases.models import Case, Known
from cases.pack import Kind, Sensitivity, Topic
from cases.reference import spoken
from cases.wording import day
from channels.conversation import Ask, Bye, Choose, Option, Tell, Wrong, together
from channels.speech import Caller, _

LONGEST_STORY = 1000


def choose_topic(kind: Kind, about: str):
    """Whom it is about, which programme where there are several, then what it is."""
    matters = catalogue().matters(kind)
    options = [Option(code, _(catalogue().agencies[code].label)) for code in matters]
    agency = yield Choose(f"{kind}-agency", about, [*options, Option("unsure", _("I am not sure"))])
    if agency == "unsure":
        return catalogue().triage(kind)
    topics = matters[agency]
    sizes = Counter(topic.programme_id or "" for topic in topics)
    if len(sizes) > 1:
        programmes = sorted(sizes, key=lambda code: (not code, -sizes[code], code))
        options = [Option(code or "other", _programme_label(code, kind)) for code in programmes]
        chosen = yield Choose(f"{kind}-programme", _("Which one?"), options)
        topics = [topic for topic in topics if (topic.programme_id or "other") == chosen]
    question = {Kind.COMPLAINT: _("What went wrong?"), Kind.REGISTRATION: _("What do you want to do?")}
    key = yield Choose(
        f"{kind}-topic",
        question.get(kind, _("What is your question about?")),
        [Option(topic.code, _(topic.label)) for topic in topics],
    )
    return catalogue().topics[key]


def _programme_label(programme: str, kind: Kind) -> str:
    """What belongs to no programme is what a caller in need must find: abuse and bribes stand in the label."""
    if programme:
        return _(catalogue().programmes[programme].label)
    return _("Abuse, bribe, other") if kind == Kind.COMPLAINT else _("Something else")


def where(question: str = ""):
    """The district: by its first letters, or by province from a list."""
    districts = catalogue().districts
    letters = yield Ask(
        "district-letters",
        question or _("Which district? Type its first letters, or 1 for a list."),
        clean=_first_letters,
    )
    if letters == "list":
        provinces = [Option(code, place.name) for code, place in catalogue().provinces.items()]
        province = yield Choose("province", _("Which province?"), provinces)
        found = [place for place in districts.values() if place.parent_id == province]
    else:
        found = catalogue().districts_like(letters)
    if len(found) == 1:
        return found[0]
    key = yield Choose("district", _("Which district?"), [Option(place.code, place.name) for place in found])
    return districts[key]


def _first_letters(typed: str) -> str:
    if typed == "1":
        return "list"
    if not catalogue().districts_like(typed):
        raise Wrong(_("No district begins like that. Type the first letters, or 1 for a list."))
    return only_letters(typed)


def story(typed: str) -> str:
    """A few words, as they came; a lone digit is a slip on the keypad, not a story."""
    if len(typed) < 2:
        raise Wrong(_("Please write a few words."))
    return typed[:LONGEST_STORY]


def in_confidence(caller: Caller, topic: Topic):
    """A sensitive matter is offered to no later caller, and begins with who can help now, by phone.

    An SMS gives the numbers alone.
    """
    if topic.sensitivity == Sensitivity.OPEN:
        return
    caller.keep_nothing()
    lines = catalogue().help_first(topic)
    numbers = [together(line.number, _(line.label)) if caller.may_read(topic) else line.number for line in lines]
    text = together(_("You can call now:"), *numbers, between="\n")
    if lines:
        yield Tell("help-first", text, [Option("on", _("Go on"))])


def last_question(caller: Caller, topic: Topic, naming: str) -> str:
    """Whether to send it, naming what is sent unless that would stand in an SMS about a sensitive matter."""
    return naming if caller.may_read(topic) else together(_("Send"), "?", between="")


def open_and_say_goodbye(caller: Caller, *, topic: Topic, known: Known = Known.NUMBER, **matter: Any) -> Bye:
    """The last step of a dialogue that opens a case; nothing was written before it."""
    caller.about_to_write()
    caller.anonymous = known == Known.ANONYMOUS
    opened = open_case(
        topic=topic,
        known=known,
        channel=caller.channel,
        citizen=None if caller.anonymous else find_or_add_citizen(phone=caller.phone, language=caller.language),
        language=caller.language,
        once=caller.session,
        **matter,
    )
    return farewell(opened.case, opened.pin)


def farewell(case: Case, pin: str) -> Bye:
    """The number and the PIN, once. The promised date goes with it; a text message follows if we may send one."""
    if case.known == Known.ANONYMOUS:
        text = _(
            "Write this down, it is shown once. Number {reference}, PIN {pin}. Answer by {date}. Dial again to ask."
        )
    else:
        text = _("Thank you. Your number is {reference}, your PIN {pin}. You get an answer by {date}.")
    return Bye("sent", text.format(reference=spoken(case.reference), pin=pin, date=day(case.resolve_due)))
