"""Officers looked for: by what they are called, and page by page."""

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from cases.models import Officer


def officers() -> QuerySet[Officer]:
    """All there ever were, in the order of their names."""
    named = Officer.objects.select_related("user", "agency", "place__parent")
    return named.order_by("user__first_name", "user__last_name", "user__username")


def officers_called(typed: str) -> QuerySet[Officer]:
    """By username, or by all the words of a name; whoever is called exactly so comes alone."""
    exact = officers().filter(user__username__iexact=typed.strip())
    if exact.exists():
        return exact
    called = officers().annotate(name=Concat("user__first_name", Value(" "), "user__last_name"))
    for word in typed.split():
        called = called.filter(name__icontains=word)
    same = called.filter(name__iexact=" ".join(typed.split()))
    return same if same.exists() else called
