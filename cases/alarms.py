"""How often the rule for unusual rises spoke up in past weeks: replayed once a day, told beside the rule's name."""

from datetime import timedelta

from django.core.cache import cache

from cases import clock
from cases.catalogue import catalogue
from cases.models import Event, Watermark
from cases.rises import Replay, replay
from cases.statistics import WHOLE, week_by_week

WEEKS = 26  # that are replayed, the last whole week the last of them
SETTLED = timedelta(minutes=10)  # what is older has been counted, unless the figures are behind
DAY = 86_400  # seconds


def remember() -> None:
    """Of the whole country: it tells of the rule, not of a place. A day later it is worked out anew."""
    if cache.get(_name()) is None and _is_counted():
        histories = {pair: counts[:-1] for pair, counts in week_by_week(WHOLE).items()}
        cache.set(_name(), replay(histories, last=WEEKS), DAY)


def remembered() -> Replay | None:
    """None: not worked out yet, or there are no weeks to replay."""
    found = cache.get(_name())
    return found if found and found.weeks else None


def _name() -> str:
    today = catalogue().today()
    return f"alarms:{today - timedelta(days=today.weekday())}"


def _is_counted() -> bool:
    mark = Watermark.objects.values_list("counted_to", flat=True).first() or 0
    return not Event.objects.filter(pk__gt=mark, at__lt=clock.now() - SETTLED).exists()
