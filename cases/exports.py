"""Files in the making: asked for by an officer, made by a worker, fetched by who asked, gone after some days.

Everything is in the row of the database. What the file tells of is noted before anybody can fetch it.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases import actions
from cases.catalogue import catalogue
from cases.models import Export, Officer
from cases.permissions import may_open
from cases.reports import COLUMNS, REPORTS, case_row, cases_for, said
from cases.spreadsheets import TABLES, Table

export_wanted = Signal()  # whoever has workers wakes one

MOST = 50_000  # cases in a file
AT_ONCE = 1000
PATIENCE = timedelta(minutes=10)  # a worker that has not said anything for so long is dead
TRIES = 3
KEPT = timedelta(days=7)


class CannotBeMade(Exception):
    """With a sentence for who asked."""


def want(*, by: Officer, once: UUID, what: str, kind: str, asked: dict[str, str]) -> Export:
    language = translation.get_language() or "en"
    facts: dict[str, Any] = {"maker": by, "what": what, "kind": kind, "asked": asked, "language": language}
    export, _added = Export.objects.get_or_create(once=once, defaults=facts)
    export_wanted.send(sender=Export)
    return export


def theirs(officer: Officer) -> list[Export]:
    return list(Export.objects.filter(maker=officer).defer("file")[:20])


def content(officer: Officer, name: UUID) -> tuple[Export, bytes] | None:
    """Who did not ask for it finds nothing, whoever they are."""
    export = Export.objects.filter(maker=officer, name=name, state=Export.State.READY).first()
    return (export, b64decode(export.file)) if export and export.file else None


# --- Making ---------------------------------------------------------------------------------------------


def make_wanted() -> int:
    """All that waits, and what a dead worker left. Returns how many were made."""
    made = 0
    while export := _taken():
        with translation.override(export.language):
            made += _make(export)
    return made


def _taken() -> Export | None:
    """The oldest that waits is ours now."""
    now = timezone.now()
    left = Q(state=Export.State.MAKING, ours_until__lt=now)
    waiting = Export.objects.filter(Q(state=Export.State.WANTED) | left).order_by("asked_at")
    with transaction.atomic():
        export = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if export is None:
            return None
        export.state, export.ours_until = Export.State.MAKING, now + PATIENCE
        export.tries, export.done = export.tries + 1, 0
        export.save(update_fields=["state", "ours_until", "tries", "done"])
    return export


def _make(export: Export) -> int:
    maker = Officer.objects.select_related("user").get(pk=export.maker_id)
    try:
        if export.tries > TRIES:
            raise CannotBeMade(_("It was tried several times. Ask for less, or tell the administrator."))
        if not may_open(maker, "exports"):
            raise CannotBeMade(_("You may not have lists as files any more."))
        file, cases = _cases(export, maker) if export.what == Export.What.CASES else _counts(export, maker)
    except CannotBeMade as reason:
        _mine(export).update(state=Export.State.FAILED, why=str(reason)[:200])
        return 0
    with transaction.atomic():
        changes = {"state": Export.State.READY, "ready_at": timezone.now(), "file": b64encode(file).decode()}
        if not _mine(export).update(**changes):
            return 0  # somebody thought us dead and has it now
        ground = f"{export.get_what_display()} ({export.kind}): {said(export.asked)}"
        actions.note_export(by=maker, to=str(maker)[:120], ground=ground[:200], cases=cases)
    return 1


def _mine(export: Export) -> Any:
    return Export.objects.filter(pk=export.pk, state=Export.State.MAKING, tries=export.tries)


def _cases(export: Export, maker: Officer) -> tuple[bytes, int]:
    found = cases_for(maker, export.asked).order_by("pk")
    total = found.count()
    if total > MOST:
        raise CannotBeMade(
            _("These are {total} cases; a file holds {most}. Choose fewer.").format(total=total, most=MOST)
        )
    _mine(export).update(total=total)
    table, today, done, last = _begun(export, list(COLUMNS)), catalogue().today(), 0, 0
    while few := list(found.filter(pk__gt=last).with_people()[:AT_ONCE]):
        for case in few:
            table.add(case_row(case, today))
        actions.record_exported(cases=few, by=maker)
        done, last = done + len(few), few[-1].pk
        _mine(export).update(done=done, ours_until=timezone.now() + PATIENCE)
    return table.finish(), done


def _counts(export: Export, maker: Officer) -> tuple[bytes, int]:
    report = REPORTS[export.what]
    table = _begun(export, list(report.columns))
    for row in report.rows(maker, export.asked):
        table.add(row)
    return table.finish(), 0


def _begun(export: Export, columns: list) -> Table:
    table = TABLES[export.kind]()
    table.add([str(column) for column in columns])
    return table


# --- An end ---------------------------------------------------------------------------------------------


def forget_old(now: datetime) -> int:
    """A file goes after some days, and with it the row: what was given out stands in the log for ever."""
    gone, _rows = Export.objects.filter(asked_at__lt=now - KEPT).delete()
    return gone
