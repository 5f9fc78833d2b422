"""The public page of one note or scorecard, with the answer beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.views.kept import kept
from cms.models.monitoring import Note
from cms.monitoring import found


@kept
@require_GET
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """One that was never published does not exist; of one that was taken down the page says why."""
    one = get_object_or_404(found.public(), pk=pk)
    gone = one.state == Note.State.WITHDRAWN
    return render(request, f"cms/{'note_gone' if gone else 'note'}.html", {"note": one}, status=410 if gone else 200)
