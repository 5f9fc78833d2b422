"""Where somebody vouches for a table of the statistics, with name and date: then its rows are public."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from cms import statistics
from cms.models.statistics import StatisticsTable
from cms.reports import Report


class SignOffTables(Report):
    template_name = "cms/admin/statistics.html"
    page_title = "Statistics tables"
    header_icon = "table"

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(tables=statistics.tables(with_unsigned=True), **facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Of a table that changed since the page was shown, nothing is signed: it is to be read first."""
        assert isinstance(request.user, User)  # nobody else comes into the editors' room
        table = get_object_or_404(StatisticsTable, pk=request.POST.get("table", "")[:50], retired_at=None)
        if request.POST.get("digest") == table.digest(with_unsigned=True):
            statistics.sign_off(table, request.user)
            messages.success(request, f"{table} is signed off.")
        else:
            messages.error(request, f"{table} has changed meanwhile. Please read it again.")
        return redirect(request.path)
