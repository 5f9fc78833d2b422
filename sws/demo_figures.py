"""The demonstration's released figures: the last whole months, drafted, checked and signed by its manager."""

from datetime import date, timedelta

from cases import releasing, tallies
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.models import Officer, Release
from cases.tables import Month

MONTHS = 2


def publish_figures(*, signed_by: str) -> None:
    """`signed_by` is a user name. Does nothing where figures are released already."""
    if Release.objects.exists():
        return
    tallies.keep_up()
    by = Officer.objects.get(user__username=signed_by)
    for month in whole_months(catalogue().today(), MONTHS):
        try:
            releasing.publish_release(by=by, release=releasing.draft_release(by=by, month=Month(month)))
        except NotAllowed:  # in a country of very few cases there may be nothing that can be told
            return


def whole_months(today: date, many: int) -> list[date]:
    """Their first days, the oldest first."""
    months = []
    for _one in range(many):
        today = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        months.append(today)
    return months[::-1]
