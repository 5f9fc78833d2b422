"""Lists as files: asked for, watched while they are made, fetched by who asked and by nobody else."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases import exports as files
from cases.forms.exporting import Wanted
from cases.models import Export, Officer
from cases.reports import said
from cases.views.frame import SeeOther, for_officers, page

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@for_officers("exports")
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest, officer: Officer) -> HttpResponse:
    typed = request.POST.get("what") or request.GET.get("what", "")
    what = Export.What(typed if typed in Export.What.values else Export.What.CASES)
    first = {"once": uuid4(), "what": what, "kind": Export.Kind.XLSX}
    form = Wanted(officer, what, request.POST) if request.method == "POST" else Wanted(officer, what, initial=first)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        files.want(by=officer, once=facts["once"], what=facts["what"], kind=facts["kind"], asked=form.asked())
        return SeeOther(reverse("cases:exports"))
    rows = [(export, said(export.asked)) for export in files.theirs(officer)]
    busy = any(not export.is_over for export, _asked in rows)
    status = 422 if form.is_bound else 200
    context: dict[str, Any] = {"form": form, "rows": rows, "busy": busy, "kept": files.KEPT.days}
    return page(request, officer, "exports", what=what, lists=Export.What.choices, status=status, **context)


@for_officers("exports")
@require_GET
def fetch(request: HttpRequest, officer: Officer, name: UUID) -> HttpResponse:
    found = files.content(officer, name)
    if found is None:
        raise Http404
    export, file = found
    response = HttpResponse(file, content_type=TYPES[export.kind])
    response["Content-Disposition"] = f'attachment; filename="{export.what}-{export.asked_at:%Y-%m-%d}.{export.kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
