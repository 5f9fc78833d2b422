"""Limits on trying, counted in PostgreSQL so that they hold with Valkey gone."""

from django.db import connection

_COUNT = """
INSERT INTO cases_attempt (key, count, until) VALUES (%(key)s, 1, now() + %(seconds)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN cases_attempt.until < now() THEN 1 ELSE cases_attempt.count + 1 END,
    until = CASE WHEN cases_attempt.until < now() THEN EXCLUDED.until ELSE cases_attempt.until END
RETURNING count
"""

HOUR = 3600


class TooManyTries(Exception):
    """Tried too often; the sentence for the person is the page's or the dialogue's."""


def count_try(key: str, *, limit: int, seconds: int = HOUR) -> None:
    """Count one try of `key` (never personal data: a blind index or a fixed word). Raises TooManyTries."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "seconds": seconds})
        (count,) = cursor.fetchone()
    if count > limit:
        raise TooManyTries(key.partition(":")[0])


def forget_old_tries() -> int:
    """What is no longer counted need not be kept."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_attempt WHERE until < now()")
        return cursor.rowcount
