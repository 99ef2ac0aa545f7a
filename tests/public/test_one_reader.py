"""One release, two readers: the embed and the public dashboard open on, sum, color and say the
same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import mapping

from data.embed import embed_files, language, style
from data.palette import DARK, LIGHT
from data.published import grids, number_classes, opening, release_words, released, released_cells
from data.published.period_names import period_words
from data.published.released import Release
from data.published.released_cells import SOURCE_NAMES, SOURCES, Choice
from tests import publics
from tests.conftest import ROOT
from tests.made_release import make_release
from tests.public.test_public import opened, said
from tests.publics import published
from ui.public import public_cached, public_frame, public_map
from ui.public.public_cached import Kept
from ui.public.public_frame import Shown

__all__ = ["published"]  # the fixture


class Both(NamedTuple):
    """One release as the dashboard holds it, and what the embed's script knows of it."""

    kept: Kept
    data: dict[str, Any]
    html: str


def embedded(folder: Path) -> tuple[dict[str, Any], str]:
    text = (folder / "data.js").read_text().removeprefix("window.PORCHLIGHT=").rstrip(";\n")
    return json.loads(text), (folder / "index.html").read_text()


@pytest.fixture(scope="module", params=["released", "many reports", "official alone", "hidden"])
def both(
    request: pytest.FixtureRequest,
    published: Path,
    sample_store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Both]:
    """Releases that open in different ways; the first is a real one of the sample."""
    folder = (published / "current").resolve()
    if request.param == "released":
        kept = public_cached.read_release(released.load_release(folder))
        yield Both(kept, *embedded(folder / "embed"))
        return
    one = make_release(sample_store, times=6 if request.param == "many reports" else 1)
    tables = one.tables
    if request.param == "official alone":
        tables = {path: table for path, table in tables.items() if path.startswith("official/")}
    if request.param == "hidden":
        nothing = {"n": lambda t: pd.array([pd.NA] * len(t), "Int32")}
        tables = {p: t.assign(**nothing) for p, t in tables.items() if p.startswith("community/")}
    beside = tmp_path_factory.mktemp("release") / "embed"
    embed_files.write_embed(beside, tables, one.areas, one.manifest)
    areas = [
        {"properties": {"area": a, "name": n, "residents": r}, "geometry": mapping(g)}
        for a, n, r, g in one.areas[["area", "name", "residents", "geometry"]].itertuples(
            index=False
        )
    ]
    codes = [int(area["properties"]["area"]) for area in areas]
    found = grids.read_sorts(tables, codes, one.manifest)
    yield Both(Kept(Release(beside, one.manifest), tables, areas, found), *embedded(beside))


def shown(kept: Kept, choice: Choice) -> Shown:
    return Shown(kept, choice, released_cells.rows(kept.sorts, choice, kept.areas), True)


def unpacked(grid: dict[str, Any], areas: int) -> list[list[int | None]]:
    """The cells of a grid as the embed's script unpacks them."""
    if not grid["n"]:
        return [[None] * areas for _ in grid["p"]]
    return [[int(t) if t else None for t in row.split(",")] for row in grid["n"].split(";")]


def cells(both: Both) -> Iterator[tuple[Choice, list[int | None], dict[str, Any]]]:
    """Every map that the embed can show: the same choice on the dashboard, its numbers, its grid."""
    for sort, told in both.data["sorts"].items():
        for every, by_kind in told["maps"].items():
            for kind, grid in by_kind.items():
                for period, row in zip(grid["p"], unpacked(grid, len(both.kept.areas))):
                    choice = Choice(
                        SOURCE_NAMES[sort], every, period, released_cells.kind_words(kind)
                    )
                    yield choice, row, grid


