from django.db import migrations, models

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
$$
"""
COUNT_ANEW = "UPDATE cases_watermark SET counted_to = 0, next_to = 0, after = 0"  # the next look counts all events


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0033_ledger_is_for_ever"),
    ]

    operations = [
        migrations.RunSQL(ADD_COUNTS, "DROP FUNCTION cases_add_counts"),
        migrations.DeleteModel(name="TallyCount"),
        migrations.CreateModel(
            name="TallyCount",
            fields=[
                ("facet", models.CharField(max_length=8)),
                ("area", models.CharField(max_length=8)),
                ("grain", models.CharField(help_text="month, week; or day, for what is open now.", max_length=5)),
                (
                    "period",
                    models.DateField(help_text="The first day of it. Of what is open: the day promised, or the first of all."),
                ),
                ("place", models.CharField(help_text="In that area; empty for the country, or where none was said.", max_length=12)),
                ("agency", models.CharField(max_length=12)),
                ("sensitivity", models.CharField(max_length=12)),
                ("value", models.CharField(help_text="Of the facet: a topic, a channel …", max_length=50)),
                (
                    "amounts",
                    models.JSONField(default=dict, help_text="Days or stars, where kept: how often, as in resolved_late 12."),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "facet", "area", "grain", "period", "place", "agency", "sensitivity", "value",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("received", models.IntegerField(default=0)),
                ("acknowledged_on_time", models.IntegerField(default=0)),
                ("acknowledged_late", models.IntegerField(default=0)),
                ("resolved_on_time", models.IntegerField(default=0)),
                ("resolved_late", models.IntegerField(default=0)),
                ("registered", models.IntegerField(default=0)),
                ("told", models.IntegerField(default=0)),
                ("disputed", models.IntegerField(default=0)),
                ("appealed", models.IntegerField(default=0)),
                ("appeal_decided", models.IntegerField(default=0)),
                ("appeal_upheld", models.IntegerField(default=0)),
                ("confirmed", models.IntegerField(default=0)),
                ("stayed", models.IntegerField(default=0)),
                ("came_back", models.IntegerField(default=0)),
                ("closed_by_agency", models.IntegerField(default=0)),
                ("closed_by_silence", models.IntegerField(default=0)),
                ("withdrawn", models.IntegerField(default=0)),
                ("rated", models.IntegerField(default=0)),
                ("escalated", models.IntegerField(default=0)),
                ("referred", models.IntegerField(default=0)),
                ("handed_over", models.IntegerField(default=0)),
                ("moved", models.IntegerField(default=0)),
                ("open_by_due", models.IntegerField(default=0)),
                ("open_by_opening", models.IntegerField(default=0)),
            ],
            options={"db_table": "cases_tally"},
        ),
        migrations.CreateModel(
            name="Arrivals",
            fields=[
                ("topic", models.CharField(max_length=50)),
                ("place", models.CharField(max_length=12)),
                ("agency", models.CharField(max_length=12)),
                ("sensitivity", models.CharField(max_length=12)),
                ("weeks", models.JSONField(default=dict, help_text="How many, by the Monday; of somewhat more than a year.")),
                ("total", models.IntegerField(default=0, help_text="Of the year before the week of the last turn of the day.")),
                ("squares", models.IntegerField(default=0, help_text="The same, each week's number squared.")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "topic", "place", "agency", "sensitivity",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
            ],
            options={"db_table": "cases_arrivals"},
        ),
        migrations.AddField(
            model_name="watermark",
            name="turned_on",
            field=models.DateField(help_text="The day on which what is long late was last put together.", null=True),
        ),
        migrations.AddField(
            model_name="watermark",
            name="first_week",
            field=models.DateField(help_text="The Monday of the first week in which anything came in.", null=True),
        ),
        migrations.RunSQL(COUNT_ANEW, migrations.RunSQL.noop),
    ]
