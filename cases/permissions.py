"""Who may do what: one table by role and relation, read by actions that refuse and pages that offer.

RIGHTS says what may be done to a case, PAGES what may be opened; nothing else in the house decides either.
"""

from collections.abc import Iterator

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from cases import sharing
from cases.lifecycle import Actor, Step, allowed
from cases.models import Case, Event, FollowUp, Officer, Referral, Role, Share


class Relation(TextChoices):
    """How an officer stands to a case that they may see. Who may not see it stands in no relation to it."""

    OWN = "own", _("It is theirs")
    MOVED_UP = "moved_up", _("It moved up to them")
    FREE = "free", _("Nobody has it")
    COLLEAGUES = "colleagues", _("A colleague has it")
    ASKED = "asked", _("Their agency was asked to help")
    DECIDED = "decided", _("An appeal that they had a part in, or that is decided above them")


_WORK = frozenset({
    "take", "hand_over", "sort", "ask", "hear", "inform", "note", "attach", "detach", "link", "unlink", "merge",
    "unmerge", "name_officer", "refer", "seek", "consent", "propose", "come_back", "recall", "check_off", "sheet",
    "enrol", "resolve", "close", "confirm", "dispute", "appeal", "rate", "stay_solved", "reopen",
})  # fmt: skip
# What a colleague owns.
_BESIDE = frozenset({
    "take", "hand_over", "note", "attach", "link", "name_officer", "inform", "hear", "consent", "come_back",
    "check_off", "confirm", "dispute", "appeal", "rate", "stay_solved", "reopen",
})  # fmt: skip
_OUTSIDE = frozenset({"note", "attach", "inform", "hear", "come_back"})
_HELPING = _OUTSIDE | {"check_off", "sheet", "enrol"}  # an agency that was asked to register somebody
_LEADING = _WORK | {"escalate", "agree", "unname_officer"}
_ANSWERING = _LEADING | {"acknowledge"}  # for a level: whose role is not to lead leads this case
_STEERING = frozenset({"hand_over", "note", "name_officer", "unname_officer", "escalate"})


def _rights(
    own: frozenset,
    colleagues: frozenset,
    outside: frozenset,
    moved_up: frozenset = _ANSWERING,
    asked: frozenset = _HELPING,
) -> dict[Relation, frozenset[str]]:
    return {
        Relation.OWN: own,
        Relation.MOVED_UP: moved_up,
        Relation.FREE: own,
        Relation.COLLEAGUES: colleagues,
        Relation.ASKED: asked,
        Relation.DECIDED: outside,
    }


_NOTHING = dict.fromkeys(Relation, frozenset[str]())

RIGHTS: dict[Role, dict[Relation, frozenset[str]]] = {
    Role.DESK: _rights(_WORK, _BESIDE, _OUTSIDE),
    Role.AGENCY: _rights(_WORK, _BESIDE, _OUTSIDE),
    Role.SUPERVISOR: _rights(_LEADING, _LEADING, _OUTSIDE),
    Role.AGENCY_HEAD: _rights(_LEADING, _LEADING, _OUTSIDE),
    Role.SAFEGUARDING: _rights(_LEADING, _LEADING, _OUTSIDE),
    Role.MANAGER: _rights(_STEERING, _STEERING, frozenset({"note"}), _STEERING, frozenset({"note"})),
    Role.AUDITOR: _NOTHING,
    Role.EDITOR: _NOTHING,
    Role.ADMINISTRATOR: _NOTHING,
    Role.MONITOR: _NOTHING,
}

WORKERS = frozenset(role for role in Role if "resolve" in RIGHTS[role][Relation.OWN])
LEADERS = frozenset(role for role in WORKERS if "escalate" in RIGHTS[role][Relation.OWN])
GET_DIGEST = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER})  # the weekly letter
READERS = WORKERS | {Role.MANAGER, Role.AUDITOR}

