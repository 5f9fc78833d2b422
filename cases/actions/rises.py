"""Noting an unusual rise: that somebody saw it, or why it is none. A note stands for ever beside its name and day."""

from datetime import date

from django.utils.translation import gettext as _

from cases.actions.core import NotAllowed
from cases.models import Officer, RiseNote
from cases.permissions import may_open


def note_rise(*, by: Officer, topic: str, district: str, week: date, now: int, words: str = "") -> RiseNote:
    """With words it is said to be not unusual. The same sent twice is one note: the first."""
    if not may_open(by, "rises"):
        raise NotAllowed(_("You may not do this."))
    words = words.strip()
    said = RiseNote.Said.USUAL if words else RiseNote.Said.SEEN
    note, _added = RiseNote.objects.get_or_create(
        officer=by,
        topic_id=topic,
        district_id=district,
        week=week,
        now=now,
        defaults={"said": said, "words": words or None},
    )
    return note
