"""An index that an earlier change of its column had taken away unseen: no event is told twice to one person."""

from django.db import migrations

MAKE = """
CREATE UNIQUE INDEX IF NOT EXISTS event_told_once ON channels_message (event_id)
    WHERE direction = 'out' AND event_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_tables")]
    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
