"""Look up: a desk near you, the help lines, the language you want."""

from cases.catalogue import catalogue
from cases.languages import offered
from channels.conversation import Bye, Choose, Option, together
from channels.dialogs.common import where
from channels.speech import Caller, _


def desks(caller: Caller):
    place = yield from where()
    here = {code: desk for code, desk in catalogue().desks.items() if desk.place_id == place.code}
    if not here:
        text = _("We know of no one-stop desk in {place} yet. You can do everything on this phone.")
        return Bye("no-desk", text.format(place=place.name))
    code = next(iter(here))
    if len(here) > 1:
        code = yield Choose("which-desk", _("Which one?"), [Option(key, desk.name) for key, desk in here.items()])
    return Bye("desk", _("{desk}. {where}").format(desk=here[code].name, where=_(here[code].where)))


def help_lines(caller: Caller):
    lines = catalogue().helplines
    number = yield Choose(
        "help-line",
        _("Help lines. Which one?"),
        [Option(number, together(number, _(line.label))) for number, line in lines.items()],
    )
    line = lines[number]
    return Bye("help-line-told", _("Call {number}. {about}").format(number=number, about=_(line.about)))


def choose_language() -> Choose:
    """Each language by its own name; the question itself is in English, for nobody's language is known yet."""
    return Choose("language", "Language?", [Option(language.code, language.endonym) for language in offered()])
