"""Statistics that editors write and sign off, and where the source of a figure stands."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0002_days_links_and_languages'),
    ]

    operations = [
        migrations.AddField(
            model_name='figure',
            name='link',
            field=models.URLField(blank=True, help_text='Where the source stands, if it has an address.'),
        ),
        migrations.AddField(
            model_name='figure',
            name='origin',
            field=models.CharField(choices=[('pack', 'country pack'), ('editor', 'editor')], default='pack', editable=False, max_length=6),
        ),
        migrations.AddField(
            model_name='figure',
            name='signed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='figure',
            name='signed_by',
            field=models.CharField(blank=True, editable=False, help_text='Who vouches for it, by name.', max_length=120),
        ),
        migrations.AddField(
            model_name='series',
            name='origin',
            field=models.CharField(choices=[('pack', 'country pack'), ('editor', 'editor')], default='pack', editable=False, max_length=6),
        ),
        migrations.AddField(
            model_name='series',
            name='signed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='series',
            name='signed_by',
            field=models.CharField(blank=True, editable=False, help_text='Who vouches for it, by name.', max_length=120),
        ),
        migrations.AlterField(
            model_name='figure',
            name='as_of',
            field=models.CharField(help_text='A year, a month or a day: 2026, 2026-08 or 2026-08-13.', max_length=10, verbose_name='date'),
        ),
        migrations.AlterField(
            model_name='figure',
            name='split',
            field=models.CharField(blank=True, help_text='Like women or Lusaka; nothing is the whole.', max_length=40, verbose_name='part'),
        ),
    ]
