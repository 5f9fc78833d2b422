"""What a page or a call asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements, once it is over. That for a newer catalogue is left out: it goes by the clock, not by the page."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as made:
        yield statements
    statements += [query["sql"] for query in made if "cases_country" not in query["sql"]]
