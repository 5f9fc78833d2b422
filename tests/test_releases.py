"""Published figures: signed by a person, frozen for ever, with nothing small in them that anybody could work out."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from cases import clock, releases, releasing, tallies, told
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.models import Release, Role
from cases.pack import Place, Sensitivity
from cases.protection import alone, to_hide, worked_out
from cases.releases import Draft, drafted, leaks
from cases.tables import BESIDE, COUNTS, FAMILIES, MATTERS, SHARES, SPLITS, TELLING, Cell, Month, books
from cases.views.published import changes_said
from channels import bell, tasks
from tests.builders import KAFUE, LUSAKA, LUSAKA_TOWN, MONGU, WESTERN, make_case, make_officer, noon, on
from tests.desk import desk_of

OCTOBER, NOVEMBER, DECEMBER = (Month(date(2026, month, 1)) for month in (10, 11, 12))
# Where a province stands, no district was said.
BUSY = {LUSAKA_TOWN: 520, KAFUE: 120, LUSAKA: 20, MONGU: 3, WESTERN: 15}

pytestmark = pytest.mark.django_db


def cell(month: Month, table: str, *by: str, figure: str = "received", sensitive: bool = False) -> Cell:
    return Cell(month.name, sensitive, table, by, figure)


def counted(month: Month, places: dict[str, int], *, figure: str = "received") -> dict[Cell, int]:
    """What would be counted of so many cases in each district, in the tables of places."""
    counts: Counter[Cell] = Counter()
    above = dict(Place.objects.values_list("code", "parent"))
    for district, n in places.items():
        for table, *by in (("country",), ("province", above[district] or district), ("district", district)):
            counts[cell(month, table, *by, figure=figure)] += n
    return dict(counts)


def a_draft(month: Month, places: dict[str, int], **context) -> Draft:
    return drafted(month, counted(month, places), {}, **context)


def publish(month: Month, one: Draft, *, version: int = 1, **facts) -> Release:
    """As if somebody had signed it."""
    facts = {"signed": "Grace Banda, Programme manager", "decided_at": noon(2027, 1, 5), **facts}
    return Release.objects.create(
        month=month.first, version=version, state="published", cells=one.cells(), values=one.values(),
        digest=releases.digest(one), **facts,
    )  # fmt: skip


@pytest.fixture
def manager(db):
    return make_officer(role=Role.MANAGER, name="Grace Banda")


# --- What is hidden ---------------------------------------------------------------------------------------


def test_a_small_district_is_hidden_with_another_and_nobody_can_work_either_out():
    one = a_draft(OCTOBER, BUSY)

    assert one.counts[cell(OCTOBER, "district", MONGU)] == 3
    assert one.hidden == {cell(OCTOBER, "district", MONGU), cell(OCTOBER, "district", WESTERN)}
    assert leaks(OCTOBER, one) == {}
    few = frozenset(where for where, n in one.counts.items() if n < 10)
    assert leaks(OCTOBER, replace(one, hidden=few))


def test_a_table_that_would_be_nearly_all_hidden_is_not_told_at_all():
    one = a_draft(OCTOBER, {LUSAKA_TOWN: 100, MONGU: 13})

    assert {where.table for where in one.counts} == {"country", "province"}
    assert {where.table for where in a_draft(OCTOBER, {MONGU: 13}).counts} == {"country"}


def test_the_quarter_is_the_sum_of_its_months_and_hides_what_they_hid():
    """Mongu is hidden in October and shown in November and December: its sum would give October away."""
    others = [a_draft(OCTOBER, BUSY), a_draft(NOVEMBER, BUSY | {MONGU: 40})]
    last = a_draft(DECEMBER, BUSY | {MONGU: 50}, others=others)

    mongu = Cell("2026-Q4", False, "district", (MONGU,), "received")
    assert (last.counts[mongu], mongu in last.hidden) == (93, True)
    country = Cell("2026-Q4", False, "country", (), "received")
    assert (last.counts[country], country in last.hidden) == (2118, False)
    assert leaks(DECEMBER, last, others) == {}
    assert leaks(DECEMBER, replace(last, hidden=last.hidden - {mongu}), others)
    counts = {where: n for one in (*others, last) for where, n in one.counts.items()}
    veiled = {where for one in (*others, last) for where in one.hidden}
    assert [worked_out(book, veiled & book.counts.keys()) for book in books(counts)] == [{}]
    assert not any("Q4" in where.stretch for where in a_draft(NOVEMBER, BUSY, others=others).counts)


def test_over_two_years_all_tables_of_a_quarter_together_give_no_small_number_away():
    """The attacker has every earlier release of the quarter, its sums and the whole country's numbers."""
    dice, small, given_away = Random(11), 0, 0
    districts = [code for code in catalogue().districts if code.startswith((LUSAKA, WESTERN))]
    others: list[Draft] = []
    for number in range(24):
        month = Month(date(2025 + number // 12, number % 12 + 1, 1))
        on_time = {place: int(min(300, 4 * dice.paretovariate(0.6))) for place in (LUSAKA, WESTERN, *districts)}
        on_time[LUSAKA_TOWN] += 500
        late = {place: dice.randrange(n // 3 + 2) for place, n in on_time.items()}
        counts = counted(month, {place: n + late[place] for place, n in on_time.items()}, figure="answered")
        counts |= counted(month, on_time, figure="answered_on_time") | counted(month, late, figure="answered_late")
        others.append(drafted(month, counts, {}, others=others))
        if month.ends_a_quarter:
            told = {where: n for one in others for where, n in one.counts.items()}
            (book,) = books(told)
            few = {where for where, n in told.items() if n < 10}
            assert worked_out(book, {where for one in others for where in one.hidden}) == {}
            small, given_away, others = small + len(few), given_away + len(alone(book, few)), []
    assert given_away > 20
    assert small > 500


def test_an_agency_with_one_programme_is_not_given_away_by_it():
    """Of the agency a neighbour of a small one is hidden; its only programme has the very same number."""
    counts = defaultdict(int, {cell(OCTOBER, "country"): 120})
    for agency, programme, n in (("A", "p", 12), ("B", "q", 3), ("C", "r", 11), ("C", "s", 94)):
        for table, *by in (("agency", agency), ("programme", programme), (MATTERS, agency, programme, "complaint")):
            counts[cell(OCTOBER, table, *by)] += n
    stars = {where._replace(figure="satisfaction"): 4.0 for where in counts}
    one = drafted(OCTOBER, counts | {where._replace(figure="rated"): n for where, n in counts.items()}, stars)

    assert cell(OCTOBER, "agency", "B") in one.hidden
    assert {where.table for where in one.beside} <= {"country", "agency", "programme"}
    assert one.shown(cell(OCTOBER, "agency", "B", figure="rated")) is None
    assert cell(OCTOBER, "agency", "B", figure="satisfaction") not in one.beside
    assert leaks(OCTOBER, one) == {}
    apart = {where: n for where, n in counts.items() if where.table != MATTERS}
    naive = frozenset(hidden for book in books(apart) for hidden in to_hide(book))
    assert cell(OCTOBER, "agency", "B") in leaks(OCTOBER, replace(one, hidden=naive))
    assert {row["table"] for row in releases.public(one)} == {"country", "agency", "programme"}
    assert one.shown(cell(OCTOBER, MATTERS, "C", "r", "complaint")) is None


def test_a_correction_shows_nothing_that_the_first_version_hid_and_says_what_it_changed():
    first = a_draft(OCTOBER, {LUSAKA_TOWN: 700, KAFUE: 120, MONGU: 9})
    second = a_draft(OCTOBER, {LUSAKA_TOWN: 701, KAFUE: 120, MONGU: 14}, earlier=[first])
    mongu = cell(OCTOBER, "district", MONGU)

    assert second.counts[mongu] == 14
    assert mongu in first.hidden <= second.hidden
    changed = releases.changes(first, second)
    assert (cell(OCTOBER, "country"), 829, 835) in [(one.cell, one.before, one.after) for one in changed]
    assert mongu not in {one.cell for one in changed}
    thin = a_draft(OCTOBER, {LUSAKA_TOWN: 50})
    assert {where.table for where in a_draft(OCTOBER, BUSY, earlier=[thin]).counts} == {"country"}


def test_a_correction_says_that_a_median_or_the_satisfaction_changed_though_no_count_did():
    days, stars = (cell(OCTOBER, "country", figure=name) for name in ("days_to_resolve_median", "satisfaction"))
    counts = {cell(OCTOBER, "country", figure=name): 40 for name in ("answered", "rated")}
    first, second = (
        Draft(counts, frozenset(), {days: 4, stars: 3.91}),
        Draft(counts, frozenset(), {days: 7, stars: 3.94}),
    )
    assert [(one["before"], one["after"]) for one in changes_said(first, second)] == [
        ("4 days", "7 days"), ("3.91", "3.94"),
    ]  # fmt: skip
    assert changes_said(first, first) == []


def test_a_correction_and_the_version_before_it_together_give_no_small_number_away(manager):
    """Mongu falls from 30 to 4. All else in its province stayed, so its province less that would be Mongu."""
    first = a_draft(OCTOBER, BUSY | {MONGU: 30})
    mongu, province = cell(OCTOBER, "district", MONGU), cell(OCTOBER, "province", WESTERN)
    counts = counted(OCTOBER, BUSY | {MONGU: 4})
    assert mongu not in first.hidden

    alone_ = drafted(OCTOBER, counts, {})
    naive = replace(alone_, hidden=alone_.hidden | first.hidden & alone_.counts.keys())
    assert leaks(OCTOBER, naive) == {}
    assert leaks(OCTOBER, naive, earlier=[first])[mongu] == (4, 4)

    second = drafted(OCTOBER, counts, {}, earlier=[first])
    assert {mongu, province} <= second.hidden
    assert leaks(OCTOBER, second, earlier=[first]) == {}
    publish(OCTOBER, first)
    draft = Release.objects.create(month=OCTOBER.first, state="draft", cells=naive.cells())
    with pytest.raises(NotAllowed, match="could be worked out"):
        releasing.publish_release(by=manager, release=draft)
    back = a_draft(OCTOBER, BUSY | {MONGU: 31}, earlier=[first, second])
    assert mongu in back.hidden
    assert leaks(OCTOBER, back, earlier=[first, second]) == {}
    same = a_draft(OCTOBER, BUSY | {MONGU: 30}, earlier=[first])
    assert same.hidden == first.hidden


def test_what_is_told_is_told_once_and_every_split_is_in_one_family():
    assert sorted(name for _title, names in TELLING for name in names) == sorted([*COUNTS, *SHARES, *BESIDE])
    assert [count for family in FAMILIES for count in family] == list(COUNTS)
    for whole, parts in SPLITS:
        assert any({whole, *parts} <= {*family} for family in FAMILIES)
    assert {*BESIDE.values()} | {count for pair in SHARES.values() for count in pair} <= {*COUNTS}


# --- How it becomes public --------------------------------------------------------------------------------


@pytest.fixture
def october(manager) -> None:
    """Twenty open cases and one that is sensitive."""
    with on(date(2026, 10, 15)):
        for _case in range(20):
            make_case(topic="nhima-card-inactive")
        assert make_case(topic="bribe").sensitivity != Sensitivity.OPEN
    tallies.keep_up()
    tallies.keep_up()


def test_a_draft_is_made_by_itself_looked_at_signed_by_a_manager_and_public_then(october, manager):
    desk, public = Client(), Client()
    desk.force_login(manager.user)
    with clock.at(noon(2026, 11, 1)):
        assert [releasing.draft_what_is_due(), releasing.draft_what_is_due()] == [1, 0]
        draft = Release.objects.get()
        assert "no small number can be worked out" in desk.get(f"/desk/releases/{draft.pk}/").content.decode()
        assert public.get("/figures/2026-10/").status_code == 404
        for _twice in range(2):
            desk.post(f"/desk/releases/{draft.pk}/decide/", {"publish": "on"})
    release = Release.objects.get()
    assert (release.version, release.state, release.signed) == (1, "published", f"{manager}, Programme manager")
    received = told.newest("received")
    assert received
    assert [row.value for row in received.rows] == [20]
    assert "October 2026" in public.get("/figures/").content.decode()
    assert public.get("/figures/2026-10/").url == "/figures/2026-10/v1/"
    assert "20" in public.get("/figures/2026-10/v1/").content.decode()
    assert "version 1" in desk.get("/desk/releases/").content.decode()
    for tamper in (lambda: Release.objects.update(signed="Somebody else"), lambda: Release.objects.all().delete()):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            tamper()


def test_only_a_manager_publishes_a_month_must_be_over_and_a_correction_needs_a_reason(october, manager):
    with clock.at(noon(2026, 10, 31)), pytest.raises(NotAllowed, match="not over"):
        releasing.draft_release(by=manager, month=OCTOBER)
    with clock.at(noon(2026, 11, 2)):
        draft = releasing.draft_release(by=manager, month=OCTOBER)
        with pytest.raises(NotAllowed, match="a draft of this month already"):
            releasing.draft_release(by=manager, month=OCTOBER)
        auditor = make_officer(role=Role.AUDITOR)
        for attempt in (
            lambda: releasing.publish_release(by=auditor, release=draft),
            lambda: releasing.draft_release(by=auditor, month=OCTOBER),
        ):
            with pytest.raises(NotAllowed, match="may not publish"):
                attempt()
        for address in ("/desk/releases/", f"/desk/releases/{draft.pk}/"):
            offered = ["<aside" in desk_of(who).get(address).content.decode() for who in (manager, auditor)]
            assert offered == [True, False], address
        with pytest.raises(NotAllowed, match="say why"):
            releasing.reject_release(by=manager, release=draft, reason=" ")
        releasing.reject_release(by=manager, release=draft, reason="Lusaka is still counting.")
        with pytest.raises(NotAllowed, match="a moment ago"):
            releasing.publish_release(by=manager, release=draft)
        releasing.publish_release(by=manager, release=releasing.draft_release(by=manager, month=OCTOBER))
        with pytest.raises(NotAllowed, match="why the published figures are corrected"):
            releasing.draft_release(by=manager, month=OCTOBER)
        second = releasing.draft_release(by=manager, month=OCTOBER, reason="Counted anew.")
        assert releasing.publish_release(by=manager, release=second).version == 2


def test_a_draft_by_hand_is_prepared_by_a_worker_once_and_what_goes_wrong_is_told(october, manager, monkeypatch):
    rung: list[str] = []
    monkeypatch.setattr(bell, "ring", rung.append)  # where another process begins
    desk, asked = Client(), {"month": "2026-10", "reason": ""}
    desk.force_login(manager.user)
    with clock.at(noon(2026, 11, 2)):
        for _twice in range(2):
            assert desk.post("/desk/releases/draft/", asked).url == "/desk/releases/"
        assert "Being prepared since 12:00, 2 November" in desk.get("/desk/releases/").content.decode()
        wanted = Release.objects.get()
        assert desk.get(f"/desk/releases/{wanted.pk}/").url == "/desk/releases/"
        assert (wanted.state, wanted.cells, rung) == ("wanted", [], [bell.DRAFTS])
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(month=OCTOBER.first)
        Release.objects.update(tries=releasing.TRIES, ours_until=noon(2026, 11, 3))
        assert releasing.prepare_wanted() == 0  # another worker has it
    with clock.at(noon(2026, 11, 4)):
        assert tasks.run("drafts")  # it died with it, and not for the first time
        told_ = desk.get("/desk/releases/").content.decode()
        assert "Could not be prepared" in told_
        assert "It was tried several times. Please tell the administrator." in told_
        desk.post("/desk/releases/draft/", asked)
        assert tasks.run("drafts")
        draft = Release.objects.get(state="draft")
        assert desk.post("/desk/releases/draft/", asked).url == f"/desk/releases/{draft.pk}/"


def test_what_gives_a_small_number_away_is_not_published(manager):
    """Somebody tampered with the draft: the check before publishing looks for itself."""
    one = a_draft(OCTOBER, BUSY)
    few = [[*row[:-1], row[-2] < 10] for row in one.cells()]
    draft = Release.objects.create(month=OCTOBER.first, cells=few, values=[])
    with pytest.raises(NotAllowed, match="could be worked out"):
        releasing.publish_release(by=manager, release=draft)


def test_of_a_month_in_which_nothing_was_counted_no_draft_is_made():
    assert releasing.draft_what_is_due() == 0


# --- What the public reads ---------------------------------------------------------------------------------


def test_a_figure_has_an_address_and_a_sentence_and_what_is_hidden_says_so():
    one = a_draft(OCTOBER, BUSY)
    publish(OCTOBER, one)
    address = "/figures/2026-10/v1/2026-10/district/received/"
    page = Client().get(address).content.decode()

    assert "Received, Lusaka, October 2026: 520. Single Window Service, figures of 2026-10, version 1." in page
    assert f"{address}#{LUSAKA_TOWN}" in page
    assert page.count('href="#why"') == sum(where.table == "district" for where in one.hidden)
    thin = Client().get("/figures/2026-10/v1/2026-10/agency/received/").content.decode()
    assert "too few cases in the whole country" in thin


def test_the_rows_of_a_measure_are_numbers_or_hidden_also_shares_and_over_time():
    on_time = {LUSAKA_TOWN: 416, KAFUE: 90, LUSAKA: 15, MONGU: 2, WESTERN: 12}
    late = {place: n - on_time[place] for place, n in BUSY.items()}
    counts = counted(OCTOBER, BUSY, figure="answered")
    counts |= counted(OCTOBER, on_time, figure="answered_on_time") | counted(OCTOBER, late, figure="answered_late")
    days = {cell(OCTOBER, "district", place, figure="days_to_resolve_median"): 6.0 for place in (LUSAKA_TOWN, MONGU)}
    publish(OCTOBER, drafted(OCTOBER, counts, days))
    publish(NOVEMBER, a_draft(NOVEMBER, BUSY))
    release = releases.latest(OCTOBER.first)
    assert release

    def by_district(measure):
        found = told.told(release, measure, by="district")
        return {row.by[0]: (row.value, row.hidden) for row in found.rows}

    assert by_district("resolved_on_time")[LUSAKA_TOWN] == (0.8, False)
    assert by_district("resolved_on_time")[MONGU] == (None, True)
    assert by_district("days_to_resolve_median")[LUSAKA_TOWN] == (6.0, False)
    assert by_district("days_to_resolve_median")[MONGU] == (None, True)
    assert told.newest("received", by="agency").thin
    assert [(month, row.value) for month, row in told.over_time("resolved_on_time")] == [
        (OCTOBER.first, pytest.approx(535 / 678)), (NOVEMBER.first, None),
    ]  # fmt: skip
    assert told.newest("received", by="province", sensitive=True) is None


def test_an_older_version_stays_and_leads_to_the_newer_one():
    first = a_draft(OCTOBER, BUSY)
    publish(OCTOBER, first)
    publish(OCTOBER, a_draft(OCTOBER, BUSY | {KAFUE: 121}, earlier=[first]), version=2, reason="Kafue counted anew.")

    assert "There is a newer version" in Client().get("/figures/2026-10/v1/").content.decode()
    page = Client().get("/figures/2026-10/v2/").content.decode()
    assert "Kafue counted anew." in page
    assert "Received, Kafue, October 2026" in page
    assert Client().get("/figures/2026-10/").url == "/figures/2026-10/v2/"


@pytest.mark.parametrize(
    "address",
    ["/figures/2026-10/v2/", "/figures/2026-11/", "/figures/x/", "/figures/2026-10/v1/2026-10/district/nothing/",
     "/figures/2026-10/v1/2026-09/district/received/", "/figures/2026-10/v1/2026-10-sensitive/province/received/"],
)  # fmt: skip
def test_what_was_never_published_is_not_there(address):
    publish(OCTOBER, a_draft(OCTOBER, {LUSAKA_TOWN: 20}))
    assert Client().get(address).status_code == 404
