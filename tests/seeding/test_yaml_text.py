"""Writing YAML: whatever the data holds, reading the text gives the same data."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from reforms.seeding.reading import read
from reforms.seeding.yaml_text import OneLine, written

pytestmark = pytest.mark.without_database

ODD = [
    "Rivers: clean ones",
    "a # sign",
    "- a dash",
    "? a question",
    'it\'s “quoted” and "quoted"',
    "{braces} [brackets], commas & more * !",
    "Әр ауылға құдық: бірінші",
    "null",
    "true",
    "~",
    "NO",
    "2022",
    "2022-11",
    "2022-11-05",
    "007",
    "-1.5",
    "1.5e-07",
    "1e5",
    "first line\nsecond line",
    "first\n\n\nlast",
    "one\n  two, indented\nthree",
    "trailing space \nnext",
    "tab\tinside",
    "\u00a0no-break\u00a0",
    "line\u2028separator",
    "emoji 🌊 and Aʼ",
    "a  double  space in a text so long that it has to be wrapped over several lines of the file "
    * 2,
    "word " * 60 + "end",
    "x" * 300,
    "https://example.org/a?b=c#d",
    "%percent",
    "@at `tick` |pipe >greater",
    "ends with a colon:",
    ": begins with one",
    "\\backslash \\n",
]
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"
)
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(
        st.one_of(CHARACTERS, st.sampled_from(" \n\t:#-'\"{}[],&*!|>%@`?~0123456789.e")),
        min_size=1,
        max_size=200,
    ),
)
LARGEST = 2**53 - 1
NUMBER = st.one_of(
    st.integers(-LARGEST, LARGEST), st.floats(-LARGEST, LARGEST, allow_subnormal=False)
)
DATA = st.recursive(
    TEXT | NUMBER,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
        st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4).map(OneLine),
    ),
    max_leaves=12,
)


def reread(data: Any, folder: Path) -> Any:
    path = folder / "data.yaml"
    path.write_text(written(data), encoding="utf-8", newline="\n")
    file = read(path, "data.yaml")
    assert file.complaints == [], written(data)
    return file.data


@given(data=st.dictionaries(st.sampled_from("abc"), DATA, min_size=1, max_size=3))
@example(data={"a": 0.0001422981074654107})
@example(data={"a": -123456789012345.67})
def test_reading_gives_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    again = reread(data, tmp_path_factory.getbasetemp())
    assert again == data
    assert repr(again) == repr(plainly(data))  # 3.0 is not 3


def plainly(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: plainly(value) for key, value in data.items()}
    return [plainly(one) for one in data] if isinstance(data, list) else data


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_stand_wherever_a_text_may(tmp_path: Path, text: str) -> None:
    data = {
        "block": text,
        "list": [text, text],
        "line": OneLine(a=text, b=[text]),
        "deep": [{"a": {"en": text}, "b": [OneLine(en=text, kk=text)]}],
    }
    assert reread(data, tmp_path) == data


@pytest.mark.parametrize("text", [one for one in ODD if "\u2028" not in one])
def test_other_programs_read_the_same_text(text: str) -> None:
    """Words that YAML might take for something else stand in quotation marks."""
    assert yaml.safe_load(written({"text": text})) == {"text": text}


def test_the_style_is_that_of_the_files() -> None:
    data = {
        "promises": [
            {
                "id": "tiny2021-1-1",
                "title": OneLine(en="A title", kk="Атау"),
                "statement": "A long statement that says what is to be done about the rivers, "
                "by whom and until when, and that takes more than a line.",
                "deadline": OneLine(date="2022-06", wording="by the middle of the year"),
                "bodies": ["one", "two"],
                "figures": [OneLine({"what": "inspectors", "from": 10, "to": 2.5})],
                "topics": [],
                "note": "Two lines:\nthis is the second.",
                "url": "https://example.org/: a",
            }
        ]
    }
    assert (
        written(data)
        == """\
promises:
  - id: tiny2021-1-1
    title: {en: A title, kk: Атау}
    statement: >-
      A long statement that says what is to be done about the rivers, by whom and until when, and that takes
      more than a line.
    deadline: {date: "2022-06", wording: by the middle of the year}
    bodies: [one, two]
    figures:
      - {what: inspectors, from: 10, to: 2.5}
    topics: []
    note: |-
      Two lines:
      this is the second.
    url: "https://example.org/: a"
"""
    )
