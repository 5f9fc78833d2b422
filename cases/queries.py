"""Which cases: the single gate to what an officer may see, and the questions a worklist asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.lifecycle import OPEN

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
            asked = Q(referrals__agency=officer.agency_id, referrals__state__in=["asked", "accepted", "done"])
            allowed &= Q(agency=officer.agency_id) | Q(pk__in=self.model._default_manager.filter(asked).values("pk"))
        if officer.place_id:
            allowed &= Q(place=officer.place_id) | Q(place__parent=officer.place_id) | Q(place=None)
        about_them = apps.get_model("cases", "Named").objects.filter(case=OuterRef("pk"), officer=officer)
        return self.filter(allowed & ~Exists(about_them))

    def of_citizen(self, citizen: Citizen | None) -> CaseQuerySet:
        return self.filter(citizen=citizen) if citizen else self.none()

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=OPEN)

    def overdue(self, today: date) -> CaseQuerySet:
        """Late is a matter of time, not of a job having run."""
        return self.open().filter(resolve_due__lt=today)

    def with_people(self) -> CaseQuerySet:
        return self.select_related("topic", "agency", "place__parent", "citizen", "officer__user")
