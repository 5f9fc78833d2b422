"""All that changes a note: written, handed in, published or given back, answered. Nothing else writes one.

Whoever asks for what is done already gets what was done: a form that comes twice acts once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import clock
from cases.actions import NotAllowed
from cases.models import Officer
from cases.pack import Place, Programme
from cases.permissions import may_moderate, may_open
from cms.following import ANSWERED, tell, tell_no_more
from cms.models.monitoring import Note, Score
from cms.monitoring.found import answerable

State = Note.State


@dataclass(frozen=True)
class Step:
    """From which states it leads where; where a reason is needed, whoever gives none is asked for it."""

    sources: tuple[str, ...]
    target: str = ""  # it stays what it is
    ask_why: str | Promise = ""


STEPS = {
    "write": Step((State.DRAFT, State.RETURNED)),
    "submit": Step((State.DRAFT, State.RETURNED), State.SUBMITTED),
    "take_back": Step((State.SUBMITTED,), State.DRAFT),
    "publish": Step((State.SUBMITTED,), State.PUBLISHED),
    "give_back": Step(
        (State.SUBMITTED,), State.RETURNED, gettext_lazy("Say why, so that the monitor knows what to change.")
    ),
    "answer": Step((State.PUBLISHED,)),
    "take_down": Step((State.PUBLISHED,), State.WITHDRAWN, gettext_lazy("Say why, for everybody to read.")),
}
SCORED = ("criterion", "score", "people", "words")
NOT_NOW = gettext_lazy("This cannot be done now: it is “{state}”.")


@dataclass(frozen=True)
class Written:
    """What a monitor filled in."""

    title: str
    words: str
    seen_on: date
    place: Place | None
    programme: Programme | None
    scores: tuple[dict[str, Any], ...] = ()


@transaction.atomic
def write(*, by: Officer, once: UUID, kind: str, written: Written) -> Note:
    """A new draft. The same form once more is the draft it made."""
    if not may_open(by, "notes"):
        raise NotAllowed(_("Only monitors write notes."))
    facts = {"kind": kind, "monitor": by, "organisation": by.organisation, **_fields(written)}
    note, is_new = Note.objects.get_or_create(once=once, defaults=facts)
    if note.monitor_id != by.pk:
        raise NotAllowed(_("This note is somebody else's."))
    if is_new:
        _set_scores(note, written)
    return note


@transaction.atomic
def rewrite(*, note: Note, by: Officer, written: Written) -> Note:
    note = _of_monitor(note, by)
    if note.state == State.SUBMITTED and _is_as_written(note, written):
        return note  # the form that handed it in came twice
    _check(note, "write")
    for name, value in _fields(written).items():
        setattr(note, name, value)
    note.written_at = clock.now()
    note.save()
    _set_scores(note, written)
    return note


@transaction.atomic
def submit(*, note: Note, by: Officer) -> Note:
    note = _of_monitor(note, by)
    if _is_due(note, "submit"):
        if note.kind == Note.Kind.SCORECARD and not note.scores.exists():
            raise NotAllowed(_("A scorecard needs one score at least."))
        note.submitted_at, note.reason = clock.now(), ""
        _move(note, "submit")
    return note


@transaction.atomic
def take_back(*, note: Note, by: Officer) -> Note:
    note = _of_monitor(note, by)
    if _is_due(note, "take_back"):
        _move(note, "take_back")
    return note


@transaction.atomic
def publish(*, note: Note, by: Officer) -> Note:
    note = _of_moderator(note, by)
    if _is_due(note, "publish"):
        note.published_at, note.moderator = clock.now(), by
        _move(note, "publish")
        tell(f"note:{note.pk}", note.title, f"/monitors/{note.pk}/", subjects_of(note))
    return note


@transaction.atomic
def give_back(*, note: Note, by: Officer, reason: str) -> Note:
    note, reason = _of_moderator(note, by), reason.strip()
    if _is_due(note, "give_back", reason):
        note.reason, note.moderator = reason, by
        _move(note, "give_back")
    return note


@transaction.atomic
def take_down(*, note: Note, by: Officer, reason: str) -> Note:
    """Its page says since when and why; the words are for its monitor alone, and told no more."""
    note, reason = _of_moderator(note, by), reason.strip()
    if _is_due(note, "take_down", reason):
        note.reason, note.moderator, note.withdrawn_at = reason, by, clock.now()
        _move(note, "take_down")
        tell_no_more(f"note:{note.pk}", f"answer:{note.pk}")
    return note


@transaction.atomic
def answer(*, note: Note, by: Officer, words: str) -> Note:
    """Once, in the agency's name, for all to read. The same words again are the same answer."""
    note = _locked(note)
    if not answerable(by).filter(pk=note.pk).exists():
        raise NotAllowed(_("You do not speak for this agency and place."))
    if note.answered_at:
        if (note.answered_by_id, note.answer) == (by.pk, words.strip()):
            return note
        raise NotAllowed(_("{officer} has answered already.").format(officer=note.answered_by))
    _check(note, "answer")
    note.answer, note.answered_by, note.answered_at = words.strip(), by, clock.now()
    note.save()
    tell(
        f"answer:{note.pk}",
        ANSWERED,
        f"/monitors/{note.pk}/#answer",
        subjects_of(note),
        title=" ".join(note.title.split()),
    )
    return note


def subjects_of(note: Note) -> list[str]:
    """What one may follow to hear of it: its programme, its place, and the province around that."""
    about = [f"programme:{note.programme_id}"] if note.programme else []
    places = (note.place_id, note.place.parent_id) if note.place else ()
    return about + [f"place:{code}" for code in places if code]


# --- Locked, of whom, in which state ----------------------------------------------------------------------


def _locked(note: Note) -> Note:
    return Note.objects.select_for_update().get(pk=note.pk)


def _is_due(note: Note, step: str, reason: str = "") -> bool:
    """Is there anything to do? Not where the same was done before; refused where it cannot be done now."""
    if note.state == STEPS[step].target and (not STEPS[step].ask_why or note.reason == reason):
        return False
    _check(note, step)
    if STEPS[step].ask_why and not reason:
        raise NotAllowed(str(STEPS[step].ask_why))
    return True


def _check(note: Note, step: str) -> None:
    if note.state not in STEPS[step].sources:
        raise NotAllowed(NOT_NOW.format(state=note.get_state_display().lower()))


def _of_monitor(note: Note, by: Officer) -> Note:
    note = _locked(note)
    if note.monitor_id != by.pk or not may_open(by, "notes"):
        raise NotAllowed(_("This note is somebody else's."))
    return note


def _of_moderator(note: Note, by: Officer) -> Note:
    note = _locked(note)
    if not may_moderate(by):
        raise NotAllowed(_("Only moderators publish or give back. Ask one of them."))
    return note


def _move(note: Note, step: str) -> None:
    note.state = STEPS[step].target
    note.save()


def _fields(written: Written) -> dict[str, Any]:
    return {name: getattr(written, name) for name in ("title", "words", "seen_on", "place", "programme")}


def _set_scores(note: Note, written: Written) -> None:
    note.scores.all().delete()
    if note.kind != Note.Kind.SCORECARD:
        return
    Score.objects.bulk_create(Score(note=note, order=order, **one) for order, one in enumerate(written.scores))


def _is_as_written(note: Note, written: Written) -> bool:
    there = [{name: getattr(one, name) for name in SCORED} for one in note.scores.all()]
    same = all(getattr(note, name) == value for name, value in _fields(written).items())
    return same and there == [dict(one) for one in written.scores]
