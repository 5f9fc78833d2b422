"""What the database keeps by itself, whoever writes to it: history that only grows, releases that stay, slips that are true."""

from django.db import migrations

# --- For ever ---------------------------------------------------------------------------------------------

# One function for each kind of row says why it is refused; two triggers ask it.
FOR_EVER = """
CREATE FUNCTION cases_event_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to: % on cases_event is refused.', TG_OP;
END $$;
CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON cases_event
    FOR EACH ROW EXECUTE FUNCTION cases_event_is_for_ever();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON cases_event
    FOR EACH STATEMENT EXECUTE FUNCTION cases_event_is_for_ever();

CREATE FUNCTION cases_personevent_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was done about people is only ever added to: % on cases_personevent is refused.', TG_OP;
END $$;
CREATE TRIGGER personevent_no_change BEFORE UPDATE OR DELETE ON cases_personevent
    FOR EACH ROW EXECUTE FUNCTION cases_personevent_is_for_ever();
CREATE TRIGGER personevent_no_truncate BEFORE TRUNCATE ON cases_personevent
    FOR EACH STATEMENT EXECUTE FUNCTION cases_personevent_is_for_ever();

CREATE FUNCTION cases_proof_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What proves the history is only ever added to: % on % is refused.', TG_OP, TG_TABLE_NAME;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON cases_{name}
    FOR EACH ROW EXECUTE FUNCTION cases_proof_is_for_ever();
CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON cases_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION cases_proof_is_for_ever();
"""
    for name in ("anchor", "leaf", "tile")
)
# session_replication_role does not switch these off; who may alter the table still can.
ALWAYS = "".join(
    f"ALTER TABLE cases_{name} ENABLE ALWAYS TRIGGER {name}_{what};"
    for name in ("event", "personevent", "anchor", "leaf", "tile")
    for what in ("no_change", "no_truncate")
)
# Who writes rows past this code has no seal to give; such a row is found.
NO_SEAL = "ALTER TABLE cases_event ALTER seal SET DEFAULT '';"

# The words of a note may be sealed anew; nothing else of it changes.
NOTED = """
CREATE FUNCTION cases_rise_note_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.words IS NULL) = (OLD.words IS NULL)
       AND to_jsonb(NEW) - 'words' = to_jsonb(OLD) - 'words' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What was noted is only ever added to: % on cases_risenote is refused.', TG_OP;
END $$;
CREATE TRIGGER rise_note_no_change BEFORE UPDATE OR DELETE ON cases_risenote
    FOR EACH ROW EXECUTE FUNCTION cases_rise_note_is_for_ever();
CREATE TRIGGER rise_note_no_truncate BEFORE TRUNCATE ON cases_risenote
    FOR EACH STATEMENT EXECUTE FUNCTION cases_rise_note_is_for_ever();
"""

# What was published is cited: it is never changed and never goes.
PUBLISHED = """
CREATE FUNCTION cases_release_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published release is frozen: % on cases_release is refused.', TG_OP;
END $$;
CREATE TRIGGER release_is_frozen BEFORE UPDATE OR DELETE ON cases_release
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION cases_release_is_frozen();
CREATE TRIGGER releases_stay BEFORE TRUNCATE ON cases_release
    FOR EACH STATEMENT EXECUTE FUNCTION cases_release_is_frozen();
"""

# --- Slips and entries ------------------------------------------------------------------------------------

# What the slips must be, said once: the triggers and the tests read it.
TRUTH = """
CREATE VIEW cases_slip_truth AS
SELECT
    cases_case.id AS case_id, desk.agency_id, desk.own, coalesce(cases_case.place_id, '') AS place,
    cases_case.sensitivity,
    CASE
        WHEN cases_case.state = 'closed' THEN 'closed'
        WHEN cases_case.state = 'resolved' THEN 'answered'
        WHEN cases_case.times_disputed > 0 THEN 'disputed'
        WHEN cases_case.state = 'in_progress' AND 'hear' = (
            SELECT kind FROM cases_event WHERE case_id = cases_case.id AND kind NOT IN ('read', 'note', 'rate')
            ORDER BY number DESC LIMIT 1
        ) THEN 'heard'
        WHEN desk.asked THEN 'asked'
        WHEN cases_case.state = 'received' THEN 'nobody'
        WHEN cases_case.state = 'in_progress' THEN 'working'
        ELSE cases_case.state
    END AS pile,
    cases_case.resolve_due AS due,
    CASE cases_case.state WHEN 'received' THEN cases_case.acknowledge_due ELSE cases_case.resolve_due END AS wanted_by,
    -cases_case.priority AS rank, cases_case.officer_id, cases_case.kind, cases_case.topic_id AS topic,
    cases_case.state, cases_case.channel, cases_case.language, cases_case.level,
    CASE WHEN cases_case.state NOT IN ('resolved', 'closed') AND up.acknowledged_at IS NULL THEN up.officer_id END
        AS moved_up_to_id,
    cases_case.state NOT IN ('resolved', 'closed') AND up.id IS NOT NULL AND leader.active IS NOT TRUE AS unled
FROM cases_case
LEFT JOIN cases_escalation up ON up.case_id = cases_case.id AND up.level = cases_case.level
LEFT JOIN cases_officer leader ON leader.id = up.officer_id
CROSS JOIN LATERAL (
    SELECT cases_case.agency_id, true AS own, false AS asked
    UNION ALL
    SELECT agency_id, false, bool_or(state IN ('asked', 'accepted')) FROM cases_referral
    WHERE case_id = cases_case.id AND agency_id <> cases_case.agency_id AND state IN ('asked', 'accepted', 'done')
    GROUP BY agency_id
) desk;
"""

