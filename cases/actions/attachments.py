"""Photos and papers with a case: added, read, taken away. Taking one away erases it; that it was there stays."""

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from cases import clock, sharing
from cases.actions.core import NotAllowed, check, locked, need, record
from cases.actions.work import record_reading
from cases.crypto import blind
from cases.models import Attachment, Case, Content, Officer, Words
from cases.uploads import Paper

MOST = 12  # of one case


@transaction.atomic
def attach(*, case: Case, by: Officer, raw: bytes, paper: Paper, words: str) -> Case:
    """Keep `paper`, which is what uploads.examine made of `raw`; `words` say what it is."""
    case = locked(case)
    if not _has_just_opened(case, by):  # they may not be cleared for what a citizen told and gave them at the desk
        check(case, "attach", by)
    need(words, _("Please write what it is."))
    if case.attachments.filter(removed_at=None).count() >= MOST:
        raise NotAllowed(_("A case holds {most} photos and papers. Take one away first.").format(most=MOST))
    facts = {"format": paper.format, "pages": paper.pages, "size": len(paper.content)}
    kept = Attachment.objects.create(case=case, added_by=by, **facts)
    Content.objects.create(attachment=kept, sealed=paper.content, small=paper.small or None)
    return record(case, "attach", by, words=words, data={"attachment": kept.pk, "file": mark_of(raw)})


def mark_of(raw: bytes) -> str:
    """Tells a file sent twice from another one, and nothing else: nobody without INDEX_KEY can make it."""
    return blind(sha256(raw).hexdigest(), name="file")


@transaction.atomic
def detach(*, case: Case, by: Officer, attachment: Attachment, words: str) -> Case:
    """For ever: the bytes and what it was called are erased."""
    case = locked(case, "detach", by)
    need(words, _("Please write down the reason."))
    kept = case.attachments.filter(pk=attachment.pk, removed_at=None).first()
    if kept is None:
        raise NotAllowed(_("It was taken away already."))
    erase(kept)
    return record(case, "detach", by, words=words, data={"attachment": kept.pk})


def erase(kept: Attachment) -> None:
    """Called under the case's lock, by whoever writes the event that says so."""
    Content.objects.filter(attachment=kept).delete()
    kept.removed_at = clock.now()
    kept.save(update_fields=["removed_at"])
    Words.objects.filter(event__case=kept.case_id, event__kind="attach", event__data__attachment=kept.pk).delete()


@transaction.atomic
def read_attachment(*, attachment: Attachment, by: Officer) -> Content:
    """Each opening is written down. Raises NotAllowed where there is nothing for this officer to read."""
    there = sharing.attachments(by, attachment.case)
    content = Content.objects.filter(attachment__in=there, attachment=attachment).defer("small").first()
    if content is None:
        raise NotAllowed(_("It is not there."))
    record_reading(case=attachment.case, by=by, what="attachment", attachment=attachment.pk)
    return content


def _has_just_opened(case: Case, by: Officer) -> bool:
    events = list(case.events.order_by("number").values_list("kind", "officer"))
    return events[:1] == [("open", by.pk)] and all(event == ("attach", by.pk) for event in events[1:])
