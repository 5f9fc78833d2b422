"""Unusual rises are found, and where nothing rose almost nobody is alarmed, however many pairs are looked at."""

from math import exp, factorial
from random import Random

import pytest

from cases.rises import FALSE_ALARMS, Rise, Weeks, replay, rises, tail

TOPICS, DISTRICTS, WEEKS = 12, 25, 45


def poisson(dice: Random, mean: float) -> int:
    """Knuth's way."""
    count, product, limit = 0, dice.random(), exp(-mean)
    while product > limit:
        count, product = count + 1, product * dice.random()
    return count


def quiet_country(dice: Random, *, restless: float = 1) -> dict:
    """Every pair has its own usual number, mostly a small one, and nothing ever changes."""
    usual = {(f"t{t}", f"d{d}"): dice.choice([0.05, 0.2, 1, 4, 12]) for t in range(TOPICS) for d in range(DISTRICTS)}
    return {pair: [draw(dice, mean, restless) for _week in range(WEEKS)] for pair, mean in usual.items()}


def draw(dice: Random, mean: float, restless: float) -> int:
    if restless > 1:
        mean = dice.gammavariate(mean / (restless - 1), restless - 1)
    return poisson(dice, mean)


@pytest.mark.parametrize(("least", "mean", "variance"), [(1, 0.3, 0.31), (7, 2, 5), (31, 4, 4.2), (3, 9, 30)])
def test_the_tail_is_the_sum_of_what_is_in_it(least, mean, variance):
    size, share = mean * mean / (variance - mean), mean / variance
    below, term = 0.0, share**size
    for count in range(least):
        below, term = below + term, term * (count + size) / (count + 1) * (1 - share)

    assert tail(least, mean, variance) == pytest.approx(1 - below, rel=1e-6, abs=1e-12)
    assert tail(0, mean, variance) == 1


def test_with_hardly_more_variance_than_mean_it_is_poissons():
    assert tail(12, 4, 4.000001) == pytest.approx(1 - sum(exp(-4) * 4**k / factorial(k) for k in range(12)), rel=1e-3)


def test_what_rose_is_named_with_what_is_usual():
    country = quiet_country(Random(1))
    country["t3", "d7"] = [4, 5, 3, 4, 4] * 9
    country["t3", "d7"][-1] = 31
    cards = rises({pair: Weeks.of(counts) for pair, counts in country.items()})

    assert [(card.topic, card.district, card.now, round(card.usual)) for card in cards] == [("t3", "d7", 31, 4)]
    assert cards[0].sentence("Payment missed", "Mongu") == "Payment missed: Mongu, 31 this week, usually 4"
    assert cards[0].chance < 1e-9


@pytest.mark.parametrize("restless", [1, 2])
def test_where_nothing_rose_there_is_hardly_ever_a_card_while_a_rule_of_thumb_cries_every_week(restless):
    alarmed, thumb, weeks = 0, 0, 0
    for seed in range(3):
        country = quiet_country(Random(seed), restless=restless)
        past = replay(country)
        assert (past.weeks, past.tests) == (WEEKS - 8, (WEEKS - 8) * TOPICS * DISTRICTS)
        alarmed, weeks = alarmed + past.weeks_with_cards, weeks + past.weeks
        thumb += sum(
            any(counts[end] >= 5 and counts[end] >= 2 * sum(counts[:end]) / end for counts in country.values())
            for end in range(8, WEEKS)
        )
    assert alarmed / weeks <= FALSE_ALARMS + 0.03  # it is 1 week in a hundred, and 5 where weeks are restless
    assert thumb / weeks > 0.9


def test_a_pair_without_a_history_is_not_judged_and_a_few_cases_are_no_card():
    assert rises({("t", "d"): Weeks.of([0] * 7 + [50])}) == []
    assert rises({("t", "d"): Weeks.of([0] * 60 + [4])}) == []
    assert rises({}) == []
    new = rises({("t", "d"): Weeks.of([0] * 60 + [9])})
    assert new == [Rise("t", "d", 9, 0.0, new[0].chance)]


def test_what_always_comes_and_goes_by_the_dozen_is_no_rise():
    """After each payment day there are many: its own weeks say so."""
    counts = [0, 0, 0, 20] * 13
    calm = [5] * 51 + [20]

    assert rises({("t", "d"): Weeks.of(counts)}) == []
    assert len(rises({("t", "d"): Weeks.of(calm)})) == 1