LAY = """
CREATE FUNCTION cases_lay_slips(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cases_slip WHERE case_id = which AND agency_id NOT IN (
        SELECT agency_id FROM cases_slip_truth WHERE case_id = which
    );
    INSERT INTO cases_slip AS slip (
        case_id, agency_id, own, place, sensitivity, pile, due, wanted_by, rank, officer_id, kind, topic, state,
        channel, language, level, moved_up_to_id, unled
    )
    SELECT * FROM cases_slip_truth WHERE case_id = which
    ON CONFLICT (case_id, agency_id) DO UPDATE SET
        own = EXCLUDED.own, place = EXCLUDED.place, sensitivity = EXCLUDED.sensitivity, pile = EXCLUDED.pile,
        due = EXCLUDED.due, wanted_by = EXCLUDED.wanted_by, rank = EXCLUDED.rank, officer_id = EXCLUDED.officer_id,
        kind = EXCLUDED.kind, topic = EXCLUDED.topic, state = EXCLUDED.state, channel = EXCLUDED.channel,
        language = EXCLUDED.language, level = EXCLUDED.level, moved_up_to_id = EXCLUDED.moved_up_to_id,
        unled = EXCLUDED.unled
    WHERE slip.* IS DISTINCT FROM EXCLUDED.*;
END $$;

CREATE FUNCTION cases_case_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM cases_slip WHERE case_id = OLD.id;
        DELETE FROM cases_entry WHERE case_id = OLD.id;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO cases_slip (
            case_id, agency_id, own, place, sensitivity, pile, due, wanted_by, rank, officer_id, kind, topic, state,
            channel, language, level, moved_up_to_id, unled
        )
        SELECT * FROM cases_slip_truth WHERE case_id = NEW.id;
        INSERT INTO cases_entry (case_id) VALUES (NEW.id);
    ELSE
        PERFORM cases_lay_slips(NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER case_laid AFTER INSERT OR DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION cases_case_changed();
CREATE TRIGGER case_laid_anew AFTER UPDATE ON cases_case FOR EACH ROW WHEN (
    (OLD.agency_id, OLD.place_id, OLD.sensitivity, OLD.state, OLD.times_disputed, OLD.resolve_due, OLD.acknowledge_due,
     OLD.priority, OLD.officer_id, OLD.kind, OLD.topic_id, OLD.channel, OLD.language, OLD.level)
    IS DISTINCT FROM
    (NEW.agency_id, NEW.place_id, NEW.sensitivity, NEW.state, NEW.times_disputed, NEW.resolve_due, NEW.acknowledge_due,
     NEW.priority, NEW.officer_id, NEW.kind, NEW.topic_id, NEW.channel, NEW.language, NEW.level)
) EXECUTE FUNCTION cases_case_changed();

CREATE FUNCTION cases_event_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_lay_slips(NEW.case_id);
    RETURN NULL;
END $$;
CREATE TRIGGER event_said AFTER INSERT ON cases_event FOR EACH ROW
    WHEN (NEW.kind NOT IN ('open', 'read', 'note', 'rate')) EXECUTE FUNCTION cases_event_said();

CREATE FUNCTION cases_referral_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_lay_slips(coalesce(NEW.case_id, OLD.case_id));
    RETURN NULL;
END $$;
CREATE TRIGGER referral_changed AFTER INSERT OR UPDATE OF state, agency_id OR DELETE ON cases_referral
    FOR EACH ROW EXECUTE FUNCTION cases_referral_changed();

CREATE FUNCTION cases_escalation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_lay_slips(coalesce(NEW.case_id, OLD.case_id));
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_changed AFTER INSERT OR UPDATE OR DELETE ON cases_escalation
    FOR EACH ROW EXECUTE FUNCTION cases_escalation_changed();

CREATE FUNCTION cases_officer_came_or_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_lay_slips(case_id) FROM cases_escalation WHERE officer_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER officer_came_or_left AFTER UPDATE OF active ON cases_officer FOR EACH ROW
    WHEN (OLD.active IS DISTINCT FROM NEW.active) EXECUTE FUNCTION cases_officer_came_or_left();
"""

