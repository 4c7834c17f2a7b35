"""Two people at one form: whoever saves second is shown both versions, and overwrites nothing.

A form carries what it showed when it was opened. Before anything is written that is compared with
what the same form would show now, in the same words, with the object held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing

from reforms.admin.fields import FiguresFormField
from reforms.admin.widgets import as_row, plain
from reforms.errors import TrackerError

FIELD = "seen"
_SALT = "reforms.admin.conflicts"

# What a form shows, in words, by the label of each field and of each group of rows.
Shown = dict[str, str]


class EditConflict(TrackerError):
    """Somebody else changed the object since the form was opened; nothing was written."""

    def __init__(self, opened: Shown, stored: Shown) -> None:
        self.opened, self.stored = opened, stored
        super().__init__(
            "Somebody else changed this since you opened it. Nothing was saved: compare both"
            " versions above, correct the form, then save again"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same in what was opened, what is stored and what is in the form."""

    label: str
    opened: str
    stored: str
    yours: str

    @property
    def undoes(self) -> bool:
        """Whether saving would undo somebody else's change without having made one here."""
        return self.yours == self.opened


def shown(form: Any, formsets: Iterable[Any]) -> Shown:
    """What a form with its inlines shows, in words."""
    found = {
        str(bound.label): _words(bound.field, bound.value())
        for bound in form
        if not bound.is_hidden and bound.name != "reason"
    }
    for formset in formsets:
        rows = [_row(one) for one in formset.forms if _stays(formset, one)]
        found[str(formset.model._meta.verbose_name_plural).capitalize()] = "\n".join(rows)
    return found


def _stays(formset: Any, form: Any) -> bool:
    """Whether a row of an inline is there: it is stored or filled in, and not to be deleted."""
    if form.is_bound and formset.can_delete and formset._should_delete_form(form):
        return False
    return form.instance.pk is not None or (form.is_bound and form.has_changed())


def _row(form: Any) -> str:
    beside = {"DELETE", "ORDER", "position"}
    said = (
        (bound.label, _words(bound.field, bound.value()))
        for bound in form
        if not bound.is_hidden and bound.name not in beside
    )
    return "; ".join(f"{label}: {words}" for label, words in said if words)


def _words(field: Any, value: Any) -> str:
    """A field's value, however it is held: as stored, or as somebody sent it."""
    if isinstance(field, FiguresFormField):
        rows = [as_row(one) for one in value or []]
        return "\n".join(_joined(row) for row in rows)
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {plain(text)}" for name, text in value.items() if text)
    if isinstance(value, list | tuple):
        return ", ".join(sorted(str(one) for one in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain("" if value is None else value)


def _joined(row: Mapping[str, Any]) -> str:
    said = (
        f"{name}: {', '.join(value.values()) if isinstance(value, Mapping) else value}"
        for name, value in row.items()
        if value
    )
    return "; ".join(said)


def sealed(found: Shown) -> str:
    """What was shown, for a hidden field of the form."""
    return signing.dumps(found, salt=_SALT, compress=True)


def opened(text: str) -> Shown:
    """What was shown when the form was opened; nothing where the form does not say."""
    try:
        found: Shown = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return {}
    return found


def check(text: str, stored: Shown) -> None:
    """Raise EditConflict unless what is stored is what was opened."""
    before = opened(text)
    if before != stored:
        raise EditConflict(before, stored)


def differences(conflict: EditConflict, yours: Shown) -> list[Difference]:
    """Where what is stored is neither what was opened nor what is in the form."""
    found = (
        Difference(label, conflict.opened.get(label, ""), stored, yours.get(label, ""))
        for label, stored in conflict.stored.items()
    )
    return [one for one in found if not one.opened == one.stored == one.yours]
