"""Pictures as functions of figures: what they show, and that nothing in them is told by colour alone."""

import re
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders

from reforms.dates import PartialDate
from reforms.pages import pictures
from reforms.pages.looks import LOOKS
from reforms.pages.pictures import Lane
from reforms.pages.pictures.letters import lines, width
from reforms.vocabulary import Status

pytestmark = pytest.mark.without_database

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> Any:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own picture


def bars(picture: str) -> list[tuple[str, str, str]]:
    """The filled areas of a picture: status, left edge and width."""
    return [
        (one.attrib["class"].removeprefix("status-"), one.attrib["x"], one.attrib["width"])
        for one in drawn(picture).findall(f"{SVG}rect")
    ]


def words(picture: str) -> str:
    return " ".join(drawn(picture).findtext(f"{SVG}{name}", "") for name in ("title", "desc"))


def stylesheet(name: str) -> str:
    path = finders.find(f"reforms/{name}")
    assert path is not None
    return Path(path).read_text(encoding="utf-8")


# Looks.


def test_no_two_statuses_look_alike_without_their_colours() -> None:
    assert set(LOOKS) == set(Status)
    for one, other in combinations(LOOKS.values(), 2):
        assert one.path != other.path
        assert one.pattern != other.pattern


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it."""
    whole = colour.lstrip("#")
    whole = whole if len(whole) == 6 else "".join(2 * digit for digit in whole)
    parts = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_stylesheets_have_the_colours_of_the_looks() -> None:
    light, dark = stylesheet("pages.css").split("@media (prefers-color-scheme: dark)", 1)
    for css, side in ((light, "colour"), (dark, "dark")):
        ground = re.search(r"--ground: (#\w+);", css)
        assert ground is not None
        for status, look in LOOKS.items():
            name, colour = status.value.replace("_", "-"), getattr(look, side)
            assert f"--{name}: {colour};" in css, (status, side)
            least, most = sorted((luminance(colour), luminance(ground[1])))
            assert (most + 0.05) / (least + 0.05) >= 3, (status, side)
    for status in LOOKS:
        name = status.value.replace("_", "-")
        assert f".picture .status-{status.value} {{ color: var(--{name}); }}" in stylesheet(
            "pictures.css"
        )


# Progress.


def test_a_bar_is_whole() -> None:
    picture = pictures.progress({"implemented": 1, "stalled": 2, "not_assessed": 1}, 4)
    assert bars(picture) == [
        ("implemented", "0%", "25%"),
        ("stalled", "25%", "50%"),
        ("not_assessed", "75%", "25%"),
    ]
    assert words(picture) == (
        "Promises by status Of 4 promises: 1 implemented, 2 stalled, 1 not assessed."
    )


def test_a_part_has_its_shape_where_there_is_room() -> None:
    picture = pictures.progress({"implemented": 97, "reversed": 3}, 100)
    assert picture.count(LOOKS[Status.IMPLEMENTED].path) == 1
    assert LOOKS[Status.REVERSED].path not in picture
    assert LOOKS[Status.REVERSED].pattern in picture


def test_a_bar_of_nothing() -> None:
    picture = pictures.progress({}, 0)
    assert bars(picture) == []
    assert words(picture).endswith("No promises.")


def test_pictures_on_one_page_share_no_names() -> None:
    """And the same picture is the same text, so that answers can be kept."""
    one, other = (pictures.progress({"implemented": n}, 3) for n in (1, 2))
    names = [set(re.findall(r' id="([^"]+)"', picture)) for picture in (one, other)]
    assert names[0]
    assert not names[0] & names[1]
    assert one == pictures.progress({"implemented": 1}, 3)


# Over time.


def point(day: str, **by_status: int) -> dict[str, Any]:
    return {"date": day, "by_status": by_status, "total": sum(by_status.values())}


def test_columns_stand_on_one_ground_and_add_up() -> None:
    picture = pictures.over_time(
        [
            point("2022-12-31", not_assessed=4),
            point("2023-12-31", implemented=1, not_assessed=3),
        ]
    )
    assert bars(picture) == [
        ("not_assessed", "0%", "50%"),
        ("implemented", "50%", "50%"),
        ("not_assessed", "50%", "50%"),
    ]
    heights = [
        (float(one.attrib["y"]), float(one.attrib["height"]))
        for one in drawn(picture).findall(f"{SVG}rect")
    ]
    (top, whole), (done_top, done), (rest_top, rest) = heights
    assert (done, rest) == (whole / 4, whole * 3 / 4)
    assert (rest_top, rest_top + rest, done_top + done) == (top, done_top, top + whole)
    assert [one.text for one in drawn(picture).findall(f"{SVG}text")] == [
        *("4 promises", "2022", "2023"),
    ]
    assert "On 2022-12-31: Of 4 promises: 4 not assessed. On 2023-12-31:" in words(picture)


def test_no_more_years_than_there_is_room_for_on_a_phone() -> None:
    picture = pictures.over_time([point(f"{year}-12-31", stalled=1) for year in range(1990, 2026)])
    years = [one.text for one in drawn(picture).findall(f"{SVG}text")][1:]
    assert years[0] == "1990"
    assert len(years) <= 6


def test_before_anything_was_promised() -> None:
    assert words(pictures.over_time([])).endswith("Nothing was promised yet.")


# Timeline.


def said_on(day: str, status: Status) -> tuple[date, Status, PartialDate]:
    return date.fromisoformat(day), status, PartialDate.parse(day)


def test_what_each_organisation_said_since_when() -> None:
    lanes = [
        Lane(
            "Editors",
            [
                said_on("2022-01-06", Status.IN_PROGRESS),
                (date(2022, 1, 9), Status.STALLED, PartialDate.parse("2022-01")),
            ],
        ),
        Lane("A & B", [said_on("2022-01-01", Status.REVERSED)]),
    ]
    deadline = PartialDate.parse("2022-01-05")
    picture = pictures.timeline(lanes, date(2022, 1, 1), date(2022, 1, 11), deadline)
    assert bars(picture) == [
        ("not_assessed", "0%", "50%"),
        ("in_progress", "50%", "30%"),
        ("stalled", "80%", "20%"),
        ("reversed", "0%", "100%"),
    ]
    said = words(picture)
    # Drawn from a day, and told as precisely as it was given.
    assert "Editors: in progress since 2022-01-06, stalled since 2022-01." in said
    assert "A & B: reversed since 2022-01-01." in said
    assert said.endswith("Deadline: 2022-01-05.")
    [line] = drawn(picture).findall(f"{SVG}line[@class='deadline']")
    assert line.attrib["x1"] == "40%"


def test_a_deadline_ahead_makes_room_for_itself() -> None:
    lanes = [Lane("Editors", [said_on("2022-01-01", Status.STALLED)])]
    deadline = PartialDate.parse("2022-01-21")
    picture = pictures.timeline(lanes, date(2022, 1, 1), date(2022, 1, 11), deadline)
    assert bars(picture) == [("stalled", "0%", "50%")]


def test_a_deadline_is_no_more_precise_than_the_promise() -> None:
    lanes = [Lane("Editors", [said_on("2022-01-01", Status.STALLED)])]
    deadline = PartialDate.parse("2022-01")
    picture = pictures.timeline(lanes, date(2022, 1, 1), date(2022, 1, 11), deadline)
    assert words(picture).endswith("Deadline: 2022-01.")
    assert "Deadline 2022-01" in [one.text for one in drawn(picture).findall(f"{SVG}text")]


# Badges and letters.


def test_a_badge_says_it_in_words_and_by_shape() -> None:
    picture = pictures.badge("Stalled <on> 2023", "About “it” & more.", Status.STALLED)
    assert words(picture) == "Stalled <on> 2023 About “it” & more."
    assert LOOKS[Status.STALLED].path in picture
    assert "prefers-color-scheme:dark" in picture
    assert "<script" not in picture


@pytest.mark.parametrize(
    "text", ["W" * 40, "Щ" * 60, "a " * 90, "Конституциялық Сот құрылады " * 6, ""]
)
def test_lines_have_room(text: str) -> None:
    found = lines(text, 64, 1056, 3)
    assert len(found) <= 3
    assert all(width(line, 64) <= 1056 for line in found)
    cut = " ".join(found) != " ".join(text.split())
    assert cut == any(line.endswith("…") for line in found)
