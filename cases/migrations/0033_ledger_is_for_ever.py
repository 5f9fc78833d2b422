"""What proves the history is only ever added to as well; the guards stand whatever a session says of itself."""

from django.db import migrations

from cases.crypto import blind

ONCE = 5000
SEALED = """
UPDATE cases_event SET seal = new.seal
FROM unnest(%s::bigint[], %s::text[]) AS new (id, seal) WHERE cases_event.id = new.id
"""


def seal(apps, schema_editor):
    """What was written before entries were sealed. After the first anchor nothing is sealed in arrears."""
    events = apps.get_model("cases", "Event").objects.order_by("pk")
    last = 0
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER event_no_change")
        while rows := list(events.filter(pk__gt=last).values_list("pk", "digest")[:ONCE]):
            numbers, digests = zip(*rows)
            cursor.execute(SEALED, [list(numbers), [blind(digest, name="entry") for digest in digests]])
            last = numbers[-1]
        cursor.execute("ALTER TABLE cases_event ENABLE TRIGGER event_no_change")


REFUSE = """
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
ALLOW = (
    "".join(
        f"DROP TRIGGER {name}_{what} ON cases_{name};"
        for name in ("anchor", "leaf", "tile")
        for what in ("no_change", "no_truncate")
    )
    + "DROP FUNCTION cases_proof_is_for_ever();"
)


def guards(how: str) -> str:
    return "".join(
        f"ALTER TABLE cases_{name} {how} TRIGGER {name}_{what};"
        for name in ("event", "personevent", "anchor", "leaf", "tile")
        for what in ("no_change", "no_truncate")
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0032_anchors")]
    operations = [
        # Who writes rows past this code has no seal to give; such a row is found.
        migrations.RunSQL(
            "ALTER TABLE cases_event ALTER seal SET DEFAULT ''", "ALTER TABLE cases_event ALTER seal DROP DEFAULT"
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE, ALLOW),
        # ALWAYS: session_replication_role does not switch them off; who may alter the table still can.
        migrations.RunSQL(guards("ENABLE ALWAYS"), guards("ENABLE")),
    ]
