"""Published figures to download: one folder for each version of a month, its files the same for ever.

Rows hold codes and no names, so that a name that changes changes no file; names and the dictionary stand beside them.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import condition, require_safe

from cases import releases, told
from cases.models import Release
from cases.protection import THRESHOLD
from cases.spreadsheets import Cell as Written
from cases.spreadsheets import Csv, Xlsx
from cases.tables import COUNTS, DIMENSIONS, FIGURES, TABLES
from cases.views.frame import for_any_page
from cases.views.kept import A_FEW_MINUTES, kept
from cases.views.published import one_version

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_YEAR = 365 * 24 * 3600
COLUMNS = ("period", "sensitive", "table", *DIMENSIONS, "figure", "value", "hidden")
DICTIONARY = ("figure", "title", "definition", "unit", "rests_on")
NAMES = ("dimension", "code", "name")


# --- What is in a file ------------------------------------------------------------------------------------


def rows_of(release: Release) -> Iterator[list[Written]]:
    """A column for each thing a figure can be told apart by; empty where the table has it not."""
    for row in releases.public(releases.frozen(release)):
        where = dict(zip(TABLES[row["table"]].by, row["by"], strict=True))
        codes = [where[name] or "not-said" if name in where else "" for name in DIMENSIONS]
        flags = str(row["sensitive"]).lower(), str(row["hidden"]).lower()
        yield [row["period"], flags[0], row["table"], *codes, row["figure"], row["value"], flags[1]]


def dictionary() -> list[list[Written]]:
    """What each figure means, from the same table that the code counts by."""
    with translation.override("en"):
        return [
            [name, *map(str, (told.title_of(name), told.definition_of(name), told.unit_of(name))), _rests_on(name)]
            for name in FIGURES
        ]


def _rests_on(name: str) -> str:
    """The counts it is worked out from; a count rests on itself."""
    return "" if name in COUNTS else " / ".join(told.counts_of(name))


def names() -> list[list[Written]]:
    with translation.override("en"):
        return [[dimension, code, name] for dimension in DIMENSIONS for code, name in told.names_of(dimension)]


def _write(out: Csv | Xlsx, columns: tuple[str, ...], rows: Any) -> Csv | Xlsx:
    out.add(list(columns))
    for row in rows:
        out.add(row)
    return out


def licence() -> dict[str, Any]:
    """As the owner decided, or as it is proposed."""
    name, _space, path = settings.OPEN_DATA_LICENCE.partition(" ")
    return {"name": name, "path": path, "proposed": settings.OPEN_DATA_LICENCE_IS_PROPOSED}


def package_of(release: Release) -> dict[str, Any]:
    """A Frictionless data package: what the columns hold, what each figure means, under which licence."""
    said = licence()
    figures = [row[0] for row in dictionary()]
    text: dict[str, Any] = {"type": "string"}
    described: dict[str, dict[str, Any]] = {
        "period": text | {"description": "A month (2026-10) or a quarter (2026-Q4)."},
        "sensitive": {"type": "boolean", "description": "Sensitive matters, told by province and quarter only."},
        "table": text | {"constraints": {"enum": list(TABLES)}},
        **{
            name: text | {"description": f"Code of the {name}; see names.csv. Empty where the table has it not."}
            for name in DIMENSIONS
        },
        "figure": text | {"constraints": {"enum": figures}, "description": "See dictionary.csv."},
        "value": {"type": "number", "description": "Empty where it is hidden. Hidden is not zero."},
        "hidden": {"type": "boolean", "description": f"Below {THRESHOLD}, or such a number could be worked out."},
    }
    return {
        "profile": "data-package",
        "name": f"single-window-service-{release.month:%Y-%m}-v{release.version}",
        "title": f"Single Window Service, figures of {release.month:%Y-%m}, version {release.version}",
        "description": "The licence is proposed and not decided yet." if said["proposed"] else "",
        "homepage": told.home_of(release),
        "version": f"{release.version}.0.0",
        "created": release.decided_at.isoformat() if release.decided_at else "",
        "licenses": [{"name": said["name"], "path": said["path"]}],
        "contributors": [{"title": release.signed, "role": "publisher"}],
        "resources": [
            _resource("figures", "figures.csv", [{"name": name, **described[name]} for name in COLUMNS]),
            _resource("dictionary", "dictionary.csv", [{"name": name, **text} for name in DICTIONARY]),
            _resource("names", "names.csv", [{"name": name, **text} for name in NAMES]),
            # The same figures once more: a workbook with the dictionary beside them, and as they were frozen.
            {"name": "workbook", "path": "figures.xlsx", "format": "xlsx", "mediatype": XLSX},
            {"name": "frozen", "path": "figures.json", "format": "json", "mediatype": "application/json"},
        ],
    }


def _resource(name: str, path: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    csv = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "profile": "tabular-data-resource"}
    return {"name": name, "path": path, **csv, "schema": {"fields": fields, "missingValues": [""]}}


# --- Files ------------------------------------------------------------------------------------------------


def _etag(_request: HttpRequest, month: str, version: int, **_more: str) -> str:
    return f'"{one_version(month, version).digest[:32]}"'


def _frozen(view: Callable[[Release], HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for ever, for anybody's page: kept by whoever asks and by all between."""

    @require_safe
    @condition(etag_func=_etag)
    @wraps(view)
    def wrapped(_request: HttpRequest, month: str, version: int) -> HttpResponse:
        return view(one_version(month, version))

    return _open(wrapped, max_age=A_YEAR, immutable=True)


