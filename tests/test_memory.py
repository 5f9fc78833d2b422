"""How long a process remembers the calls it has in hand, how many, and for whom."""

import time
from typing import Any

import pytest

from cases import catalogue
from channels.memory import Memory, UnderWay
from channels.store import Running


def a_call(key: str) -> UnderWay:
    nobody: Any = None
    return UnderWay(Running(key, "caller"), nobody, nobody)


pytestmark = pytest.mark.django_db


def test_whoever_takes_a_call_has_it_alone():
    calls, kept = Memory(), a_call("one")
    calls.keep(kept)
    assert [calls.take("one"), calls.take("one"), calls.take("two")] == [kept, None, None]


def test_no_more_than_so_many_are_remembered_and_the_oldest_goes_first():
    calls = Memory(most=2)
    for key in ("one", "two", "three"):
        calls.keep(a_call(key))
    assert list(calls.calls) == ["two", "three"]


def test_none_is_remembered_for_longer_than_its_time_also_when_nobody_calls_any_more():
    calls = Memory(seconds=0.05)
    calls.keep(a_call("one"))
    until = time.monotonic() + 5
    while calls.calls and time.monotonic() < until:
        time.sleep(0.01)
    assert not calls.calls


def test_a_call_whose_time_is_over_is_not_taken_up_again():
    calls = Memory(seconds=0)
    calls.keep(a_call("one"))
    assert calls.take("one") is None


def test_a_call_is_replayed_when_the_menus_have_changed_since():
    calls = Memory()
    calls.keep(a_call("one"))
    catalogue.changed()
    assert calls.take("one") is None
