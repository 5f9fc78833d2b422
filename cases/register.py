"""The record of processing that the Data Protection Act 3/2021 asks for in section 45: what, why, by which right."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Said = str | Promise


@dataclass(frozen=True)
class Processing:
    """One row. `law` names sections of the Data Protection Act unless it says otherwise."""

    purpose: Said
    whose: Said
    what: Said
    recipients: Said
    kept: Said
    safeguards: Said
    law: str


_WHILE_RELEVANT = _("While the case is open and at least one year after it is closed")

REGISTER = (
    Processing(
        purpose=_("To answer a question, a registration or a complaint"),
        whose=_("Whoever tells us something, and for whom they speak"),
        what=_("Phone number, NRC number, name, language, district, the matter in their own words, the answer"),
        recipients=_("The agency that answers; another agency only when it is asked for its part"),
        kept=_WHILE_RELEVANT,
        safeguards=_("Sealed on the disk; read only by officers of that agency, place and clearance"),
        law="ss 12, 13(b)(iv), 47, 51",
    ),
    Processing(
        purpose=_("To protect somebody from violence or abuse, and to look into corruption"),
        whose=_("Whoever tells us, and whom it is about"),
        what=_("The words of the matter; with a name or without"),
        recipients=_("The safeguarding focal point; the Anti-Corruption Commission"),
        kept=_WHILE_RELEVANT,
        safeguards=_("Sealed; invisible to all others, in lists and counts too; every reading is written down"),
        law="s 14; Whistleblower Act 4/2010 s 12",
    ),
    Processing(
        purpose=_("To send word by SMS and to let people use the phone menu"),
        whose=_("Whoever dials or writes"),
        what=_("Phone number and the text of each SMS"),
        recipients=_("The SMS and USSD gateways, as processors under contract, and the mobile networks"),
        kept=_("As long as the case they belong to; answers of a dropped call for an hour"),
        safeguards=_("A private matter is never named in an SMS; whoever wants no SMS gets none"),
        law="ss 52, 61, 64",
    ),
    Processing(
        purpose=_("To register for health insurance, pensions or workers' compensation"),
        whose=_("Who registers"),
        what=_("Work and household; sex, age and disability only if they wish to say so"),
        recipients=_("The agencies that the form is for: each its own part"),
        kept=_WHILE_RELEVANT,
        safeguards=_("Sensitive answers are optional, sealed and published only as counts of ten or more"),
        law="ss 2, 14, 15, 16, 17",
    ),
    Processing(
        purpose=_("To work out what contributions people can pay"),
        whose=_("Who registers at a desk and agrees to be asked"),
        what=_("Work, income band and when they could pay; each may be skipped"),
        recipients=_("The actuary: tables of many people together, nobody's answers"),
        kept=_("Until they object or are erased; the tables for good"),
        safeguards=_("Sealed and apart from the case; no count below ten, and none from which one could be worked out"),
        law="ss 2, 14, 15, 16, 17",
    ),
    Processing(
        purpose=_("To show how well each promise is kept"),
        whose=_("Nobody: only counts"),
        what=_("Numbers of cases by agency, topic, place and time"),
        recipients=_("Everybody"),
        kept=_("For good"),
        safeguards=_("No number below ten, and none from which one could be worked out"),
        law="s 12",
    ),
    Processing(
        purpose=_("To tell by e-mail when something is published"),
        whose=_("Who asks for it on a public page and confirms it"),
        what=_("E-mail address, and which district, programme or release they follow"),
        recipients=_("Nobody"),
        kept=_("Until they end it by the link in every e-mail; seven days where they do not confirm"),
        safeguards=_("Sealed on the disk; no page and no list shows who follows what"),
        law="ss 12, 13, 47, 51",
    ),
    Processing(
        purpose=_("To know which officer read or changed what"),
        whose=_("Officers"),
        what=_("Name, office, and what they did in a case"),
        recipients=_("The auditor; the Data Protection Commissioner after a breach"),
        kept=_("For good: the history of a case is only ever added to"),
        safeguards=_("A chain of entries that shows every change made afterwards"),
        law="ss 47, 49, 51",
    ),
)
