"""Who may write the public pages, and who publishes: editors by role and level, for as long as they are."""

from django.contrib.auth.models import Group

from cases.actions import person_changed
from cases.models import Officer, Role
from cases.permissions import PUBLISHES_FROM

# Wagtail's own groups, by the level from which on an editor is in one: who writes, and who reads it and publishes.
GROUPS = {"Editors": 1, "Moderators": PUBLISHES_FROM}


def listen() -> None:
    person_changed.connect(_follow, dispatch_uid="cms.editors")


def _follow(sender: type[Officer], officer: Officer, **_signal: object) -> None:
    writes = officer.role == Role.EDITOR and officer.active
    for name, level in GROUPS.items():
        group = Group.objects.get(name=name)
        if writes and officer.level >= level:
            officer.user.groups.add(group)
        else:
            officer.user.groups.remove(group)
