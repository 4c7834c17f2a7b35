"""Dates of day, month or year precision, and the day that it is in a time zone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.dates import PartialDate, day_in
from reforms.vocabulary import Precision

pytestmark = pytest.mark.without_database

DAY, MONTH, YEAR = Precision.DAY, Precision.MONTH, Precision.YEAR

# fmt: off
READ = [
    # written       precision  first         last
    ("2022-11-05",  DAY,       "2022-11-05", "2022-11-05"),
    ("2022-11",     MONTH,     "2022-11-01", "2022-11-30"),
    ("2022-12",     MONTH,     "2022-12-01", "2022-12-31"),
    ("2022",        YEAR,      "2022-01-01", "2022-12-31"),
    # Leap years: every fourth, not every hundredth, every four-hundredth.
    ("2024-02-29",  DAY,       "2024-02-29", "2024-02-29"),
    ("2024-02",     MONTH,     "2024-02-01", "2024-02-29"),
    ("2023-02",     MONTH,     "2023-02-01", "2023-02-28"),
    ("1900-02",     MONTH,     "1900-02-01", "1900-02-28"),
    ("2000-02",     MONTH,     "2000-02-01", "2000-02-29"),
    # The ends of the calendar.
    ("0001",        YEAR,      "0001-01-01", "0001-12-31"),
    ("9999-12",     MONTH,     "9999-12-01", "9999-12-31"),
]
# fmt: on


@pytest.mark.parametrize(("text", "precision", "first", "last"), READ)
def test_what_a_date_spans(text: str, precision: Precision, first: str, last: str) -> None:
    read = PartialDate.parse(text)
    assert (read.precision, read.first.isoformat(), read.last.isoformat()) == (
        precision,
        first,
        last,
    )
    assert str(read) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22",
        "202",
        "20222",
        "2022-",
        "2022-1",
        "2022-001",
        "2022-11-5",
        "2022-11-05T00:00",
        "2022-11-05Z",
        "2022/11/05",
        "05.11.2022",
        "20221105",
        " 2022",
        "2022\n",
        "-2022",
        "2022-W45",
        "November 2022",
        "２０２２",  # full-width digits
        "٢٠٢٢",  # Arabic-Indic digits
    ],
)
def test_another_form_is_refused_with_the_right_one(text: str) -> None:
    with pytest.raises(ValueError, match="a day as 2022-11-05, a month as 2022-11, a year as 2022"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "0000",
        "0000-05",
        "2022-00",
        "2022-13",
        "2022-00-10",
        "2022-02-29",
        "2022-04-31",
        "2022-11-00",
    ],
)
def test_a_day_that_the_calendar_lacks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}” is no date of the calendar"):
        PartialDate.parse(text)


def test_equal_dates_are_equal_and_precision_distinguishes() -> None:
    assert PartialDate.parse("2022-12") == PartialDate(date(2022, 12, 31), MONTH)
    assert len({PartialDate.parse(text) for text in ("2022", "2022-12", "2022-12-31")}) == 3


def test_a_precision_read_from_the_database_is_plain_text() -> None:
    assert str(PartialDate(date(2022, 11, 30), "month")) == "2022-11"  # type: ignore[arg-type]
    assert PartialDate(date(2022, 11, 30), "month").first == date(2022, 11, 1)  # type: ignore[arg-type]


@given(st.dates(), st.sampled_from([(DAY, 10), (MONTH, 7), (YEAR, 4)]))
def test_writing_and_reading_round_trip(day: date, form: tuple[Precision, int]) -> None:
    precision, length = form
    text = day.isoformat()[:length]
    read = PartialDate.parse(text)
    assert str(read) == text
    assert read.precision == precision
    assert read.first <= day <= read.last
    assert PartialDate.parse(str(read)) == read


@given(st.text())
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        read = str(PartialDate.parse(text))
    except ValueError:
        read = text
    assert read == text


# fmt: off
ONE_MOMENT_MANY_DAYS = [
    # moment in UTC      time zone               the day there
    ("2022-06-01T10:00", "Pacific/Kiritimati",   "2022-06-02"),
    ("2022-06-01T10:00", "Asia/Almaty",          "2022-06-01"),
    ("2022-06-01T10:00", "UTC",                  "2022-06-01"),
    ("2022-06-01T10:00", "Pacific/Pago_Pago",    "2022-05-31"),
    # Almaty was at UTC+6 until 1 March 2024 and is at UTC+5 since.
    ("2022-12-31T18:00", "Asia/Almaty",          "2023-01-01"),
    ("2022-12-31T17:59", "Asia/Almaty",          "2022-12-31"),
    ("2024-12-31T18:59", "Asia/Almaty",          "2024-12-31"),
    ("2024-12-31T19:00", "Asia/Almaty",          "2025-01-01"),
    # Samoa crossed the date line: 30 December 2011 never was there.
    ("2011-12-30T09:59", "Pacific/Apia",         "2011-12-29"),
    ("2011-12-30T10:00", "Pacific/Apia",         "2011-12-31"),
]
# fmt: on


@pytest.mark.parametrize(("moment", "zone", "day"), ONE_MOMENT_MANY_DAYS)
def test_whose_day_it_is(moment: str, zone: str, day: str) -> None:
    assert day_in(zone, datetime.fromisoformat(moment).replace(tzinfo=UTC)).isoformat() == day


def test_without_a_moment_it_is_now() -> None:
    before = datetime.now(UTC).date()
    assert before <= day_in("UTC") <= datetime.now(UTC).date()
