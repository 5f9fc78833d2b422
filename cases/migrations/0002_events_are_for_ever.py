"""The database itself refuses to change or remove an event; the demo and the tests run under the same rule."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION cases_event_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to: % on cases_event is refused.', TG_OP;
END $$;
CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON cases_event
    FOR EACH ROW EXECUTE FUNCTION cases_event_is_for_ever();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON cases_event
    FOR EACH STATEMENT EXECUTE FUNCTION cases_event_is_for_ever();
"""
ALLOW = """
DROP TRIGGER event_no_change ON cases_event;
DROP TRIGGER event_no_truncate ON cases_event;
DROP FUNCTION cases_event_is_for_ever();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
