"""Room on Python's stack, taken once for a whole call and all that it calls."""

from collections.abc import Callable
from functools import update_wrapper
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

WORDS = 70_000  # of 8 bytes; Python takes a mebibyte for that, and what is left is more than a thousand calls deep


def with_room(call: Callable[P, R]) -> Callable[P, R]:
    """The same call, with room for all that it calls.

    Python takes its stack from the system in pieces of 16 KiB and gives each back as soon as nothing is on it. What
    is called again and again just where a piece ends asks the system each time: half of the time of a page with a
    list. A frame that says it is large gets a piece to itself, and all that follows finds room on it.
    Source: CPython's issue 142183; Python 3.11, which Debian 12 brings, is left as it is.
    """

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=WORDS)
    return update_wrapper(roomy, call)
