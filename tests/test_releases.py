"""Published figures: signed by a person, frozen for ever, with nothing small in them that anybody could work out."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from itertools import product
from random import Random

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from cases import actions, clock, releases, releasing, tables, tallies, told
from cases.actions import NotAllowed
from cases.counting import STOCK
from cases.histories import open_when_over
from cases.models import Case, Release, Role
from cases.pack import Place, Sensitivity
from cases.protection import Book, Sum, alone, to_hide, worked_out
from cases.releases import Draft, drafted, leaks
from cases.tables import BESIDE, COUNTS, FAMILIES, MATTERS, SHARES, SPLITS, TABLES, TELLING, Cell, Month, books
from cases.views.open_data import rows_of
from cases.views.published import changes_said
from channels import bell, tasks
from tests.asked import asked
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


# A small country: who turned to whom about what, from where, how and in which language.
MATTERS_HERE = [("NHIMA", "NHIS", "complaint"), ("NHIMA", "NHIS", "inquiry"), ("MCDSS", "SCT", "complaint"),
                ("MCDSS", "FSP", "inquiry"), ("NAPSA", "NAPSA", "complaint")]  # fmt: skip
DISTRICTS = [LUSAKA_TOWN, KAFUE, "ZM105003", LUSAKA, MONGU, "ZM110003", "ZM110004", WESTERN]
PROVINCE = {place: place[:5] for place in DISTRICTS}
Numbers = dict[tuple, dict[str, int]]  # of whom: every count that is published


def some_numbers(dice: Random) -> Numbers:
    found = {}
    for district, matter in product(DISTRICTS, MATTERS_HERE):
        n = int(min(200, 3 * dice.paretovariate(0.7))) * dice.randrange(3)
        how = dice.choice(["ussd", "ussd", "sms", "desk"]), dice.choice(["en", "bem", "ny", "loz"])
        found[district, matter, *how] = about(n, dice)
    return found | {(LUSAKA_TOWN, MATTERS_HERE[0], "ussd", "en"): about(700, dice)}


def about(n: int, dice: Random) -> dict[str, int]:
    """Of each family a whole of about so many, in parts by chance."""
    found = {family[0]: dice.randint(n // 2, n) for family in FAMILIES}
    for whole, split in SPLITS:
        cuts = sorted(dice.randint(0, found[whole]) for _cut in split[1:])
        found |= {part: end - begin for part, begin, end in zip(split, [0, *cuts], [*cuts, found[whole]], strict=True)}
    return found


def in_every_table(month: Month, numbers: Numbers) -> dict[Cell, int]:
    counts: Counter[Cell] = Counter()
    for (district, (agency, programme, kind), channel, language), found in numbers.items():
        province = PROVINCE[district]
        for table, *by in (
            ("country",), ("agency", agency), ("programme", programme), ("kind", kind), ("province", province),
            ("district", district), ("agency_province", agency, province), ("channel", channel),
            ("language", language), (MATTERS, agency, programme, kind),
        ):  # fmt: skip
            for figure, number in found.items():
                counts[cell(month, table, *by, figure=figure)] += number
    return counts


def all_that_was_told(
    months: list[list[Draft]], sums: list[tuple[Draft, tuple[int, ...]]]
) -> list[tuple[Book, set[Cell]]]:
    """What an attacker has: each version of each month; each quarter's sums, with the versions that it is the sum of.

    And word of each number whether it is the same in two versions, which is more than anybody has.
    """
    counts: dict[Cell, int] = {}
    hidden: set[Cell] = set()
    known: list[Sum] = []

    def named(where: Cell, version: int) -> Cell:
        return where._replace(stretch=f"{where.stretch} v{version}")

    for versions in months:
        for number, one in enumerate(versions):
            ours = {where: n for where, n in one.counts.items() if "Q" not in where.stretch}
            counts |= {named(where, number): n for where, n in ours.items()}
            hidden |= {named(where, number) for where in one.hidden & ours.keys()}
            for before in range(number):
                same = (where for where, n in ours.items() if versions[before].counts.get(where) == n)
                known += [Sum(named(where, number), (named(where, before),)) for where in same]
    for number, (one, of) in enumerate(sums):
        for where in (where for where in one.counts if "Q" in where.stretch):
            whole = where._replace(stretch=f"sum {number}")
            counts[whole] = one.counts[where]
            hidden |= {whole} if where in one.hidden else set()
            known.append(Sum(whole, tuple(map(named, tables.parts(where), of))))
    return [(book, hidden & book.counts.keys()) for book in books(counts, known)]


def test_over_two_years_all_tables_with_their_corrections_together_give_no_small_number_away():
    """The attacker has every table of each quarter, by the month and in sum, in each version that ever came out."""
    dice, small, alone_, naive, told_tables, figures = Random(11), 0, 0, 0, set[str](), set[str]()
    for number in range(8):
        quarter = Month(date(2025 + number // 4, number % 4 * 3 + 1, 1)).in_quarter
        numbers = [some_numbers(dice) for _month in quarter]
        first = [drafted(month, in_every_table(month, said), {}) for month, said in zip(quarter, numbers, strict=False)]
        first[2] = drafted(quarter[2], in_every_table(quarter[2], numbers[2]), {}, others=first[:2])
        wrong = number % 2
        for who in dice.sample(list(numbers[wrong]), 4):
            numbers[wrong][who] = about(dice.randint(0, 4), dice)
        better = in_every_table(quarter[wrong], numbers[wrong])
        corrected = drafted(quarter[wrong], better, {}, earlier=[first[wrong]])
        others = [corrected if at == wrong else first[at] for at in (0, 1)]
        own = {where: n for where, n in first[2].counts.items() if "Q" not in where.stretch}
        carried = drafted(quarter[2], own, {}, earlier=[first[2]], others=others)

        months = [[one, corrected] if at == wrong else [one] for at, one in enumerate(first)]
        versions = tuple(int(at == wrong) for at in range(3))
        for book, hidden in all_that_was_told(months, [(first[2], (0, 0, 0)), (carried, versions)]):
            assert worked_out(book, hidden) == {}
            few = {where for where, n in book.counts.items() if n < 10 and where not in book.unsaid}
            small, alone_ = small + len(few), alone_ + len(alone(book, few))
            told_tables |= {where.table for where in book.counts}
            figures |= {where.figure for where in book.counts.keys() - book.unsaid}
        by_itself = drafted(quarter[wrong], better, {})
        months[wrong][1] = replace(by_itself, hidden=by_itself.hidden | first[wrong].hidden & by_itself.counts.keys())
        naive += sum(len(worked_out(*told)) for told in all_that_was_told(months, [(first[2], (0, 0, 0))]))
    assert (told_tables, figures) == ({*TABLES, MATTERS}, {*COUNTS})
    assert small > 1000
    assert alone_ > 500
    assert naive > 50, (small, alone_, naive)


def test_what_is_open_does_not_tell_how_few_were_answered_beside_what_came():
    """60 came to Mongu and 56 more are open than before: 4 were answered. So it is not told how many are open, either."""
    came = {LUSAKA_TOWN: 520, KAFUE: 120, LUSAKA: 20, MONGU: 60, WESTERN: 35, "ZM110003": 45}
    answered = {LUSAKA_TOWN: 500, KAFUE: 100, LUSAKA: 18, MONGU: 4, WESTERN: 25, "ZM110003": 30}
    open_ = {place: 100 + n - answered[place] for place, n in came.items()}
    numbers = {"received": came, "answered": answered, "open_at_end": open_}
    one = drafted(
        OCTOBER, {k: n for name, of in numbers.items() for k, n in counted(OCTOBER, of, figure=name).items()}, {}
    )

    assert cell(OCTOBER, "district", MONGU, figure="answered") in one.hidden
    assert leaks(OCTOBER, one) == {}
    apart = [drafted(OCTOBER, counted(OCTOBER, of, figure=name), {}) for name, of in numbers.items()]
    naive = replace(one, hidden=frozenset(hidden for each in apart for hidden in each.hidden))
    assert cell(OCTOBER, "district", MONGU, figure="answered") in leaks(OCTOBER, naive)
    assert one.hidden > naive.hidden
    assert len(one.hidden) <= len(naive.hidden) + 4


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
    """Twenty open cases that are late when the month is over, ten that are not, and one that is sensitive."""
    some_cases(date(2026, 10, 5), 20)
    with on(date(2026, 10, 15)):
        assert make_case(topic="bribe").sensitivity != Sensitivity.OPEN
    some_cases(date(2026, 10, 30), 10)


def some_cases(day: date, many: int) -> None:
    with on(day):
        for _case in range(many):
            make_case(topic="nhima-card-inactive")
    tallies.keep_up()
    tallies.keep_up()


def country(measure: str, stretch: str = "2026-10") -> float | None:
    """As the newest version of any month tells it."""
    for release in releases.all_published().order_by("-month", "-version"):
        if found := told.told(release, measure, stretch=stretch):
            return found.rows[0].value
    return None


def test_the_end_of_a_quarter_reads_what_was_open_once_and_asks_it_of_no_case_by_itself(october):
    for month in (OCTOBER, NOVEMBER):
        publish(month, a_draft(month, BUSY))
    with asked() as statements:
        releases.draft(DECEMBER)
    [read] = [one for one in statements if '"cases_event"."data"' in one]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {read[read.index('SELECT') :]}")
        assert "SubPlan" not in str(cursor.fetchall())  # in memory while cases are few, and once for each of them after
    assert {cell.tally for cell in open_when_over(OCTOBER.last)} == set(STOCK)


def test_a_draft_is_made_by_itself_looked_at_signed_by_a_manager_and_public_then(october, manager):
    desk, public = Client(), Client()
    desk.force_login(manager.user)
    with clock.at(noon(2026, 11, 1)):
        actions.withdraw(case=Case.objects.first())
        assert [releasing.draft_what_is_due(), releasing.draft_what_is_due()] == [1, 0]
        draft = Release.objects.get()
        assert "no small number can be worked out" in desk.get(f"/desk/releases/{draft.pk}/").content.decode()
        assert public.get("/figures/2026-10/").status_code == 404
        for _twice in range(2):
            desk.post(f"/desk/releases/{draft.pk}/decide/", {"publish": "on"})
    release = Release.objects.get()
    assert (release.version, release.state, release.signed) == (1, "published", f"{manager}, Programme manager")
    assert [country(name) for name in ("received", "open_at_end", "late_at_end", "late_share_at_end")] == [
        30,
        30,
        20,
        0.6667,
    ]
    assert country("reopened") is None
    assert "October 2026" in public.get("/figures/").content.decode()
    assert public.get("/figures/2026-10/").url == "/figures/2026-10/v1/"
    assert "30" in public.get("/figures/2026-10/v1/").content.decode()
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


def test_a_correction_carries_into_the_quarter_that_was_published_and_both_come_out_together(october, manager):
    """A case of October turns up in January. The quarter tells of it as soon as the month does."""

    def out(month: Month, year: int, of: int, reason: str = "") -> Release:
        with clock.at(noon(year, of, 2)):
            drafted_ = releasing.draft_release(by=manager, month=month, reason=reason)
            return releasing.publish_release(by=manager, release=drafted_)

    out(OCTOBER, 2026, 11)
    some_cases(date(2026, 11, 5), 10)
    out(NOVEMBER, 2026, 12)
    some_cases(date(2026, 12, 7), 10)
    out(DECEMBER, 2027, 1)
    assert country("received", "2026-Q4") == 50
    assert country("open_at_end", "2026-Q4") is None
    some_cases(date(2026, 10, 20), 1)
    desk = desk_of(manager)
    with clock.at(noon(2027, 1, 5)):
        waiting = releasing.draft_release(by=manager, month=DECEMBER, reason="Looked at again.")
        with pytest.raises(NotAllowed, match="a draft waits"):
            releasing.draft_release(by=manager, month=OCTOBER, reason="One came on paper.")
        releasing.reject_release(by=manager, release=waiting, reason="It was right.")
        draft = releasing.draft_release(by=manager, month=OCTOBER, reason="One came on paper.")
        carried = draft.carries.get()
        assert (carried.month, carried.state) == (DECEMBER.first, "draft")
        page = desk.get(f"/desk/releases/{draft.pk}/").content.decode()
        assert "What changes with it in the quarter: December 2026, from version 1" in page
        assert "Received, The whole country, October to December 2026" in page
        assert '<td class="n">50</td><td class="n">51 <span class="soft">+1</span></td>' in page
        assert "Sign and publish" not in desk.get(f"/desk/releases/{carried.pk}/").content.decode()
        with pytest.raises(NotAllowed, match="decided with the correction of 2026-10"):
            releasing.publish_release(by=manager, release=carried)
        Release.objects.filter(pk=carried.pk).update(carried_by=None)
        with pytest.raises(NotAllowed, match="would not add up"):  # October alone
            releasing.publish_release(by=manager, release=draft)
        Release.objects.filter(pk=carried.pk).update(carried_by=draft)
        releasing.publish_release(by=manager, release=draft)
    assert (country("received"), country("received", "2026-12"), country("received", "2026-Q4")) == (31, 10, 51)
    page = Client().get("/figures/2026-12/v2/").content.decode()
    assert "The figures of 2026-10 were corrected: One came on paper." in page
    assert "Received, The whole country, October to December 2026" in page
    assert "country, December 2026</th>" not in page  # the month itself stands


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
    rows = {(*row[3:8], row[10]): row[11] for row in rows_of(release) if row[2] == "district"}
    assert rows["", "", "", "", LUSAKA_TOWN, "resolved_on_time"] == 0.8
    assert ("", "", "", "", MONGU, "resolved_on_time") not in rows
    assert by_district("days_to_resolve_median")[LUSAKA_TOWN] == (6.0, False)
    assert by_district("days_to_resolve_median")[MONGU] == (None, True)
    assert told.newest("received", by="agency").thin
    assert [(month, row.value) for month, row in told.over_time("resolved_on_time")] == [
        (OCTOBER.first, 0.7891), (NOVEMBER.first, None),
    ]  # fmt: skip
    assert told.newest("received", by="province", sensitive=True) is None


def test_an_older_version_stays_and_leads_to_the_newer_one():
    first = a_draft(OCTOBER, BUSY)
    publish(OCTOBER, first)
    publish(OCTOBER, a_draft(OCTOBER, BUSY | {KAFUE: 121}, earlier=[first]), version=2, reason="Kafue counted anew.")

    assert "There is a newer version" in Client().get("/figures/2026-10/v1/").content.decode()
    page = Client().get("/figures/2026-10/v2/").content.decode()
    assert page.index("All versions:") < page.index("Kafue counted anew.")
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
