"""The first page tells its steps with the block that other pages use."""

import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0004_where_to_answer'),
    ]

    operations = [
        migrations.AlterField(
            model_name='homepage',
            name='steps',
            field=wagtail.fields.StreamField([('step', 2)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 1: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 2: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1)]], {})}, help_text='What happens to a matter, from telling us to the last word.'),
        ),
    ]
