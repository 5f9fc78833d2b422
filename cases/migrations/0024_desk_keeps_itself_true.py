"""The database lays the slips itself, whoever writes a case, and takes away an entry that is no longer true.

Safe on a busy, big table: the triggers come first and lock for a moment; then the tables, empty until here, are
filled in steps of 10,000 cases. An index on an empty table needs no CONCURRENTLY.
"""

from django.db import migrations

# What the slips must be, said once: the triggers, this migration's filling and the tests read it.
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

UNDO = """
DROP VIEW cases_slip_truth CASCADE;
DROP FUNCTION cases_lay_slips(bigint);
DROP FUNCTION cases_case_changed() CASCADE;
DROP FUNCTION cases_event_said() CASCADE;
DROP FUNCTION cases_referral_changed() CASCADE;
DROP FUNCTION cases_escalation_changed() CASCADE;
DROP FUNCTION cases_officer_came_or_left() CASCADE;
"""
STEP = 10_000


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
        (newest,) = cursor.fetchone()
        for first in range(1, newest + 1, STEP):
            these = [first, first + STEP - 1]
            cursor.execute(
                "INSERT INTO cases_slip (case_id, agency_id, own, place, sensitivity, pile, due, wanted_by, rank,"
                " officer_id, kind, topic, state, channel, language, level, moved_up_to_id, unled)"
                " SELECT * FROM cases_slip_truth WHERE case_id BETWEEN %s AND %s ON CONFLICT DO NOTHING",
                these,
            )
            cursor.execute(
                "INSERT INTO cases_entry (case_id) SELECT id FROM cases_case WHERE id BETWEEN %s AND %s"
                " ON CONFLICT DO NOTHING",
                these,
            )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0023_slips_and_entries")]
    operations = [
        migrations.RunSQL(TRUTH + LAY, UNDO),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(EMPTY, "DROP FUNCTION cases_entry_is_stale() CASCADE"),
    ]
