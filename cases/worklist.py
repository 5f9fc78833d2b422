"""What matters first at the desk: an officer's cases in groups, narrowed as an address asks, page by page both ways.

Lists and counts read slips, so a million cases cost what ten thousand cost. What is shown of a case is fetched
through `visible_to`. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL, Composable, Identifier

from cases import entries, slips
from cases.lifecycle import State
from cases.models import Case, Officer, Pile, Role
from cases.queries import sight_of
from cases.slips import Choice
from cases.terms import parts_of

FIRST_FEW = 5  # rows of each group on the first page
PAGE = 25
BOUND = 1000  # more than these nobody counts: the page says "1,000+"

# --- The groups -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """One heading of the worklist. A quiet one waits for somebody else and is counted only."""

    key: str
    title: str | Promise
    choice: Choice
    quiet: bool = False

    def but(self, apart: Sequence[Composable]) -> "Group":
        return replace(self, choice=replace(self.choice, holds=SQL(" AND ").join([self.choice.holds, *apart])))


_ALIVE = SQL("slip.pile <> 'closed'")


def _due(when: str) -> Choice:
    return Choice(_ALIVE + SQL(" AND slip.pile NOT IN ('disputed', 'answered') AND slip.due ") + SQL(when), by="due")


def _lies(pile: Pile, more: str = "", *, few: bool = False) -> Choice:
    """In this pile and under no date's heading. Where nobody has to take a case first its two dates are one."""
    day = "due" if pile in (Pile.NOBODY, Pile.ASKED) else "wanted_by"
    later = SQL("slip.pile = {} AND slip.{} > %(soon)s").format(str(pile), Identifier(day))
    return Choice(later + SQL(more), few=few)


# In the order in which they matter: a case stands once, under the first heading that fits it. A promise that can
# still be kept comes before one that is broken already.
GROUPS = (
    Group("nobody-answers", _("Nobody answers for its level"), Choice(SQL("slip.unled"), by="due")),
    Group("moved-up", _("Moved up to you"), Choice(SQL("slip.moved_up_to_id = %(me)s"), by="due", few=True)),
    Group("not-solved", _("Not solved, says the citizen"), Choice(SQL("slip.pile = 'disputed'"))),
    Group("today", _("Due today"), _due("= %(today)s")),
    Group("soon", _("At risk: due very soon"), _due("> %(today)s AND slip.due <= %(soon)s")),
    Group("late", _("Late"), _due("< %(today)s")),
    Group("heard", _("Answered by the citizen"), _lies(Pile.HEARD)),
    Group("mine", _("Waiting for me"), _lies(Pile.WORKING, " AND slip.officer_id = %(me)s", few=True)),
    Group("asked", _("Another agency asks us"), _lies(Pile.ASKED)),
    Group("nobody", _("Nobody has it"), _lies(Pile.NOBODY)),
    Group("referred", _("At another agency"), _lies(Pile.REFERRED)),
    Group("waiting", _("We wait for the citizen"), _lies(Pile.WAITING), quiet=True),
    Group(
        "colleagues",
        _("With colleagues"),
        _lies(Pile.WORKING, " AND slip.officer_id IS DISTINCT FROM %(me)s"),
        quiet=True,
    ),
    Group("answered", _("Answered; does the citizen agree?"), Choice(SQL("slip.pile = 'answered'")), quiet=True),
)
# The first two are about who leads, and take a case out of all others: of a manager's, and of whoever leads it.
_LED, _NOT_MINE_TO_LEAD = SQL("NOT slip.unled"), SQL("slip.moved_up_to_id IS DISTINCT FROM %(me)s")


def groups(officer: Officer) -> list[Group]:
    """As this officer has them: what nobody leads is the manager's to see to."""
    unled, to_lead, *others = GROUPS
    is_manager = officer.role == Role.MANAGER
    apart = [_NOT_MINE_TO_LEAD, *([_LED] if is_manager else [])]
    return [*([unled] if is_manager else []), to_lead, *(group.but(apart) for group in others)]


@dataclass(frozen=True)
class Waiting:
    """What stands under one heading: how much, up to BOUND + 1, and the head of it."""

    group: Group
    count: int
    head: list[Case]


def overview(officer: Officer) -> list[Waiting]:
    """All groups that hold something, in one statement and one look at the rows that are shown."""
    sight = sight_of(officer)
    if sight is None:
        return []
    headings = groups(officer)
    question = SQL(" UNION ALL ").join(
        SQL("SELECT {number}, ({count}), ARRAY(SELECT case_id FROM ({head}) head)").format(
            number=number,
            count=slips.count(sight, group.choice, BOUND + 1),
            head=slips.first(sight, group.choice, 0 if group.quiet else FIRST_FEW),
        )
        for number, group in enumerate(headings)
    )
    found = [(headings[number], count, head) for number, count, head in slips.ask(sight, question, {}) if count]
    cases = _seen(officer, [pk for _group, _count, head in found for pk in head])
    return [Waiting(group, count, [cases[pk] for pk in head if pk in cases]) for group, count, head in found]


