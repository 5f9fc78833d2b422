from datetime import date

import django.db.models.deletion
import django.utils.timezone
import holidays
from django.db import migrations, models
from django.db.models import F

from cases.deadlines import Calendar

DAYS_ABOVE = (2, 5)  # what a level had until then, in working days


def write_first_standards(apps, schema_editor):
    """What the topics promise now is what they promise from today on."""
    Topic, Standard = apps.get_model("cases", "Topic"), apps.get_model("cases", "Standard")
    today = django.utils.timezone.localdate()
    told = ("acknowledge_days", "resolve_days", "basis", "basis_note", "source")
    Standard.objects.bulk_create(
        Standard(topic=topic, level=1, valid_from=today, **{name: getattr(topic, name) for name in told})
        for topic in Topic.objects.all()
    )


def work_out_dates(apps, schema_editor):
    """The date told first, and those of the levels to which cases have moved already."""
    Case, Escalation = apps.get_model("cases", "Case"), apps.get_model("cases", "Escalation")
    country = apps.get_model("cases", "Country").objects.first()
    if country is None:
        return  # nor is there a case
    by_hand = apps.get_model("cases", "ExtraHoliday").objects.values_list("date", flat=True)
    known = holidays.country_holidays(country.code, years=range(2020, date.today().year + 7))
    calendar = Calendar(frozenset(known) | frozenset(by_hand), frozenset(country.working_weekdays))
    Case.objects.filter(days_paused=0, days_answered=0, waiting_since=None).update(first_due=F("resolve_due"))
    for case in Case.objects.filter(first_due=None).only("opened_on", "resolve_days").iterator():
        Case.objects.filter(pk=case.pk).update(first_due=calendar.add(case.opened_on, case.resolve_days))
    for moved in Escalation.objects.select_related("case").iterator():
        moved.acknowledge_due, moved.first_due = (calendar.add(moved.at.date(), days) for days in DAYS_ABOVE)
        moved.resolve_due = moved.first_due
        moved.stood_still = moved.case.days_paused + moved.case.days_answered
        moved.save()


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_log_of_readings")]

    operations = [
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("acknowledge_days", models.PositiveSmallIntegerField(help_text="Working days.")),
                ("resolve_days", models.PositiveSmallIntegerField(help_text="Working days.")),
                (
                    "basis",
                    models.CharField(
                        choices=[("statutory", "Set by law"), ("proposed", "Proposed")], max_length=10
                    ),
                ),
                ("basis_note", models.TextField(blank=True)),
                ("source", models.TextField(blank=True)),
                ("valid_from", models.DateField()),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="The day on which another one took its place.", null=True),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who is asked for its part.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.agency",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        help_text="None: every topic.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standards",
                        to="cases.topic",
                    ),
                ),
            ],
            options={
                "ordering": ["topic", "agency", "level", "valid_from", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until", None)),
                        fields=("topic", "agency", "level"),
                        name="one_standard_at_a_time",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RemoveField(model_name="case", name="escalated_on"),
        migrations.AddField(model_name="case", name="first_due", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="escalation",
            name="officer",
            field=models.ForeignKey(
                blank=True,
                help_text="None: nobody was found.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to="cases.officer",
            ),
        ),
        migrations.AddField(
            model_name="escalation", name="acknowledged_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="escalation", name="acknowledge_due", field=models.DateField(null=True)),
        migrations.AddField(model_name="escalation", name="first_due", field=models.DateField(null=True)),
        migrations.AddField(model_name="escalation", name="resolve_due", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="escalation",
            name="stood_still",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Working days for which the case's clock had stood still before it moved here."
            ),
        ),
        migrations.RunPython(write_first_standards, migrations.RunPython.noop),
        migrations.RunPython(work_out_dates, migrations.RunPython.noop),
    ]
