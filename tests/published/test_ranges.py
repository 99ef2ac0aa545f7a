"""Numbers with ranges in words, and periods by their names."""

from datetime import date

import pytest

from data.embed.language import load_texts
from data.published.period_names import first_day, last_day, unit_of, within, year_before
from data.published.ranges import Range, RangeWords, round_to, short_number, step_of

SPEAK = load_texts("en")


@pytest.mark.parametrize(
    ("number", "low", "high", "words"),
    [
        (12, 7, 17, "about 12, likely 7 to 17"),
        (2, 0, 5, "few or none, at most 5"),
        (0, 0, 5, "few or none, at most 5"),
        (11, 0, 23, "few or none, at most 23"),
        (0, 0, 0, "few or none, at most 1"),  # nobody knows that there was none
        (2043, 1993, 2093, "about 2,043, likely 1,993 to 2,093"),
    ],
)
def test_a_number_is_never_bare(number: int, low: int, high: int, words: str) -> None:
    assert SPEAK.ranged(Range(number, low, high)) == words


def test_no_words_say_that_there_was_nothing() -> None:
    for number in range(60):
        for half in (1, 5, 15, 50):
            text = SPEAK.ranged(Range(number, max(0, number - half), number + half))
            assert not text.startswith("0") and " 0" not in text
            assert (Range(number, max(0, number - half), 0).words is RangeWords.FEW) == (
                number <= half
            )


@pytest.mark.parametrize(
    ("own", "sd", "rounded"),
    [
        (Range(2043, 1993, 2093), 30.6, Range(2040, 1990, 2100)),
        (Range(512, 484, 540), 15.8, Range(510, 480, 540)),
        (Range(12, 7, 17), 2.8, Range(12, 7, 17)),
        (Range(25, 8, 42), 10.4, Range(30, 8, 50)),  # a low end above 0 is not said to be 0
        (Range(13_612, 13_400, 13_824), 129.0, Range(13_600, 13_400, 13_900)),
    ],
)
def test_sentences_are_rounded_to_the_error_and_never_narrower(
    own: Range, sd: float, rounded: Range
) -> None:
    assert own.rounded(step_of(sd)) == rounded
    assert rounded.low <= own.low and rounded.high >= own.high


def test_steps_and_halves() -> None:
    assert [step_of(sd) for sd in (0, 0.5, 1, 9.9, 10, 43, 99, 130)] == [
        1,
        1,
        1,
        1,
        10,
        10,
        10,
        100,
    ]
    assert [round_to(n, 10) for n in (4, 5, 14, 15, 25)] == [0, 10, 10, 20, 30]
    assert [short_number(v) for v in (0.639, 5.08, 12.4, 1240)] == ["0.64", "5.1", "12", "1,240"]


@pytest.mark.parametrize(
    ("period", "unit", "first", "last", "words"),
    [
        ("2025-06-07", "day", "2025-06-07", "2025-06-07", "June 7, 2025"),
        ("2025-W01", "week", "2024-12-30", "2025-01-05", "Week of December 30, 2024"),
        (
            "2026-01-26/2026-01-31",
            "week-part",
            "2026-01-26",
            "2026-01-31",
            "January 26, 2026, to January 31, 2026",
        ),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "February 2024"),
        ("2025-Q4", "quarter", "2025-10-01", "2025-12-31", "October to December 2025"),
        ("2025", "year", "2025-01-01", "2025-12-31", "2025"),
    ],
)
def test_periods(period: str, unit: str, first: str, last: str, words: str) -> None:
    assert unit_of(period) == unit and (unit == "week-part" or SPEAK.period(period) == words)
    assert first_day(period) == date.fromisoformat(first)
    assert last_day(period) == date.fromisoformat(last)
    assert within(period, period)


def test_periods_lie_in_longer_ones() -> None:
    assert within("2025-W02", "2025-01") and not within("2025-W01", "2025-01")
    assert within("2025-11", "2025-Q4") and not within("2025-Q4", "2025-11")
    assert [year_before(p) for p in ("2025-01", "2025-Q1", "2025")] == [
        "2024-01",
        "2024-Q1",
        "2024",
    ]
