"""Calls under way as this process last left them: a hop that comes back here need not read, open and replay.

A memory may be out of date, for another process may have gone on with the call. Nothing rests on it: whoever
goes on from here writes only if the row is still where it was, and else reads the row (channels/ussd.py).
It holds what people answered, so it is short, in number and in time.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from cases.catalogue import Catalogue, catalogue
from channels.conversation import Talk
from channels.speech import Caller
from channels.store import Running

MOST = 5_000  # calls
SECONDS = 60.0  # a gateway hangs up on whoever thinks longer


@dataclass(frozen=True)
class UnderWay:
    """A call between two hops, with the dialogue still waiting for its answer."""

    running: Running
    caller: Caller
    talk: Talk


class Memory:
    def __init__(self, most: int = MOST, seconds: float = SECONDS) -> None:
        self.most, self.seconds = most, seconds
        self.lock = threading.Lock()
        self.calls: OrderedDict[str, tuple[float, Catalogue, UnderWay]] = OrderedDict()  # oldest first
        self.sweeper: threading.Timer | None = None

    def keep(self, call: UnderWay) -> None:
        menus = catalogue()
        with self.lock:
            self.calls[call.running.key] = time.monotonic(), menus, call
            if len(self.calls) > self.most:
                self.calls.popitem(last=False)
            self._sweep_later()

    def take(self, key: str) -> UnderWay | None:
        """Whoever takes it has it alone. Nothing where it is old, or the menus have changed since."""
        with self.lock:
            kept_at, menus, call = self.calls.pop(key, (0.0, None, None))
        is_fresh = call and time.monotonic() - kept_at < self.seconds and menus is catalogue()
        return call if is_fresh else None

    def _sweep_later(self) -> None:
        """Also when nobody calls any more, nothing stays longer than twice its time."""
        if self.sweeper is None and self.calls:
            self.sweeper = threading.Timer(self.seconds, self._sweep)
            self.sweeper.daemon = True
            self.sweeper.start()

    def _sweep(self) -> None:
        before = time.monotonic() - self.seconds
        with self.lock:
            while self.calls and next(iter(self.calls.values()))[0] <= before:
                self.calls.popitem(last=False)
            self.sweeper = None
            self._sweep_later()
