"""What anybody may send to the curators: reports of errors, and replies yet to be verified.

Never a part of the record, and never public. Whoever sent one learns by its receipt what became of
it, and nothing else.
"""

import secrets
import string
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reforms.models.fields import one_of, term_field, validate_plain_text
from reforms.models.reply import Reply
from reforms.vocabulary import LANGUAGES, Term

_LETTERS = string.ascii_lowercase + string.digits
_RECEIPT_LENGTH = 20


class LetterState(Term):
    """What became of a letter."""

    NEW = "new", "the curators have not decided yet"
    ACCEPTED = "accepted", "the curators acted upon it"
    ANSWERED = "answered", "nothing had to be changed; the curators answered"
    DECLINED = "declined", "the curators did not act upon it"


def new_receipt() -> str:
    """A receipt that nobody can guess: more than 100 random bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_RECEIPT_LENGTH))


def _words(longest: int, **options: object) -> models.TextField:
    return models.TextField(max_length=longest, validators=[validate_plain_text], **options)  # type: ignore[arg-type]


class Letter(models.Model):
    """What somebody sent, and what became of it. `digest` tells the same sent again."""

    # The columns that whoever sends it fills in; two with the same of all are one.
    WRITTEN: ClassVar[tuple[str, ...]]

    receipt = models.CharField(max_length=40, unique=True, default=new_receipt, editable=False)
    contact = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_plain_text],
        help_text="Where to ask back. Forgotten after a time; never public.",
    )
    digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(editable=False)
    state = term_field(LetterState, default=LetterState.NEW.value, max_length=20, editable=False)
    answer = _words(
        2000, blank=True, editable=False, help_text="What is told to whoever holds the receipt."
    )
    note = _words(2000, blank=True, help_text="For the curators alone.")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True
        ordering = ["-sent_at", "-id"]
        default_permissions = ("view", "change", "delete")
        constraints = [
            one_of("state", LetterState),
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(state=LetterState.NEW.value),
                name="%(app_label)s_%(class)s_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.NEW.value, decided_at=None)
                | (~Q(state=LetterState.NEW.value) & Q(decided_at__isnull=False)),
                name="%(app_label)s_%(class)s_decided_when",
            ),
        ]

    def fill_digest(self) -> None:
        """Derive what tells it from other letters."""
        written = "\0".join(" ".join(str(getattr(self, name)).split()) for name in self.WRITTEN)
        self.digest = sha256(written.encode()).hexdigest()


class ErrorReport(Letter):
    """What somebody takes for an error, and of which page."""

    WRITTEN = ("page", "wrong", "right", "evidence", "contact")

    page = models.CharField(
        max_length=2000,
        validators=[validate_plain_text],
        help_text="The address within this site, with the moment that it was about.",
    )
    object_type = models.CharField(max_length=20, blank=True, editable=False)
    object_id = models.CharField(max_length=200, blank=True, editable=False)
    sequence = models.PositiveBigIntegerField(
        default=0,
        editable=False,
        help_text="How many entries the ledger had when it was sent.",
    )
    wrong = _words(3000, help_text="What is wrong.")
    right = _words(3000, blank=True, help_text="What would be right.")
    evidence = models.URLField(
        blank=True, max_length=2000, help_text="The address of something that shows it."
    )

    class Meta(Letter.Meta):
        indexes = [models.Index(fields=["state", "-sent_at"], name="report_by_state")]

    def __str__(self) -> str:
        return f"report {self.receipt}"


class ProposedReply(Letter):
    """A reply that somebody sent in the promisor's name; nobody has made sure of it yet."""

    WRITTEN = ("promise_id", "language", "text", "signed_by", "dated_on", "url", "contact")

    promise = models.ForeignKey(
        "reforms.Promise", on_delete=models.PROTECT, related_name="proposed_replies"
    )
    language = models.CharField(max_length=2, choices=list(LANGUAGES.items()))
    text = _words(Reply.LONGEST_TEXT, help_text="The reply, word for word.")
    signed_by = models.CharField(
        max_length=Reply.LONGEST_NAME,
        validators=[validate_plain_text],
        help_text="The office that replies.",
    )
    dated_on = models.DateField(help_text="The day that the reply bears.")
    url = models.URLField(blank=True, max_length=2000, help_text="Where it was published.")
    reply = models.ForeignKey(
        Reply,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="proposals",
        help_text="What it became in the record.",
    )

    class Meta(Letter.Meta):
        verbose_name_plural = "proposed replies"
        indexes = [models.Index(fields=["state", "-sent_at"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"proposed reply {self.receipt}"
