"""Cases that have to do with each other: linked with a reason, in the history of both, and taken apart again."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases import clock
from cases.actions.core import NotAllowed, check, need, record
from cases.models import Case, Link, Officer
from cases.permissions import may_see
from cases.sharing import at_home


@transaction.atomic
def link(*, case: Case, by: Officer, other: Case, kind: str, words: str) -> Case:
    case, other = both_locked(case, other)
    check(case, "link", by)
    need_the_other(case, other, by)
    need(words, _("Please write why they belong together."))
    if kind not in Link.Kind.values:
        raise NotAllowed(_("Please choose how they belong together."))
    if between(case, other).exists():
        raise NotAllowed(_("They are linked already."))
    one, two = sorted([case, other], key=lambda one: one.pk)
    Link.objects.create(one=one, other=two, kind=kind)
    return _in_both(case, other, "link", by, words=words, kind=kind)


@transaction.atomic
def unlink(*, case: Case, by: Officer, other: Case, words: str) -> Case:
    case, other = both_locked(case, other)
    check(case, "unlink", by)
    need_the_other(case, other, by)
    need(words, _("Please write down the reason."))
    if not between(case, other).update(removed_at=clock.now()):
        raise NotAllowed(_("They are not linked."))
    return _in_both(case, other, "unlink", by, words=words)


def both_locked(case: Case, other: Case) -> tuple[Case, Case]:
    """In the order of their rows: two officers who link two cases from either end never wait for each other."""
    rows = Case.objects.select_for_update().filter(pk__in=[case.pk, other.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    return locked[case.pk], locked[other.pk]


def need_the_other(case: Case, other: Case, by: Officer) -> None:
    """Nobody learns from a refusal that a case is there which they may not see."""
    if case.pk == other.pk or not may_see(by, other) or not at_home(by, other):
        raise NotAllowed(_("Choose another case, one that you may see."))


def between(case: Case, other: Case) -> QuerySet[Link]:
    return links_of(case).filter(Q(one=other) | Q(other=other))


def links_of(case: Case) -> QuerySet[Link]:
    return Link.objects.filter(Q(one=case) | Q(other=case), removed_at=None)


def _in_both(case: Case, other: Case, event: str, by: Officer, *, words: str, **facts: str) -> Case:
    record(other, event, by, words=words, data={"other": case.pk, **facts})
    return record(case, event, by, words=words, data={"other": other.pk, **facts})
