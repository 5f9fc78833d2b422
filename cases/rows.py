"""A new row by one prepared statement, which is built once a model; `save()` builds its own each time, for longer.

It sends no signals and asks nobody: for those who may write (tests/test_house_rules.py).
"""

from functools import cache

from django.db import connection
from django.db.models import Field, Model
from psycopg.sql import SQL, Identifier

_INSERT = SQL("INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING {key}")
_IF_NEW = SQL("INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING {key}")


@cache
def _statement(model: type[Model], *, if_new: bool) -> tuple[list[Field], str]:
    fields = [field for field in model._meta.concrete_fields if not (field.generated or field.db_returning)]
    statement = (_IF_NEW if if_new else _INSERT).format(
        table=Identifier(model._meta.db_table),
        columns=SQL(", ").join(Identifier(str(field.column)) for field in fields),
        values=SQL(", ").join([SQL("%s")] * len(fields)),
        key=Identifier(str(model._meta.pk.column)),
    )
    return fields, statement.as_string()


def _send(row: Model, *, if_new: bool) -> bool:
    fields, statement = _statement(type(row), if_new=if_new)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        added = cursor.fetchone()
    if added:
        row.pk, row._state.adding, row._state.db = added[0], False, connection.alias
    return added is not None


def insert(row: Model) -> None:
    """Raises IntegrityError where the row may not stand."""
    _send(row, if_new=False)


def insert_if_new(row: Model) -> bool:
    """False, with nothing written and nothing broken, where a row like it is there already."""
    return _send(row, if_new=True)
