"""Where answers to a consultation go."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0003_statistics_by_editors'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultationpage',
            name='write_to',
            field=models.EmailField(blank=True, help_text='Where answers go. A link that begins a letter is added.', max_length=254),
        ),
    ]
