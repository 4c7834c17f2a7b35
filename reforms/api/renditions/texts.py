"""The text of a rendition, and what it leaves open until somebody reads it.

What depends on who asks and when stands in it as control characters, which JSON never holds as
such: where the API is, whether a deadline has passed, and what an answer about the object alone has
besides.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import permutations
from pathlib import Path

from django.http import HttpRequest
from django.urls import get_script_prefix

from reforms.dates import day_in
from reforms.vocabulary import LANGUAGES

# Before every path of the API.
ROOT = "\x01"
# A word that holds up to a day, the word from then on, the day, and the time zone whose day it is.
UNTIL = '"\x02{before}\x02{after}\x02{day}\x02{zone}\x02"'
_UNTIL = re.compile(b"\x02([^\x02]*)\x02([^\x02]*)\x02([^\x02]*)\x02([^\x02]*)\x02")
# Ends the languages that a text is in; with them every text begins where it is stored.
SPOKEN = "\x04"
# Where the answer about a promise alone has its citations, its timeline and the replies.
MORE = "\x03"

# The orders in which somebody may prefer the languages, a letter each.
READERS: dict[tuple[str, ...], str] = dict(zip(permutations(LANGUAGES), "abcdef", strict=True))
EVERYBODY = "".join(READERS.values())

_HERE = Path(__file__).resolve().parents[2]
# What settles how an object is answered.
_MADE_BY = (
    *("api/serializers", "api/fields.py", "api/languages.py", "api/rendering.py", "api/urls.py"),
    *("api/renditions/making.py", "api/renditions/texts.py"),
    *("api/embedded_replies.py", "api/loading.py", "querysets", "models"),
    *("assessment.py", "dates.py", "vocabulary.py"),
)


def reader(languages: Sequence[str]) -> str:
    """The letter of whoever prefers the languages in this order."""
    return READERS[tuple(languages)]


@cache
def form() -> str:
    """The digest of the code that makes renditions: those that another made are not used."""
    digest = sha256()
    for name in _MADE_BY:
        path = _HERE / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def completed(text: str, request: HttpRequest, moment: datetime) -> bytes:
    """A text, or several of them, as somebody reads it who asks like this at that moment; where it
    has room for more, without more.
    """
    root = request.build_absolute_uri(get_script_prefix()).rstrip("/")
    # As bytes: in a text without it, a character is looked for ten times as long.
    whole = text.encode().replace(MORE.encode(), b"").replace(ROOT.encode(), root.encode())
    return _UNTIL.sub(_told(moment), whole) if b"\x02" in whole else whole


def _told(moment: datetime) -> Callable[[re.Match[bytes]], bytes]:
    """Which of two words holds on the day that is today, where it matters."""
    days: dict[bytes, bytes] = {}

    def tell(found: re.Match[bytes]) -> bytes:
        before, after, last, zone = found.groups()
        today = days.get(zone)
        if today is None:
            today = days[zone] = day_in(zone.decode(), moment).isoformat().encode()
        return before if today <= last else after

    return tell
