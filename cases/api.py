"""The read-only API: releases, figures, topics, places, agencies and standards; nothing of a case, nothing to write.

It reads what pages read: published figures from cases/told.py, and the catalogue. Its description is made of this file.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from cases import limits, releases, told
from cases.catalogue import catalogue
from cases.models import Release
from cases.pack import Topic
from cases.tables import DIMENSIONS, TABLES
from cases.views.frame import for_any_page, source
from cases.views.kept import A_FEW_MINUTES
from cases.views.open_data import FILES
from cases.views.published import first_day

# --- What an answer looks like ----------------------------------------------------------------------------


class ReleaseOut(serializers.Serializer):
    month = serializers.CharField(help_text="Its month: 2026-10.")
    version = serializers.IntegerField(help_text="A correction is a new version.")
    newest = serializers.BooleanField(help_text="No later version of this month is published.")
    published_at = serializers.CharField()
    signed = serializers.CharField(help_text="Name and office of who published it.")
    reason = serializers.CharField(help_text="Why it is a correction; else empty.")
    digest = serializers.CharField(help_text="SHA-256 of its rows.")
    page = serializers.CharField()
    files = serializers.DictField(child=serializers.CharField())


class FigureOut(serializers.Serializer):
    period = serializers.CharField(help_text="2026-10, or 2026-Q4.")
    sensitive = serializers.BooleanField()
    table = serializers.ChoiceField(list(TABLES))
    by = serializers.DictField(child=serializers.CharField(), help_text="Codes; empty is not said.")
    label = serializers.CharField(help_text="What people call the place.")
    figure = serializers.CharField()
    value = serializers.FloatField(allow_null=True, help_text="None where it is hidden. Hidden is not zero.")
    hidden = serializers.BooleanField()
    address = serializers.CharField(help_text="Where it stands for ever, with the words to cite it by.")

    def to_representation(self, instance: told.Place) -> dict[str, Any]:
        """Worked out for the rows of this page alone."""
        cell, row = instance.cell, instance.row()
        where = {"period": cell.stretch, "sensitive": cell.sensitive, "table": cell.table, "figure": cell.figure}
        by = dict(zip(TABLES[cell.table].by, cell.by, strict=True))
        return {**where, "by": by, "label": row.label, "value": row.value, "hidden": row.hidden, "address": row.address}


class TopicOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    agency = serializers.CharField()
    programme = serializers.CharField(allow_null=True)
    acknowledge_days = serializers.IntegerField(help_text="Working days.")
    resolve_days = serializers.IntegerField(help_text="Working days.")
    source = serializers.CharField()


class PlaceOut(serializers.Serializer):
    code = serializers.CharField(help_text="P-code.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(["province", "district"])
    parent = serializers.CharField(allow_null=True)


class AgencyOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    portfolio = serializers.CharField()


class StandardOut(serializers.Serializer):
    topic = serializers.CharField(allow_null=True, help_text="None: every topic.")
    agency = serializers.CharField(allow_null=True, help_text="Who is asked for its part; none: who has the case.")
    level = serializers.IntegerField()
    acknowledge_days = serializers.IntegerField(help_text="Working days.")
    resolve_days = serializers.IntegerField(help_text="Working days.")
    basis = serializers.CharField()
    valid_from = serializers.CharField()
    source = serializers.CharField()


# --- The door ---------------------------------------------------------------------------------------------


class Hourly(BaseThrottle):
    """Counted in PostgreSQL, by where a request comes from; never by an address in the clear."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            limits.count_try(f"api:{source(request._request)}", limit=settings.API_AN_HOUR)
        except limits.TooManyTries:
            return False
        return True

    def wait(self) -> float:
        return limits.HOUR


class Pages(PageNumberPagination):
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


class Listed(ListAPIView):
    """Anybody may read, from any page of the web; and a cache may keep it a while. A list is paged as a query is."""

    parser_classes: ClassVar[list] = []  # nothing is taken in
    throttle_classes: ClassVar = [Hourly]
    pagination_class = Pages

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        return _open(answer)


def _open(answer: HttpResponse) -> HttpResponse:
    return for_any_page(answer, **({"max_age": A_FEW_MINUTES} if answer.status_code == 200 else {}))


# --- What there is ----------------------------------------------------------------------------------------


class Releases(Listed):
    """All releases of figures, the newest first."""

    serializer_class = ReleaseOut

    def get_queryset(self) -> Any:
        found = list(releases.all_published())
        newest = {(one.month, max(other.version or 0 for other in found if other.month == one.month)) for one in found}
        return [_release(one, newest=(one.month, one.version) in newest) for one in found]


def _release(one: Release, *, newest: bool) -> dict[str, Any]:
    where = [f"{one.month:%Y-%m}", one.version]
    files = {name: settings.PUBLIC_BASE_URL + reverse(f"cases:data_{name}", args=where) for name in FILES}
    return {**told.facts_of(one), "newest": newest, "page": told.home_of(one), "files": files}


