"""Seals everything anew with the newest of FIELD_KEYS, so that older keys can be taken out; it reads nothing aloud."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from cases.crypto import CannotOpen, SealedField, newest_key_id

# The key's id is the head of what it sealed, so the database itself knows what is still to do: stopped at any
# moment, the next run goes on from there. NO KEY lets events be added to a case while its row is sealed anew.
_OLD = sql.SQL("""
SELECT {key}, {column} FROM {table} WHERE substr({column}, 1, 4) <> %(newest)s AND {after}
ORDER BY {key} LIMIT %(batch)s FOR NO KEY UPDATE
""")
_FROM_THE_START, _AFTER = sql.SQL("true"), sql.SQL("{key} > %(last)s")
_NEW = sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s")


class Command(BaseCommand):
    help = (
        "Put a new key before the others in FIELD_KEYS, start every process anew, then run this. "
        "Once it says that all is sealed with the newest key, the older ones can be taken out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="Values in one transaction.")

    def handle(self, *, batch: int, **options: Any) -> None:
        shut = 0
        for field in sealed_fields():
            sealed = 0
            for fresh, unreadable in seal_anew(field, batch):
                sealed, shut = sealed + fresh, shut + unreadable
                self.stdout.write(f"{field}: {sealed} sealed anew")
        if shut:
            raise CommandError(f"Values that open with none of FIELD_KEYS, left as they are: {shut}.")
        self.stdout.write(
            "All is sealed with the newest key. Running conversations go on for an hour or two with the key they "
            "began with: take it out after that."
        )


def sealed_fields() -> Iterator[SealedField]:
    """Of every installed model, with a table of its own."""
    for model in apps.get_models():
        yield from (field for field in model._meta.local_concrete_fields if isinstance(field, SealedField))


def seal_anew(field: SealedField, batch: int) -> Iterator[tuple[int, int]]:
    """(sealed anew, opens with no key) of each batch, as it is committed."""
    meta = field.model._meta
    names = {
        "table": sql.Identifier(meta.db_table),
        "key": sql.Identifier(str(meta.pk.column)),
        "column": sql.Identifier(str(field.column)),
    }
    new = _NEW.format(**names)
    after, last = _FROM_THE_START, None
    at_once = min(batch, field.rotated_at_once)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            old = _OLD.format(**names, after=after.format(**names))
            cursor.execute(old, {"newest": newest_key_id(), "last": last, "batch": at_once})
            rows = cursor.fetchall()
            opened = [(_open(field, sealed), key) for key, sealed in rows]
            fresh = [(field.get_db_prep_value(text, connection), key) for text, key in opened if text is not None]
            cursor.executemany(new, fresh)
        if not rows:
            return
        after, last = _AFTER, rows[-1][0]
        yield len(fresh), len(rows) - len(fresh)


def _open(field: Any, sealed: bytes) -> str | bytes | None:
    try:
        return field.from_db_value(sealed, None, connection)
    except CannotOpen:
        return None
