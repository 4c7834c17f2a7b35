"""Full-text search over promises, alike on both engines.

Words are cut here, once, for both: Unicode NFKC, case folded, marks dropped, runs of letters and
digits. So PostgreSQL's parser and SQLite's tokenizer never see anything on which they could
differ. Each word of a query matches by prefix; a quoted phrase matches whole, within one text.
The fields weigh in the order of `FIELDS`; rank is the best group of fields that holds all words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

FIELDS = ("title", "statement", "bodies", "notes")
MAX_QUERY_LENGTH = 200
MAX_WORDS = 16
TABLE = "reforms_promisesearch"

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|([^"]+)')
_QUOTES = str.maketrans("“”„«»", '"""""')
_LONGEST_WORD = 100
# A private-use character is a word to SQLite and never one to us: no phrase spans two texts.
_BETWEEN_TEXTS = "\ue000"
_LAST_POSITION = 16_383
_MOST_POSITIONS = 255
_WEIGHTS = "ABCD"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search: words that match by prefix, and phrases that match whole."""

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]

    def expression(self, fields: int) -> str:
        """The search for it within the first `fields` fields, in the engine's own language."""
        if connection.vendor == "postgresql":
            return _tsquery(self, _WEIGHTS[:fields])
        return _fts5(self, FIELDS[:fields])


def words(text: str) -> list[str]:
    """The words of a text, as both engines index them."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(_plain(text))]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()  # which is all that the rest would do
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # A text has few different characters.
    marks = [one for one in set(folded) if unicodedata.category(one)[0] == "M"]
    return folded.translate(dict.fromkeys(map(ord, marks))) if marks else folded


def parse(text: str) -> Query:
    """Read a query; raise ValueError, saying what is wrong, for one that nothing could match."""
    if len(text) > MAX_QUERY_LENGTH:
        raise ValueError(f"a search has at most {MAX_QUERY_LENGTH} characters")
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        raise ValueError('a quotation mark is never closed: write "supreme audit chamber"')
    single: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for quoted, plain in _PART.findall(text):
        if quoted and (phrase := tuple(words(quoted))):
            phrases.append(phrase)
        single += words(plain)
    if not single and not phrases:
        raise ValueError("a search needs at least one word")
    if len(single) + sum(map(len, phrases)) > MAX_WORDS:
        raise ValueError(f"a search has at most {MAX_WORDS} words")
    return Query(tuple(dict.fromkeys(single)), tuple(dict.fromkeys(phrases)))


def matching(query: Query, fields: int = len(FIELDS)) -> tuple[str, list[str]]:
    """SQL and parameters that select the ids of promises whose first `fields` fields match."""
    is_postgres = connection.vendor == "postgresql"
    condition = "vector @@ %s::tsquery" if is_postgres else f"{TABLE} MATCH %s"
    sql = f"SELECT promise_id FROM {TABLE} WHERE {condition}"  # noqa: S608
    return sql, [query.expression(fields)]


def relevance(query: Query) -> tuple[str, list[str]] | None:
    """SQL and parameters that tell of a row of `reforms_promise`, which matches, how many fields
    are needed for that; None where the engine has no such thing.
    """
    if connection.vendor != "postgresql":
        return None
    fewer = range(1, len(FIELDS))
    best = " ".join(f"WHEN vector @@ %s::tsquery THEN {fields}" for fields in fewer)
    sql = (
        f"SELECT CASE {best} ELSE {len(FIELDS)} END FROM {TABLE} AS found"  # noqa: S608
        " WHERE found.promise_id = reforms_promise.id"
    )
    return sql, [query.expression(each) for each in fewer]


def _tsquery(query: Query, weights: str) -> str:
    parts = [f"'{word}':*{weights}" for word in query.words]
    parts += [
        "(" + " <-> ".join(f"'{word}':{weights}" for word in phrase) + ")"
        for phrase in query.phrases
    ]
    return " & ".join(parts)


def _fts5(query: Query, fields: tuple[str, ...]) -> str:
    parts = [f'"{word}"*' for word in query.words]
    parts += ['"' + " ".join(phrase) + '"' for phrase in query.phrases]
    return "{" + " ".join(fields) + "} : (" + " AND ".join(parts) + ")"


def index(promise_id: str, texts: Mapping[str, Iterable[str]]) -> None:
    """Index a promise anew; `texts` gives for each of `FIELDS` the texts that it holds."""
    index_all([(promise_id, texts)])


def index_all(promises: Iterable[tuple[str, Mapping[str, Iterable[str]]]]) -> None:
    """Index promises anew, each with its texts: one statement where the engine can."""
    if connection.vendor == "postgresql":
        if rows := [(promise_id, _tsvector(texts)) for promise_id, texts in promises]:
            _write_vectors(rows)
        return
    with connection.cursor() as cursor:
        for promise_id, texts in promises:
            remove(promise_id)
            cursor.execute(
                f"INSERT INTO {TABLE} (promise_id, key, title, statement, bodies, notes)"  # noqa: S608
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [promise_id, _key(promise_id), *_columns(texts)],
            )


def _write_vectors(rows: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (promise_id, vector)"  # noqa: S608
            " SELECT id, said::tsvector FROM unnest(%s::text[], %s::text[]) AS given (id, said)"
            " ON CONFLICT (promise_id) DO UPDATE SET vector = EXCLUDED.vector",
            [list(values) for values in zip(*rows, strict=True)],
        )


def is_indexed(promise_id: str, texts: Mapping[str, Iterable[str]]) -> bool:
    """Whether the index holds exactly these texts of the promise."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT vector = %s::tsvector FROM {TABLE} WHERE promise_id = %s",  # noqa: S608
                [_tsvector(texts), promise_id],
            )
            return cursor.fetchall() == [(True,)]
        cursor.execute(
            f"SELECT title, statement, bodies, notes FROM {TABLE} WHERE {TABLE} MATCH %s",  # noqa: S608
            [f'key : "{_key(promise_id)}"'],
        )
        return [list(row) for row in cursor.fetchall()] == [_columns(texts)]


