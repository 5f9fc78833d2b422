"""A call with room: however deep it goes, nothing it calls again and again asks the system for memory each time."""

from concurrent.futures import ThreadPoolExecutor
from resource import RUSAGE_SELF, getrusage
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_started

from sws.stack import with_room

DEEPEST, TURNS = 400, 50


def a_list(rows):
    """Many small things in a row, none of which is heavy."""
    return [round(len(str(row)) / 2) for row in rows]


def asked_for_memory(depth=0):
    """How often, at most, the system was asked for memory while one thing was called many times, at any depth."""
    before = getrusage(RUSAGE_SELF).ru_minflt
    for _ in range(TURNS):
        a_list(())
    here = getrusage(RUSAGE_SELF).ru_minflt - before
    return max(here, asked_for_memory(depth + 1)) if depth < DEEPEST else here


def elsewhere(call):
    """In a thread of its own, as on a web server: it starts with an empty stack, and the tests' has room already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result()


def test_with_room_no_depth_is_dear():
    assert elsewhere(with_room(asked_for_memory)) < TURNS


def test_what_goes_in_and_what_comes_out_is_the_calls_own():
    assert with_room(sorted)([2, 1, 3], reverse=True) == [3, 2, 1]
    with pytest.raises(ZeroDivisionError):
        with_room(divmod)(1, 0)
    assert with_room(a_list).__name__ == "a_list"


def test_the_web_server_gives_every_page_room():
    from sws.wsgi import application

    found = []

    def begun(**_):
        found.append(asked_for_memory())

    def knock():
        environ = {"PATH_INFO": "/healthz"}
        setup_testing_defaults(environ)
        application(environ, lambda status, headers: found.append(status))

    request_started.connect(begun)
    try:
        elsewhere(knock)
    finally:
        request_started.disconnect(begun)
    assert found[0] < TURNS
    assert found[1] == "200 OK"
