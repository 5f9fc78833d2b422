"""Remembers which gateway is out, so that a hundred SMS do not each wait for it in vain. Knows no SMS."""

import time
from dataclasses import dataclass

FAILURES = 3  # one after another
SECONDS = 30


@dataclass
class Circuit:
    """Of one gateway, in one process: each worker finds out for itself. Times are of the monotonic clock."""

    failures: int = 0
    open_until: float = 0

    def is_closed(self) -> bool:
        return time.monotonic() >= self.open_until

    def hear(self, *, outage: bool) -> None:
        """After a pause a few are let through to see; the first to fail opens it again."""
        self.failures = self.failures + 1 if outage else 0
        if self.failures >= FAILURES:
            self.open_until = time.monotonic() + SECONDS


_circuits: dict[str, Circuit] = {}


def circuit(gateway: str) -> Circuit:
    return _circuits.setdefault(gateway, Circuit())


def close_all() -> None:
    """Forget every outage: an administrator has mended something, or a test begins."""
    _circuits.clear()
