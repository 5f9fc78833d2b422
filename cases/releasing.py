"""Figures become public: drafted by the clock, looked at and signed by a person, corrected by a new version."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.dispatch import Signal
from django.utils.translation import gettext as _

from cases import clock, releases
from cases.actions import NotAllowed
from cases.actions.core import need
from cases.catalogue import catalogue
from cases.models import Event, Officer, Release, TallyCount, Watermark
from cases.permissions import may_open
from cases.protection import CannotProtect
from cases.tables import Month

draft_wanted = Signal()  # whoever has workers wakes one

PATIENCE = timedelta(minutes=10)  # a worker that has not finished by then is dead
TRIES = 3


def last_whole_month(today: date) -> Month:
    return Month((today.replace(day=1) - timedelta(days=1)).replace(day=1))


def draft_what_is_due() -> int:
    """The last whole month, once, as soon as it is over and all of it is counted. Returns how many drafts."""
    month = last_whole_month(catalogue().today())
    if Release.objects.filter(month=month.first).exists() or not was_counted(month):
        return 0
    ours = _wanted(month, tries=1, ours_until=clock.now() + PATIENCE)
    return int(ours is not None and _prepare(ours))


def was_counted(month: Month) -> bool:
    """Anything happened in it, and no event of it waits to be counted."""
    counted_to = Watermark.objects.values_list("counted_to", flat=True).first() or 0
    over = datetime.combine(month.last + timedelta(days=1), time(), tzinfo=catalogue().zone)
    if Event.objects.filter(pk__gt=counted_to, at__lt=over).exists():
        return False
    return TallyCount.objects.filter(facet="all", area="country", grain="month", period=month.first).exists()


def want_draft(*, by: Officer, month: Month, reason: str = "") -> Release:
    """By hand: of a month that has none yet, or, with a reason, of a correction. A worker prepares it."""
    wanted = _asked(by, month, reason)
    draft_wanted.send(sender=Release)
    return wanted


def draft_release(*, by: Officer, month: Month, reason: str = "") -> Release:
    """The same, prepared here and now: where there is no worker yet."""
    drafted = _asked(by, month, reason, tries=1, ours_until=clock.now() + PATIENCE)
    _prepare(drafted)
    drafted.refresh_from_db()
    if drafted.state == Release.State.FAILED:
        raise NotAllowed(drafted.why)
    return drafted


def _asked(by: Officer, month: Month, reason: str, **facts: Any) -> Release:
    _check(by)
    if month.first > last_whole_month(catalogue().today()).first:
        raise NotAllowed(_("This month is not over."))
    if releases.latest(month.first):
        need(reason, _("Please say why the published figures are corrected."))
    wanted = _wanted(month, reason=reason.strip(), **facts)
    if wanted is None:
        raise NotAllowed(_("There is a draft of this month already."))
    return wanted


def _wanted(month: Month, **facts: Any) -> Release | None:
    """None where there is one: the database keeps one draft of a month, in the making or waiting for approval."""
    try:
        with transaction.atomic():
            return Release.objects.create(month=month.first, state=Release.State.WANTED, **facts)
    except IntegrityError:
        return None


# --- In a worker ------------------------------------------------------------------------------------------


def prepare_wanted() -> int:
    """All that waits, and what a dead worker left. Returns how many drafts."""
    made = 0
    while release := _taken():
        made += _prepare(release)
    return made


def _taken() -> Release | None:
    """The one that has waited longest is ours now."""
    now = clock.now()
    waiting = Release.objects.filter(Q(ours_until=None) | Q(ours_until__lt=now), state=Release.State.WANTED)
    with transaction.atomic():
        release = waiting.select_for_update(skip_locked=True).order_by("drafted_at", "pk").first()
        if release:
            release.ours_until, release.tries = now + PATIENCE, release.tries + 1
            release.save(update_fields=["ours_until", "tries"])
    return release


def _prepare(release: Release) -> bool:
    month = Month(release.month)
    mine = Release.objects.filter(pk=release.pk, state=Release.State.WANTED, tries=release.tries)
    if release.tries > TRIES:
        return _failed(mine, _("It was tried several times. Please tell the administrator."))
    try:
        drafted = releases.draft(month)
        quarter = releases.carried(month, drafted)
    except CannotProtect:
        return _failed(mine, _("Whatever is hidden, earlier figures would give away a small number."))
    facts, last = _facts(month, drafted), month.in_quarter[-1]
    more = _facts(last, quarter, releases.others_of(last, month, drafted)) if quarter else {}
    reason = _("The figures of {month} were corrected: {reason}").format(month=month.name, reason=release.reason)
    try:
        with transaction.atomic():
            done = mine.update(**facts)
            if done and more:
                Release.objects.create(month=last.first, carried_by=release, reason=reason, **more)
    except IntegrityError:
        why = _(
            "It changes the quarter in the figures of {month}, of which a draft waits. Please decide on that first."
        )
        return _failed(mine, why.format(month=last.name))
    return bool(done)


def _facts(month: Month, drafted: releases.Draft, others: list[releases.Draft] | None = None) -> dict[str, Any]:
    return {
        "state": Release.State.DRAFT,
        "cells": drafted.cells(),
        "values": drafted.values(),
        "report": releases.report(month, drafted, others),
        "drafted_at": clock.now(),
    }


def _failed(mine: Any, why: str) -> bool:
    mine.update(state=Release.State.FAILED, why=why)
    return False


# --- By a person ------------------------------------------------------------------------------------------


@transaction.atomic
def publish_release(*, by: Officer, release: Release) -> Release:
    """Under somebody's name, with the quarter that it corrects. From then on nothing changes in either."""
    release = _waiting(by, release)
    for one in (release, *release.carries.filter(state=Release.State.DRAFT)):
        _sign(by, one)
    if not releases.adds_up(Month(release.month)):
        raise NotAllowed(_("Figures of this quarter changed meanwhile, and it would not add up. Draft them again."))
    return release


