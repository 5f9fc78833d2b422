"""Why an SMS did not arrive, in a sentence for the officer who wrote it; what the administrator reads stays in the log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WANTS_NONE = _("They asked for no more SMS.")
NO_SUCH = _("Nobody has this number, or it takes no SMS.")
AWAY = _("The phone was off, full or out of reach for too long.")
REFUSED = _("Their network refuses our SMS.")
OURS = _("The fault is on our side, not theirs.")
UNKNOWN = _("The network did not say why.")

# The codes that gateways and receipts leave in Message.failure, in lower case; what is not here is UNKNOWN.
WHY: dict[str, str | Promise] = {
    **dict.fromkeys(("opted out", "userinblacklist", "406", "21610", "30004", "63033"), WANTS_NONE),
    **dict.fromkeys(("foreign number", "403", "404", "407", "21211", "21612", "21614", "30005", "30006"), NO_SUCH),
    **dict.fromkeys(("userdoesnotexist", "invalidphonenumber", "63003", "63024", "usernotsubscribedtoproduct"), NO_SUCH),
    **dict.fromkeys(("absentsubscriber", "userisinactive", "usermemorycapacityexceeded", "30003"), AWAY),
    **dict.fromkeys(("useraccountsuspended", "expired"), AWAY),
    **dict.fromkeys(("401", "502", "30007", "63016", "63032", "notnetworksubscriber", "notnetworksubcriber"), REFUSED),
    **dict.fromkeys(("died twice", "insufficientcredit", "invalidlinkid", "systemerror", "unreachable"), OURS),
    **dict.fromkeys(("402", "405", "500", "21408", "21606", "21608", "21617", "30002", "30024", "http-400"), OURS),
}


def in_plain_words(failure: str) -> str:
    return str(WHY.get(failure.lower(), UNKNOWN))
