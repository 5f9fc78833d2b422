"""A help line may be one agency's, and says for which sensitive matters it is told first."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SENSITIVITIES = [
    ("open", "Open"),
    ("private", "Private"),
    ("staff", "About staff"),
    ("corruption", "Corruption"),
    ("safeguarding", "Safeguarding"),
]
# What the pack says of each line comes with its next loading.
KEPT = "UPDATE cases_helpline SET told_for = ARRAY['corruption', 'safeguarding'] WHERE sensitive"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_a_correction_carries")]
    operations = [
        migrations.AddField(
            "helpline",
            "agency",
            models.ForeignKey(
                "cases.agency",
                django.db.models.deletion.PROTECT,
                null=True,
                blank=True,
                related_name="+",
                help_text="Whose line. None: for everybody.",
            ),
        ),
        migrations.AddField(
            "helpline",
            "told_for",
            ArrayField(
                models.CharField(max_length=12, choices=SENSITIVITIES),
                default=list,
                blank=True,
                help_text="The sensitive matters, of its agency or of all, in which it is told before anything is asked.",
            ),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RemoveField("helpline", "sensitive"),
    ]
