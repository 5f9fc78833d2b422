"""Noting an unusual rise from its card, and the record of who noted what when."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.actions import note_rise
from cases.alarms import remembered
from cases.behind import week_of
from cases.catalogue import catalogue
from cases.figure_words import number, period_said, value_said
from cases.models import Officer, RiseNote
from cases.rises import FALSE_ALARMS
from cases.views.frame import SeeOther, for_officers, page
from cases.views.manage import rises_of

LONGEST = 300  # characters of a reason
MOST = 100  # notes on the page


@for_officers("rises")
@require_POST
def note(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Only of a card that stands on this officer's overview now; what it said then is noted, not what the form says."""
    today = catalogue().today()
    asked = request.POST.get("topic", ""), request.POST.get("district", "")
    rise = next((one for one in rises_of(officer, today) if (one.topic, one.district) == asked), None)
    words = request.POST.get("words", "").strip()[:LONGEST]
    if rise is None:
        messages.info(request, _("This is no unusual rise any more. Nothing was noted."))
    elif request.POST.get("said") == RiseNote.Said.USUAL and not words:
        messages.error(request, _("Please write why it is not unusual. Nothing was noted."))
    else:
        reason = words if request.POST.get("said") == RiseNote.Said.USUAL else ""
        week = today - timedelta(days=today.weekday())
        note_rise(by=officer, topic=rise.topic, district=rise.district, week=week, now=rise.now, words=reason)
        messages.success(request, _("Noted. The card comes back if it rises further."))
    return SeeOther(f"{reverse('cases:manage')}#rises")


@for_officers("manage")
@require_GET
def record(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Of what this officer answers for. How many there were is told of their own notes: others may see more cases."""
    notes = [one for one in _notes() if _concerns(officer, one)][:MOST]
    lines = [
        {
            "note": one,
            "what": f"{value_said('topic', one.topic_id)}: {value_said('district', one.district_id)}",
            "week": period_said(week_of(one.week)),
            "own": one.officer_id == officer.pk,
        }
        for one in notes
    ]
    past = remembered()
    rate = number(past.rate, "share") if past else ""
    said = number(FALSE_ALARMS, "share")
    return page(request, officer, "rises", lines=lines, past=past, rate=rate, false_alarms=said)


def _notes() -> list[RiseNote]:
    return list(RiseNote.objects.select_related("officer__user", "topic", "district")[: 10 * MOST])


def _concerns(officer: Officer, note: RiseNote) -> bool:
    topic, district = note.topic, note.district
    is_theirs = officer.agency_id in (None, topic.answered_by)
    is_here = officer.place_id in (None, district.pk, district.parent_id)
    return is_theirs and is_here and topic.sensitivity in officer.reads()
