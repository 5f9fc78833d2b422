"""What one can follow, as one table, and the telling of what happened. It knows nobody who follows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cms import knowledge
from cms.models.following import Happening


@dataclass(frozen=True)
class Kind:
    """`titles` says of each code of this kind what it is called, `address` where its page is, `figures` its results."""

    titles: Callable[[], dict[str, str]]
    address: Callable[[str], str]
    figures: Callable[[str], str] | None = None


def _places() -> dict[str, str]:
    house = knowledge.known()
    if house is None:
        return {}
    provinces = {code: f"{place.name} Province" for code, place in house.provinces.items()}
    return provinces | {code: place.name for code, place in house.districts.items()}


KINDS: dict[str, Kind] = {
    "place": Kind(_places, lambda code: f"/monitors/?place={code}", lambda code: f"/performance/place/{code}/"),
    "programme": Kind(
        lambda: {code: programme.name for code, programme in knowledge.programmes().items()},
        lambda code: f"/monitors/?programme={code}",
        lambda code: f"/performance/programme/{code}/",
    ),
    "release": Kind(lambda: {"all": _("Published figures")}, lambda code: "/figures/"),
}


@dataclass(frozen=True)
class Subject:
    """One thing to follow. Its key is kept with who follows it."""

    kind: str
    code: str
    title: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.code}"

    @property
    def address(self) -> str:
        return KINDS[self.kind].address(self.code)


def subject(kind: str, code: str) -> Subject | None:
    title = KINDS[kind].titles().get(code) if kind in KINDS else None
    return Subject(kind, code, title) if title else None


def subject_of(key: str) -> Subject | None:
    return subject(*key.partition(":")[::2])


def with_figures() -> Iterator[tuple[Subject, str]]:
    """Everything to follow that has results of its own, and where they stand."""
    for name, kind in KINDS.items():
        if kind.figures:
            for code, title in kind.titles().items():
                yield Subject(name, code, title), kind.figures(code)


ANSWERED = gettext_noop("Answered: {title}")


def tell(key: str, title: str, address: str, subjects: Iterable[str], /, **facts: str) -> None:
    """Something was published: its followers get an e-mail each. Call it in the transaction that publishes.

    With facts the title is a sentence of ours, told in each follower's language.
    """
    title = " ".join(title.split())[:200]
    tell_all([Happening(key=key, title=title, facts=facts, address=address, subjects=list(subjects))])


def tell_all(happenings: Iterable[Happening]) -> None:
    Happening.objects.bulk_create(happenings, ignore_conflicts=True)


def tell_no_more(*keys: str) -> None:
    """What was taken down leaves the feeds, and no letter goes out about it any more."""
    Happening.objects.filter(key__in=keys).delete()
