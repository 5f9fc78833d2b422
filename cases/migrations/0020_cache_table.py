"""The cache is a table: limits counted in it hold for all processes, with Valkey gone too."""

from django.db import migrations

CREATE = """
CREATE TABLE sws_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX sws_cache_expires ON sws_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_invitations_and_what_was_changed")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE sws_cache;")]
