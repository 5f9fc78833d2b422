"""What is stored: the people, the cases and their history. Only cases/actions and a few named files write them."""

from cases.models.beside import Attachment, CannedReply, Content, Link, Presence
from cases.models.calendar import DayOff
from cases.models.case import ADVERSE, CHANGES_IT, GIVEN, ON_APPEAL, Case, Channel, ClosedBy, Decision, Known
from cases.models.desk import Entry, Pile, SavedView, Slip, Spelling
from cases.models.figures import Arrivals, TallyCount, Watermark
from cases.models.hands import Loan, Move, Reassignment
from cases.models.history import Attempt, Escalation, Event, FollowUp, Named, OneTimeCode, Words
from cases.models.intake import Brought, Consent, Membership, Relationship, Representation
from cases.models.ledger import Anchor, Head, Inspection, Leaf, Tile, Witness
from cases.models.people import (
    MAY_READ,
    OF_AN_AGENCY,
    Absence,
    Citizen,
    Invitation,
    Officer,
    PersonEvent,
    Role,
    Scope,
    clearances_of,
)
from cases.models.queue import QueueDay, Ticket
from cases.models.referral import CONSENT_WORDS, Permit, Referral, Share
from cases.models.releases import Release
from cases.models.reports import Digest, Export
from cases.models.rights import Disclosure, Erasure, Reading, Retention
from cases.models.rise import RiseNote
from cases.models.survey import SURVEY_WORDS, SurveyRelease, SurveyReply

__all__ = [
    "MAY_READ",
    "OF_AN_AGENCY",
    "Absence",
    "Arrivals",
    "Attachment",
    "Attempt",
    "Brought",
    "CannedReply",
    "Case",
    "Channel",
    "Citizen",
    "ClosedBy",
    "Consent",
    "Content",
    "DayOff",
    "Decision",
    "Escalation",
    "Event",
    "Known",
    "Link",
    "Membership",
    "Named",
    "Officer",
    "OneTimeCode",
    "Referral",
    "Relationship",
    "Representation",
    "Role",
    "TallyCount",
    "Watermark",
    "Words",
    "clearances_of",
]
