"""Fingerprints of paragraphs: how a promise is tied to a text that is not kept here.

Normalisation `fp1`, in this order:

1. quotation marks and minus as in step 3, then Unicode NFKC;
2. characters of category Cf (soft hyphen, zero-width space, byte order mark) are dropped;
3. any double quotation mark becomes ``"``, any single one or apostrophe ``'``, any dash or minus
   ``-``;
4. any run of white space becomes one space, and both ends are trimmed.

Case, digits and all other punctuation stay. The fingerprint is ``fp1:`` and the SHA-256 of the
normalised text in UTF-8, in lower-case hexadecimal. A paragraph is a line that is not empty after
normalisation; its ordinal counts such lines from 1. Test vectors:
tests/seeding/test_fingerprints.py.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

SCHEME = "fp1"
PATTERN = r"^fp1:[0-9a-f]{64}$"

_MARKS = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞", '"') | dict.fromkeys("‘’‚‛‹›′ʼ`´", "'") | {"−": "-"}
)
_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class FingerprintedParagraph:
    """One paragraph of a document: its place (from 1), its fingerprint, its text as it stands."""

    ordinal: int
    fingerprint: str
    text: str


def normalise(text: str) -> str:
    """The text as `fp1` sees it."""
    # The marks are mapped before NFKC too: it would split ″ and ´ into several characters.
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    kept = (
        "-" if unicodedata.category(character) == "Pd" else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return " ".join("".join(kept).split())


def fingerprint(text: str) -> str:
    """The `fp1` fingerprint of one paragraph."""
    return f"{SCHEME}:{hashlib.sha256(normalise(text).encode()).hexdigest()}"


def paragraphs(document: str) -> list[FingerprintedParagraph]:
    """The paragraphs of a plain-text document, in order."""
    lines = [line.strip() for line in _LINE_BREAK.split(document) if normalise(line)]
    return [
        FingerprintedParagraph(ordinal, fingerprint(line), line)
        for ordinal, line in enumerate(lines, start=1)
    ]
