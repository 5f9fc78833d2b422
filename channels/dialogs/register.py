"""Register: one short form for an informal worker or a household; the schemes are asked together."""

import json
import re

from cases.catalogue import SEVERAL, catalogue
from cases.pack import Kind
from channels.conversation import Ask, Bye, Choose, Confirm, Option, Wrong
from channels.dialogs.common import choose_topic, open_and_say_goodbye, where
from channels.speech import Caller, _, yes_no

WORKER, HOUSEHOLD = "register-worker", "register-assistance"
NRC = re.compile(r"^\d{6}/\d{2}/\d$")


def register(caller: Caller):
    choice = yield Choose(
        "register-what",
        _("What do you want to join?"),
        [
            Option(WORKER, _("Health, pension, injury")),
            Option(HOUSEHOLD, _("Social cash transfer")),
            Option("other", _("Something else")),
        ],
    )
    topic = catalogue().topics.get(choice) or (yield from choose_topic(Kind.REGISTRATION, _("Who is it about?")))
    form: dict[str, str] = {}
    schemes = (yield from _which_schemes()) if topic.code == WORKER else []
    form["name"] = yield Ask("name", _("Your full name, as on your NRC?"), clean=_name)
    form["nrc"] = yield from _nrc()
    if topic.code == WORKER:
        form["work"] = yield from _work()
    if topic.code == HOUSEHOLD:
        form["people"] = yield Ask("people", _("How many people live in your home?"), clean=_people)
    place = yield from where(_("Where do you live? Type the first letters of the district, or 1 for a list."))
    caller.keep_nothing()  # what is asked from here on is sensitive, and not kept for a later call
    form["sex"] = yield from _sex()
    form["disability"] = yield from _disability()
    send = yield Confirm(
        "register-send",
        _("Send the form? {topic}, {name}, {place}").format(topic=_(topic.label), name=form["name"], place=place.name),
        yes_no(),
    )
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


def _which_schemes():
    agencies = [catalogue().agencies[code] for code in SEVERAL[WORKER] if code in catalogue().agencies]
    chosen = yield Choose(
        "schemes",
        _("One form is enough. Which do you want?"),
        [Option("all", _("All three")), *(Option(agency.code, _(agency.label)) for agency in agencies)],
    )
    return [agency.code for agency in agencies] if chosen == "all" else [chosen]


def _name(typed: str) -> str:
    if len(typed) < 3 or not re.search(r"[^\W\d_]", typed):
        raise Wrong(_("Please write your name."))
    return typed[:80]


def _nrc():
    """A card that does not look like one is asked about once and then believed (SI 34/2019, reg. 6)."""
    typed = yield Ask("nrc", _("Your NRC number? With or without the strokes. 1 to skip."), clean=_card)
    if typed and not NRC.match(typed):
        right = yield Confirm(
            "nrc-odd", _("{nrc} looks unusual. Is it right?").format(nrc=typed), yes_no(no=_("No, leave it out"))
        )
        return typed if right else ""
    return typed


def _card(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    if typed == "1":
        return ""
    if len(digits) == 9 and not re.search(r"[^\d/ -]", typed):
        return f"{digits[:6]}/{digits[6:8]}/{digits[8]}"
    return typed[:24]


def _people(typed: str) -> str:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:3]) <= 60):
        raise Wrong(_("Please type a number from 1 to 60."))
    return typed


def _work():
    return (
        yield Choose(
            "work",
            _("What work do you do?"),
            [
                Option("farming", _("Farming or fishing")),
                Option("trading", _("Trading")),
                Option("transport", _("Transport")),
                Option("home", _("Work in a home")),
                Option("building", _("Building")),
                Option("green", _("Trees, waste, solar")),
                Option("other", _("Something else")),
            ],
        )
    )


def _sex():
    """Sex is sensitive data (Data Protection Act 3/2021, s 2): explained, and never needed."""
    chosen = yield Choose(
        "sex",
        _("Are you a woman or a man? We count to see that all are served. You may skip."),
        [Option("female", _("Woman")), Option("male", _("Man")), Option("skip", _("Skip"))],
    )
    return "" if chosen == "skip" else chosen


def _disability():
    chosen = yield Choose(
        "disability",
        _("Do you have a disability? It can change what you get or pay. You may skip."),
        [Option("yes", _("Yes")), Option("no", _("No")), Option("skip", _("Skip"))],
    )
    return "" if chosen == "skip" else chosen
