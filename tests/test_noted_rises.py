"""An unusual rise is noted by who answers for it: seen, or not unusual and why; the record of it stands for ever."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases import alarms, tallies
from cases.actions import NotAllowed, note_rise
from cases.models import RiseNote, Role
from cases.rises import replay
from cases.statistics import WHOLE, week_by_week
from cases.views import manage
from channels import tasks
from tests.builders import KAFUE, MONGU, WESTERN, make_case, make_officer, on
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db
TODAY, MONDAY = date(2026, 5, 6), date(2026, 5, 4)
THE_RISE = {"topic": "sct-payment-late", "district": MONGU}
HOME, RECORD, NOTE = "/desk/manage/", "/desk/manage/rises/", "/desk/manage/rises/note/"


@pytest.fixture
def rise():
    """One a week in Mongu for nine weeks, and nine in this one."""
    for week in range(9):
        with on(date(2026, 3, 2) + timedelta(weeks=week)):
            make_case(topic="sct-payment-late", place=MONGU)
            make_case(topic="sct-payment-late", place=KAFUE)
    more(9)


def more(many: int) -> None:
    with on(TODAY):
        for _case in range(many):
            make_case(topic="sct-payment-late", place=MONGU)
        tallies.keep_up()


def home_of(officer) -> str:
    with on(TODAY):
        return text_of(desk_of(officer).get(HOME))


def note(officer, **typed):
    with on(TODAY):
        return desk_of(officer).post(NOTE, {**THE_RISE, **typed}, follow=True)


def test_who_noted_a_rise_sees_it_no_more_until_it_rises_further(rise):
    manager = make_officer(role=Role.MANAGER)
    assert "Mongu, 9 this week, usually 1" in home_of(manager)

    assert "Noted. The card comes back" in text_of(note(manager, said="seen"))
    assert "this week, usually" not in home_of(manager)
    assert "What rose this week you have noted" in home_of(manager)
    more(1)
    assert "Mongu, 10 this week, usually 1" in home_of(manager)


def test_of_very_many_rises_the_least_likely_are_shown_and_what_is_noted_makes_room(rise, monkeypatch):
    monkeypatch.setattr(manage, "MOST_CARDS", 1)
    with on(TODAY):
        for _case in range(7):
            make_case(topic="sct-payment-late", place=KAFUE)
        tallies.keep_up()
    manager = make_officer(role=Role.MANAGER)
    assert "Mongu, 9 this week" in home_of(manager)
    assert "Kafue, 7 this week" not in home_of(manager)
    assert "These 1 of 2 are the least likely" in home_of(manager)

    note(manager, said="seen")
    assert "Kafue, 7 this week" in home_of(manager)


def test_a_colleague_still_sees_the_card_and_who_said_what_of_it(rise):
    manager = make_officer(role=Role.MANAGER, name="Grace Soko")
    head = make_officer(role=Role.AGENCY_HEAD, agency="MCDSS", place=WESTERN)
    note(manager, said="usual", words="Two payments came on one day.")

    assert "Mongu, 9 this week" in home_of(head)
    assert "Grace Soko, 6 May, 12:00: Not unusual , Two payments came on one day." in home_of(head)


def test_the_record_tells_who_noted_what_when_to_those_who_answer_for_it(rise):
    manager = make_officer(role=Role.MANAGER, name="Grace Soko")
    note(manager, said="usual", words="Two payments came on one day.")
    said = "Payment late or missing: Mongu"
    with on(TODAY):
        told = {
            name: text_of(desk_of(officer).get(RECORD))
            for name, officer in {
                "herself": manager,
                "auditor": make_officer(role=Role.AUDITOR),
                "ministry": make_officer(role=Role.AGENCY_HEAD, agency="MCDSS"),
                "NHIMA": make_officer(role=Role.AGENCY_HEAD, agency="NHIMA"),
                "Kafue": make_officer(role=Role.SUPERVISOR, place=KAFUE),
            }.items()
        }
    words = "Not unusual : Two payments came on one day."
    assert {name for name, text in told.items() if words in text} == {"herself", "auditor", "ministry"}, said
    assert "(9 cases) Grace Soko, Programme manager · 6 May 2026, 12:00 · week of 4 May to 10 May" in told["herself"]
    assert "9 cases" not in told["ministry"]


def test_the_same_sent_twice_is_one_note_and_without_a_reason_or_a_rise_there_is_none(rise):
    manager = make_officer(role=Role.MANAGER)
    assert "Please write why" in text_of(note(manager, said="usual", words="  "))
    assert "no unusual rise any more" in text_of(note(manager, said="seen", district=KAFUE))
    assert not RiseNote.objects.exists()
    note(manager, said="usual", words="Payment day.")
    note(manager, said="usual", words="Payment day.")
    note_rise(by=manager, week=MONDAY, now=9, topic=THE_RISE["topic"], district=MONGU, words="Another reason")

    one = RiseNote.objects.get()
    assert (one.officer, one.week, one.now, one.said, one.words) == (manager, MONDAY, 9, "usual", "Payment day.")


def test_who_reads_only_or_may_not_see_it_notes_nothing(rise):
    auditor, stranger = make_officer(role=Role.AUDITOR), make_officer(role=Role.AGENCY_HEAD, agency="NHIMA")

    assert "Mongu, 9 this week" in home_of(auditor)
    assert note(auditor, said="seen").status_code == 403
    assert "no unusual rise any more" in text_of(note(stranger, said="seen"))
    with pytest.raises(NotAllowed):
        note_rise(by=auditor, week=MONDAY, now=9, topic=THE_RISE["topic"], district=MONGU)
    assert not RiseNote.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_risenote SET said = 'seen', words = NULL",
        "UPDATE cases_risenote SET now = 99",
        "DELETE FROM cases_risenote",
        "TRUNCATE cases_risenote",
    ],
)
def test_the_database_changes_and_removes_no_note(change):
    note_rise(
        by=make_officer(role=Role.MANAGER), week=MONDAY, now=9, topic=THE_RISE["topic"], district=MONGU, words="So"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert RiseNote.objects.get().now == 9


def test_beside_the_statistic_stands_how_it_did_in_the_weeks_before(rise):
    """A worker replays them once all is counted; the weeks, the comparisons and the cards are those of the rule."""
    manager = make_officer(role=Role.MANAGER)
    assert "worked out within the hour" in home_of(manager)
    with on(TODAY):
        assert tasks.run("alarms")
        past = replay({pair: counts[:-1] for pair, counts in week_by_week(WHOLE).items()})
        assert alarms.remembered() == past
    assert (past.weeks, past.tests, past.cards) == (1, 2, 0)
    told = home_of(manager)
    assert (
        "Replayed on the 1 whole weeks before this one, 2 comparisons: cards in 0 weeks (0 %), 0 cards in all." in told
    )
    assert "at most 5 % on average" in told


def test_while_the_figures_are_behind_nothing_is_replayed():
    with on(date(2026, 3, 2)):
        make_case(topic="sct-payment-late", place=MONGU)
    with on(TODAY):
        alarms.remember()
        assert alarms.remembered() is None
