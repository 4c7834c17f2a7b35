"""Three-way merge: base is what was last loaded, ours the file, theirs the database."""

from typing import Any

import pytest

from reforms.seeding.merge import merge

# base, ours, theirs -> taken, kept, conflicts, new base; all of the field `kind`.
CASES: dict[str, tuple[Any, Any, Any, Any, list[str], list[str], Any]] = {
    "nothing changed": ("a", "a", "a", None, [], [], "a"),
    "file changed": ("a", "b", "a", "b", [], [], "b"),
    "curator changed": ("a", "a", "b", None, ["kind"], [], "a"),
    "both changed alike": ("a", "b", "b", None, [], [], "b"),
    "both changed": ("a", "b", "c", None, [], ["kind"], "a"),
    "file fills what was empty": ("", "b", "", "b", [], [], "b"),
    "file empties": ("a", "", "a", "", [], [], None),
    "curator empties": ("a", "a", "", None, ["kind"], [], "a"),
    "curator fills": ("", "", "b", None, ["kind"], [], None),
    "curator changed back": ("a", "b", "a", "b", [], [], "b"),
}


@pytest.mark.parametrize("name", CASES)
def test_merge_of_one_field(name: str) -> None:
    base, ours, theirs, taken, kept, conflicts, new_base = CASES[name]
    outcome = merge({"kind": base}, {"kind": ours}, {"kind": theirs, "other": 1})
    assert outcome.taken == ({} if taken is None else {"kind": taken})
    assert (outcome.kept, outcome.conflicts) == (kept, conflicts)
    assert outcome.base == {"kind": new_base}


def test_texts_merge_by_language() -> None:
    outcome = merge(
        {"title": {"en": "a", "ru": "б", "kk": "в"}},
        {"title": {"en": "new", "ru": "б"}},
        {"title": {"en": "a", "ru": "другое", "kk": "в"}},
    )
    assert outcome.taken == {"title": {"en": "new", "ru": "другое"}}
    assert (outcome.kept, outcome.conflicts) == (["title.ru"], [])
    assert outcome.base == {"title": {"en": "new", "ru": "б"}}


def test_a_translation_that_a_curator_added_stays() -> None:
    outcome = merge({"note": {}}, {"note": {}}, {"note": {"kk": "жаңа"}})
    assert (outcome.taken, outcome.kept) == ({}, ["note.kk"])


def test_an_object_that_was_never_loaded() -> None:
    """What somebody else made is completed, and never overwritten."""
    outcome = merge(
        {},
        {"kind": "a", "url": "u", "topics": ["x"], "note": {"en": "n"}},
        {"kind": "b", "url": "", "topics": [], "note": {}},
    )
    assert outcome.taken == {"url": "u", "topics": ["x"], "note": {"en": "n"}}
    assert outcome.conflicts == ["kind"]
    assert outcome.base == {"kind": None, "url": "u", "topics": ["x"], "note": {"en": "n"}}


def test_merging_again_takes_nothing() -> None:
    ours = {"title": {"en": "new"}, "kind": "b", "topics": ["x"]}
    theirs = {"title": {"en": "a"}, "kind": "c", "topics": []}
    first = merge({"title": {"en": "a"}, "kind": "a", "topics": []}, ours, theirs)
    again = merge(first.base, ours, theirs | first.taken)
    assert again.taken == {}
    assert again.base == first.base
    assert again.conflicts == first.conflicts == ["kind"]
