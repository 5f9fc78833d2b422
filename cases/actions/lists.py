"""Lists as files, once their maker may see other cases than before: what was made is gone, and is asked for again."""

from django.utils.translation import gettext as _

from cases.models import Export, Officer


def drop_lists(officer: Officer) -> None:
    """A worker who is at one gives up. What still waits will be made of what they may see then."""
    begun = Export.objects.filter(maker=officer, state__in=(Export.State.MAKING, Export.State.READY))
    begun.update(state=Export.State.FAILED, file=None, why=_("It is out of date. Please ask for it again."))
