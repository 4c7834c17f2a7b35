"""That peers give the same answer as ours: the same rows in the same order, and of each row equal
values of all that both of them say.
"""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from benchmark.load import ask
from benchmark.works import Contender

Row = dict[str, Any]
QUESTIONS = 5  # of each work that are compared

# What the peers call otherwise than we do.
_CALLED = {"deadline_on": "deadline", "programme_id": "programme", "reform_id": "reform"}
# What an answer says of itself, and not of the record.
_OF_THE_ANSWER = {"next", "previous"}
# What a peer that leaves it out still answers the question without.
_LEAST = {"id", "status", "kind", "number", "statement", "status_since", "verification"}
_ALL_OF_OURS = {"raw"}
# Sets, in whatever order: the order of ours is a promise to readers, not a part of the record.
_SETS = {"bodies", "topics", "relations"}


class Disagreement(Exception):
    """What a peer says otherwise, with the place where it does."""


def check(ours: Contender, other: Contender) -> int:
    """Stop unless the other's answers carry the same data; return how many rows were compared."""
    if other.status != 200 or ours.status != 200 or ours.name.startswith("page"):
        return 0
    compared = 0
    for mine, path in islice(zip(ours.paths(), other.paths(), strict=False), QUESTIONS):
        expected, found = (
            rows(json.loads(ask(one.server.port, address)[1]))
            for one, address in ((ours, mine), (other, path))
        )
        try:
            compare(expected, found, whole=other.name in _ALL_OF_OURS)
        except Disagreement as difference:
            raise SystemExit(f"{other.name} disagrees on {path}\n{difference}") from None
        compared += len(found)
    if not compared:
        raise SystemExit(f"{other.name}: no question that it was compared by has any row.")
    return compared


def rows(answer: Any) -> list[Row]:
    """The rows of an answer, whoever gave it, with the names that we have for their fields."""
    found = answer if isinstance(answer, list) else answer.get("results", answer.get("rows"))
    return [_named(row) for row in ([answer] if found is None else found)]


def compare(expected: list[Row], found: list[Row], *, whole: bool = False) -> None:
    """Raise Disagreement unless these are the same rows; `whole` if none of our fields may lack."""
    ids = [[row["id"] for row in some] for some in (expected, found)]
    if ids[0] != ids[1]:
        raise Disagreement(f"ids: {ids[1]}, and not {ids[0]}")
    for mine, theirs in zip(expected, found, strict=True):
        needed = mine.keys() - _OF_THE_ANSWER if whole else _LEAST
        if missing := needed - theirs.keys():
            raise Disagreement(f"{mine['id']} lacks {', '.join(sorted(missing))}")
        _same_row(mine, theirs, str(mine["id"]))


def _same_row(mine: Row, theirs: Row, place: str) -> None:
    theirs = _named(theirs)
    for name in mine.keys() & theirs.keys():
        _same(name, mine[name], theirs[name], f"{place}.{name}")


def _same(name: str, mine: Any, theirs: Any, place: str) -> None:
    """Raise Disagreement unless both mean the same, as each has its own way to write it."""
    theirs = _read(theirs)
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _same_row(mine, theirs, place)
    if isinstance(mine, list) and isinstance(theirs, list):
        return _same_list(name, mine, theirs, place)
    if isinstance(theirs, dict):  # a text in every language, of which ours answers in one
        theirs = theirs.get("en")
    if name.endswith("_at") and isinstance(mine, str) and isinstance(theirs, str):
        mine, theirs = _moment(mine), _moment(theirs)
    if isinstance(mine, bool):
        theirs = bool(theirs)
    if mine != theirs:
        raise Disagreement(f"{place} is {theirs!r}, and not {mine!r}")
    return None


def _same_list(name: str, mine: list[Any], theirs: list[Any], place: str) -> None:
    if len(mine) != len(theirs):
        raise Disagreement(f"{place} has {len(theirs)}, and not {len(mine)}")
    if name in _SETS:
        mine, theirs = sorted(mine, key=str), sorted(theirs, key=str)
    if name == "updates":
        mine, theirs = _by_id(mine), _by_id(theirs)
    for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        _same("", one, other, f"{place}[{number}]")


def _by_id(some: Iterable[Row]) -> list[Row]:
    return sorted(some, key=lambda row: str(row["id"]))


def _named(row: Row) -> Row:
    return {_CALLED.get(name, name): value for name, value in row.items()}


def _read(value: Any) -> Any:
    """What a column of text holds, where that is JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _moment(text: str) -> str:
    """To the second: SQLite's column, ours and the framework's write the rest differently."""
    return text[:19].replace("T", " ")
