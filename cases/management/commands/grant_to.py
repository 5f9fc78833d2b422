"""Gives the role that the service runs as what it needs, and not one right more over history."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from cases.inspecting import GUARDS

STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE ALL ON {tables} FROM {role}",
    "GRANT SELECT, INSERT ON {tables} TO {role}",
)


class Command(BaseCommand):
    help = "For the owner of the tables, after each migrate: let ROLE run the service, and only ever add to history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="A PostgreSQL role that is there, owns nothing and is no superuser.")

    def handle(self, *, role: str, **options: Any) -> None:
        names = {
            "role": sql.Identifier(role),
            "tables": sql.SQL(", ").join(map(sql.Identifier, sorted({*GUARDS.values()}))),
        }
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in STATEMENTS:
                    cursor.execute(sql.SQL(statement).format(**names))
        except DatabaseError as error:
            raise CommandError(f"Nothing was changed: {error}") from error
        self.stdout.write(f"{role} runs the service, and can only add to history.")