def _sign(by: Officer, release: Release) -> None:
    """After one more look for what it gives away."""
    drafted, month = releases.read(release), Month(release.month)
    if releases.leaks(month, drafted):
        raise NotAllowed(_("A small number could be worked out from these figures. Draft them again."))
    last = Release.objects.filter(month=release.month).aggregate(last=Max("version"))["last"] or 0
    release.state, release.version, release.digest = Release.State.PUBLISHED, last + 1, releases.digest(drafted)
    release.decided_by, release.decided_at = by, clock.now()
    release.signed = f"{by}, {by.get_role_display()}"[:200]
    release.save()


@transaction.atomic
def reject_release(*, by: Officer, release: Release, reason: str) -> Release:
    """It stays on the list with the reason, and what follows from it; a new draft can be made."""
    release = _waiting(by, release)
    need(reason, _("Please say why it is not published."))
    for one in (release, *release.carries.filter(state=Release.State.DRAFT)):
        one.state, one.reason = Release.State.REJECTED, reason.strip()
        one.decided_by, one.decided_at = by, clock.now()
        one.save()
    return release


def _waiting(by: Officer, release: Release) -> Release:
    _check(by)
    # One at a time: the next is held against what the one before it published.
    list(Release.objects.select_for_update().filter(state=Release.State.DRAFT).order_by("pk").values_list("pk"))
    release.refresh_from_db()
    if release.state != Release.State.DRAFT:
        raise NotAllowed(_("Somebody decided on these figures a moment ago."))
    if release.carried_by:
        raise NotAllowed(_("This is decided with the correction of {month}.").format(month=release.carried_by))
    return release


def _check(by: Officer) -> None:
    if not may_open(by, "publish"):
        raise NotAllowed(_("You may not publish figures."))
