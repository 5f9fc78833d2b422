"""How a dialogue speaks: words in the caller's language, and who the caller is; no dialogue is written here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils import translation

from cases.joined import led_to
from cases.models import Case, Channel, Citizen
from cases.pack import Sensitivity, Topic
from channels.conversation import SOURCE_LANGUAGE, Navigation, Option, Said, said

# Django knows the language, but is slow to say; and a replay says again, dozens of times, what was said before.
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is said inside is said in this language, until the caller speaks another."""
    before = _spoken.set(language)
    try:
        with translation.override(language):
            yield
    finally:
        _spoken.reset(before)


def _language() -> str:
    return _spoken.get() or translation.get_language() or SOURCE_LANGUAGE


def _(message: str) -> Said:
    """The message in the language being spoken, remembering its English and whether it had to stay in it."""
    return _in(_language(), message)


@lru_cache(maxsize=20_000)
def _in(language: str, message: str) -> Said:
    text = translation.gettext(message)
    return said(text, source=message, untranslated=text == message and language != SOURCE_LANGUAGE)


def retold(tell: Callable[[], object]) -> Said:
    """Words that another room translates, told in both languages."""
    text = str(tell())
    with translation.override(SOURCE_LANGUAGE):
        in_english = str(tell())
    return said(text, source=in_english, untranslated=text == in_english and _language() != SOURCE_LANGUAGE)


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
    claim: Callable[[], None] = lambda: None

    def speak(self, language: str) -> None:
        if _language() != language:
            translation.activate(language)
            if _spoken.get():
                _spoken.set(language)

    def navigation(self) -> Navigation:
        return Navigation(more=_("More"), back=_("Back"), wrong=_("Please press one of the numbers."))

    def cases(self) -> list[Case]:
        """The cases of this phone, newest first; those where a shared phone could do harm need number and PIN."""
        citizen = Citizen.objects.filter(phone_index=self.index).first()
        mine = Case.objects.of_citizen(citizen).filter(sensitivity__in=["open", "private", "staff"])
        newest = mine.select_related("topic", "merged_into").order_by("-opened_at")[:10]
        return [case for case in newest if led_to(case) == case]  # two that are one stand here once

    def may_read(self, matter: Case | Topic) -> bool:
        """An SMS stays on the phone for whoever opens it, so of a sensitive matter it says nothing."""
        return self.channel != Channel.SMS or matter.sensitivity == Sensitivity.OPEN

    def choose_language(self, language: str) -> None:
        """From the next word on."""
        self.language = language
        self.speak(language)

    def about_to_write(self) -> None:
        """Said before anything is written: a request that came twice at once goes on in one place only."""
        self.claim()

    def keep_nothing(self) -> None:
        """What was answered here is not offered again on the next call: the phone may be somebody else's."""
        self.resumable = False


def yes_no(*, yes: str = "", no: str = "") -> list[Option]:
    return [Option("yes", yes or _("Yes")), Option("no", no or _("No"))]