# A page, or a few that belong together, and the roles that may open them. What they show is `visible_to`.
PAGES: dict[str, frozenset[Role]] = {
    "worklist": READERS,
    "search": READERS,
    "case": READERS,
    "intake": WORKERS,
    "queue": frozenset({Role.DESK, Role.SUPERVISOR}),
    "waiting": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR}),
    "survey": frozenset({Role.MANAGER, Role.AUDITOR}),
    "replies": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.SAFEGUARDING}),
    "rights": frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    "readings": frozenset({Role.AUDITOR}),
    "days_off": frozenset({Role.ADMINISTRATOR}),
    "catalogue": frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    "data-rights": WORKERS,
    "erasures": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER}),
    "retention": frozenset({Role.MANAGER}),
    "disclosures": frozenset({Role.MANAGER, Role.AUDITOR}),
    "breach": frozenset({Role.AUDITOR}),
    "ledger": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "people": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "people_change": frozenset({Role.ADMINISTRATOR}),
    "monitors": frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
    "notes": frozenset({Role.MONITOR}),
    "moderating": frozenset({Role.EDITOR}),
    "answering": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER}),
    "me": frozenset(Role),
    "rises": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER}),
    "manage": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER, Role.AUDITOR}),
    "exports": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER, Role.AUDITOR}),
    "delivery": frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    "work": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER, Role.AUDITOR}),
    "work_change": frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.MANAGER}),
    "releases": frozenset({Role.MANAGER, Role.AUDITOR}),
    "publish": frozenset({Role.MANAGER}),
}
# What each is called where the table is shown.
PAGE_WORDS = {
    "worklist": _("Worklist"),
    "search": _("Find a case"),
    "case": _("A case"),
    "intake": _("Walk-in and its receipt"),
    "queue": _("Numbers for those who wait at a desk"),
    "waiting": _("How long people waited at the desks"),
    "survey": _("Protected tables of the survey for the actuary"),
    "rights": _("Who may do what"),
    "readings": _("Reading log"),
    "days_off": _("Days off entered by hand"),
    "catalogue": _("Catalogue"),
    "replies": _("Ready words"),
    "data-rights": _("A citizen's right over their data"),
    "erasures": _("Agreeing to erase"),
    "retention": _("How long data is kept"),
    "disclosures": _("What was given out"),
    "breach": _("Who saw what between two times"),
    "ledger": _("Whether history was touched"),
    "people": _("People"),
    "people_change": _("Inviting people and changing what they work on"),
    "monitors": _("Monitors from civil society: who they are, inviting them"),
    "notes": _("A monitor's own notes and scorecards"),
    "moderating": _("Moderating what monitors hand in"),
    "answering": _("Answering monitors in public, for one's agency and place"),
    "me": _("One's own page: absences, password, second step"),
    "rises": _("Noting an unusual rise"),
    "manage": _("Overview, figures and the cases behind them"),
    "exports": _("Lists as files"),
    "delivery": _("Delivery and cost of SMS and calls"),
    "work": _("How the work is shared"),
    "work_change": _("Sharing out work: many cases at once, and who covers"),
    "releases": _("What is published of the figures"),
    "publish": _("Publishing figures"),
}


def may_open(officer: Officer, page: str) -> bool:
    return officer.active and officer.role in PAGES[page]


PUBLISHES_FROM = 2  # the level of an editor from which on they publish what others wrote


def may_moderate(officer: Officer) -> bool:
    return may_open(officer, "moderating") and officer.level >= PUBLISHES_FROM


def may_invite(officer: Officer, role: str) -> bool:
    """Anybody, for who manages people; monitors alone, for who moderates them."""
    return may_open(officer, "people_change") or (role == Role.MONITOR and may_moderate(officer))


def relation(officer: Officer, case: Case) -> Relation | None:
    """None: as far as this officer is concerned the case does not exist."""
    if not may_see(officer, case):
        return None
    if not sharing.at_home(officer, case):
        return Relation.ASKED
    if _may_not_judge(officer, case):
        return Relation.DECIDED
    if _moved_up_to(officer, case):
        return Relation.MOVED_UP
    if case.officer_id is None:
        return Relation.FREE
    return Relation.OWN if case.officer_id == officer.pk else Relation.COLLEAGUES


