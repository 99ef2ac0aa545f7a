"""Areas merged until enough people live in each: by residents, borders and codes alone."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.privacy.partitions import (
    Partition,
    PlacedAreas,
    current_partition,
    district_features,
    group_features,
    placed_areas,
)
from data.privacy.policy import Policy
from data.settings import load_settings
from data.storage.store import Store
from geo import partition

STRIP = [shapely.box(i * 100, 0, (i + 1) * 100, 100) for i in range(5)]


def test_the_smallest_goes_first_and_stops_when_enough() -> None:
    people = [1500, 900, 1600, 5000, 2500]
    # b goes to a: the same border as with c, and the lower code; then c to them, not to d
    assert partition.merge(STRIP, people, list("abcde")).tolist() == [0, 0, 0, 1, 2]
    people = [1500, 900, 2000, 5000, 2500]
    assert partition.merge(STRIP, people, list("abcde")).tolist() == [0, 0, 1, 2, 3]


def test_ties_go_by_code_not_by_row() -> None:
    people = [3000, 100, 3000, 3000, 3000]
    assert partition.merge(STRIP, people, list("abcde"))[1] == 0
    groups = partition.merge(STRIP, people, list("zyxwv"))
    assert groups[1] == groups[2] != groups[0]


def test_the_longest_border_wins() -> None:
    small, tall = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
    wide = shapely.box(0, 100, 50, 200)
    groups = partition.merge([small, wide, tall], [10, 3000, 3000], ["c", "a", "b"])
    assert groups.tolist() == [1, 0, 1]


def test_not_known_counts_as_nobody() -> None:
    groups = partition.merge(STRIP[:2], [np.nan, 3000], ["a", "b"])
    assert groups.tolist() == [0, 0]


def test_an_island_goes_to_the_nearest() -> None:
    far = [shapely.box(0, 0, 1, 1), shapely.box(10, 0, 11, 1), shapely.box(50, 0, 51, 1)]
    assert partition.merge(far, [9000, 9000, 5], ["a", "b", "c"]).tolist() == [0, 1, 1]


def test_too_few_people_in_all_is_one_group() -> None:
    assert partition.merge(STRIP, [1] * 5, list("abcde")).tolist() == [0] * 5


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    boxes = [shapely.box(x, y, x + 1, y + 1) for x in range(6) for y in range(6)]
    people, codes = rng.integers(0, 3000, 36), np.array([f"n{i:02d}" for i in range(36)])
    first = partition.merge(boxes, people, codes)
    for _ in range(3):
        order = rng.permutation(36)
        again = partition.merge(np.array(boxes, object)[order], people[order], codes[order])
        assert (again == first[order]).all()
    assert all(people[first == g].sum() >= 2000 for g in np.unique(first))


@pytest.fixture(scope="module")
def frozen(sample_store: Path) -> tuple[Partition, PlacedAreas]:
    """The partition of the sample and its areas."""
    store, settings = Store(sample_store), load_settings()
    of = current_partition(store, settings, Policy())
    return of, placed_areas(store, settings, of)


def test_the_groups_and_districts_of_the_sample(frozen: tuple[Partition, PlacedAreas]) -> None:
    of, placed = frozen
    assert len(of.groups) == 87 and len(of.districts) == max(of.groups) == 73
    assert max(of.districts) == 13 and of.residents == 401_606
    districts = json.loads(district_features(placed, of))["features"]
    people = [f["properties"]["residents"] for f in districts]
    assert (min(people), max(people), sum(people)) == (16_095, 54_274, 401_606)
    # Near - North, whose residents are not known, counts as nobody; as populous it is one more
    known = placed.frame["population"].fillna(5000).to_numpy(float)
    shapes, codes = placed.frame.to_crs(placed.crs), placed.frame["code"].to_numpy()
    assert len(np.unique(partition.merge(shapes, known, codes, 2000))) == 74


def test_names_and_borders_of_the_sample(frozen: tuple[Partition, PlacedAreas]) -> None:
    body = json.loads(group_features(frozen[1], frozen[0]))
    told = [f["properties"] for f in body["features"]]
    assert [p["area"] for p in told] == list(range(1, 74))
    assert all(p["residents"] >= 2000 for p in told)
    assert "Field + Page" in {p["name"] for p in told}
    shapes = np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in body["features"]])
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum(), rel=1e-4)
    corners = shapely.get_coordinates(shapes)
    assert np.abs(corners - corners.round(5)).max() < 1e-9
