"""What search engines are told, in the words of schema.org, of pages that are no editor's: figures, ledger, a note."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import told
from cases.models import Release
from cases.views.open_data import XLSX, licence
from cms.models import Note

Said = dict[str, Any]
FILES = {"data_csv": "text/csv", "data_xlsx": XLSX, "data_json": "application/json"}


def _dataset() -> Said:
    return {
        "@type": "Dataset",
        "license": licence()["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": _("Single Window Service"), "url": settings.PUBLIC_BASE_URL},
    }


def _file(form: str, name: str, *holes: object) -> Said:
    address = settings.PUBLIC_BASE_URL + reverse(f"cases:{name}", args=holes)
    return {"@type": "DataDownload", "encodingFormat": form, "contentUrl": address}


def figures(release: Release) -> Said:
    """Of one month as one version of it has it."""
    month = f"{release.month:%Y-%m}"
    return {
        **_dataset(),
        "version": str(release.version),
        "datePublished": f"{release.decided_at:%Y-%m-%d}",
        "temporalCoverage": month,
        "isBasedOn": told.home_of(release),
        "distribution": [_file(form, name, month, release.version) for name, form in FILES.items()],
    }


def releases(rows: Iterable[Release]) -> Said:
    datasets = [
        {**figures(one), "name": f"{one.month:%Y-%m}, v{one.version}", "url": told.home_of(one)} for one in rows
    ]
    return {"@type": "DataCatalog", "license": licence()["path"], "dataset": datasets}


def ledger() -> Said:
    files = [_file("application/json", "ledger_anchors", 0), _file("text/plain", "ledger_leaves", 0)]
    return {**_dataset(), "distribution": files}


def note(one: Note) -> Said:
    return {
        "@type": "Article",
        "headline": one.title,
        "about": one.about,
        "datePublished": f"{one.published_at:%Y-%m-%d}",
        "author": {"@type": "Organization", "name": one.organisation},
    }


KINDS: dict[str, Callable[..., Said]] = {"figures": figures, "releases": releases, "ledger": ledger, "note": note}