def possible(officer: Officer, case: Case) -> list[Step]:
    """What this officer may do to this case now, in the lifecycle's order."""
    stands = relation(officer, case)
    rights = RIGHTS[Role(officer.role)][stands] if stands else frozenset()
    if "acknowledge" in rights and not _moved_up_to(officer, case, acknowledged_at=None):
        rights -= {"acknowledge"}  # said once
    if rights & _PRAISE and gave_the_answer(officer, case):
        rights -= _PRAISE
    steps = allowed(case.state, Actor.OFFICER, joined=case.is_joined)
    return [step for step in steps if step.name in rights and _is_ready(step, case)]


def holds(officer: Officer, step: str, case: Case) -> bool:
    """Has this officer the right to the step, whether or not it can be taken now?"""
    stands = relation(officer, case)
    return stands is not None and step in RIGHTS[Role(officer.role)][stands]


# A step that answers a question needs the question.
_ANSWERS = {"consent": Referral.State.SOUGHT, "agree": Referral.State.PROPOSED}
_SAYS_AGAIN = ("stay_solved", "reopen")


def _is_ready(step: Step, case: Case) -> bool:
    if step.name in _SAYS_AGAIN:
        return FollowUp.waits_for(case)
    if step.name == "unmerge":
        return case.is_joined
    asked = _ANSWERS.get(step.name)
    return asked is None or case.referrals.filter(state=asked).exists()


# What a citizen says of an answer is not written down by who gave it. That it is not solved, anybody may write down.
_PRAISE = frozenset({"confirm", "rate", "stay_solved"})


def gave_the_answer(officer: Officer, case: Case) -> bool:
    """Is the answer that stands theirs?"""
    answer = case.last_answer if case.decision else None
    return answer is not None and answer.officer_id == officer.pk


def may(officer: Officer, step: str, case: Case) -> bool:
    return any(step == option.name for option in possible(officer, case))


def may_see(officer: Officer, case: Case) -> bool:
    return Case.objects.visible_to(officer).filter(pk=case.pk).exists()


def can_be_given(officer: Officer, case: Case) -> bool:
    """May the case become this officer's, by whatever way: taken, handed over, covered for, moved up?"""
    return may_see(officer, case) and can_own(officer, case)


def can_own(officer: Officer, case: Case) -> bool:
    """Can this officer be the one who answers for the case? Asked of one who may see it."""
    ours = officer.active and officer.role in WORKERS and sharing.at_home(officer, case)
    return ours and not _may_not_judge(officer, case)


def can_answer(officer: Officer, referral: Referral) -> bool:
    """The asked agency's people; a one-stop desk writes down what they said on the telephone."""
    return officer.role in WORKERS and officer.agency_id in (None, referral.agency_id)


def _moved_up_to(officer: Officer, case: Case, **more: object) -> bool:
    """To the level on which it is now; whoever answered for one below has it above them."""
    return case.escalations.filter(level=case.level, officer=officer, **more).exists()


def _may_not_judge(officer: Officer, case: Case) -> bool:
    """An appeal is decided one level up, by somebody who had no part in what it contests."""
    if case.appeal_of is None:
        return False
    is_above = officer.role in LEADERS or officer.level >= case.level
    return not is_above or any(_had_a_part(officer, before) for before in contested(case))


def contested(case: Case) -> Iterator[Case]:
    """The decision an appeal is against, and what that one was against."""
    while case.appeal_of:
        case = case.appeal_of
        yield case


def _had_a_part(officer: Officer, case: Case) -> bool:
    """Did they ever own the case, look after it when it moved up to them, decide whether it is shared, or answer it?"""
    did = Q(kind__in=("take", "acknowledge", "agree", "resolve"), officer=officer)
    was_given = Q(kind__in=("hand_over", "dispute", "reopen"), data__to=officer.pk)
    return case.officer_id == officer.pk or Event.objects.filter(did | was_given, case=case).exists()


def may_know_who(officer: Officer, case: Case, part: Share = Share.WHO) -> bool:
    """A citizen who hid their number is known to the system alone; an agency that was asked knows what was shared."""
    return part in sharing.parts(officer, case)
