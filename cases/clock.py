"""What time it is for a case. The demo and the tests may say it is another moment; nothing else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    return _moment.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block it is `moment`, in this thread alone. The local date of it is `catalogue().today()`."""
    before = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(before)
