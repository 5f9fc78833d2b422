"""Which cases: the single gate to what an officer may see, and the questions a worklist asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from psycopg.sql import SQL, Composable

from cases.lifecycle import OPEN, State

if TYPE_CHECKING:
    from cases.models import Citizen, Officer


class CaseQuerySet(models.QuerySet):
    def visible_to(self, officer: Officer | None) -> CaseQuerySet:
        """The gate. What an officer may not see does not exist: agency x place x clearance.

        An officer of an agency sees its own cases and those it was asked to help with; an officer of no
        agency works at a one-stop desk and sees all agencies' cases of the place. A case that says no place
        may be anybody's, so it is seen in every place until somebody sorts it; agency and clearance hold for
        it as for any other. Who writes the public site or manages people reads no kind of case, and nobody sees one
        that is about themselves.
        """
        if officer is None or not officer.active:
            return self.none()
        allowed = Q(sensitivity__in=officer.reads())
        if officer.agency_id:
            asked = apps.get_model("cases", "Referral").objects.filter(
                case=OuterRef("pk"), agency=officer.agency_id, state__in=["asked", "accepted", "done"]
            )
            allowed &= Q(agency=officer.agency_id) | Q(Exists(asked))
        if officer.place_id:
            here = Q(pk=officer.place_id) | Q(parent=officer.place_id)
            places = apps.get_model("cases", "Place").objects.filter(here)
            allowed &= Q(place__in=places.values("pk")) | Q(place=None)
        about_them = apps.get_model("cases", "Named").objects.filter(case=OuterRef("pk"), officer=officer)
        return self.filter(allowed & ~Exists(about_them))

    def of_citizen(self, citizen: Citizen | None) -> CaseQuerySet:
        return self.filter(citizen=citizen) if citizen else self.none()

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=OPEN)

    def overdue(self, today: date) -> CaseQuerySet:
        """Late is a matter of time, not of a job having run."""
        return self.open().filter(resolve_due__lt=today)

    def at_risk(self, today: date, soon: date) -> CaseQuerySet:
        """Late soon: due by `soon`, and not waiting for the citizen, for then the date moves on."""
        return self.open().exclude(state=State.WAITING).filter(resolve_due__gte=today, resolve_due__lte=soon)

    def with_people(self) -> CaseQuerySet:
        return self.select_related("topic", "agency", "place__parent", "citizen", "officer__user")

    def for_a_list(self) -> CaseQuerySet:
        """What one line shows, without the words."""
        lines = self.select_related("topic", "agency", "place", "officer__user")
        return lines.defer("open_words", "sealed_words", "form")


@dataclass(frozen=True)
class Sight:
    """The gate once more, in words of SQL, for lists and counts that read slips: a slip shows what its case shows.

    `seen` is the condition on a slip, its place apart; `places` lists the places, where the officer has not all.
    """

    seen: Composable
    places: SQL | None
    facts: dict[str, Any]


_OF_MY_AGENCY, _OF_ANY = SQL("slip.agency_id = %(my_agency)s"), SQL("slip.own")
_READABLE = SQL(
    " AND slip.sensitivity = ANY(%(reads)s)"
    " AND slip.case_id <> ALL(ARRAY(SELECT case_id FROM cases_named WHERE officer_id = %(me)s))"
)
_MY_PLACES = SQL("SELECT code FROM cases_place WHERE %(my_place)s IN (code, parent_id) UNION ALL SELECT ''")


def sight_of(officer: Officer | None) -> Sight | None:
    """None: they see no case at all."""
    if officer is None or not officer.active:
        return None
    return Sight(
        seen=(_OF_MY_AGENCY if officer.agency_id else _OF_ANY) + _READABLE,
        places=_MY_PLACES if officer.place_id else None,
        facts={
            "me": officer.pk,
            "my_agency": officer.agency_id,
            "my_place": officer.place_id,
            "reads": [str(kind) for kind in officer.reads()],
        },
    )
