"""Who may write the public pages: officers whose role says so, for as long as it does."""

from django.contrib.auth.models import Group

from cases.actions import person_changed
from cases.models import Officer, Role

GROUPS = ("Editors", "Moderators")  # Wagtail's own: who writes and who publishes


def listen() -> None:
    person_changed.connect(_follow, dispatch_uid="cms.editors")


def _follow(sender: type[Officer], officer: Officer, **_signal: object) -> None:
    groups = Group.objects.filter(name__in=GROUPS)
    if officer.role == Role.EDITOR and officer.active:
        officer.user.groups.add(*groups)
    else:
        officer.user.groups.remove(*groups)
