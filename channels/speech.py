"""How a dialogue speaks: words in the caller's language, and who the caller is; no dialogue is written here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import translation

from cases.models import Case, Channel, Citizen
from channels.conversation import SOURCE_LANGUAGE, Navigation, Option, Said, said


def _(message: str) -> Said:
    """The message in the language being spoken, remembering whether it had to stay in English."""
    text = translation.gettext(message)
    untranslated = text == message and translation.get_language() != SOURCE_LANGUAGE
    return said(text, untranslated=untranslated)


def retold(tell: Callable[[], object]) -> Said:
    """Words that another room translates: told, and remembered as English if that is what came out."""
    text = str(tell())
    with translation.override(SOURCE_LANGUAGE):
        in_english = str(tell())
    return said(text, untranslated=text == in_english and translation.get_language() != SOURCE_LANGUAGE)


@dataclass
class Caller:
    """Whoever holds the phone. `index` is the number's blind index; the number itself is needed to open a case."""

    phone: str
    index: str
    session: str
    channel: Channel
    language: str
    language_known: bool = True
    draft: tuple[str, ...] = field(default_factory=tuple)
    resumable: bool = True
    anonymous: bool = False

    def speak(self, language: str) -> None:
        translation.activate(language)

    def navigation(self) -> Navigation:
        return Navigation(more=_("More"), back=_("Back"), wrong=_("Please press one of the numbers."))

    def cases(self) -> list[Case]:
        """The cases of this phone, newest first; those where a shared phone could do harm need number and PIN."""
        citizen = Citizen.objects.filter(phone_index=self.index).first()
        mine = Case.objects.of_citizen(citizen).filter(sensitivity__in=["open", "private"])
        return list(mine.select_related("topic").order_by("-opened_at")[:10])

    def keep_nothing(self) -> None:
        """What was answered here is not offered again on the next call: the phone may be somebody else's."""
        self.resumable = False


def yes_no(*, yes: str = "", no: str = "") -> list[Option]:
    return [Option("yes", yes or _("Yes")), Option("no", no or _("No"))]
