"""Small numbers stay hidden: whoever has the whole table, its totals and a sharp pencil cannot work them out."""

from itertools import product
from random import Random

import pytest

from cases.measures import Row
from cases.protection import TOTAL, Book, CannotProtect, Shown, Sum, protected, table, to_hide, with_totals, worked_out


def rows(counts: dict) -> list[Row]:
    return [Row("received", key, n, n) for key, n in counts.items()]


def as_shown(counts: dict, **more) -> dict:
    return {one.by: one.n for one in protected(rows(counts), **more)}


def test_a_small_number_takes_another_with_it_and_the_smallest_that_helps():
    shown = protected(rows({("a",): 3, ("b",): 40, ("c",): 12, ("d",): 90}))

    assert shown == [
        Shown((TOTAL,), 145),
        Shown(("a",), None, few=True),
        Shown(("b",), 40),
        Shown(("c",), None),
        Shown(("d",), 90),
    ]


def test_where_nothing_is_small_nothing_is_hidden():
    counts = {("a", "x"): 10, ("a", "y"): 25, ("b", "x"): 30, ("b", "y"): 11}

    assert as_shown(counts) == with_totals(rows(counts))


def test_nobody_counted_is_hidden_like_few_and_in_two_dimensions_a_rectangle_goes_with_it():
    counts = {
        ("a", "x"): 90,
        ("a", "y"): 20,
        ("b", "x"): 30,
        ("b", "y"): 44,
        ("c", "x"): 70,
        ("c", "z"): 60,
        ("a", "z"): 50,
        ("b", "z"): 80,
    }
    shown = as_shown(counts)

    assert shown["c", "y"] is None  # nobody: it was in no row at all
    assert {key for key, n in shown.items() if n is None} == {("c", "y"), ("c", "z"), ("a", "z"), ("a", "y")}


def test_a_table_that_is_small_altogether_tells_nothing():
    assert set(as_shown({("a",): 2, ("b",): 1}).values()) == {None}
    assert protected([]) == []


def test_two_that_are_few_together_are_few_for_whoever_subtracts():
    """3 and 4 are hidden, and the total tells that they are 7: so each is 7 at most. More has to go."""
    shown = as_shown({("a",): 3, ("b",): 4, ("c",): 30, ("d",): 99})

    assert shown == {("a",): None, ("b",): None, ("c",): None, ("d",): 99, (TOTAL,): 136}


def test_what_somebody_else_asks_to_be_hidden_is_hidden():
    shown = as_shown({("a",): 30, ("b",): 40}, also=[("b",)])

    assert shown == {("a",): 30, ("b",): None, (TOTAL,): 70}


def test_shares_and_several_measures_are_refused():
    for wrong in (
        [Row("told", ("a",), 10, 0.5)],
        [Row("a", ("x",), 1, 1), Row("b", ("x",), 1, 1)],
        [Row("a", ("x", "y", "z"), 1, 1)],
    ):
        with pytest.raises(ValueError):
            protected(wrong)


# --- An attacker with a sharp pencil --------------------------------------------------------------------------


def random_table(dice: Random, rows_: int, columns: int, most: int) -> dict:
    return {
        (f"r{row}", f"c{column}"): dice.choice([dice.randint(0, 2), dice.randint(3, most), dice.randint(3, most)])
        for row, column in product(range(rows_), range(columns))
    }


def could_be(shown: dict, most: int) -> dict:
    """Every number each hidden cell could be, by trying all tables that agree with what is shown."""
    cells = sorted(key for key in shown if TOTAL not in key)
    free = [key for key in cells if shown[key] is None]
    found: dict = {key: set() for key in free}
    for numbers in product(range(most + 1), repeat=len(free)):
        table = {key: shown[key] for key in cells} | dict(zip(free, numbers, strict=True))
        if all(_sum(table, key) == n for key, n in shown.items() if TOTAL in key and n is not None):
            for key, n in zip(free, numbers, strict=True):
                found[key].add(n)
    return found


def _sum(table: dict, total: tuple) -> int:
    return sum(
        n for key, n in table.items() if all(want in (TOTAL, have) for want, have in zip(total, key, strict=True))
    )


@pytest.mark.parametrize("seed", range(4))
def test_trying_every_table_finds_no_small_number_where_hiding_only_the_small_ones_does(seed):
    """With a threshold of 3, so that all tables can be tried."""
    dice, leaks, tried = Random(seed), 0, 0
    for _table in range(12):
        counts = random_table(dice, 2, 3, 7)
        whole = with_totals(rows(counts))
        small = {key for key, n in counts.items() if n < 3}
        naive = {key: None if n < 3 else n for key, n in whole.items()}
        shown = as_shown(counts, threshold=3)
        assert {key: n for key, n in shown.items() if n is not None}.items() <= whole.items()
        if sum(n is None for key, n in shown.items() if TOTAL not in key) > 4:
            continue  # too many tables to try, and nearly all is hidden
        tried += 1
        for key, numbers in could_be(shown, 10).items():
            if key in small:
                assert max(numbers) - min(numbers) >= 3, (counts, shown, key)
        leaks += any(max(n) - min(n) < 3 for key, n in could_be(naive, 10).items() if key in small)
    assert tried >= 3
    assert leaks >= 2


