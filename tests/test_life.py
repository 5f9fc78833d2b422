"""Any life of a case: any step on any day in any order. What should come of it is worked out beside it."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import holidays
import hypothesis.strategies as st
import pytest
from django.conf import settings as settings_of_house
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cases import actions, clock, ledger, timeline
from cases.actions import NotAllowed, citizen, core, promises, timers, work
from cases.catalogue import catalogue
from cases.counting import Happening
from cases.lifecycle import ALIVE, JOINED, OPEN, STEPS, State
from cases.models import ClosedBy, Decision, Escalation, FollowUp, Referral, Role
from tests.builders import EVERYTHING, make_case, make_officer, noon, now_of
from tests.test_lifecycle import HOW, everything_about, is_allowed, target_of

FIRST_DAY = date(2026, 3, 26)  # Easter lies ahead, and the holidays of May
OFF = holidays.country_holidays("ZM", years=range(2026, 2030))  # tests/test_deadlines.py holds them to the wall


def _working(day: date) -> bool:
    return day.weekday() < 5 and day not in OFF


def after(day: date, days: int) -> date:
    """So many working days later, counted one by one."""
    following = (day + timedelta(days=step) for step in range(1, 1000))
    return [day, *(one for one in following if _working(one))][days]


def working_days(start: date, end: date) -> int:
    return sum(_working(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))


class Life(RuleBasedStateMachine):
    """One case of three promised days, on a ladder of three levels, and everybody who has to do with it."""

    tried: Counter[tuple[str, str]] = Counter()  # (step, state) of each step that was taken, in all lives
    refused: Counter[tuple[str, str]] = Counter()  # and of each that was forbidden

    def __init__(self):
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()
        self.officer = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
        self.above = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING, level=3)
        self.clock = None
        self.taken = Counter()
        self._begin()

    def _begin(self):
        self._is(noon(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day))
        FollowUp.objects.filter(asked_at=None).delete()  # of the case before this one
        self.case = make_case(topic="nhima-card-inactive")
        self.state, self.events = State.RECEIVED, 1
        self.asked = self.answered = None
        self.paused = self.lay_answered = 0
        self.due = after(FIRST_DAY, 3)
        self.level, self.level_due, self.level_first, self.stood_still = 1, None, None, 0
        self.unacknowledged = self.appealed = self.reviewed = self.withdrawn = False
        self.closed = None
        self.asked_again = ""  # planned, asked and answered, each once
        self.merged = self.had_owner = self.disputed = self.unlike = False
        self.along, self.heard_anew = False, 0  # answered with another case; and days between two such answers
        self.others: dict[str, str] = {}  # agencies that are asked, or may be: in the order in which they came up

    def _is(self, moment):
        if self.clock:
            self.clock.__exit__(None, None, None)
        self.now, self.clock = moment, clock.at(moment)
        self.clock.__enter__()

    def teardown(self):
        self.clock.__exit__(None, None, None)
        transaction.set_rollback(True)  # the next life begins in an empty office
        self.life.__exit__(None, None, None)

    @property
    def today(self) -> date:
        return self.now.date()

    # --- What happens ------------------------------------------------------------------------------------

    @rule(
        days=st.sampled_from([0, 0, 0, 1, 2, 5, 12]),
        swept=st.booleans(),
        dares=st.integers(0, 5),
        choice=st.integers(0, 999),
    )
    def a_day(self, days, swept, dares, choice):
        """Time passes, the sweeps run or do not, somebody tries what is forbidden, somebody does what is allowed."""
        self.days_pass(days)
        if swept:
            self.sweep()
        if not dares:
            self.nobody_takes_a_step_that_is_forbidden()
        self._somebody_takes_a_step(choice)

    def days_pass(self, days):
        self._is(self.now + timedelta(days=days))

    def sweep(self):
        moves = self._moves_up() and self.due < self.today
        silent = self.state == State.RESOLVED and self.answered < self.now - timedelta(days=14)
        before = Escalation.objects.count(), self.case.escalations.count()
        assert actions.escalate_overdue(self.now) == Escalation.objects.count() - before[0]
        assert self.case.escalations.count() - before[1] == moves
        assert actions.close_silent(self.now) == silent
        asks = self._may("follow_up") and self.now >= self.closed + timedelta(days=28)
        assert actions.follow_up_closed(self.now) >= asks
        if moves:
            self._moved_up()
        if silent:
            self._closed()
        self.state = State.CLOSED if silent else self.state
        self.asked_again = "asked" if asks else self.asked_again
        self.events += moves + silent + asks

    def nobody_takes_a_step_that_is_forbidden(self):
        """Each one that is not allowed now; none leaves a trace."""
        before = everything_about(self.case)
        for step in STEPS:
            if not self._may(step):
                Life.refused[step, self.state] += 1
                assert self._is_refused(step), (step, self.state)
        assert everything_about(self.case) == before

    def _somebody_takes_a_step(self, choice):
        """Rather one that was not taken in this state yet; when it is over and all were, another case begins."""
        possible = [step for step in STEPS if self._may(step)]
        new = [step for step in possible if not self.taken[step, self.state]]
        if self.state == State.CLOSED and not new:
            self._begin()
            return
        step = (new or possible)[choice % len(new or possible)]
        self.taken[step, self.state] += 1
        self.somebody_takes(step)

    def somebody_takes(self, step):
        Life.tried[step, self.state] += 1
        self._take(step)
        self._expect(step)

    def _is_refused(self, step):
        try:
            with transaction.atomic():
                self._take(step)
        except (NotAllowed, Referral.DoesNotExist):  # where nobody was asked, nothing can be answered
            return True
        return False

    def _take(self, step):
        if step == "come_back":
            asked = self.case.referrals.filter(state="asked").order_by("pk").first()
            state = {"by": self.officer, "referral": asked or Referral(pk=0), "state": "done"}
            actions.answer_referral(case=self.case, words="It is done.", **state)
        else:
            HOW[step](self.case, self.above if step == "acknowledge" else self.officer)

    # --- What should come of it --------------------------------------------------------------------------

    def _may(self, step):
        needs = {
            "appeal": not (self.appealed or self.withdrawn),
            "review": self.appealed and not self.reviewed,
            "refer": "HRC" not in self.others,
            "seek": "NAPSA" not in self.others,
            "propose": "LLCL" not in self.others,
            "consent": "sought" in self.others.values(),
            "agree": "proposed" in self.others.values(),
            "escalate": self.level < 3 and self._moves_up(),
            "acknowledge": self.unacknowledged,
            "follow_up": self.asked_again == "planned" and not self.appealed,
            **dict.fromkeys(("stay_solved", "reopen"), self.asked_again == "asked" and not self.appealed),
            "merge": not (self.disputed or self.unlike or "asked" in self.others.values()) and self.level == 1,
            "unmerge": self.merged,
            "resolve_along": self.merged or self.along,
        }
        if self.merged:
            return step in (*JOINED, "hear")  # one door with "inform"
        if step == "come_back":  # who was asked can answer whatever became of the case since
            return "asked" in self.others.values()
        return is_allowed(step, self.state) and needs.get(step, True)

    def _moves_up(self):
        """Does the level on which it is leave it free to climb?"""
        return self.state in OPEN and (self.level_due is None or (self.level < 3 and self.level_due < self.today))

    def _expect(self, step):
        target = self._target(step)
        if self.state == State.WAITING and target != State.WAITING:
            self._count_pause()
            self._move_dates(self.paused, since=self.asked)
        if step in ("confirm", "close", "lapse"):
            self._closed()
        self.asked_again = {"follow_up": "asked", "stay_solved": "told", "reopen": "told"}.get(step, self.asked_again)
        if (self.state == State.RESOLVED and step in ("dispute", "release")) or step == "reopen":
            self.lay_answered += working_days(self.answered.date(), self.today)
            self._move_dates(self.paused, since=self.answered.date())
            self.heard_anew = 0  # it is open again: they stand in its history
        if step == "resolve_along" and self.along:
            self._answered_anew()
        if step == "escalate":
            self._moved_up()
        self._expect_of_others(step)
        self.state = target
        self.events += 1
        self.appealed |= step == "appeal"
        self.reviewed |= step == "review"
        self.withdrawn |= step == "withdraw"
        self.merged = step == "merge" or (self.merged and self.state == State.CLOSED)
        self.along = step == "resolve_along" or (
            self.along and step not in ("dispute", "reopen", "release", "appeal", "name_officer")
        )
        self.disputed |= step in ("dispute", "reopen")
        self.unlike |= step in ("name_officer", "check_off", "enrol")  # or something stands here that the other lacks
        self.unacknowledged &= step != "acknowledge"
        if step in ("ask", "seek"):
            self.asked = self.today
            self._move_dates(10, since=self.today)
        if step in ("resolve", "resolve_along"):
            self.answered = self.now

    def _target(self, step):
        if step == "merge":
            self.had_owner = self.state != State.RECEIVED
        if step == "unmerge" and self.had_owner:
            return State.IN_PROGRESS  # whoever had it has it again
        if self.merged and step in ("inform", "hear"):
            return self.state
        one_of_several = step == "come_back" and list(self.others.values()).count("asked") > 1
        if one_of_several or (step == "come_back" and self.state != State.REFERRED):
            return self.state
        return target_of(step, self.state)

    def _expect_of_others(self, step):
        """What they were asked ends when the case is answered, and that is told."""
        others = self.others
        if step in ("resolve", "withdraw", "merge"):
            self.events += bool(others)
        over = {
            "come_back": [agency for agency, how in others.items() if how == "asked"][:1],
            "sort": [agency for agency, how in others.items() if how == "proposed"],
            "hear": [agency for agency, how in others.items() if how == "sought"],
            "recall": [*others],
        }.get(
            {"inform": "hear", "release": "hear", "resolve": "recall", "withdraw": "recall", "merge": "recall"}.get(
                step, step
            ),
            [],
        )
        if step != "inform" or self.state == State.WAITING:
            self.others = {agency: how for agency, how in others.items() if agency not in over}
        came = {"refer": "HRC asked", "seek": "NAPSA sought", "propose": "LLCL proposed"}
        came |= {"consent": "NAPSA asked", "agree": "LLCL asked"}
        if step in came:
            agency, how = came[step].split()
            self.others[agency] = how

    def _count_pause(self):
        self.paused = min(10, self.paused + working_days(self.asked, self.today))

    def _move_dates(self, paused, *, since):
        """What was missed by then stays missed."""
        if self.due >= since:
            self.due = after(FIRST_DAY, 3 + self.lay_answered + paused)
        if self.level_due and self.level_due >= since:
            self.level_due = after(self.level_first, self.lay_answered + paused - self.stood_still)

    def _closed(self):
        self.closed = self.now
        self.asked_again = self.asked_again or "planned"

    def _answered_anew(self):
        days = working_days(self.answered.date(), self.today)
        self.lay_answered, self.heard_anew = self.lay_answered + days, self.heard_anew + days
        self._move_dates(self.paused, since=self.answered.date())
        self.asked_again = "" if self.asked_again == "planned" else self.asked_again

    def _moved_up(self):
        waits = self.state == State.WAITING
        if waits:  # what was waited so far is entered, and counted anew from here
            self._count_pause()
            self.asked = self.today
        self.level += self.level < 3
        self.stood_still = self.paused + self.lay_answered
        self.level_first = after(self.today, 5)
        self.level_due = after(self.level_first, 10 - self.paused if waits else 0)
        self.unacknowledged = True

    # --- Whether it is so --------------------------------------------------------------------------------

    @invariant()
    def it_is_as_it_should_be(self):
        case = now_of(self.case)
        here = case.escalations.last()
        assert (case.state, case.level) == (self.state, self.level)
        assert (case.resolve_due, here and here.resolve_due) == (self.due, self.level_due)
        assert (case.days_paused, case.days_answered) == (self.paused, self.lay_answered)
        assert (here is not None and here.acknowledged_at is None) == self.unacknowledged
        assert (case.closed_by in ClosedBy.values, case.closed_at is not None) == (self.state == State.CLOSED,) * 2
        assert (case.decision in Decision.values) == (self.state in (State.RESOLVED, State.CLOSED))
        assert (case.officer is None) <= (self.state in (State.RECEIVED, State.CLOSED))
        assert (self.state in ALIVE) != (self.state == State.CLOSED)

    @invariant()
    def its_history_is_whole_and_accounts_for_every_working_day(self):
        case, events = now_of(self.case), list(self.case.events.all())
        assert len(events) == self.events
        if self.events % 10 == 0 or self.state == State.CLOSED:
            assert ledger.broken(events) is None
        history = [Happening(event.kind, catalogue().day_of(event.at), event.data) for event in events]
        spans = timeline.spans(history, catalogue().calendar, today=self.today, pause_cap=10)
        ended = self.today if self.state in OPEN else spans_end(history)
        assert sum(span.days for span in spans) == working_days(FIRST_DAY, ended)
        waiting = working_days(self.asked, self.today) if self.state == State.WAITING else 0
        still = {state: sum(span.stood_still for span in spans if span.state == state) for state in State}
        assert still[State.WAITING] == min(10, self.paused + waiting)
        assert still[State.RESOLVED] + still[State.CLOSED] == self.lay_answered - self.heard_anew
        if self.state in OPEN and spans and spans[-1].ended > spans[-1].began and history[-1].day < self.today:
            assert (spans[-1].state, spans[-1].owner) == (case.state, case.officer_id)


def spans_end(history: list[Happening]) -> date:
    """The day of the last answer, or on which it was withdrawn: the first event of those after which it was over."""
    over = [number for number, event in enumerate(history) if event.data["stands"]["state"] in OPEN]
    return history[over[-1] + 1].day


def test_whatever_happens_in_whatever_order_the_case_keeps_its_word(db):
    """Not shortened when it fails: that takes minutes, and what happened is printed in any case."""
    Life.tried.clear()
    Life.refused.clear()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=4,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

    edges = {(step, state) for step in STEPS for state in State}
    allowed = {(step, state) for step, state in edges if is_allowed(step, state)}
    assert len(allowed & Life.tried.keys()) > 0.7 * len(allowed)  # the rest stands in test_lifecycle, edge by edge
    assert Life.refused.keys() >= edges - allowed - {("come_back", state) for state in State}


# --- It would notice -----------------------------------------------------------------------------------------


def _recounts(case, *, since):
    """A promise is worked out anew whenever something happens."""
    case.resolve_due = catalogue().calendar.add(case.first_due, promises.stood_still_of(case))


def _only_moves_are_told(case, kind, by, **said):
    return core.record(case, kind, by, **said) if STEPS[kind].target else case


# What one would write without thinking, and a short life that shows it: days that pass, "sweep", "dare", or a step.
NAIVE: dict[str, tuple[Any, str, Any, list]] = {
    "a question mends a missed promise": (promises, "move_dates", _recounts, ["take", 6, "ask"]),
    "a pause has no end": (settings_of_house, "PAUSE_CAP_DAYS", 1000, ["take", "ask", 40, "hear"]),
    "days with the citizen are the agency's": (
        citizen, "count_days_answered", lambda case: None, ["take", "resolve", 8, "dispute"],
    ),
    "a level is left before its time": (timers, "level_of", lambda case: None, [6, "sweep", "dare"]),
    "it moves up to nobody": (timers, "responsible", lambda case, **facts: None, [6, "sweep", "acknowledge"]),
    "any step at any time": (core, "check", lambda case, step, by: None, ["dare"]),
    "a note leaves no trace": (work, "record", _only_moves_are_told, ["note"]),
    "what was asked once is asked again": (
        FollowUp, "waits_for", lambda case: True, ["take", "resolve", "close", 29, "sweep", "stay_solved", "dare"],
    ),
    "silence closes it within the week": (settings_of_house, "SILENCE_DAYS", 5, ["take", "resolve", 8, "sweep"]),
}  # fmt: skip


@pytest.mark.parametrize("naive", NAIVE)
def test_a_case_handled_naively_would_be_noticed(naive, db, monkeypatch):
    whose, name, instead, story = NAIVE[naive]
    tell(story)
    monkeypatch.setattr(whose, name, instead)

    with pytest.raises((AssertionError, NotAllowed, TransitionNotAllowed, IntegrityError)):
        tell(story)


def tell(story: list) -> None:
    life = Life()
    try:
        for what in story:
            match what:
                case int(days):
                    life.days_pass(days)
                case "sweep":
                    life.sweep()
                case "dare":
                    life.nobody_takes_a_step_that_is_forbidden()
                case step:
                    life.somebody_takes(step)
            life.it_is_as_it_should_be()
            life.its_history_is_whole_and_accounts_for_every_working_day()
    finally:
        life.teardown()