_ASKED = [
    OpenApiParameter("month", str, description="2026-10. Without it the newest that is published."),
    OpenApiParameter("version", int, description="Without it the newest of the month."),
    OpenApiParameter("period", str, description="A month, or a quarter like 2026-Q4."),
    OpenApiParameter("table", str, enum=list(TABLES)),
    OpenApiParameter("figure", str),
    OpenApiParameter("sensitive", bool),
    *(OpenApiParameter(name, str, description=f"Code of the {name}.") for name in DIMENSIONS),
]


@extend_schema_view(get=extend_schema(parameters=_ASKED))
class Figures(Listed):
    """Published figures of one release: each a number, or word that it is hidden."""

    serializer_class = FigureOut

    def get_queryset(self) -> Any:
        asked = {name: value for name, value in self.request.GET.items() if value}
        release = _asked_release(asked)
        return [place for place in told.places(release) if _is_asked(place, asked)] if release else []


def _asked_release(asked: Mapping[str, str]) -> Release | None:
    newest = releases.all_published().order_by("-month", "-version").first()
    if newest is None or asked.keys().isdisjoint({"month", "version"}):
        return newest
    month = first_day(asked["month"]) if "month" in asked else newest.month
    if "version" not in asked:
        return releases.latest(month)
    return releases.all_published().filter(month=month, version=_number(asked["version"])).first()


def _number(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 5):
        raise Http404
    return int(said)


def _is_asked(place: told.Place, asked: Mapping[str, str]) -> bool:
    cell = place.cell
    facts = {
        "period": cell.stretch,
        "sensitive": str(cell.sensitive).lower(),
        "table": cell.table,
        "figure": cell.figure,
    }
    facts |= dict.fromkeys(DIMENSIONS, "") | dict(zip(TABLES[cell.table].by, cell.by, strict=True))
    return all(facts[name] == value for name, value in asked.items() if name in facts)


class Topics(Listed):
    """What one can ask, register for or complain about."""

    serializer_class = TopicOut

    def get_queryset(self) -> Any:
        return [_topic(topic) for topic in catalogue().topics.values()]


def _topic(topic: Topic) -> dict[str, Any]:
    promised = catalogue().standard(topic)
    return {
        "code": topic.code,
        "name": topic.name,
        "kind": topic.kind,
        "agency": topic.agency_id,
        "programme": topic.programme_id,
        "acknowledge_days": promised.acknowledge_days if promised else topic.acknowledge_days,
        "resolve_days": promised.resolve_days if promised else topic.resolve_days,
        "source": topic.source,
    }


class Places(Listed):
    """Provinces and districts."""

    serializer_class = PlaceOut

    def get_queryset(self) -> Any:
        found = [*catalogue().provinces.values(), *catalogue().districts.values()]
        return [
            {"code": one.code, "name": one.name, "kind": "district" if one.parent_id else "province",
             "parent": one.parent_id}
            for one in found
        ]  # fmt: skip


class Agencies(Listed):
    """Who answers."""

    serializer_class = AgencyOut

    def get_queryset(self) -> Any:
        return list(catalogue().agencies.values())


class Standards(Listed):
    """What is promised today, in working days."""

    serializer_class = StandardOut

    def get_queryset(self) -> Any:
        return [
            {"topic": one.topic_id, "agency": one.agency_id, "level": one.level, "source": one.source,
             "acknowledge_days": one.acknowledge_days, "resolve_days": one.resolve_days, "basis": one.basis,
             "valid_from": one.valid_from.isoformat()}
            for one in catalogue().standards.values()
        ]  # fmt: skip


# --- Addresses --------------------------------------------------------------------------------------------


LISTS = {
    "releases": Releases, "figures": Figures, "topics": Topics, "places": Places, "agencies": Agencies,
    "standards": Standards,
}  # fmt: skip


@require_safe
def begin(_request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    names = {name: settings.PUBLIC_BASE_URL + reverse(f"cases:api_{name}") for name in (*LISTS, "description")}
    return _open(JsonResponse(names))


@extend_schema_view(get=extend_schema(exclude=True))
class Description(SpectacularJSONAPIView):
    """The OpenAPI document of all this."""

    throttle_classes: ClassVar = [Hourly]
    urlconf = "cases.api"
    custom_settings = {
        "TITLE": "Single Window Service",
        "VERSION": "1",
        "DESCRIPTION": "Published figures and the catalogue, to read. Small numbers are hidden; hidden is not zero.",
    }

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Any:
        return _open(super().finalize_response(request, response, *args, **kwargs))


urlpatterns = [
    path("api/v1/", begin, name="api"),
    *(path(f"api/v1/{name}/", view.as_view(), name=f"api_{name}") for name, view in LISTS.items()),
    path("api/v1/openapi.json", Description.as_view(), name="api_description"),
]