def test_in_a_large_table_every_small_number_has_room_and_most_numbers_are_still_told():
    dice, exposed = Random(1), 0
    for _table in range(5):
        counts = random_table(dice, 30, 4, 400)
        whole, shown = with_totals(rows(counts)), as_shown(counts)
        few = {key for key, n in whole.items() if n < 10}
        hidden = {key for key, n in shown.items() if n is None}
        assert few <= hidden
        assert worked_out(table(whole), hidden) == {}
        exposed += len(worked_out(table(whole), few))
        assert len(hidden) < 2.5 * len(few)
    assert exposed > 0


# --- Several tables, one month after another ------------------------------------------------------------------


def test_what_one_table_hides_another_does_not_tell():
    """By district Mongu is small; by agency everything is large; and both tables add up to the same province."""
    counts = {"all": 60, "mongu": 4, "nalolo": 56, "nhima": 60, "napsa": 0}
    book = Book(counts, [Sum("all", ("mongu", "nalolo")), Sum("all", ("nhima", "napsa"))])

    assert worked_out(book, {"mongu", "napsa"}) == {"mongu": (4, 4), "napsa": (0, 0)}
    hidden = to_hide(book)
    assert hidden > {"mongu", "napsa"}
    assert worked_out(book, hidden) == {}


def test_what_was_told_before_stays_told_and_the_new_table_gives_way():
    """January was told with Mongu hidden; a sum of the quarter would give it away, so the sum is hidden too."""
    counts = {"january": 3, "february": 40, "march": 50, "quarter": 93}
    book = Book(counts, [Sum("quarter", ("january", "february", "march"))])

    assert to_hide(book, told={"february", "march"}) == {"january", "quarter"}


def test_where_all_that_would_help_was_told_before_it_is_said_and_nothing_comes_out():
    book = Book({"all": 50, "a": 4, "b": 46}, [Sum("all", ("a", "b"))])

    with pytest.raises(CannotProtect, match=r"^a can be worked out"):
        to_hide(book, told={"all", "b"})


DISTRICTS = {f"{province}-{number}": province for province in "nsew" for number in range(6)}
AGENCIES = ("health", "pensions", "welfare")


def a_month(dice: Random, month: int) -> Book:
    """A country's month: the whole, by province, district, agency, and agency within a province."""
    counts: dict = dict.fromkeys(
        [(month, key) for key in ("all", *"nsew", *DISTRICTS, *AGENCIES, *product(AGENCIES, "nsew"))], 0
    )
    busy = [dice.paretovariate(1.0) for _ in DISTRICTS]
    for district in dice.choices(list(DISTRICTS), busy, k=400):
        agency, province = dice.choices(AGENCIES, (5, 2, 9))[0], DISTRICTS[district]
        for key in ("all", province, district, agency, (agency, province)):
            counts[month, key] += 1
    whole = [("all", "nsew"), ("all", AGENCIES)]
    whole += [(p, tuple(d for d in DISTRICTS if DISTRICTS[d] == p)) for p in "nsew"]
    whole += [(p, tuple(product(AGENCIES, p))) for p in "nsew"] + [(a, tuple(product([a], "nsew"))) for a in AGENCIES]
    return Book(counts, [Sum((month, one), tuple((month, part) for part in parts)) for one, parts in whole])


def test_over_two_years_of_releases_yesterdays_tables_and_todays_together_tell_no_small_number():
    """Each month comes out with what was told before in everybody's hands, and each third with its quarter."""
    dice, quarter = Random(7), Book({}, [])
    everything, hidden, told = Book({}, []), set(), set()
    for month in range(24):
        book = a_month(dice, month)
        quarter = Book(
            {**(quarter.counts if month % 3 else {}), **book.counts}, [*(quarter.sums if month % 3 else []), *book.sums]
        )
        if month % 3 == 2:
            whole = {
                ("to", month, key): [(one, key) for one in range(month - 2, month + 1)] for _month, key in book.counts
            }
            sums = {one: sum(quarter.counts[part] for part in parts) for one, parts in whole.items()}
            quarter = Book({**quarter.counts, **sums}, [*quarter.sums, *(Sum(one, tuple(whole[one])) for one in whole)])
        hidden |= to_hide(quarter, also=hidden & quarter.counts.keys(), told=told)
        told |= quarter.counts.keys() - hidden
        assert worked_out(quarter, hidden) == {}
        if month % 3 == 2:
            everything = Book({**everything.counts, **quarter.counts}, [*everything.sums, *quarter.sums])
    assert worked_out(everything, hidden) == {}
    assert len(worked_out(everything, {cell for cell, n in everything.counts.items() if n < 10})) > 100
    assert len(told) > len(hidden)
