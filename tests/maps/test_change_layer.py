"""The layer of change: colored where chance does not explain it, and only there."""

from pathlib import Path
from typing import Any

import pytest

from data.palette import LIGHT
from data.views import links
from geo.forest import Finding
from tests.pages.test_pages import store as store  # pages run on the sample
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.map.change_layer import change_fills
from ui.map.choices import MapChoices


def drawn(**choices: Any) -> tuple[Any, Any]:
    """The answer and what the layer draws of it."""
    meta = views.meta(str(views.stamp()))
    view = links.view({"source": ["use of force"], **choices}, meta, PLACE, NOW)[0]
    answer = views.answer(view)
    return answer, change_fills(view, answer, LIGHT, MapChoices())


def test_only_clear_changes_have_a_color(store: Path) -> None:
    two_years = {"from": "2018-01-01", "to": "2019-12-31", "compare": "previous period"}
    answer, picture = drawn(**two_years)
    clear = answer.table["change"].isin((Finding.HIGHER, Finding.LOWER)).tolist()
    assert any(clear) and not all(clear)
    assert [fill.startswith("#") for fill in picture["fills"]] == clear
    for fill, row in zip(picture["fills"], answer.table.itertuples()):
        if row.change == Finding.FEW or row.change == Finding.NONE:
            assert fill == "few"
    texts = [row["text"] for row in picture["legend"]["rows"]]
    assert "fewer" in texts and "too few to judge" in texts and len(set(texts)) == len(texts)
    assert answer.comparison.period_before in picture["legend"]["note"]


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ({"compare": "nothing"}, "No earlier period was chosen to compare with."),
        (
            {"from": "2020-09-01", "to": "2021-06-30", "compare": "same period a year before"},
            "No comparison across Sep 1, 2020.",
        ),
    ],
)
def test_without_a_comparison_it_says_why(store: Path, choices: dict[str, str], why: str) -> None:
    answer, picture = drawn(**choices)
    assert set(picture["fills"]) == {"nodata"} and len(picture["fills"]) == len(answer.table)
    ((row),) = picture["legend"]["rows"]
    assert row["text"].startswith(why)
