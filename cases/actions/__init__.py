"""Everything that changes a case. Views, channels and tasks call these; nothing else writes.

Each function does the whole thing in one transaction: it locks the case, checks right and state, changes it,
adds the event to the ledger and sends `case_changed`, whose receivers write in the same transaction.
"""

from cases.actions.attachments import attach, detach, read_attachment
from cases.actions.citizen import (
    add_information,
    answer_words,
    appeal,
    can_be_appealed,
    confirm,
    dispute,
    last_question,
    open_to_citizen,
    rate,
    reopen,
    stay_solved,
    withdraw,
)
from cases.actions.core import (
    By,
    NotAllowed,
    Sms,
    case_changed,
    code_issued,
    foresee_sms,
    is_told,
    person_changed,
    silence_wanted,
    sms_foreseen,
    wants_silence,
)
from cases.actions.cover import cover_absences
from cases.actions.days_off import enter_day_off, move_off_days_off, what_it_changes, withdraw_day_off
from cases.actions.links import link, unlink
from cases.actions.merging import check_merge, family, merge, unmerge
from cases.actions.naming import name_officer, unname_officer
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
from cases.actions.owners import release
from cases.actions.queue import call_next, end_queue_days, end_ticket, give_ticket
from cases.actions.ready import drop_reply, save_reply
from cases.actions.reassign import Wish, make_moves, moves_wanted, reassign
from cases.actions.referrals import (
    agree,
    answer_referral,
    consent,
    consent_sought,
    propose,
    recall,
    refer,
    refuse_consent,
    seek_consent,
)
from cases.actions.registration import check_off, enrol, hand_sheet
from cases.actions.rights import (
    ASKS_FOR,
    agree_to_erasure,
    approve_retention,
    ask_erasure,
    case_erased,
    citizen_erased,
    correct_citizen,
    data_wanted,
    erase_again,
    erase_due,
    erased,
    give_dossier,
    kept_until,
    last_day_kept,
    note_export,
    note_rights_told,
    over_their_time,
    refuse_erasure,
    retain,
    stop_use,
    to_be_told_their_rights,
    use_stopped,
)
from cases.actions.rises import note_rise
from cases.actions.survey import keep_survey, release_surveys
from cases.actions.timers import acknowledge, close_silent, escalate, escalate_overdue, follow_up_closed
from cases.actions.work import (
    add_note,
    ask_citizen,
    close,
    hand_over,
    record_exported,
    record_reading,
    resolve,
    sort,
    take,
)
