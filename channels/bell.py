"""The bell that says "look now": one job, however many messages were written. It carries nothing itself.

Without Valkey nothing is lost: every worker makes its rounds anyway, and what was written goes out a little later.
"""

import time
from functools import cache

from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

QUEUE = "default"
JOB = "channels.tasks.look"
_RUNG = "sws:rung"  # set while the bell has been rung and nobody has looked yet
_PATIENCE = 0.5  # seconds: a citizen is waiting for the request that rings
_SULK = 5.0  # seconds without ringing after nobody answered


def ring() -> None:
    """Say "look now" once this transaction is committed: one job, however many messages."""
    transaction.on_commit(_bell().ring)


def heard() -> None:
    _bell().heard()


class Bell:
    def __init__(self, url: str) -> None:
        # Left to itself the client tries three more times, with pauses of seconds.
        retry = Retry(NoBackoff(), 0)
        self.valkey = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE, retry=retry)
        self.quiet_until = 0.0

    def ring(self) -> None:
        if time.monotonic() < self.quiet_until:
            return
        try:
            # Not rq's own unique job ids: a worker killed at its job would leave the id taken, the bell mute.
            if self.valkey.set(_RUNG, 1, nx=True, ex=5):
                Queue(QUEUE, connection=self.valkey).enqueue(JOB, result_ttl=0, job_timeout=300)
        except (RedisError, OSError):
            self.quiet_until = time.monotonic() + _SULK

    def heard(self) -> None:
        """From here on a new message needs a new ring: we may have looked past it."""
        try:
            self.valkey.delete(_RUNG)
        except (RedisError, OSError):
            self.quiet_until = time.monotonic() + _SULK


@cache
def _bell() -> Bell:
    return Bell(settings.REDIS_URL)
