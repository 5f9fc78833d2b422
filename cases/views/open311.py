"""Open311 GeoReport v2, as far as it fits: what one can turn to us with, from the catalogue's public topics.

Reports are neither taken nor given out here: they are about people, and who sends one must be asked what the law asks.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.catalogue import catalogue
from cases.pack import Sensitivity, Topic
from cases.views.frame import for_any_page
from cases.views.kept import A_FEW_MINUTES

Answer = tuple[str, Any, int]  # the name of the whole, what it holds, and how it went


def _said(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
    @require_safe
    @wraps(view)
    def wrapped(_request: HttpRequest, kind: str, **asked: str) -> HttpResponse:
        if kind not in ("json", "xml"):
            raise Http404
        name, holds, status = view(**asked)
        if kind == "json":
            response: HttpResponse = JsonResponse(holds, safe=False, status=status)
        else:
            written = tostring(_element(name, holds), encoding="utf-8", xml_declaration=True)
            response = HttpResponse(written, status=status, content_type="text/xml; charset=utf-8")
        return for_any_page(response, max_age=A_FEW_MINUTES)

    return wrapped


def _element(name: str, holds: Any) -> Element:
    """A list's elements have its name without the s."""
    whole = Element(name)
    for one in holds if isinstance(holds, list) else [holds]:
        inside = SubElement(whole, name.removesuffix("s")) if isinstance(holds, list) else whole
        for key, value in one.items():
            if isinstance(value, list):
                inside.append(_element(key, value))
            else:
                SubElement(inside, key).text = str(value).lower() if isinstance(value, bool) else str(value)
    return whole


def _public_topics() -> dict[str, Topic]:
    return {code: topic for code, topic in catalogue().topics.items() if topic.sensitivity == Sensitivity.OPEN}


def _error(code: int, description: str) -> Answer:
    return "errors", [{"code": code, "description": description}], code


@_said
def services() -> Answer:
    return "services", [_service(topic) for topic in _public_topics().values()], 200


def _service(topic: Topic) -> dict[str, Any]:
    return {
        "service_code": topic.code,
        "service_name": topic.name,
        "description": str(topic.agency),
        "metadata": True,
        "type": "blackbox",
        "keywords": ",".join(filter(None, [topic.kind, topic.agency_id, topic.programme_id])),
        "group": str(topic.get_kind_display()),
    }


@_said
def service(code: str) -> Answer:
    if code not in _public_topics():
        return _error(404, _("There is no service with this code."))
    return "service_definition", {"service_code": code, "attributes": []}, 200


@_said
def requests() -> Answer:
    """Why there are none."""
    why = _(
        "Requests are not offered here: a case is personal. Nobody may read another person's case, and who opens one "
        "gets a number and a PIN by phone, by SMS or at a desk."
    )
    return _error(404, why)
