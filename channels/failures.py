"""Why an SMS did not arrive, in a sentence for the officer; what the administrator needs is in the log."""

from django.utils.translation import gettext_lazy as _

UNKNOWN = _("The network did not say why.")

# A short name, the sentence, and the codes for it that gateways and receipts leave in Message.failure, in lower case.
SENTENCES = (
    ("silence", _("They asked for no more SMS."), "opted out, userinblacklist, 406, 21610, 30004, 63033"),
    (
        "number",
        _("Nobody has this number, or it takes no SMS."),
        "foreign number, userdoesnotexist, invalidphonenumber, 403, 404, 407, "
        "21211, 21612, 21614, 30005, 30006, 63003, 63024",
    ),
    (
        "reach",
        _("The phone was off, full or out of reach for too long."),
        "expired, absentsubscriber, userisinactive, usermemorycapacityexceeded, useraccountsuspended, 30003",
    ),
    (
        "network",
        _("Their network refuses our SMS."),
        "notnetworksubscriber, notnetworksubcriber, usernotsubscribedtoproduct, 401, 502, 30007, 63016, 63032",
    ),
    (
        "ours",
        _("The fault is on our side, not theirs."),
        "died twice, unreachable, systemerror, insufficientcredit, invalidlinkid, http-400, 402, 405, 500, "
        "21408, 21606, 21608, 21617, 30002, 30024",
    ),
)
WHY = {code: name for name, _sentence, codes in SENTENCES for code in codes.split(", ")}
SAID = {name: sentence for name, sentence, _codes in SENTENCES}


def kind_of(failure: str) -> str:
    """One of the short names, or "unknown"."""
    return WHY.get(failure.lower(), "unknown")


def in_plain_words(failure: str) -> str:
    return str(SAID.get(kind_of(failure), UNKNOWN))
