"""A day to look at the first page again, what addresses outside answered, and the language of a follower's letters."""

import cms.models.frame
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Outside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=1000, unique=True)),
                ('works', models.BooleanField()),
                ('answer', models.CharField(max_length=60)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'addresses outside',
            },
        ),
        migrations.AddField(
            model_name='happening',
            name='facts',
            field=models.JSONField(default=dict, help_text='What stands in the holes of the sentence.'),
        ),
        migrations.AddField(
            model_name='homepage',
            name='review_by',
            field=models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='language',
            field=models.CharField(default='en', help_text='Of the page on which it was asked for.', max_length=8),
        ),
        migrations.AlterField(
            model_name='happening',
            name='title',
            field=models.CharField(help_text='What somebody wrote; or, with facts, a sentence of ours.', max_length=200),
        ),
    ]
