from reforms.models.body import Body
from reforms.models.citation import Citation
from reforms.models.imports import Import, ImportState, SheetKind
from reforms.models.kept_answer import KeptAnswer
from reforms.models.key import Key
from reforms.models.ledger import LedgerEntry, LedgerPayload
from reforms.models.letter import ErrorReport, LetterState, ProposedReply
from reforms.models.link_check import LinkCheck
from reforms.models.organisation import Organisation
from reforms.models.programme import Programme
from reforms.models.promise import Promise, PromiseBody, PromiseRelation
from reforms.models.public import PublicObject
from reforms.models.publisher import Publisher
from reforms.models.reform import Reform
from reforms.models.rendition import PromiseRendition, UpdateRendition
from reforms.models.reply import Reply
from reforms.models.seed_record import SeedRecord
from reforms.models.source import Paragraph, Source
from reforms.models.status_update import StatusUpdate
from reforms.models.topic import Topic
from reforms.models.verdict_span import VerdictSpan
from reforms.models.webhook import (
    DisabledBy,
    Webhook,
    WebhookAttempt,
    WebhookErrand,
    WebhookState,
)

__all__ = [
    "Body",
    "Citation",
    "DisabledBy",
    "ErrorReport",
    "Import",
    "ImportState",
    "KeptAnswer",
    "Key",
    "LedgerEntry",
    "LedgerPayload",
    "LetterState",
    "LinkCheck",
    "Organisation",
    "Paragraph",
    "Programme",
    "Promise",
    "PromiseBody",
    "PromiseRelation",
    "PromiseRendition",
    "ProposedReply",
    "PublicObject",
    "Publisher",
    "Reform",
    "Reply",
    "SeedRecord",
    "SheetKind",
    "Source",
    "StatusUpdate",
    "Topic",
    "UpdateRendition",
    "VerdictSpan",
    "Webhook",
    "WebhookAttempt",
    "WebhookErrand",
    "WebhookState",
]
