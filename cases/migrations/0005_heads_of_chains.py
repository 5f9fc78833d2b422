"""The end of each chain is sealed: who has not our keys cannot say that it ended earlier."""

import django.db.models.deletion
from django.db import migrations, models

from cases.crypto import blind

AT_ONCE = 5000
LAST_ENTRIES = "SELECT DISTINCT ON (case_id) case_id, digest FROM cases_event ORDER BY case_id, number DESC"


def seal_the_ends(apps, schema_editor):
    head = apps.get_model("cases", "Head")
    with schema_editor.connection.chunked_cursor() as cursor:
        cursor.execute(LAST_ENTRIES)
        while rows := cursor.fetchmany(AT_ONCE):
            head.objects.bulk_create(head(case_id=case, seal=blind(digest, name="head")) for case, digest in rows)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_whose_help_line_for_what")]
    operations = [
        migrations.CreateModel(
            "Head",
            [
                (
                    "case",
                    models.OneToOneField(
                        "cases.case",
                        django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        related_name="head",
                    ),
                ),
                ("seal", models.CharField(max_length=32)),
            ],
        ),
        migrations.RunPython(seal_the_ends, migrations.RunPython.noop),
    ]
