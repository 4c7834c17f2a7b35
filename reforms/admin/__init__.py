"""The curators' pages. Each module registers what it is named for; `workflow` alone writes."""

from reforms.admin import (
    account,
    body,
    citation,
    key,
    ledger_entry,
    organisation,
    paragraph,
    programme,
    promise,
    publisher,
    reform,
    seed_record,
    sessions,
    source,
    status_update,
    topic,
)

__all__ = [
    "account",
    "body",
    "citation",
    "key",
    "ledger_entry",
    "organisation",
    "paragraph",
    "programme",
    "promise",
    "publisher",
    "reform",
    "seed_record",
    "sessions",
    "source",
    "status_update",
    "topic",
]
