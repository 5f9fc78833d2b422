from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the one before: PostgreSQL alters no table in the transaction that has just filled it."""

    dependencies = [("cases", "0016_standards_and_levels")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="first_due",
            field=models.DateField(
                help_text="The date told when it was opened. What comes of pauses is resolve_due."
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="resolve_due",
            field=models.DateField(help_text="Once it has passed, nothing moves it any more."),
        ),
        migrations.AlterField(model_name="escalation", name="acknowledge_due", field=models.DateField()),
        migrations.AlterField(model_name="escalation", name="first_due", field=models.DateField()),
        migrations.AlterField(model_name="escalation", name="resolve_due", field=models.DateField()),
    ]