# An entry names the citizen, the words and the desks on which the case lies. Where one of them changes it is emptied.
# A form is sealed anew whenever its case is saved, so of the form only the length tells.
EMPTY = """
CREATE FUNCTION cases_entry_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'cases_citizen' THEN
        UPDATE cases_entry SET keys = NULL
        WHERE keys IS NOT NULL AND case_id IN (SELECT id FROM cases_case WHERE citizen_id = NEW.id);
    ELSIF TG_TABLE_NAME = 'cases_case' THEN
        UPDATE cases_entry SET keys = NULL WHERE keys IS NOT NULL AND case_id = NEW.id;
    ELSE
        UPDATE cases_entry SET keys = NULL WHERE keys IS NOT NULL AND case_id = coalesce(NEW.case_id, OLD.case_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER citizen_named AFTER UPDATE OF name ON cases_citizen FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION cases_entry_is_stale();
CREATE TRIGGER case_reworded AFTER UPDATE ON cases_case FOR EACH ROW WHEN (
    (OLD.known, OLD.citizen_id, OLD.open_words, octet_length(OLD.form)) IS DISTINCT FROM
    (NEW.known, NEW.citizen_id, NEW.open_words, octet_length(NEW.form))
) EXECUTE FUNCTION cases_entry_is_stale();
CREATE TRIGGER slip_moved AFTER UPDATE ON cases_slip FOR EACH ROW WHEN (OLD.place IS DISTINCT FROM NEW.place)
    EXECUTE FUNCTION cases_entry_is_stale();
CREATE TRIGGER slip_laid AFTER DELETE ON cases_slip FOR EACH ROW EXECUTE FUNCTION cases_entry_is_stale();
CREATE TRIGGER slip_added AFTER INSERT ON cases_slip FOR EACH ROW EXECUTE FUNCTION cases_entry_is_stale();
"""

# --- Counting ---------------------------------------------------------------------------------------------

# How often each, of two objects like {"resolved_late 12": 3}: what comes to nothing is left out.
ADD_COUNTS = """
CREATE FUNCTION cases_add_counts(one jsonb, other jsonb) RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN other = '{}' THEN one WHEN one = '{}' THEN other ELSE (
        SELECT coalesce(jsonb_object_agg(key, times), '{}') FROM (
            SELECT key, sum(value::int) AS times
            FROM (SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)) AS both_of_them
            GROUP BY key HAVING sum(value::int) <> 0
        ) AS added
    ) END
$$;
"""

# The cache is a table: limits counted in it hold for all processes, with Valkey gone too.
CACHE = """
CREATE TABLE sws_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX sws_cache_expires ON sws_cache (expires);
"""

UNDO = """
DROP TABLE sws_cache;
DROP FUNCTION cases_add_counts;
DROP VIEW cases_slip_truth CASCADE;
DROP FUNCTION cases_lay_slips(bigint);
DROP FUNCTION cases_case_changed() CASCADE;
DROP FUNCTION cases_event_said() CASCADE;
DROP FUNCTION cases_referral_changed() CASCADE;
DROP FUNCTION cases_escalation_changed() CASCADE;
DROP FUNCTION cases_officer_came_or_left() CASCADE;
DROP FUNCTION cases_entry_is_stale() CASCADE;
DROP FUNCTION cases_release_is_frozen() CASCADE;
DROP FUNCTION cases_rise_note_is_for_ever() CASCADE;
DROP FUNCTION cases_proof_is_for_ever() CASCADE;
DROP FUNCTION cases_personevent_is_for_ever() CASCADE;
DROP FUNCTION cases_event_is_for_ever() CASCADE;
ALTER TABLE cases_event ALTER seal DROP DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables")]
    replaces = [
        ("cases", "0002_events_are_for_ever"),
        ("cases", "0019_invitations_and_what_was_changed"),
        ("cases", "0020_cache_table"),
        ("cases", "0024_desk_keeps_itself_true"),
        ("cases", "0033_ledger_is_for_ever"),
        ("cases", "0034_figures_in_wide_rows"),
        ("cases", "0038_rise_notes"),
        ("cases", "0044_releases"),
    ]
    operations = [
        migrations.RunSQL(
            FOR_EVER + ALWAYS + NO_SEAL + NOTED + PUBLISHED + TRUTH + LAY + EMPTY + ADD_COUNTS + CACHE, UNDO
        )
    ]
