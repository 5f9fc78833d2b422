"""What officers note of unusual rises; the database refuses to change or remove it, but lets its words be sealed anew."""

import django.db.models.deletion
from django.db import migrations, models

import cases.clock
import cases.crypto

REFUSE = """
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
ALLOW = """
DROP TRIGGER rise_note_no_change ON cases_risenote;
DROP TRIGGER rise_note_no_truncate ON cases_risenote;
DROP FUNCTION cases_rise_note_is_for_ever();
"""


def _to(model):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=f"cases.{model}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0037_survey")]
    operations = [
        migrations.CreateModel(
            name="RiseNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(help_text="Its Monday.")),
                ("now", models.PositiveIntegerField(help_text="How many cases the card said when it was noted.")),
                ("said", models.CharField(choices=[("seen", "Seen"), ("usual", "Not unusual")], max_length=5)),
                ("words", cases.crypto.SealedTextField(blank=True, help_text="Why it is not unusual.", null=True)),
                ("at", models.DateTimeField(default=cases.clock.now)),
                ("district", _to("place")),
                ("officer", _to("officer")),
                ("topic", _to("topic")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "topic", "district", "week", "now"), name="rise_noted_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(said="seen", words__isnull=True)
                        | models.Q(said="usual", words__isnull=False),
                        name="not_unusual_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
