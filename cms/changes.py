"""Hears of whatever changes that the public reads, and lets the pages be drawn anew."""

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.signals import post_page_move

from cases.catalogue import catalogue_changed
from cases.models import Release
from cases.views.kept import changed
from channels.models import InfoText

ON_NO_PAGE = ("cms.models.following", "cms.models.links")  # who follows what; what somebody else's host answered


def listen() -> None:
    for model in _read_by_the_public():
        post_save.connect(changed, sender=model, dispatch_uid=f"cms.changes {model.__name__} saved")
        post_delete.connect(changed, sender=model, dispatch_uid=f"cms.changes {model.__name__} deleted")
    post_save.connect(_released, sender=Release, dispatch_uid="cms.changes Release saved")
    catalogue_changed.connect(changed, dispatch_uid="cms.changes catalogue")
    post_page_move.connect(changed, dispatch_uid="cms.changes moved")


def _read_by_the_public() -> list[type[Model]]:
    ours = [model for model in apps.get_app_config("cms").get_models() if model.__module__ not in ON_NO_PAGE]
    return [*ours, Page, get_image_model(), get_document_model(), InfoText]


def _released(instance: Release, **_signal: object) -> None:
    """One that is in the making, or rejected, is on no page."""
    if instance.state == Release.State.PUBLISHED:
        changed()
