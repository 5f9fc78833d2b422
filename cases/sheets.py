"""The hand-over sheet: what one agency needs to register somebody, on a page of paper; it never leaves a copy here."""

import json

from cases import checklist, papers, registration
from cases.catalogue import catalogue
from cases.models import Case, Officer, Referral, Representation, Share
from cases.pack import Agency
from cases.reference import spoken
from cases.sharing import WHOLE
from cases.wording import day


def hand_over(case: Case, agency: Agency, *, by: Officer) -> bytes:
    """The PDF for this agency: what was shared with it and its own list, in the office's language."""
    shared = _shared(case, agency)
    form: dict[str, str] = json.loads(case.form) if case.form else {}
    told = Representation.objects.filter(case=case).first() if Share.WHO in shared else None
    ours = (agency.pk, case.agency_id)  # what all of them need is the house's list
    who = {"name": "", "nrc": "", "phone": ""}
    if case.citizen:
        who = {name: form.get(name) or getattr(case.citizen, name) or "" for name in who}
    return papers.paper(
        "sheet",
        agency=agency.name,
        reference=spoken(case.reference),
        topic=case.topic.name,
        opened=day(case.opened_on),
        printed=day(catalogue().today()),
        by=str(by),
        name=who["name"] if Share.WHO in shared else "",
        nrc=who["nrc"] if Share.NRC in shared else "",
        phone=who["phone"] if Share.WHO in shared else "",
        place=", ".join(str(place) for place in (case.place, case.place and case.place.parent) if place),
        teller=_teller(told) if told else [],
        answers=registration.read_aloud(form, leave_out=ASKED_APART) if Share.FORM in shared else [],
        needs=[[need.words, need.there] for need in checklist.needs(case) if need.agency in ours],
        words=case.words if Share.WORDS in shared else "",
    )


# Name and card stand above the answers; sex, age and disability are counted and leave the house on no paper.
ASKED_APART = ("name", "nrc", "sex", "age", "disability")


def _shared(case: Case, agency: Agency) -> frozenset[str]:
    if agency == case.agency:
        return WHOLE
    asked = case.referrals.filter(agency=agency, state__in=Referral.SEEN).first()
    return frozenset(asked.shared) if asked else frozenset()


def _teller(told: Representation) -> list[str]:
    return [told.name or "-", str(told.get_relationship_display()), str(told.get_consent_display())]
