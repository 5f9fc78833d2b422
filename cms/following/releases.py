"""Tells who follows the figures, a place or a programme of each release, in the transaction that publishes it."""

from collections.abc import Iterator

from django.db.models.signals import post_save
from django.urls import reverse
from django.utils.translation import gettext_noop

from cases.models import Release
from cms.following.subjects import tell_all, with_figures
from cms.models.following import Happening

# (a first version, a correction) of a whole release, and of what is in it about one place or programme
WHOLE = (gettext_noop("Figures of {month}"), gettext_noop("Figures of {month}, corrected: version {version}"))
PART = (
    gettext_noop("{about}: figures of {month}"),
    gettext_noop("{about}: figures of {month}, corrected: version {version}"),
)


def listen() -> None:
    post_save.connect(_tell, sender=Release, dispatch_uid="cms.following.releases")


def _tell(sender: type[Release], instance: Release, **_signal: object) -> None:
    if instance.state == Release.State.PUBLISHED:
        tell_all(_happenings(instance))


def _happenings(release: Release) -> Iterator[Happening]:
    key, month, corrected = f"release:{release.pk}", f"{release.month:%Y-%m}", release.version != 1
    facts = {"month": f"{month}-01", "version": release.version}
    address = reverse("citizen:published", args=[month, release.version])
    yield Happening(key=key, title=WHOLE[corrected], facts=facts, address=address, subjects=["release:all"])
    for subject, figures in with_figures():
        yield Happening(
            key=f"{key}:{subject.key}",
            title=PART[corrected],
            facts={**facts, "about": subject.title},
            address=f"{figures}?of={month}",
            subjects=[subject.key],
        )
