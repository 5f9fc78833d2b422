"""The public page of one note or scorecard, with the answer beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cms.monitoring import found


@require_GET
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """One that is not published does not exist."""
    one = get_object_or_404(found.published(), pk=pk)
    return render(request, "cms/note.html", {"note": one})
