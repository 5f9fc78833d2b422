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
LOOK = "channels.tasks.look"
EXPORTS = "channels.tasks.make_exports"
INSPECTION = "channels.tasks.inspect_ledger"
MOVES = "channels.tasks.make_moves"
DRAFTS = "channels.tasks.prepare_drafts"
_RUNG = "sws:rung:"  # and the job: set while the bell has been rung and nobody has looked yet
_PATIENCE = 0.5  # seconds: a citizen is waiting for the request that rings
_SULK = 5.0  # seconds without ringing after nobody answered


def ring(job: str = LOOK) -> None:
    """Say "look now" once this transaction is committed: one job, however many messages."""
    transaction.on_commit(lambda: _bell().ring(job))


def heard(job: str = LOOK) -> None:
    _bell().heard(job)


class Bell:
    def __init__(self, url: str) -> None:
        # Left to itself the client tries three more times, with pauses of seconds.
        retry = Retry(NoBackoff(), 0)
        self.valkey = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE, retry=retry)
        self.quiet_until = 0.0

    def ring(self, job: str = LOOK) -> None:
        if time.monotonic() < self.quiet_until:
            return
        try:
            # Not rq's own unique job ids: a worker killed at its job would leave the id taken, the bell mute.
            if self.valkey.set(_RUNG + job, 1, nx=True, ex=5):
                Queue(QUEUE, connection=self.valkey).enqueue(job, result_ttl=0, job_timeout=300)
        except (RedisError, OSError):
            self.quiet_until = time.monotonic() + _SULK

    def heard(self, job: str = LOOK) -> None:
        """From here on a new message needs a new ring: we may have looked past it."""
        try:
            self.valkey.delete(_RUNG + job)
        except (RedisError, OSError):
            self.quiet_until = time.monotonic() + _SULK


@cache
def _bell() -> Bell:
    return Bell(settings.REDIS_URL)