def remove(promise_id: str) -> None:
    """Take a promise out of the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DELETE FROM {TABLE} WHERE promise_id = %s", [promise_id])  # noqa: S608
        else:
            # FTS5 has no index over plain columns; the id is indexed as a word of its own.
            cursor.execute(
                f"DELETE FROM {TABLE} WHERE rowid IN"  # noqa: S608
                f" (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)",
                [f'key : "{_key(promise_id)}"'],
            )


def forget_removed() -> None:
    """Drop the words of what was removed or indexed anew: FTS5 keeps them until it has merged all
    parts of the index. PostgreSQL drops them when it vacuums.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")  # noqa: S608


def _key(promise_id: str) -> str:
    return promise_id.encode().hex()


def _columns(texts: Mapping[str, Iterable[str]]) -> list[str]:
    return [
        f" {_BETWEEN_TEXTS} ".join(" ".join(words(text)) for text in texts[field])
        for field in FIELDS
    ]


def _tsvector(texts: Mapping[str, Iterable[str]]) -> str:
    """The vector in PostgreSQL's text form, which no parser touches: 'word':1A,7B."""
    places: dict[str, list[str]] = {}
    position = 0
    for field, weight in zip(FIELDS, _WEIGHTS, strict=True):
        for text in texts[field]:
            for word in words(text):
                position = min(position + 1, _LAST_POSITION)
                found = places.setdefault(word, [])
                if len(found) < _MOST_POSITIONS:
                    found.append(f"{position}{weight}")
            position += 1  # a gap, so that no phrase spans two texts
    return " ".join(f"'{word}':{','.join(found)}" for word, found in sorted(places.items()))


def create_table(connection: BaseDatabaseWrapper) -> None:
    """Create the engine's own index; called by the migration."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'CREATE TABLE {TABLE} (promise_id varchar(50) COLLATE "C" PRIMARY KEY,'
                " vector tsvector NOT NULL)"
            )
            cursor.execute(f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)")
        else:
            cursor.execute(
                f"CREATE VIRTUAL TABLE {TABLE} USING fts5(promise_id UNINDEXED, key,"
                " title, statement, bodies, notes,"
                # It splits at white space alone: the words are cut already.
                " tokenize = 'ascii', prefix = '2 3')"
            )


def drop_table(connection: BaseDatabaseWrapper) -> None:
    """Drop it again."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