def _seen(officer: Officer, pks: list[int]) -> dict[int, Case]:
    """Past the gate: should a slip ever lie where it may not, nothing of the case is shown."""
    return Case.objects.visible_to(officer).for_a_list().in_bulk(pks) if pks else {}


# --- Lists ------------------------------------------------------------------------------------------------

# What an address may ask for, and what that is of a slip. The values come from forms/listing.py.
_FILTERS: dict[str, Composable] = {
    "kind": SQL("slip.kind = %(kind)s"),
    "agency": SQL("slip.agency_id = %(agency)s"),
    "programme": SQL("slip.topic = ANY(%(programme)s)"),
    "topic": SQL("slip.topic = %(topic)s"),
    "province": SQL("slip.place = ANY(%(province)s)"),
    "district": SQL("slip.place = %(district)s"),
    "state": SQL("slip.state = %(state)s"),
    "unanswered": SQL("slip.pile NOT IN ('answered', 'closed')"),
    "priority": SQL("slip.rank = -%(priority)s::int"),
    "channel": SQL("slip.channel = %(channel)s"),
    "language": SQL("slip.language = %(language)s"),
    "level": SQL("slip.level = %(level)s"),
    "due_from": SQL("slip.due >= %(due_from)s"),
    "due_until": SQL("slip.due <= %(due_until)s"),
    "owner": SQL("slip.officer_id IS NOT DISTINCT FROM %(owner)s::int"),
    "reference": SQL(
        "slip.case_id IN (SELECT case_id FROM cases_entry JOIN cases_case ON cases_case.id = case_id"
        " WHERE keys @> %(parts)s::bigint[] AND cases_case.reference LIKE %(like)s)"
    ),
}
Wanted = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the keys of the pages before and after them, or ""."""

    cases: list[Case]
    before: str = ""
    after: str = ""


def listing(officer: Officer, wanted: Wanted, *, after: str = "", before: str = "") -> Page:
    """The page after or before a key; the first without one, or with one that somebody changed."""
    sight, choice, key = sight_of(officer), _choice(officer, wanted), _read_key(before or after)
    if sight is None:
        return Page([])
    if "reference" in wanted:
        entries.lay()  # what was written a moment ago is found, too
    back = bool(key and before)
    choice = choice.backwards() if back else choice
    rows = slips.ask(
        sight, slips.first(sight, choice.beyond() if key else choice, PAGE + 1), {**_values(wanted), **(key or {})}
    )
    more = len(rows) > PAGE
    if back and not more:
        return listing(officer, wanted)  # no page lies before: it is the first one, and that a whole one
    rows = rows[:PAGE][::-1] if back else rows[:PAGE]
    cases = _seen(officer, [pk for pk, _day, _rank in rows])
    return Page(
        [cases[pk] for pk, _day, _rank in rows if pk in cases],
        before=_key(rows[0]) if key and rows else "",
        after=_key(rows[-1]) if more or back else "",
    )


def how_many(officer: Officer, wanted: Wanted) -> int:
    """Counted up to BOUND + 1."""
    sight = sight_of(officer)
    if sight is None:
        return 0
    return slips.ask(sight, slips.count(sight, _choice(officer, wanted), BOUND + 1), _values(wanted))[0][0]


def _choice(officer: Officer, wanted: Wanted) -> Choice:
    """All that is alive, unless the address asks for more or for less."""
    conditions = [condition for name, condition in _FILTERS.items() if name in wanted]
    choice = Choice(_ALIVE, by="due")
    if group := next((group for group in groups(officer) if group.key == wanted.get("group")), None):
        choice = group.choice
    elif wanted.get("state") == State.CLOSED:
        choice = Choice(SQL("slip.pile = 'closed'"), newest_first=True)
    elif "reference" in wanted and "state" not in wanted:
        choice = Choice(SQL("true"), by="due")
    few = choice.few or wanted.get("owner") is not None
    return Choice(SQL(" AND ").join([choice.holds, *conditions]), choice.by, choice.newest_first, few)


def _values(wanted: Wanted) -> dict[str, Any]:
    digits = wanted.get("reference", "")
    return {**wanted, "parts": parts_of(digits), "like": f"%{digits}%"}


def _key(row: tuple[int, date, int]) -> str:
    pk, day, rank = row
    return f"{day:%Y-%m-%d}.{rank}.{pk}"


def _read_key(key: str) -> dict[str, Any] | None:
    try:
        day, rank, pk = key.split(".")
        return {"day": date.fromisoformat(day), "rank": int(rank), "pk": int(pk)}
    except ValueError:
        return None