def test_the_dashboard_opens_on_the_embed_s_map(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, html = embedded((published / "current").resolve() / "embed")
    publics.as_public(monkeypatch, published)
    for sort, told in [(None, data), *data["sorts"].items()]:
        app = opened(**({} if sort is None else {"source": SOURCE_NAMES[sort]}))
        opens = told["opens"]
        grid = data["sorts"][opens["sort"]]["maps"][opens["every"]][opens["kind"]]
        period = grid["p"][opens["period"]]
        assert [app.radio(key="source").value, app.selectbox(key="by").value] == [
            SOURCE_NAMES[opens["sort"]],
            opens["every"],
        ]
        assert app.selectbox(key="kind").value == released_cells.kind_words(opens["kind"])
        assert app.selectbox(key="period").value == period
        assert period_words(period) in said(app)
        if sort is None:
            assert f", {period_words(period)}</title>" in html
            n = sum(v is not None for v in unpacked(grid, 73)[opens["period"]])
            assert f"{n} of 73 areas have a number" in html
            assert f"{n} of 73 areas have a number" in said(app)
    publics.clear()


def test_both_open_alike(both: Both) -> None:
    opens = both.data["opens"]
    found = opening.opening_of(opening.opening_sort(both.kept.sorts))[0]
    assert found._asdict() == opens
    first = min(both.kept.sorts, key=list(SOURCES.values()).index)
    assert opens["sort"] == first  # the network's own reports, where there are any
    for sort, told in both.data["sorts"].items():
        source, by = SOURCE_NAMES[sort], told["opens"]["every"]
        assert public_frame.opening_choice(both.kept, source)[:2] == (
            by,
            released_cells.kind_words(told["opens"]["kind"]),
        )


def test_every_number_is_the_same(both: Both) -> None:
    many = 0
    for choice, row, _ in cells(both):
        n = shown(both.kept, choice).rows["n"]
        assert [None if v is pd.NA else int(v) for v in n] == row, choice
        many += 1
    assert many


def embed_fill(
    n: int | None, breaks: list[int], spread: dict[str, list[int]], colors: dict[str, str]
) -> str:
    """The color of a number as the embed's script and style give it."""
    if not n:
        return public_map.HIDDEN if n is None else colors["paper"]
    return colors[f"r{spread[str(len(breaks))][sum(n >= b for b in breaks[1:])]}"]


def test_every_number_has_the_same_color(both: Both) -> None:
    blocks = style.style().split("prefers-color-scheme: dark")[:2]
    light, dark = (dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks)
    script = (ROOT / "static/embed/said.js").read_text()
    spread = json.loads(re.sub(r"(\d):", r'"\1":', re.search(r"SPREAD = (\{.*\});", script)[1]))
    assert {int(k): tuple(v) for k, v in spread.items()} == number_classes.SPREAD
    seen: dict[tuple[str, str, str], dict[int | None, str]] = {}
    for choice, row, grid in cells(both):
        for theme, colors in ((LIGHT, light), (DARK, dark)):
            drawn = public_map.fills(shown(both.kept, choice), theme)["fills"]
            for n, fill in zip(row, drawn, strict=True):
                assert fill == embed_fill(n, grid["b"], spread, colors), (choice, n)
        for n, fill in zip(row, drawn, strict=True):
            own = seen.setdefault((choice.source, choice.by, choice.kind), {})
            assert own.setdefault(n, fill) == fill  # whatever the period


def test_both_legends_say_the_same_numbers(both: Both) -> None:
    opens = both.data["opens"]
    grid = both.kept.sorts[opens["sort"]].maps[opens["every"]][opens["kind"]]
    choice = Choice(
        SOURCE_NAMES[opens["sort"]],
        opens["every"],
        grid.periods[opens["period"]],
        released_cells.kind_words(opens["kind"]),
    )
    rows = public_map.fills(shown(both.kept, choice), LIGHT)["legend"]["rows"]
    page = both.html.split('id="legend"')[1].split("</ul>")[0]
    embed = [t.replace("–", " to ") for t in re.findall(r"<span>([^<]*)</span>", page)]
    ours = [row["text"] for row in rows]
    assert sorted(embed) == sorted(ours)


def test_classes_know_zero_and_what_is_not_shown() -> None:
    n = np.array([[10, 15, 25, 40, 60, 100], [25, 25, 25, 0, 30, np.nan]], float)
    breaks = number_classes.class_breaks(n, 5)
    assert list(breaks) == sorted(set(breaks)) and all(b % 5 == 0 for b in breaks)
    assert number_classes.look_of(0.0, breaks) == number_classes.ZERO
    assert number_classes.look_of(np.nan, breaks) == number_classes.HIDDEN
    assert number_classes.class_breaks(np.full((2, 2), np.nan), 5) == ()
    assert number_classes.class_ranges(np.zeros((1, 2)), (), 1) == [(number_classes.ZERO, 0, 0)]


def test_classes_of_any_base_of_the_policy() -> None:
    rng = np.random.default_rng(5)
    for base in (1, 3, 5, 7, 10, 25, 40, 999, 1000):
        n = base * rng.geometric(0.1, (4, 30)).astype(float)
        breaks = number_classes.class_breaks(n, base)
        assert breaks and all(b % base == 0 for b in breaks), base


PERIODS = ["2024-W53", "2025-W01", "2020-W53", "2025-01", "2025-12", "2025-Q1", "2025-Q4", "2025"]


def test_periods_have_the_words_of_the_english_catalogue(both: Both) -> None:
    speak = language.load_texts("en")
    told = {p for t in both.kept.tables.values() for p in t["period"].astype(str) if len(p) < 10}
    for period in sorted({*told, *PERIODS} - {"2024-W53"}):
        assert speak.period(period) == period_words(period)
    assert period_words("2025-Q2") == "April to June 2025"
    assert period_words("2025-06-07") == "June 7, 2025"


def test_words_for_what_is_not_shown_are_the_catalogue_s() -> None:
    assert language.load_texts("en")("hidden.long") == release_words.HIDDEN


def test_official_periods_are_whole_and_without_gaps() -> None:
    """A year that goes on is no year yet; a month without a record is a month of zeros."""
    days = pd.DataFrame(
        {
            "period": ["2024-12-30", "2025-01-05", "2025-01-05", "2025-03-02", "2025-03-31"],
            "area": [1, 1, 2, 2, 1],
            "kind": "call_911",
            "n": pd.array([1, 2, 3, 4, 5], "Int32"),
        }
    )
    manifest = {"as_of": "2025-04-10", "policy": {"area_delay_days": {"value": 14}}}
    sort = grids.read_sorts({"official/area-day-kind": days}, [1, 2], manifest)["official"]
    months = sort.maps["month"]["call_911"]
    assert months.periods == ("2024-12", "2025-01", "2025-02")  # March is over, not long enough
    assert months.n.tolist() == [[1, 0], [2, 3], [0, 0]]
    assert sort.maps["year"]["call_911"].periods == ("2024",)
    weeks = sort.city["week"]["call_911"]
    assert weeks.periods[0] == "2025-W01" and weeks.n[0] == 6
    assert weeks.periods[-1] == "2025-W12"  # to March 23; the week of the 24th ended on the 30th
    choice = Choice("official records", "month", "2025-03", "call 911")
    areas = [{"properties": {"area": a, "name": str(a), "residents": 1}} for a in (1, 2)]
    assert released_cells.rows({"official": sort}, choice, areas)["n"].isna().all()  # not a zero


def test_the_embed_s_script_knows_the_same_periods_and_sources() -> None:
    script = (ROOT / "static/embed/state.js").read_text()
    assert tuple(json.loads(re.search(r"LENGTHS = (\[.*\]);", script)[1])) == grids.MAPPED
    known = re.search(r"(\[[^]]*\])\.includes\(asked\)", script)[1]
    assert sorted(json.loads(known)) == sorted(grids.SORTS) == sorted(SOURCES.values())
