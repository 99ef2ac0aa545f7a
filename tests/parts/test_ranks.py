"""The ranked list: its order, its numbers, and HTML in which no text can act."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.views import links
from data.views.view import View
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.parts import ranks


@pytest.fixture(autouse=True)
def store(screens: Path) -> None:
    """Pages show the sample."""


def asked_for(**choices: Any) -> View:
    found = links.view(choices, views.meta(str(views.stamp())), PLACE, NOW)[0]
    return views.measured(found)


def test_rates_stand_highest_first_with_bars_as_long_as_they_are_high() -> None:
    view = asked_for()
    answer = views.answer(view)
    rows = ranks.ranked_rows(answer, view)
    assert len(rows) == 87 and len({rank.row for rank in rows}) == 87
    for rank in rows:
        assert answer.table["area"][rank.row] == rank.area
    sure = [rank for rank in rows if rank.counted and not rank.weak]
    rates = [answer.table["rate"][rank.row] for rank in sure]
    assert rates == sorted(rates, reverse=True)
    assert [rank.share for rank in sure] == pytest.approx([r / rates[0] for r in rates])
    without = sorted(rank.value for rank in rows if not rank.counted)
    assert without == ["no residents", "no residents", "not known"]
    assert rows[-1].share == 0
    whittier = next(rank for rank in rows if rank.area == "Whittier")
    assert float(whittier.value) == pytest.approx(answer.table["rate"][whittier.row], abs=0.5)
    assert ranks.value_title(view) == "per 1,000"
    assert ranks.list_title(view, 10, 87) == "10 of 87 neighborhoods"


def test_counts_are_whole_and_never_weak() -> None:
    view = asked_for(measure="count")
    rows = ranks.ranked_rows(views.answer(view), view)
    assert all(rank.counted and not rank.weak for rank in rows)
    assert (rows[0].share == 1 and int(rows[0].value.replace(",", "")) == 3_700) or rows[0].value
    counts = [int(rank.value.replace(",", "")) for rank in rows]
    assert counts == sorted(counts, reverse=True) and sum(counts) == 51_920
    assert ranks.value_title(view) == "count"


def test_few_incidents_stand_last_and_are_marked() -> None:
    view = asked_for(**{"from": "2017-03-01", "to": "2017-03-02"})
    rows = [rank for rank in ranks.ranked_rows(views.answer(view), view) if rank.share]
    weak = [rank.weak for rank in rows]
    assert any(weak) and weak == sorted(weak)
    html = ranks.ranks_html(rows, view, 87, {})
    assert html.count('class="weak" title=') == sum(weak) and ranks.WEAK in html


def test_where_zeros_are_no_zeros_there_is_no_list() -> None:
    view = asked_for(**{"from": "2010-01-01", "to": "2010-01-31"})
    assert ranks.ranked_rows(views.answer(view), view) == []


def test_a_name_opens_its_page_with_the_filters_kept() -> None:
    view = asked_for()
    rows = ranks.ranked_rows(views.answer(view), view)[:10]
    html = ranks.ranks_html(rows, view, 87, {"weekday": ["Fri", "Sat"], "name": ["X"], "at": ["1"]})
    opened = [urlsplit(unescape(link)) for link in re.findall(r'href="([^"]*)"', html)]
    assert len(opened) == 10 and {link.path for link in opened} == {"area"}
    for link, rank in zip(opened, rows):
        assert parse_qs(link.query) == {"weekday": ["Fri", "Sat"], "name": [rank.area]}
    assert re.findall(r'data-area="(\d+)"', html) == [str(rank.row) for rank in rows]
    hexes = asked_for(set="hexagons 0.7 km2")
    found = ranks.ranked_rows(views.answer(hexes), hexes)[:3]
    assert "<a " not in ranks.ranks_html(found, hexes, 224, {}) and " · " in found[0].name


def test_no_text_of_others_becomes_markup() -> None:
    evil = "\"><script>alert(1)</script>&'<img src=x onerror=y>"
    rank = ranks.Rank(3, evil, evil, evil, 1.0, False, True)
    without = rank._replace(counted=False)
    html = ranks.ranks_html([rank, without], asked_for(), 87, {evil: [evil]}, page="area")
    tags = set(re.findall(r"<(/?[a-z]+)", html))
    assert tags <= {"div", "/div", "span", "/span", "ol", "/ol", "li", "/li", "a", "/a", "i", "/i"}
    assert "onerror" not in re.sub(r'="[^"]*"', "", html.replace("&lt;img src=x onerror=y&gt;", ""))
    assert html.count("&lt;script&gt;") == 6
