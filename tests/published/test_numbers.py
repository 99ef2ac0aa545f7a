"""The one reader of a release: every cell of every map has a number with a range."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.privacy import tables
from data.published import grids, opening, released
from data.published.grids import ALL, Numbers
from data.published.levels import Levels, read_level
from data.published.number_classes import CLASS_LOOKS, STRIPES, class_looks
from data.release import release_manifest
from data.settings import Problem
from tests.made_release import GROUPS, Made, make_release, write_release

VOLUMES = {"small": "district-year", "medium": "district-quarter", "large": "group-month"}


def levels_of(one: Made) -> Levels:
    frames = {"group": one.areas, "district": one.districts}
    return {
        w: read_level(w, f.drop(columns="geometry").to_dict("records")) for w, f in frames.items()
    }


def numbers_of(one: Made) -> Numbers:
    return grids.read_numbers(one.tables, levels_of(one), one.manifest)


@pytest.mark.parametrize("volume", VOLUMES)
def test_no_area_is_blank_in_any_period(volume: str) -> None:
    one = make_release(volume)
    found, levels = numbers_of(one), levels_of(one)
    maps = [m for kinds in found.sorts["community"].maps.values() for m in kinds.values()]
    assert maps
    for own in maps:
        grid, level = own.grid, levels[own.table.where]
        assert grid.columns == level.codes and len(grid.periods)
        assert grid.number.shape == (len(grid.periods), len(level.codes)) == grid.sd.shape
        assert (grid.low <= grid.number).all() and (grid.number <= grid.high).all()
        assert (grid.low >= 0).all() and (grid.high > 0).all() and (grid.sd > 0).all()
        looks = class_looks(grid, own.classes)
        assert {*looks.ravel()} <= {*CLASS_LOOKS, *STRIPES}
        assert own.unknown.number.shape == (len(grid.periods), 1)


@pytest.mark.parametrize("volume", VOLUMES)
def test_grids_hold_exactly_what_was_released_and_add_up(volume: str) -> None:
    one = make_release(volume)
    found = numbers_of(one).sorts["community"]
    for path, table in tables.ESTIMATE_TABLES.items():
        if path not in one.tables or table.where == "city" or table.sort != tables.ORDINARY:
            continue
        frame = one.tables[path].assign(kind=lambda t: t.get("kind", ALL))
        for kind, rows in frame.groupby("kind"):
            own = found.maps[f"{table.where}-{table.unit}"][str(kind)]
            wide = rows.pivot(index="period", columns=table.keys[1], values="number")
            both = np.hstack([own.unknown.number, own.grid.number])
            np.testing.assert_array_equal(both, wide.sort_index(axis=1).to_numpy())
            # all areas and those without one make the whole place
            city = found.city[table.unit][str(kind)].during(own.grid.periods)
            np.testing.assert_array_equal(both.sum(axis=1), city.number[:, 0])


@pytest.mark.parametrize(("volume", "name"), VOLUMES.items())
def test_it_opens_on_the_finest_exact_map_whatever_was_counted(volume: str, name: str) -> None:
    for yearly in (0, 40) if volume == "medium" else (0,):  # as declared, and hardly any
        one = make_release(volume, yearly)
        sort = numbers_of(one).sorts["community"]
        opens = opening.opening_of(sort, opening.planned_tables(one.manifest))
        assert (opens.map, opens.kind) == (name, ALL)
        assert opens.period == len(sort.maps[name][ALL].grid.periods) - 1  # the newest closed one


@pytest.mark.parametrize(("volume", "areas"), [("tiny", True), ("medium", False)])
def test_without_maps_it_opens_on_a_series_of_the_place(volume: str, areas: bool) -> None:
    one = make_release(volume, areas=areas, official=False)
    sort = numbers_of(one).sorts["community"]
    opens = opening.opening_of(sort, opening.planned_tables(one.manifest))
    assert not sort.maps
    assert opens.map == {"tiny": "city-quarter", "medium": "city-month"}[volume]


def test_series_are_as_fine_as_they_are_exact() -> None:
    units = {}
    for volume in ("tiny", *VOLUMES):
        one = make_release(volume)
        sort, planned = numbers_of(one).sorts["community"], opening.planned_tables(one.manifest)
        units[volume] = (
            opening.series_unit(sort, planned),
            opening.series_unit(sort, planned, "other"),
        )
    assert units == {
        "tiny": ("quarter", "year"),
        "small": ("quarter", "year"),
        "medium": ("month", "year"),
        "large": ("month", "month"),
    }


def test_hours_what_is_apart_and_articles() -> None:
    one = make_release("medium")
    found = numbers_of(one)
    assert found.hours["quarter"].columns == (*tables.BANDS, tables.UNKNOWN_BAND)
    assert {*found.sensitive} == {"kind", "setting"}
    assert found.late is not None and found.late.periods == ("2024",)
    assert found.articles is not None and len(found.articles) == 3
    alone = numbers_of(make_release("medium", official=False))
    assert {*alone.sorts} == {"community"} and alone.articles is None


def test_status_is_that_of_each_period() -> None:
    city = numbers_of(make_release("medium")).sorts["community"].city["month"][ALL]
    known = dict(zip(city.periods, city.status))
    assert (known["2024-12"], known["2025-09"], known["2025-10"]) == (
        "year",
        "quarter",
        "provisional",
    )


def test_official_counts_are_summed_exactly_and_only_where_whole() -> None:
    one = make_release("medium")
    official = numbers_of(one).sorts["official"]
    rows = one.tables[tables.OFFICIAL_AREA]
    for kind, own in official.maps["group-month"].items():
        mine = rows[rows["kind"] == kind]
        assert own.grid.number.sum() + own.unknown.number.sum() == mine["n"].sum()
        assert (own.grid.low == own.grid.number).all() and not own.grid.sd.any()
        year = official.maps["group-year"][kind]
        assert year.grid.periods == ("2023", "2024")  # 2025 goes on
        early = mine[(mine["period"] < "2025") & (mine["area"] > 0)]
        assert year.grid.number.sum() == early["n"].sum()
    quarter = official.maps["group-quarter"]["call_911"].grid
    assert quarter.periods[-1] == "2025-Q3"
    weeks = official.city["week"]["call_911"]
    assert weeks.periods[0] == "2023-W01" and weeks.periods[-1] == "2025-W43"  # whole weeks


def test_official_months_without_a_record_are_zero() -> None:
    area = pd.DataFrame(
        {"period": ["2025-01", "2025-03"], "area": [1, 2], "kind": "call_911", "n": [3, 4]}
    )
    one = make_release("medium")
    found = grids.read_numbers({tables.OFFICIAL_AREA: area}, levels_of(one), one.manifest)
    grid = found.sorts["official"].maps["group-month"]["call_911"].grid
    assert grid.periods == ("2025-01", "2025-02", "2025-03")
    assert grid.number[:, :3].tolist() == [[3, 0, 0], [0, 0, 0], [0, 4, 0]]
    assert found.sorts["official"].maps["group-quarter"]["call_911"].grid.number.sum() == 7


def test_areas_of_another_partition_are_on_no_map() -> None:
    """An earlier year was counted by other areas: its numbers stay in the series of the place."""
    one = make_release("medium")
    budgets = {
        y: {**b, "partition": "old" if y == "2024" else "new"}
        for y, b in one.manifest["budgets"].items()
    }
    found = grids.read_numbers(one.tables, levels_of(one), {**one.manifest, "budgets": budgets})
    community = found.sorts["community"]
    assert "group-year" not in community.maps
    quarters = community.maps["group-quarter"][ALL].grid.periods
    assert quarters == ("2025-Q1", "2025-Q2", "2025-Q3")
    assert len(community.city["quarter"][ALL].periods) == 7


def test_nothing_to_show_is_said() -> None:
    one = make_release("medium")
    with pytest.raises(Problem, match="nothing to show"):
        grids.read_numbers({}, levels_of(one), one.manifest)


def test_a_folder_is_read_and_a_changed_file_is_not(tmp_path: Path) -> None:
    one = make_release("medium")
    folder = write_release(one, tmp_path, embed=False)
    release = released.load_release(folder)
    found, levels = released.released_numbers(release), released.read_levels(release)
    assert len(levels["group"].codes) == GROUPS
    assert {*levels["group"].districts} == {*levels["district"].codes}
    mine = found.sorts["community"].maps["district-quarter"][ALL].grid
    ours = numbers_of(one).sorts["community"].maps["district-quarter"][ALL].grid
    np.testing.assert_array_equal(mine.number, ours.number)
    file = folder / "community/estimate/district-quarter.parquet"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(Problem, match="not the file that was written"):
        released.released_numbers(release)


def test_a_release_by_older_rules_is_not_shown(tmp_path: Path) -> None:
    """It has a manifest of its own that is whole, without what a reader needs now."""
    manifest = {"as_of": "2026-01-31", "files": {}, "place": {"name": "Town", "zone": "UTC"}}
    name = release_manifest.release_id(manifest)  # type: ignore[arg-type]
    folder = tmp_path / name
    folder.mkdir()
    body = release_manifest.manifest_bytes(manifest | {"id": name})
    (folder / release_manifest.MANIFEST).write_bytes(body)
    with pytest.raises(Problem, match="follows older rules"):
        released.load_release(folder)
