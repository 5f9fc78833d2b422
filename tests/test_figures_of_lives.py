"""Figures against a count of everything: random lives of cases, whoever asks, told apart by whatever."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from statistics import fmean
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cases import tallies
from cases.catalogue import catalogue
from cases.counting import STANDS, Tally
from cases.lifecycle import OPEN
from cases.measures import MEASURES
from cases.models import Case, Event, Officer, Role, TallyCount, Watermark
from cases.rises import Weeks
from cases.statistics import WHOLE, Period, Where, figures, scope_of, weekly
from tests.builders import EVERYTHING, KAFUE, LUSAKA, MONGU, WESTERN, make_officer, on
from tests.lives import FIRST, list_percentile, live, value, values

SEEDS = (1, 2)
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))

# --- The lives ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=SEEDS)
def lives(request, django_db_setup: None, django_db_blocker: Any) -> Iterator[date]:
    """Forty days of random lives, and the last of them; the figures were brought up on some evenings in between.

    All tests of a seed stand on the same lives, so none of them asks for `db`, and what one writes it takes back.
    """
    dice = Random(request.param)
    print("seed", request.param)
    with django_db_blocker.unblock(), transaction.atomic():
        for today in live(dice):
            if dice.random() < 0.4 or today == FIRST + timedelta(days=39):
                with on(today):
                    tallies.keep_up()
        yield today
        transaction.set_rollback(True)


def test_kept_up_they_are_what_a_recount_gives(lives):
    assert Event.objects.count() > 200
    assert TallyCount.objects.count() > 1000
    for row in TallyCount.objects.values(*Tally):
        assert min(row.values()) >= 0 < max(row.values())
    assert Watermark.objects.get().counted_to == Event.objects.latest("pk").pk
    assert tallies.recount() == []


def cases_of(officer: Officer | None):
    """The gate, without the cases of others that an agency helps with."""
    if officer is None:
        return Case.objects.all()
    cases = Case.objects.visible_to(officer)
    return cases.filter(agency=officer.agency_id) if officer.agency_id else cases


def told_apart(case: Case) -> dict[str, str]:
    place = case.place
    return {
        "agency": case.agency_id,
        "sensitivity": case.sensitivity,
        "programme": case.topic.programme_id or "",
        "topic": case.topic_id,
        "kind": case.kind,
        "province": (place.parent_id or place.pk) if place else "",
        "district": place.pk if place and place.parent_id else "",
        "channel": case.channel,
        "language": case.language,
        "level": str(case.level),
    }


def working_days(start: date, end: date) -> int:
    return catalogue().calendar.between(start, end)


def local(moment: datetime) -> date:
    return catalogue().day_of(moment)


def first_taken(case: Case) -> Event:
    return next(
        e
        for e in case.events.order_by("number")
        if local(e.at) == local(case.acknowledged_at) and e.kind in ("take", "hand_over")
    )


def taken_in_time(case: Case) -> bool:
    taken = first_taken(case)
    promised = case.events.filter(kind__in=["open", "sort"], number__lt=taken.number).latest("number")
    return local(taken.at) <= date.fromisoformat(promised.data["acknowledge_due"])


def by_hand(cases: list[Case], today: date) -> dict[str, float | None]:
    """Every measure of these cases, as one would work it out with a pencil."""
    events = [event for case in cases for event in case.events.all()]
    kinds = Counter(event.kind for event in events)
    taken = [case for case in cases if case.acknowledged_at]
    took = [working_days(case.opened_on, local(case.acknowledged_at)) for case in taken]
    answers = [event for event in events if event.kind == "resolve"]
    lasted = [working_days(event.case.opened_on, local(event.at)) for event in answers]
    in_time = [event for event in answers if local(event.at) <= date.fromisoformat(event.data[STANDS]["due"])]
    registered = [days for days, event in zip(lasted, answers, strict=True) if event.data["decision"] == "registered"]
    appeals = [event for event in answers if event.case.appeal_of_id]
    upheld = [event for event in appeals if event.data["decision"] == "upheld"]
    still_open = [case for case in cases if case.state in OPEN]
    late = [case for case in still_open if case.resolve_due < today]
    soon = [case for case in still_open if today <= case.resolve_due <= catalogue().calendar.add(today, 3)]
    ages = [working_days(case.opened_on, today) for case in still_open]
    stars = [case.rating for case in cases if case.rating]
    ended = kinds["confirm"] + kinds["close"] + kinds["lapse"]

    def share(some, among):
        return some / among if among else None

    return {
        "received": len(cases),
        "acknowledged": len(taken),
        "acknowledged_on_time": share(sum(map(taken_in_time, taken)), len(taken)),
        "days_to_acknowledge_median": list_percentile(took, 50),
        "days_to_acknowledge_p90": list_percentile(took, 90),
        "resolved": len(answers),
        "resolved_on_time": share(len(in_time), len(answers)),
        "days_to_resolve_median": list_percentile(lasted, 50),
        "days_to_resolve_p90": list_percentile(lasted, 90),
        "open_now": len(still_open),
        "late_now": len(late),
        "late_share_now": share(len(late), len(still_open)),
        "late_share_at_end": share(len(late), len(still_open)),
        "soon_late_now": len(soon),
        "backlog_age_median": list_percentile(ages, 50),
        "backlog_age_p90": list_percentile(ages, 90),
        "disputed": kinds["dispute"],
        "disputed_share": share(kinds["dispute"], len(answers)),
        "appealed": kinds["appeal"],
        "appeals_decided": len(appeals),
        "appeals_upheld": share(len(upheld), len(appeals)),
        "confirmed": kinds["confirm"],
        "confirmed_share": share(kinds["confirm"], ended),
        "stayed_solved": kinds["stay_solved"],
        "stayed_solved_share": share(kinds["stay_solved"], kinds["stay_solved"] + kinds["reopen"]),
        "reopened": kinds["reopen"],
        "closed_by_agency": kinds["close"],
        "closed_by_silence": kinds["lapse"],
        "withdrawn": kinds["withdraw"],
        "satisfaction": fmean(stars) if stars else None,
        "escalated": kinds["escalate"],
        "told": share(sum(map(was_told, answers)), len(answers)),
        "referred": kinds["refer"] + sum(len(event.data["also_for"]) for event in events if event.kind == "open"),
        "handed_over": kinds["hand_over"],
        "moved": kinds["sort"],
        "registered": len(registered),
        "days_to_register_median": list_percentile(registered, 50),
        "days_to_register_p90": list_percentile(registered, 90),
    }


def was_told(answer: Event) -> bool:
    """An SMS was written, or the citizen reacted before there was another answer."""
    later = list(answer.case.events.filter(number__gt=answer.number).order_by("number"))
    until = next((event.number for event in later if event.kind == "resolve"), 10_000)
    reacted = any(e.kind in ("confirm", "dispute", "appeal", "rate") and e.number < until for e in later)
    return answer.data["told"] or reacted


OFFICERS = {
    "the whole": None,
    "a desk everywhere": {},
    "a desk in Lusaka province": {"place": LUSAKA, "clearances": ["private"]},
    "a desk in Kafue": {"place": KAFUE},
    "a desk where nothing happened": {"place": "ZM103"},
    "everything in Mongu": {"role": Role.AUDITOR, "place": MONGU, "clearances": EVERYTHING},
    "MCDSS": {"role": Role.AGENCY_HEAD, "agency": "MCDSS", "clearances": ["private", "staff"]},
    "MCDSS in Western": {"agency": "MCDSS", "place": WESTERN},
    "the integrity path": {"role": Role.AGENCY, "agency": "ACC", "clearances": ["corruption"]},
    "an editor": {"role": Role.EDITOR, "clearances": EVERYTHING},
    "who manages people": {"role": Role.ADMINISTRATOR, "clearances": EVERYTHING},
    "somebody who left": {"clearances": EVERYTHING, "active": False},
}


def test_for_everybody_every_measure_is_what_they_would_count_with_a_pencil(lives):
    tomorrow = lives + timedelta(days=1)
    for name, facts in OFFICERS.items():
        officer = None if facts is None else make_officer(**facts)
        where = Where(WHOLE if officer is None else scope_of(officer))
        cases = list(cases_of(officer).prefetch_related("events__case"))
        rows = figures(MEASURES, where=where, today=tomorrow)
        assert {row.measure: row.value for row in rows} == pytest.approx(by_hand(cases, tomorrow)), name


def test_told_apart_by_anything_they_are_what_one_would_count(lives):
    officer = make_officer(role=Role.SUPERVISOR, place=LUSAKA, clearances=["private", "staff"])
    for who in (None, officer):
        cases = [(case, told_apart(case)) for case in cases_of(who).select_related("place", "topic")]
        where = Where(scope_of(who) if who else WHOLE)
        asked = [(name,) for name in told_apart(cases[0][0])]
        asked += [
            ("province", "district"),
            ("district", "topic"),
            ("agency", "channel"),
            ("programme", "kind", "province"),
        ]
        for by in asked:
            received = Counter(tuple(facts[name] for name in by) for case, facts in cases)
            still_open = Counter(tuple(facts[name] for name in by) for case, facts in cases if case.state in OPEN)
            late = Counter(
                tuple(facts[name] for name in by)
                for case, facts in cases
                if case.state in OPEN and case.resolve_due < lives
            )
            assert values("received", *by, where=where) == received, by
            assert +Counter(values("open_now", *by, where=where, today=lives)) == still_open, by
            assert +Counter(values("late_now", *by, where=where, today=lives)) == late, by


def test_of_those_chosen_only_these_are_counted(lives):
    cases = [told_apart(case) for case in Case.objects.select_related("place", "topic")]
    for name in (
        "agency",
        "sensitivity",
        "programme",
        "topic",
        "kind",
        "province",
        "district",
        "channel",
        "language",
        "level",
    ):
        for chosen in {facts[name] for facts in cases}:
            where = Where(WHOLE, **{name: (chosen,)})
            assert value("received", where) == sum(facts[name] == chosen for facts in cases), (name, chosen)
    both = Where(WHOLE, kind=("complaint",), province=(LUSAKA,))
    expected = sum(facts["kind"] == "complaint" and facts["province"] == LUSAKA for facts in cases)
    assert value("received", both) == expected


def test_each_month_and_week_has_what_happened_in_it(lives):
    answers = Counter(local(event.at) for event in Event.objects.filter(kind="resolve"))
    in_april = sum(times for day, times in answers.items() if day.month == 4)
    weeks: Counter[tuple[str]] = Counter()
    for day, times in answers.items():
        weeks[((day - timedelta(days=day.weekday())).isoformat(),)] += times

    assert value("resolved", period=APRIL) == in_april > 0
    assert values("resolved", "month")["2026-04-01",] == in_april
    assert +Counter(values("resolved", "week")) == weeks
    assert values("resolved", "year") == {("2026-01-01",): answers.total()}
    assert value("resolved", period=Period(date(2026, 3, 30), date(2026, 4, 12), "week")) == sum(
        times for day, times in answers.items() if date(2026, 3, 30) <= day <= date(2026, 4, 12)
    )


def test_a_kept_figure_that_drifted_is_found_and_mended(lives, capsys):
    row = TallyCount.objects.filter(received__gt=0, facet="all", area="country", grain="month").first()
    assert TallyCount.objects.filter(pk=row.pk).update(received=row.received + 1) == 1
    with on(lives):
        with pytest.raises(CommandError, match="differ from a recount: 1"):
            call_command("recount_figures")
        assert (
            f"{row.agency} {row.sensitivity} received: {row.received + 1} is {row.received}" in capsys.readouterr().out
        )

        call_command("recount_figures", "--write")
        call_command("recount_figures")
    assert capsys.readouterr().out.endswith("differed from a recount: 0.\n")


def test_the_weeks_of_each_pair_are_what_came_in_for_those_who_may_see_it(lives):
    officer = make_officer(place=LUSAKA, clearances=["private"])
    monday = lives - timedelta(days=lives.weekday())
    for scope, cases in ((WHOLE, Case.objects.all()), (scope_of(officer), cases_of(officer))):
        expected: dict[tuple[str, str], list[int]] = {}
        for case in cases.filter(place__parent__isnull=False):
            week = (case.opened_on - FIRST).days // 7
            expected.setdefault((case.topic_id, case.place_id), [0] * ((monday - FIRST).days // 7 + 1))[week] += 1

        assert weekly(scope, today=lives) == {pair: Weeks.of(counts) for pair, counts in expected.items()}
