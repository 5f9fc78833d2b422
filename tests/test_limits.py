"""Limits on trying hold for everybody at once, wear off, and name nobody."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from cases.limits import TooManyTries, count_try, forget_old_tries
from cases.models import Attempt


def tries(key, times, **limit):
    """How many of so many tries were let through."""
    let_through = 0
    for _time in range(times):
        try:
            count_try(key, **limit)
        except TooManyTries:
            continue
        let_through += 1
    return let_through


def test_so_many_tries_and_no_more(db):
    assert tries("pin:one", 10, limit=3) == 3
    assert tries("pin:another", 2, limit=3) == 2  # one key does not lock the other


def test_trying_on_does_not_put_off_the_end_of_the_window(db):
    tries("pin:one", 5, limit=3)
    until = Attempt.objects.get(key="pin:one").until
    tries("pin:one", 5, limit=3)

    assert Attempt.objects.get(key="pin:one").until == until


def test_when_the_window_is_over_one_may_try_again(db):
    tries("pin:one", 5, limit=3, seconds=60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_attempt SET until = until - interval '61 seconds'")

    assert tries("pin:one", 5, limit=3, seconds=60) == 3


def test_the_refusal_says_what_was_tried_and_not_by_whom(db):
    with pytest.raises(TooManyTries) as refusal:
        count_try("pin:0123456789abcdef", limit=0)

    assert str(refusal.value) == "pin"


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_share_one_limit():
    def one(_number):
        try:
            return tries("pin:one", 5, limit=25)
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        let_through = sum(pool.map(one, range(40)))

    assert let_through == 25
    assert Attempt.objects.get().count == 200


def test_what_is_no_longer_counted_is_forgotten(db):
    tries("pin:old", 1, limit=3, seconds=-1)
    tries("pin:new", 1, limit=3)
    assert forget_old_tries() == 1
    assert list(Attempt.objects.values_list("key", flat=True)) == ["pin:new"]
