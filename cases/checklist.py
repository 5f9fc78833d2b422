"""What a registration needs, agency by agency, and what of it is there. It reads, and writes nothing."""

import json
from dataclasses import dataclass

from cases.catalogue import catalogue
from cases.models import Brought, Case, Officer, Referral
from cases.pack import Agency, Kind
from cases.sharing import at_home


@dataclass(frozen=True)
class Need:
    """One thing that an agency needs. `told` is answered by the form; the rest somebody at a desk has checked."""

    agency: str
    code: str
    words: str
    paper: bool
    told: bool
    there: bool

    @property
    def key(self) -> str:
        return f"{self.agency}:{self.code}"


def needs(case: Case, officer: Officer | None = None) -> list[Need]:
    """Of the agency that answers, and of those asked by the same form; for an officer of these only theirs.

    Nothing, where it is no registration.
    """
    if case.kind != Kind.REGISTRATION:
        return []
    asked = {agency.pk for agency in agencies(case)}
    theirs = {case.agency_id} | (asked if officer is None or at_home(officer, case) else {officer.agency_id} & asked)
    form: dict[str, str] = json.loads(case.form) if case.form else {}
    there = brought(case)
    return [
        Need(item.agency_id, item.code, item.label, item.kind == item.Kind.PAPER, told, told or key in there)
        for item in catalogue().items.get(case.topic_id, [])
        if item.agency_id in theirs
        for key in [f"{item.agency_id}:{item.code}"]
        for told in [bool(form.get(item.answered_by))]
    ]


def brought(case: Case) -> set[str]:
    kept = Brought.objects.filter(case=case).first()
    return set(kept.items.split()) if kept else set()


def agencies(case: Case) -> list[Agency]:
    """Who registers: those that one form asks, and the agency that answers, unless it only passes on the form."""
    return _agencies(case, (*Referral.SEEN, Referral.State.DECLINED, Referral.State.RETURNED))


def registering(case: Case, officer: Officer) -> list[Agency]:
    """Those among them that see the case now, as far as they are this officer's to speak for."""
    seeing = _agencies(case, Referral.SEEN)
    return [agency for agency in seeing if at_home(officer, case) or agency.pk == officer.agency_id]


def _agencies(case: Case, states: tuple[str, ...]) -> list[Agency]:
    asked = case.referrals.filter(state__in=states).select_related("agency").order_by("asked_at", "pk")
    own = [] if _only_passes_on(case) else [case.agency]
    return list(dict.fromkeys([*own, *(referral.agency for referral in asked)]))


def _only_passes_on(case: Case) -> bool:
    """The agency that answers asks others by the form, and needs nothing for itself that does not stand in it."""
    items = catalogue().items.get(case.topic_id, [])
    needs_more = any(item.agency_id == case.agency_id and not item.answered_by for item in items)
    return case.topic_id in catalogue().several and not needs_more