def _open(view: Callable[..., HttpResponse], **cache: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, **asked: Any) -> HttpResponse:
        return for_any_page(view(request, **asked), **cache)

    return wrapped


@_frozen
def as_csv(release: Release) -> HttpResponse:
    return _csv(COLUMNS, rows_of(release))


@_frozen
def as_xlsx(release: Release) -> HttpResponse:
    """With the dictionary on a sheet of its own."""
    book = _write(Xlsx("figures"), COLUMNS, rows_of(release))
    assert isinstance(book, Xlsx)
    book.turn("dictionary")
    return HttpResponse(_write(book, DICTIONARY, dictionary()).finish(), content_type=XLSX)


@_frozen
def as_json(release: Release) -> HttpResponse:
    return JsonResponse({"release": told.facts_of(release), "rows": releases.public(releases.frozen(release))})


def _csv(columns: tuple[str, ...], rows: Any) -> HttpResponse:
    return HttpResponse(_write(Csv(), columns, rows).finish(), content_type="text/csv; charset=utf-8")


def _for_a_while(view: Callable[[Release], HttpResponse]) -> Callable[..., HttpResponse]:
    """What stands beside the rows: names change, and so may the licence."""

    @require_safe
    @wraps(view)
    def wrapped(_request: HttpRequest, month: str, version: int) -> HttpResponse:
        return view(one_version(month, version))

    return _open(wrapped, max_age=A_FEW_MINUTES)


@_for_a_while
def package(release: Release) -> HttpResponse:
    return JsonResponse(package_of(release), json_dumps_params={"indent": 1})


@_for_a_while
def as_dictionary(_release: Release) -> HttpResponse:
    return _csv(DICTIONARY, dictionary())


@_for_a_while
def as_names(_release: Release) -> HttpResponse:
    return _csv(NAMES, names())


# --- Pages ------------------------------------------------------------------------------------------------


@kept
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What there is to download, under which licence, and what each figure means."""
    context = {
        "rows": releases.all_published(),
        "licence": licence(),
        "figures": [(name, told.title_of(name), told.definition_of(name), told.unit_of(name)) for name in FIGURES],
        "threshold": THRESHOLD,
        "base": settings.PUBLIC_BASE_URL,
    }
    return render(request, "figures/data.html", context)


# What an address of a release ends in: by name, the file and who writes it.
FILES = {
    "csv": ("figures.csv", as_csv),
    "xlsx": ("figures.xlsx", as_xlsx),
    "json": ("figures.json", as_json),
    "package": ("datapackage.json", package),
    "dictionary": ("dictionary.csv", as_dictionary),
    "names": ("names.csv", as_names),
}
