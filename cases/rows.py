"""A new row by one prepared statement, which is built once a model; `save()` builds its own each time, for longer.

It sends no signals and asks nobody: for those who may write (tests/test_house_rules.py).
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from psycopg.sql import SQL, Composed, Identifier

_ROW = SQL("INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING {key}")
_IF_NEW = SQL("INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING {key}")
_PART = SQL("INSERT INTO {table} ({key}, {columns}) SELECT whole.key, {values} FROM whole RETURNING {key}")
_WITH_PART = SQL("WITH whole (key) AS ({row}) {part}")


@cache
def _row(model: type[Model]) -> str:
    return _filled(_ROW, model, _fields(model)).as_string()


@cache
def _if_new(model: type[Model]) -> str:
    return _filled(_IF_NEW, model, _fields(model)).as_string()


@cache
def _with_part(model: type[Model], part: type[Model]) -> str:
    row = _filled(_ROW, model, _fields(model))
    return _WITH_PART.format(row=row, part=_filled(_PART, part, _fields_of_part(part))).as_string()


def _filled(shape: SQL, model: type[Model], fields: list[Field]) -> Composed:
    return shape.format(
        table=Identifier(model._meta.db_table),
        columns=SQL(", ").join(Identifier(str(field.column)) for field in fields),
        values=SQL(", ").join([SQL("%s")] * len(fields)),
        key=Identifier(str(model._meta.pk.column)),
    )


@cache
def _fields(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not (field.generated or field.db_returning)]


@cache
def _fields_of_part(model: type[Model]) -> list[Field]:
    return [field for field in _fields(model) if not field.primary_key]


def _values(row: Model, fields: list[Field]) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]


def _send(statement: str, values: list[Any], *rows: Model) -> bool:
    """All the rows get the key that comes back; False where none does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        added = cursor.fetchone()
    for row in rows if added else ():
        row.pk, row._state.adding, row._state.db = added[0], False, connection.alias
    return added is not None


def insert(row: Model) -> None:
    """Raises IntegrityError where the row may not stand."""
    _send(_row(type(row)), _values(row, _fields(type(row))), row)


def insert_if_new(row: Model) -> bool:
    """False, with nothing written and nothing broken, where a row like it is there already."""
    return _send(_if_new(type(row)), _values(row, _fields(type(row))), row)


def insert_with_part(row: Model, part: Model) -> None:
    """Both in one statement; the part has the row's key for its own. Raises IntegrityError where one may not stand."""
    values = _values(row, _fields(type(row))) + _values(part, _fields_of_part(type(part)))
    _send(_with_part(type(row), type(part)), values, row, part)
