"""Paragraphs that somebody selected in a source: read from an address, named in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from reforms import roles
from reforms.admin.fields import ParagraphsFormField
from reforms.models import Citation, Paragraph, Source

# A promise rests on a passage, not on a text.
MOST_SELECTED = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """Paragraphs of one loaded text, in its order; at least one."""

    source: Source
    paragraphs: Sequence[Paragraph]

    @property
    def ordinals(self) -> list[int]:
        """Where they stand."""
        return [one.ordinal for one in self.paragraphs]

    def __str__(self) -> str:
        return f"{self.source.pk}:{as_ranges(self.ordinals)}"

    def as_citation(self) -> dict[str, Any]:
        """The fields of a new citation of them, with their fingerprints."""
        return {
            "source": self.source,
            "locator": in_words(self.ordinals),
            "paragraphs": [
                {"ordinal": one.ordinal, "fingerprint": one.fingerprint} for one in self.paragraphs
            ],
        }


def selection(user: Any, text: str) -> Selection:
    """Read `kz2022-address:138,141-143`; raises ValidationError that says what is wrong with it.

    A source that `user` may not read is as good as not there.
    """
    name, _, numbers = text.replace("\x00", "").partition(":")
    readable = Source.objects.visible_to(user) if roles.may_read_texts(user) else None
    source = readable and readable.filter(pk=name).select_related("publisher").first()
    if not source:
        raise ValidationError(f"There is no source “{name}” whose text you may read.")
    if source.withdrawn_at is not None:
        raise ValidationError(f"{source} was withdrawn from the record; nothing new cites it.")
    ordinals = read_ordinals(numbers)
    if not ordinals:
        raise ValidationError("Select at least one paragraph.")
    if len(ordinals) > MOST_SELECTED:
        raise ValidationError(
            f"{len(ordinals)} paragraphs are selected; a promise rests on at most {MOST_SELECTED}."
            " Select those that say it."
        )
    loaded = list(source.paragraphs.filter(ordinal__in=ordinals).order_by("ordinal"))
    if missing := sorted(set(ordinals) - {one.ordinal for one in loaded}):
        raise ValidationError(
            f"¶{as_ranges(missing)}: no such paragraph in the loaded text of {source}."
        )
    return Selection(source, loaded)


def read_ordinals(text: str) -> list[int]:
    """The numbers in `138,141-143`, in their order; raises ValidationError for anything else."""
    return sorted({one["ordinal"] for one in ParagraphsFormField().to_python(text)})


def as_ranges(ordinals: Iterable[int]) -> str:
    """138,141-143."""
    return ",".join(_spans(ordinals, "-"))


def in_words(ordinals: Sequence[int]) -> str:
    """What a locator says of them: paragraphs 138 and 141–143."""
    spans = list(_spans(ordinals, "–"))
    words = " and ".join(filter(None, [", ".join(spans[:-1]), spans[-1]]))
    words = f"paragraph{'s' if len(ordinals) > 1 else ''} {words}"
    longest = Citation._meta.get_field("locator").max_length or 0
    if len(words) <= longest:
        return words
    return f"{len(ordinals)} paragraphs between {ordinals[0]} and {ordinals[-1]}"


def _spans(ordinals: Iterable[int], dash: str) -> Iterable[str]:
    runs: list[list[int]] = []
    for ordinal in ordinals:
        goes_on = runs and ordinal == runs[-1][1] + 1
        if goes_on and ordinal - runs[-1][0] < MOST_SELECTED:  # as long as a range may be
            runs[-1][1] = ordinal
        else:
            runs.append([ordinal, ordinal])
    for first, last in runs:
        yield str(first) if first == last else f"{first}{dash}{last}"
