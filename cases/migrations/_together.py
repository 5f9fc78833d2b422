"""Makes many tables in one step of a migration: after each step Django draws its picture of all tables anew."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations; those that make tables one after the other are one."""
    return [step for kind, run in groupby(operations, type) for step in _joined(kind, run)]


def _joined(kind: type, run: Iterator[Any]) -> list[Operation]:
    return [CreateModels([*run])] if kind is CreateModel else [*run]


class CreateModels(Operation):
    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # the picture; it is drawn again when somebody looks
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.models)} models"
