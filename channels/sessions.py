"""What happens to conversations afterwards: where callers left is counted, and what they answered is forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from channels.models import Session

# In one statement, so that a session is counted once whoever counts: it is moved out of the table by its counting.
_COUNT = """
WITH gone AS (
    DELETE FROM channels_session WHERE updated_at < %(before)s
    RETURNING key, language, screen, ended, resumed, updated_at
)
INSERT INTO channels_screencount (day, channel, language, screen, "left", finished, resumed)
SELECT updated_at::date, CASE WHEN key LIKE 'sms:%%' THEN 'sms' ELSE 'ussd' END, language, screen,
       count(*) FILTER (WHERE NOT ended), count(*) FILTER (WHERE ended), count(*) FILTER (WHERE resumed)
FROM gone GROUP BY 1, 2, 3, 4
ON CONFLICT (day, channel, language, screen) DO UPDATE
SET "left" = channels_screencount."left" + EXCLUDED."left",
    finished = channels_screencount.finished + EXCLUDED.finished,
    resumed = channels_screencount.resumed + EXCLUDED.resumed
"""


def count_and_forget() -> int:
    """Count the sessions nobody can go on with any more, and remove them with all that was answered in them."""
    minutes = max(settings.RESUME_MINUTES, settings.SESSION_MINUTES, settings.SMS_CONVERSATION_MINUTES)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"before": timezone.now() - timedelta(minutes=minutes)})
        return cursor.rowcount


def empty_what_is_over() -> int:
    """A last screen may show a PIN: it is kept only as long as a gateway may ask for it again."""
    over = Session.objects.filter(
        ended=True, updated_at__lt=timezone.now() - timedelta(minutes=settings.SESSION_MINUTES)
    )
    left = Session.objects.filter(
        ended=False, resumable=False, updated_at__lt=timezone.now() - timedelta(minutes=settings.SESSION_MINUTES)
    ).exclude(key__startswith="sms:")
    return (over | left).exclude(sealed=b"").update(sealed=b"", caller="")
