"""Figures: kept up event by event they are what a count of everything gives, for whoever asks and at any moment."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import connection, connections, transaction

from cases import actions, tallies
from cases.catalogue import catalogue
from cases.counting import COUNTS, NOW, ONLY_STANDS, STOCK, Happening, Tally, tallied
from cases.lifecycle import ENTRIES, STEPS, State
from cases.measures import AGE, LATE, MEASURES, SOON, Percentile, Row
from cases.measures import OPEN as OPEN_NOW
from cases.models import Arrivals, Case, Decision, Event, Role, TallyCount, Watermark
from cases.pack import Sensitivity
from cases.rises import Weeks
from cases.statistics import (
    DIMENSIONS,
    PUBLIC,
    PUBLIC_SENSITIVE,
    WHOLE,
    NotTallied,
    Period,
    Scope,
    Where,
    figures,
    scope_of,
    weekly,
)
from channels import tasks
from tests.asked import asked
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA,
    LUSAKA_TOWN,
    MONGU,
    WESTERN,
    a_place,
    make_case,
    make_officer,
    now_of,
    on,
    open_case,
)
from tests.lives import list_percentile, live, value, values

SEEDS = (1, 2, 3)
MARCH, APRIL = Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 4, 1), date(2026, 4, 30))


# --- The table of definitions -------------------------------------------------------------------------------


def test_every_step_is_counted_or_said_not_to_be():
    """A step added to the lifecycle must be thought about: what does it change in the figures?"""
    assert {*COUNTS, *ONLY_STANDS} == {*STEPS, *ENTRIES}
    assert not COUNTS.keys() & ONLY_STANDS.keys()


def test_every_measure_says_what_it_counts_and_counts_what_exists():
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert str(measure.title)
        assert str(measure.definition).endswith(".")
        assert set(measure.events) <= {*STEPS, "open"}
        assert set(measure.combine.tallies) <= {*Tally, OPEN_NOW, LATE, SOON, AGE}


def test_every_tally_is_told_by_some_measure():
    told = {tally for measure in MEASURES.values() for tally in measure.combine.tallies}
    assert set(Tally) - set(STOCK) <= told


# --- Moving, and time ---------------------------------------------------------------------------------------


def test_a_case_that_is_put_elsewhere_takes_all_that_was_counted_of_it_along(db):
    supervisor = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    with on(date(2026, 4, 7)):
        case = make_case(topic="nhima-card-inactive", place=MONGU, state=State.IN_PROGRESS, officer=supervisor)
        tallies.keep_up()
        assert values("acknowledged", "agency", "district") == {("NHIMA", MONGU): 1}
        actions.sort(case=case, by=supervisor, topic=catalogue().topics["sct-bribe"], place=a_place(KAFUE))
        tallies.keep_up()

    assert values("acknowledged", "agency", "sensitivity", "district") == {("ACC", "corruption", KAFUE): 1}
    assert values("open_now", "topic", "province") == {("sct-bribe", LUSAKA): 1}
    assert value("received", Where(scope_of(make_officer()))) == 0  # it was theirs to count; no more
    assert value("moved") == 1
    assert tallies.recount() == []


def test_after_midnight_a_case_is_late_with_nothing_written(db):
    with on(date(2026, 4, 7)):
        case = open_case().case
        tallies.keep_up()
    before = list(TallyCount.objects.order_by("pk").values())

    def seen_on(day):
        with on(day):
            return tuple(value(name) for name in ("open_now", "soon_late_now", "late_now", "backlog_age_median"))

    due = now_of(case).resolve_due
    assert due == date(2026, 4, 10)
    assert seen_on(date(2026, 4, 7)) == (1, 1, 0, 0)
    assert seen_on(due) == (1, 1, 0, 3)
    assert seen_on(due + timedelta(days=1)) == (1, 0, 1, 3)
    assert seen_on(date(2026, 4, 30)) == (1, 0, 1, 16)  # 28 April is a holiday
    assert list(TallyCount.objects.order_by("pk").values()) == before


def test_promises_that_passed_long_ago_are_put_together_and_late_as_before(db):
    """So that what is late is read from as few rows after ten years as after one."""
    officer = make_officer(clearances=EVERYTHING)
    days = [date(2026, 3, 2) + timedelta(weeks=week) for week in range(6)]
    cases = []
    for day in days:
        with on(day):
            cases.append(make_case(state=State.IN_PROGRESS, officer=officer))
            tallies.keep_up()
    one_kind = TallyCount.objects.filter(facet="all", area="country", grain="day", open_by_due__gt=0)
    assert sorted(one_kind.values_list("period", "open_by_due")) == [(NOW, 5), (now_of(cases[5]).resolve_due, 1)]
    with on(days[5]):
        assert (value("late_now"), value("open_now"), value("soon_late_now")) == (5, 6, 1)
        assert tallies.recount() == []
        actions.resolve(case=cases[0], by=officer, decision=Decision.ANSWERED, words="Here it is.")
        tallies.keep_up()
        assert (value("late_now"), value("open_now")) == (4, 5)
        assert tallies.recount() == []


def test_the_day_is_turned_once_and_never_back(db):
    with on(date(2026, 4, 7)):
        open_case()
        tallies.keep_up()
    before = list(TallyCount.objects.order_by("pk").values())
    with on(date(2026, 4, 1)):
        tallies.keep_up()
    assert Watermark.objects.get().turned_on == date(2026, 4, 7)
    assert list(TallyCount.objects.order_by("pk").values()) == before


def test_weeks_longer_ago_than_anybody_asks_for_are_forgotten_and_stay_so(db):
    for day in (date(2024, 11, 4), date(2025, 12, 1), date(2026, 2, 2)):
        with on(day):
            case = open_case(topic="sct-payment-late", place=MONGU).case
            tallies.keep_up()
    assert Arrivals.objects.get().weeks == {"2025-12-01": 1, "2026-02-02": 1}
    assert weekly(WHOLE, today=date(2026, 2, 2)) == {("sct-payment-late", MONGU): Weeks(1, 1, 1, 52)}
    with on(date(2026, 2, 3)):
        supervisor = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
        for one in Case.objects.all():
            actions.sort(case=one, by=supervisor, topic=case.topic, place=a_place(KAFUE))
        tallies.keep_up()
    assert weekly(WHOLE, today=date(2026, 2, 3)) == {("sct-payment-late", KAFUE): Weeks(1, 1, 1, 52)}
    assert tallies.recount() == []


@pytest.mark.parametrize("percent", [50, 90])
def test_a_percentile_of_the_histogram_is_that_of_the_list(percent):
    dice = Random(5)
    for _round in range(300):
        numbers = [dice.randint(0, dice.choice([3, 40])) for _ in range(dice.randint(0, 30))]
        found = Percentile(percent, ("a", "b"))({"a": Counter(numbers[::2]), "b": Counter(numbers[1::2])})
        assert found == (len(numbers), list_percentile(numbers, percent))


# --- Events that are committed in another order than they are numbered --------------------------------------


def test_what_is_committed_late_is_counted_once(transactional_db):
    """The naive way, the highest number seen, misses it."""
    slow = connections.create_connection("default")  # somebody whose transaction takes a while
    slow.set_autocommit(False)
    try:
        tallies.keep_up()
        with slow.cursor() as cursor:
            number = copy_an_event(cursor, open_case().case)
        later = open_case().case
        highest_seen = Event.objects.latest("pk").pk
        assert number < highest_seen

        tallies.keep_up()
        waiting = value("received")
        slow.commit()
        missed = Event.objects.filter(pk=number).exclude(pk__gt=highest_seen)
        assert missed.exists()  # a watermark at the highest number seen is past it for ever

        tallies.keep_up()
        tallies.keep_up()
        assert waiting == 0  # it waits, rather than to be wrong
        assert value("received") == 2
        assert value("referred") == 1
        assert tallies.recount() == []
        assert later.events.count() == 1
    finally:
        slow.close()


def copy_an_event(cursor, case: Case, *, kind: str = "refer", without: str = "") -> int:
    """A step of the case, written by another connection as actions do it: the case is locked, then the event written."""
    cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])
    cursor.execute(
        "INSERT INTO cases_event (case_id, number, kind, at, actor, data, words_digest, previous, digest) "
        "SELECT case_id, 2, %s, at, actor, data - %s, '', digest, 'x' FROM cases_event WHERE case_id = %s RETURNING id",
        [kind, without, case.pk],
    )
    return cursor.fetchone()[0]


def test_while_somebody_always_writes_the_figures_still_come_on(transactional_db):
    """On a busy day there is no moment without a transaction; each lasts shorter than the time between two looks."""
    tallies.keep_up()
    writers = [connections.create_connection("default") for _ in range(4)]
    cases = [open_case().case for _ in writers]
    try:
        for writer in writers:
            writer.set_autocommit(False)
        seen = []
        begin(writers[0], cases[0])
        for (before, _case), (after, case) in pairwise(zip(writers, cases, strict=True)):
            tallies.keep_up()
            begin(after, case)
            before.commit()
            tallies.keep_up()
            seen.append(value("received"))
        assert seen == [4, 4, 4]
    finally:
        for writer in writers:
            writer.close()


def begin(writer, case: Case) -> None:
    with writer.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])


def test_what_is_taken_back_is_never_counted(transactional_db):
    with transaction.atomic():
        open_case()
        tallies.keep_up()
        assert value("received") == 1
        transaction.set_rollback(True)
    open_case()
    tallies.keep_up()
    assert value("received") == 1
    assert tallies.recount() == []


def test_in_another_server_whose_transactions_begin_anew_the_mark_is_set_again(transactional_db):
    open_case()
    tallies.keep_up()
    case = open_case().case
    Watermark.objects.update(next_to=Event.objects.latest("pk").pk, after=2**50)
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        begin(other, case)
        tallies.keep_up()  # the mark means nothing here, and somebody is writing
        other.commit()
        tallies.keep_up()
        assert value("received") == 2
    finally:
        other.close()


def test_a_recount_makes_the_rounds_wait_for_the_figures_only(transactional_db):
    open_case()
    holder = connections.create_connection("default")
    holder.set_autocommit(False)
    Watermark.objects.create(pk=1)
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM cases_watermark FOR UPDATE")
        assert tallies.keep_up() == 0
    finally:
        holder.close()
    assert tasks.run("figures")
    assert value("received") == 1


def test_many_events_are_counted_in_portions(db, monkeypatch):
    monkeypatch.setattr(tallies, "EVENTS_AT_A_TIME", 7)
    monkeypatch.setattr(tallies, "CELLS_AT_A_TIME", 50)
    for _today in live(Random(9), days=8):
        pass
    assert tallies.keep_up() == Event.objects.count() > 30
    assert tallies.recount() == []


def test_one_bad_case_does_not_stop_the_figures(db):
    bad, good = open_case().case, open_case().case
    with connection.cursor() as cursor:
        copy_an_event(cursor, bad, kind="escalate", without="level")
    tallies.keep_up()
    assert value("received") == 1
    actions.withdraw(case=bad)
    actions.withdraw(case=good)
    tallies.keep_up()
    assert (value("received"), value("withdrawn"), value("open_now")) == (1, 1, 0)
    assert tallies.recount() == []


# --- What is asked --------------------------------------------------------------------------------------------


def test_a_figure_says_on_how_many_it_rests_and_has_no_value_where_that_is_none(db):
    supervisor = make_officer(role=Role.SUPERVISOR)
    with on(date(2026, 4, 7)):
        make_case(place=LUSAKA_TOWN, state=State.CLOSED, officer=supervisor)
        make_case(place=MONGU)
        tallies.keep_up()
        rows = figures(["received", "resolved_on_time"], by=("province",), where=Where(WHOLE), period=APRIL)
        nothing = figures(["received", "resolved_on_time", "days_to_resolve_p90"], where=Where(WHOLE), period=MARCH)

    assert rows == [
        Row("received", (LUSAKA,), 1, 1),
        Row("resolved_on_time", (LUSAKA,), 1, 1.0),
        Row("received", (WESTERN,), 1, 1),
        Row("resolved_on_time", (WESTERN,), 0, None),
    ]
    assert nothing == [
        Row("received", (), 0, 0),
        Row("resolved_on_time", (), 0, None),
        Row("days_to_resolve_p90", (), 0, None),
    ]


def test_what_is_sensitive_is_told_to_the_public_apart_and_by_province_and_quarter_only(db):
    with on(date(2026, 4, 7)):
        for topic in ("violence", "nhima-medicine", "nhima-card-inactive"):
            make_case(topic=topic, place=MONGU)
        tallies.keep_up()
    assert values("received", "district", where=Where(PUBLIC)) == {(MONGU,): 1}
    assert values("received", "province", "quarter", where=Where(PUBLIC_SENSITIVE)) == {(WESTERN, "2026-04-01"): 2}
    for name in DIMENSIONS.keys() - {"province", "quarter", "year"}:
        with pytest.raises(NotTallied):
            figures(["received"], by=(name,), where=Where(PUBLIC_SENSITIVE))
        if name in Where.__dataclass_fields__:
            with pytest.raises(NotTallied):
                figures(["received"], where=Where(PUBLIC_SENSITIVE, **{name: ("x",)}))


@pytest.mark.parametrize(
    ("measure", "asked"),
    [
        ("received", {"by": ("topic", "channel")}),
        ("received", {"by": ("topic",), "where": Where(WHOLE, language=("en",))}),
        ("received", {"by": ("week", "month")}),
        ("received", {"by": ("week",), "period": APRIL}),
        ("open_now", {"by": ("month",)}),
        ("days_to_resolve_median", {"by": ("week",)}),
        ("received", {"by": ("channel", "week")}),
        ("resolved", {"by": ("topic", "week")}),
        ("received", {"by": ("district", "channel")}),
        ("days_to_resolve_median", {"by": ("district", "topic")}),
    ],
)
def test_what_is_not_kept_is_refused_and_not_guessed(db, measure, asked):
    with pytest.raises(NotTallied):
        figures([measure], **{"where": Where(WHOLE)} | asked)


def test_a_period_is_of_whole_months_or_weeks():
    for first, last, grain in (
        ("2026-04-02", "2026-04-30", "month"),
        ("2026-04-01", "2026-04-29", "month"),
        ("2026-04-01", "2026-04-07", "week"),
    ):
        with pytest.raises(NotTallied):
            Period(date.fromisoformat(first), date.fromisoformat(last), grain)


def test_nobody_sees_nothing(db):
    open_case()
    tallies.keep_up()
    assert scope_of(None) == Scope(frozenset())
    assert value("received", Where(scope_of(None))) == 0


def test_a_page_reads_as_many_rows_however_many_cases_there_are(db):
    """And asks no more often: two questions for what happened, how often and how long, two for what is open."""
    with on(date(2026, 4, 7)):
        for _case in range(3):
            open_case()
        tallies.keep_up()
        rows = TallyCount.objects.count()
        for _case in range(9):
            open_case()
        tallies.keep_up()
        assert TallyCount.objects.count() == rows
        with asked() as statements:
            figures(MEASURES, by=("agency",), where=Where(WHOLE), period=APRIL)
        assert len(statements) == 4


def test_a_history_from_before_events_said_how_a_case_stands_is_not_counted():
    assert (
        tallied([Happening("open", date(2026, 4, 7), {"topic": "nhima-wait"}), Happening("take", date(2026, 4, 8), {})])
        == {}
    )


def test_no_sensitivity_is_forgotten():
    assert WHOLE.sensitivities == set(Sensitivity.values) == PUBLIC.sensitivities | PUBLIC_SENSITIVE.sensitivities
    assert connection.features.has_select_for_update_skip_locked
