"""/healthz says the process lives; /readyz says whether it can serve, and what it lacks."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from redis import Redis, RedisError

from channels import outbox


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated. Valkey only rings the bell: without it we serve, and say so."""
    database = _database()
    serving = database == "ok" and not _unapplied()
    report = {
        "database": database,
        "valkey": _valkey(),
        "migrations": "applied" if serving else "not applied",
        "oldest_unsent_message_seconds": _oldest_unsent() if serving else None,  # else there may be no table yet
    }
    return JsonResponse(report, status=200 if serving else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _valkey() -> str:
    try:
        Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5).ping()
    except (RedisError, OSError):
        return "down"
    return "ok"


def _unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _oldest_unsent() -> int:
    """Seconds since the oldest message was written that should be out by now; 0 when none waits."""
    now = timezone.now()
    oldest = outbox.oldest_unsent(now)
    return int((now - oldest).total_seconds()) if oldest else 0
