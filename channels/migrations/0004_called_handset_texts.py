"""Editors read one name of what a handset reads out."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0003_handset_texts_are_handed_in'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='infotext',
            options={'ordering': ['order', 'key'], 'verbose_name': 'handset text'},
        ),
    ]
