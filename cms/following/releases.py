"""Tells who follows the figures of each release, in the transaction that publishes it. It knows no figure."""

from django.db.models.signals import post_save
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Release
from cms.following.subjects import tell


def listen() -> None:
    post_save.connect(_tell, sender=Release, dispatch_uid="cms.following.releases")


def _tell(sender: type[Release], instance: Release, **_signal: object) -> None:
    if instance.state != Release.State.PUBLISHED:
        return
    corrected = _("Figures of {month}, corrected: version {version}")
    sentence = _("Figures of {month}") if instance.version == 1 else corrected
    title = sentence.format(month=date_format(instance.month, "F Y"), version=instance.version)
    address = reverse("citizen:published", args=[f"{instance.month:%Y-%m}", instance.version])
    tell(f"release:{instance.pk}", title, address, ["release:all"])
