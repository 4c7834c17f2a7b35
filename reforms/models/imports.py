from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reforms.models.fields import one_of, term_field
from reforms.querysets import ImportQuerySet
from reforms.vocabulary import Term


class SheetKind(Term):
    """What the rows of a table are."""

    PROMISES = "promises", "what was promised"
    SOURCES = "sources", "the documents that it rests on"
    UPDATES = "updates", "what became of it"


class ImportState(Term):
    """Where an import stands."""

    PREVIEWED = "previewed", "was looked at, and waits to be confirmed"
    DONE = "done", "was confirmed and written"
    FAILED = "failed", "could not be read, or has rows that are wrong; nothing was written"
    CANCELLED = "cancelled", "was given up, or replaced by a later attempt"


class Import(models.Model):
    """A file that somebody sends to be imported: previewed, and then confirmed or given up.

    Never public. `report` is what each row does, as far as it is shown, and all that is wrong;
    `digest` tells whether it would still do the same. The file is kept only while it waits.
    """

    LONGEST_NAME: ClassVar[int] = 200
    # Those that somebody still has to do something about.
    OPEN: ClassVar[list[str]] = [ImportState.PREVIEWED.value, ImportState.FAILED.value]

    kind = term_field(SheetKind, max_length=20)
    file_name = models.CharField(max_length=LONGEST_NAME)
    content = models.BinaryField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        "reforms.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="For whom new rows are submitted.",
    )
    publish = models.BooleanField(
        default=False, help_text="New updates are published where that needs no review."
    )
    state = term_field(ImportState, default=ImportState.PREVIEWED.value, max_length=20)
    digest = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        constraints = [
            one_of("kind", SheetKind),
            one_of("state", ImportState),
            models.CheckConstraint(
                condition=Q(
                    state=ImportState.PREVIEWED.value, content__isnull=False, finished_at=None
                )
                | (
                    ~Q(state=ImportState.PREVIEWED.value)
                    & Q(content=None, finished_at__isnull=False)
                ),
                name="reforms_import_kept_while_it_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="import_by_state"),
            models.Index(fields=["user", "-created_at"], name="import_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.file_name}"
