"""The ledger as the public reads it: a page, feeds and files of anchors and leaves, and the program that checks them.

No personal data comes near it: what is published tells nobody whose case a leaf stands for.
"""

import json
from collections.abc import Callable
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import verify
from cases.anchors import leaf_file, proof_of
from cases.inspecting import Fault
from cases.languages import in_english
from cases.models import Anchor, Case, Inspection, Officer, Witness
from cases.verify import ANCHORS_A_FILE, LEAVES_A_FILE
from cases.views.frame import for_any_page, for_officers, page
from cases.views.kept import kept
from cases.views.public import with_case

SHOWN = 24
IN_A_FEED = 100
A_MINUTE, A_YEAR = 60, 365 * 24 * 3600
PROGRAM = Path(verify.__file__)


# --- For people -------------------------------------------------------------------------------------------


@kept
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    last = Anchor.objects.order_by("-number")[: SHOWN + 1]
    rows = [(after, after.leaves - before.leaves) for after, before in pairwise([*last, Anchor(number=0, leaves=0)])]
    context = {
        "last": rows[0][0] if rows else None,
        "rows": rows[:SHOWN],
        "address": settings.PUBLIC_BASE_URL + in_english(reverse("citizen:ledger")),  # the program reads there
        "minutes": settings.ANCHOR_MINUTES,
        "program": PROGRAM.name,
    }
    return render(request, "ledger/ledger.html", context)


@kept
@require_GET
def anchor(request: HttpRequest, number: int) -> HttpResponse:
    """The address of one anchor, for who wants to cite it. It stays."""
    context = {"anchor": get_object_or_404(Anchor, number=number), "before": number - 1}
    return render(request, "ledger/anchor.html", context)


# --- For programs -----------------------------------------------------------------------------------------


def _published(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Anybody's page may read it, and a cache may keep it: for ever where it says so itself."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        response = view(request, **kwargs)
        return response if response.has_header("Cache-Control") else for_any_page(response, max_age=A_MINUTE)

    return require_GET(wrapped)


def _for_ever(response: HttpResponse) -> HttpResponse:
    return for_any_page(response, max_age=A_YEAR, immutable=True)


@_published
def summary(request: HttpRequest) -> HttpResponse:
    last = Anchor.objects.last()
    facts = {"anchors": last.number if last else 0, "leaves": last.leaves if last else 0}
    files = {"anchors_a_file": ANCHORS_A_FILE, "leaves_a_file": LEAVES_A_FILE}
    return JsonResponse(facts | files | {"last": last.as_published() if last else None})


@_published
def anchor_file(request: HttpRequest, number: int) -> HttpResponse:
    begin = number * ANCHORS_A_FILE
    rows = [one.as_published() for one in Anchor.objects.filter(number__gt=begin, number__lte=begin + ANCHORS_A_FILE)]
    if not rows:
        raise Http404
    response = JsonResponse(rows, safe=False)
    return _for_ever(response) if len(rows) == ANCHORS_A_FILE else response


@_published
def leaves(request: HttpRequest, number: int) -> HttpResponse:
    last = Anchor.objects.last()
    rows = leaf_file(number, last.leaves) if last else []
    if not rows:
        raise Http404
    response = HttpResponse("\n".join([*rows, ""]), content_type="text/plain; charset=ascii")
    return _for_ever(response) if len(rows) == LEAVES_A_FILE else response


@_published
def program(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{PROGRAM.name}"'
    return response


def _title(one: Anchor) -> str:
    return _("Anchor {number}: {root}").format(number=one.number, root=one.root)


def _address(one: Anchor) -> str:
    return settings.PUBLIC_BASE_URL + reverse("citizen:anchor", args=[one.number])


@_published
def atom(request: HttpRequest) -> HttpResponse:
    home = settings.PUBLIC_BASE_URL + reverse("citizen:ledger")
    feed = Atom1Feed(_("The public ledger"), home, None, feed_url=settings.PUBLIC_BASE_URL + request.path)
    for one in Anchor.objects.order_by("-number")[:IN_A_FEED]:
        said = json.dumps(one.as_published(), sort_keys=True)
        feed.add_item(_title(one), _address(one), said, updateddate=one.at, unique_id=_address(one))
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@_published
def json_feed(request: HttpRequest) -> HttpResponse:
    items = [_item(one) for one in Anchor.objects.order_by("-number")[:IN_A_FEED]]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("The public ledger"),
        "home_page_url": settings.PUBLIC_BASE_URL + reverse("citizen:ledger"),
        "feed_url": settings.PUBLIC_BASE_URL + request.path,
        "items": items,
    }
    return JsonResponse(feed, content_type="application/feed+json")


def _item(one: Anchor) -> dict[str, Any]:
    published = one.as_published()
    text = {"title": _title(one), "content_text": one.root, "date_published": published["at"]}
    return {"id": _address(one), "url": _address(one), **text, "_anchor": published}


# --- For who watches over the house ------------------------------------------------------------------------


@for_officers("ledger")
@require_GET
def inspections(request: HttpRequest, officer: Officer) -> HttpResponse:
    """It names rows, and nothing that stands in them."""
    runs = list(Inspection.objects.all()[:SHOWN])
    found = [Fault(**one) for one in runs[0].found] if runs else []
    last, anchor = runs[0] if runs else None, Anchor.objects.last()
    told = Witness.objects.all()
    return page(request, officer, "ledger", last=last, runs=runs, found=found, anchor=anchor, witnesses=told)


# --- For the citizen whose case it is ---------------------------------------------------------------------


@with_case
@require_GET
def proof(request: HttpRequest, case: Case) -> HttpResponse:
    """Neither the file nor its name says whose case it is: who finds it learns nothing."""
    response = JsonResponse(proof_of(case), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="proof.json"'
    return response
