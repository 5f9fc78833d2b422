"""Notes looked for: what everybody may read, by district and programme, and what an officer may answer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cases.models import Officer
from cases.pack import Place
from cases.permissions import may_open
from cms import knowledge
from cms.models.monitoring import Note

PAGE = 30


def published() -> QuerySet[Note]:
    return public().filter(state=Note.State.PUBLISHED)


def public() -> QuerySet[Note]:
    """What has an address for everybody, also when it was taken down."""
    notes = Note.objects.exclude(published_at=None)
    return notes.select_related("place__parent", "programme", "answered_by__user").prefetch_related("scores")


def about(*, place: str = "", programme: str = "") -> QuerySet[Note]:
    """A province has its districts' notes, too."""
    notes = published()
    if place:
        notes = notes.filter(Q(place=place) | Q(place__parent=place))
    return notes.filter(programme=programme) if programme else notes


def answerable(officer: Officer) -> QuerySet[Note]:
    """What this officer speaks for: their agency and place, as their scope has it; published, answered or not."""
    if not may_open(officer, "answering"):
        return Note.objects.none()
    notes = published()
    if officer.agency_id:
        notes = notes.filter(programme__agency=officer.agency_id)
    if officer.place_id:
        notes = notes.filter(Q(place=officer.place_id) | Q(place__parent=officer.place_id))
    return notes


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to. What is in no list narrows nothing."""

    place: Place | None
    programme: Any
    waiting: bool  # only what has no answer yet

    @classmethod
    def of(cls, typed: QueryDict) -> "Asked":
        return cls(
            places().get(typed.get("place", "")),
            knowledge.programmes().get(typed.get("programme", "")),
            typed.get("answer") == "none",
        )

    def notes(self) -> QuerySet[Note]:
        place, programme = (one.pk if one else "" for one in (self.place, self.programme))
        notes = about(place=place, programme=programme)
        return notes.filter(answered_at=None) if self.waiting else notes


def listing(typed: QueryDict) -> dict[str, Any]:
    """For the public page: the newest, and how many there are."""
    asked = Asked.of(typed)
    notes, number = asked.notes(), typed.get("page", "")
    first = PAGE * (min(int(number), 1000) - 1) if number.isdecimal() and int(number) else 0
    rows = list(notes[first : first + PAGE + 1])
    return {
        "asked": asked,
        "notes": rows[:PAGE],
        "count": notes.count(),
        "next": first // PAGE + 2 if len(rows) > PAGE else 0,
        "provinces": knowledge.desks_by_province(),
        "programmes": sorted(knowledge.programmes().values(), key=lambda one: one.name),
    }


def places() -> dict[str, Place]:
    house = knowledge.known()
    return house.provinces | house.districts if house else {}
