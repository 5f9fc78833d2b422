"""Everything that changes a case. Views, channels and tasks call these; nothing else writes.

Each function does the whole thing in one transaction: it locks the case, checks right and state, changes it,
adds the event to the ledger and sends `case_changed`, whose receivers write in the same transaction.
"""

from cases.actions.citizen import (
    add_information,
    answer_words,
    appeal,
    confirm,
    dispute,
    last_question,
    rate,
    withdraw,
)
from cases.actions.core import (
    By,
    NotAllowed,
    Sms,
    case_changed,
    code_issued,
    foresee_sms,
    silence_wanted,
    sms_foreseen,
    wants_silence,
)
from cases.actions.naming import name_officer, release, unname_officer
from cases.actions.opening import (
    Opened,
    ToldBy,
    choose_language,
    find_or_add_citizen,
    issue_code,
    open_case,
    pin_index,
    use_code,
)
from cases.actions.ready import drop_reply, save_reply
from cases.actions.referrals import answer_referral, recall, refer
from cases.actions.timers import close_silent, escalate, escalate_overdue
from cases.actions.work import add_note, ask_citizen, close, hand_over, record_reading, resolve, sort, take

__all__ = [
    "By",
    "NotAllowed",
    "Opened",
    "Sms",
    "ToldBy",
    "add_information",
    "add_note",
    "answer_referral",
    "answer_words",
    "appeal",
    "ask_citizen",
    "case_changed",
    "choose_language",
    "close",
    "close_silent",
    "code_issued",
    "confirm",
    "dispute",
    "drop_reply",
    "escalate",
    "escalate_overdue",
    "find_or_add_citizen",
    "foresee_sms",
    "hand_over",
    "issue_code",
    "last_question",
    "name_officer",
    "open_case",
    "pin_index",
    "rate",
    "recall",
    "record_reading",
    "refer",
    "release",
    "resolve",
    "save_reply",
    "silence_wanted",
    "sms_foreseen",
    "sort",
    "take",
    "unname_officer",
    "use_code",
    "wants_silence",
    "withdraw",
]
