"""Words of classes: each value is in one class, and the legend names that one."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.numbers import measures
from geo import classes

NUMBER = r"([\d,]+(?:\.\d+)?)"


def holds(text: str, value: float) -> bool:
    """Whether a class of the legend, as a reader reads it, holds a value."""

    def parsed(found: str) -> float:
        return float(found.replace(",", ""))

    if found := re.fullmatch(f"under {NUMBER}", text):
        return value < parsed(found[1])
    if found := re.fullmatch(f"{NUMBER} or more", text):
        return value >= parsed(found[1])
    if found := re.fullmatch(f"{NUMBER} to {NUMBER}", text):
        return parsed(found[1]) <= value < parsed(found[2])
    return text == "more than 0" or value == parsed(text)


@given(
    st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=200).map(lambda v: [round(x, 4) for x in v])
)
def test_a_rate_is_in_the_class_that_names_it_and_in_no_other(values: list[float]) -> None:
    lower = classes.limits(values)
    texts = measures.class_texts(lower, whole=False)
    for value, found in zip(values, classes.assign(values, lower)):
        assert [holds(text, value) for text in texts] == [i == found for i in range(len(texts))]


@given(st.lists(st.integers(1, 10**5), min_size=2, max_size=200))
def test_a_count_is_in_the_class_that_names_it_and_in_no_other(values: list[int]) -> None:
    lower = classes.limits(values)
    texts = measures.class_texts(lower, whole=True)
    for value, found in zip(values, classes.assign(values, lower)):
        assert [holds(text, value) for text in texts] == [i == found for i in range(len(texts))]


@pytest.mark.parametrize(
    ("lower", "whole", "texts"),
    [
        (
            [0, 60, 120, 200, 300],
            False,
            ["under 60", "60 to 120", "120 to 200", "200 to 300", "300 or more"],
        ),
        ([0, 2, 3, 20, 1500], True, ["1", "2", "3 to 20", "20 to 1,500", "1,500 or more"]),
        ([0, 0.00005], False, ["under 0.00005", "0.00005 or more"]),
        ([0], True, ["1 or more"]),
        ([0], False, ["more than 0"]),
        ([], False, []),
    ],
)
def test_classes_are_named_without_a_gap(lower: list[float], whole: bool, texts: list[str]) -> None:
    assert measures.class_texts(lower, whole) == texts


def test_one_class_for_all_is_called_by_its_value() -> None:
    assert measures.class_texts([0], False, only=184.21) == ["184"]


def test_an_exact_limit_keeps_all_its_figures() -> None:
    assert [measures.exact(v) for v in (12.3, 1_000_002.0, 0.66, 100.0)] == [
        "12.3",
        "1,000,002",
        "0.66",
        "100",
    ]
    assert np.isclose(float(measures.exact(2.6e-06)), 2.6e-06)
