"""`manage.py worker`: sends what waits and watches the clock, with or without Valkey; run as many as you like."""

import signal
import threading
from typing import Any

import django_rq
import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from redis import RedisError
from rq import SimpleWorker

from channels.bell import QUEUE
from channels.tasks import Rounds

log = structlog.get_logger()

ROUND = 2.0  # seconds between rounds
AWAY = 5.0  # seconds before we look whether Valkey is back


class Listener(SimpleWorker):
    """rq in this process: no fork for a job, so connections to the database and the gateways are kept."""

    stopping: threading.Event
    max_connection_wait_time = AWAY

    def request_stop(self, signum: Any, frame: Any) -> None:
        self.stopping.set()
        super().request_stop(signum, frame)

    def subscribe(self) -> None:
        """We take no orders over pub/sub; that saves a thread and a connection."""

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        close_old_connections()
        return super().perform_job(*args, **kwargs)


class Command(BaseCommand):
    help = "Send messages, escalate and close cases on time. Stops at the end of what it is doing on SIGTERM."
    requires_system_checks: list[str] = []  # they read every page's code, and this serves none

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        looker = threading.Thread(target=keep_looking, args=(stopping,), name="looker")
        looker.start()
        while not stopping.is_set():
            for number in (signal.SIGINT, signal.SIGTERM):  # each time: rq leaves its own behind
                signal.signal(number, lambda *_: stopping.set())
            listen(stopping)
            stopping.wait(AWAY)
        looker.join()


def keep_looking(stopping: threading.Event) -> None:
    rounds = Rounds()
    while not stopping.is_set():
        rounds.make()
        stopping.wait(ROUND)


def listen(stopping: threading.Event) -> None:
    """Take jobs until told to stop, or until Valkey has been away too long."""
    try:
        queue = django_rq.get_queue(QUEUE)
        listener = Listener([queue], connection=queue.connection)
        listener.stopping = stopping
        listener.work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("valkey_is_away", error=type(error).__name__)
