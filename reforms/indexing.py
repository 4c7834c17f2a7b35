"""Indexes of large tables, for migrations: built while others go on writing."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation


class AddIndexBeside(AddIndexConcurrently):
    """`AddIndex` that keeps no writer waiting; for a migration with `atomic = False`, by itself.

    On SQLite, where every writer has the whole file, it is an ordinary `AddIndex`.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_: Any, to: Any) -> None:
        _of(schema_editor, AddIndexConcurrently, AddIndex).database_forwards(
            self, app_label, schema_editor, from_, to
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_: Any, to: Any) -> None:
        _of(schema_editor, AddIndexConcurrently, AddIndex).database_backwards(
            self, app_label, schema_editor, from_, to
        )


class RemoveIndexBeside(RemoveIndexConcurrently):
    """`RemoveIndex` that keeps nobody waiting; for a migration with `atomic = False`, by itself."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_: Any, to: Any) -> None:
        _of(schema_editor, RemoveIndexConcurrently, RemoveIndex).database_forwards(
            self, app_label, schema_editor, from_, to
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_: Any, to: Any) -> None:
        _of(schema_editor, RemoveIndexConcurrently, RemoveIndex).database_backwards(
            self, app_label, schema_editor, from_, to
        )


def _of(schema_editor: Any, beside: type[Operation], alone: type[Operation]) -> Any:
    return beside if schema_editor.connection.vendor == "postgresql" else alone
