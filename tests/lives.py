"""Many random lives of cases, lived through the same actions as real ones, and short ways to ask for a figure of them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import ceil
from random import Random

from cases import actions
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.lifecycle import ALIVE, State
from cases.models import Case, Channel, Citizen, Decision, Known, Officer, Role
from cases.statistics import WHOLE, Where, figures
from tests.builders import EVERYTHING, a_phone, a_place, an_agency, make_officer, noon, now_of, on

TOPICS = (
    "sct-payment-late", "sct-other", "nhima-card-inactive", "nhima-medicine", "napsa-claim-late", "register-napsa",
    "sct-bribe", "violence", "staff-conduct", "other-enquiry", "register-worker",
)  # fmt: skip
PLACES = ("ZM105006", "ZM105004", "ZM105", "ZM110007", "ZM110", None)
FIRST = date(2026, 3, 23)  # Easter lies ahead, and the end of a month

Turn = Callable[[Random, Case, Officer], object]
TURNS: dict[str, Turn] = {
    "take": lambda dice, case, by: actions.take(case=case, by=by),
    "hand_over": lambda dice, case, by: actions.hand_over(case=case, by=by, to=by),
    "sort": lambda dice, case, by: actions.sort(case=case, by=by, topic=_topic(dice), place=_place(dice)),
    "ask": lambda dice, case, by: actions.ask_citizen(case=case, by=by, words="Which clinic?"),
    "inform": lambda dice, case, by: actions.add_information(case=case, words="The one in Mongu."),
    "note": lambda dice, case, by: actions.add_note(case=case, by=by, words="Rang them."),
    "read": lambda dice, case, by: actions.record_reading(case=case, by=by),
    "refer": lambda dice, case, by: actions.refer(case=case, by=by, agency=an_agency("HRC"), words="Please look."),
    "recall": lambda dice, case, by: actions.recall(case=case, by=by, words="They do not answer."),
    "resolve": lambda dice, case, by: actions.resolve(case=case, by=by, decision=_decision(dice), words="It is done."),
    "confirm": lambda dice, case, by: actions.confirm(case=case),
    "dispute": lambda dice, case, by: actions.dispute(case=case),
    "appeal": lambda dice, case, by: actions.appeal(case=case, words="Look again.", channel=Channel.SMS),
    "rate": lambda dice, case, by: actions.rate(case=case, stars=dice.randint(1, 5)),
    "withdraw": lambda dice, case, by: actions.withdraw(case=case) if dice.random() < 0.2 else None,
    "close": lambda dice, case, by: actions.close(case=case, by=by),
    "stay_solved": lambda dice, case, by: actions.stay_solved(case=case),
    "reopen": lambda dice, case, by: actions.reopen(case=case),
}
_FORWARD = ["take", "take", "take", "resolve", "resolve", "resolve"]  # or most would never come to an end


def live(dice: Random, *, days: int = 40, a_day: int = 2, turns: int = 12) -> Iterator[date]:
    """Day by day: some cases are opened, some others move on, and the sweeps run. Yields each evening."""
    supervisor = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    for number in range(days):
        today = FIRST + timedelta(days=number)
        with on(today):
            for _case in range(dice.randint(0, 2 * a_day)):
                open_any(dice)
            alive = list(Case.objects.filter(state__in=[*ALIVE, State.CLOSED]).order_by("pk"))
            for case in dice.sample(alive, min(turns, len(alive))):
                take_a_turn(dice, case, supervisor)
            actions.escalate_overdue(noon(today.year, today.month, today.day))
            actions.close_silent(noon(today.year, today.month, today.day))
            actions.follow_up_closed(noon(today.year, today.month, today.day))
        yield today


def open_any(dice: Random) -> Case:
    known = dice.choice([Known.NUMBER, Known.NUMBER, Known.HIDDEN, Known.ANONYMOUS])
    language = dice.choice(["en", "bem", "loz"])
    citizen = None if known == Known.ANONYMOUS else _citizen(dice, language)
    topic = _topic(dice)
    others = [an_agency(code) for code in ("NAPSA", "WCFCB") if code != (topic.handler_id or topic.agency_id)]
    return actions.open_case(
        topic=topic,
        place=_place(dice),
        words="It does not work.",
        known=known,
        channel=dice.choice(list(Channel)),
        citizen=citizen,
        language=language,
        also_for=others if dice.random() < 0.1 else (),
    ).case


def take_a_turn(dice: Random, case: Case, by: Officer) -> None:
    case = now_of(case)
    try:
        TURNS[dice.choice([*TURNS, *_FORWARD])](dice, case, by)
    except NotAllowed:
        return  # not in this state: nothing happened


def _citizen(dice: Random, language: str) -> Citizen:
    phone = a_phone() if dice.random() < 0.8 else ""
    return actions.find_or_add_citizen(phone=phone, language=language)


def _topic(dice: Random):
    return catalogue().topics[dice.choice(TOPICS)]


def _place(dice: Random):
    code = dice.choice(PLACES)
    return a_place(code) if code else None


def _decision(dice: Random) -> str:
    return dice.choice([Decision.UPHELD, Decision.NOT_UPHELD, Decision.REGISTERED, Decision.ANSWERED])


# --- Asking for figures ------------------------------------------------------------------------------------------


def value(measure: str, where: Where | None = None, **more):
    return figures([measure], where=where or Where(WHOLE), **more)[0].value


def values(measure: str, *by: str, where: Where | None = None, **more):
    return {row.by: row.value for row in figures([measure], by=by, where=where or Where(WHOLE), **more)}


def list_percentile(numbers: list[int], percent: int) -> int | None:
    return sorted(numbers)[ceil(len(numbers) * percent / 100) - 1] if numbers else None
