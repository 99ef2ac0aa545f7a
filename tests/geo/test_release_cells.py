"""Cells: keys, thresholds by hand, and a rounding that favors nothing."""

import numpy as np
import pytest

from data.release.policy import Policy
from geo import release_cells

SECRET = b"s" * 32
POLICY = Policy()


def test_same_records_same_number_whatever_the_order() -> None:
    keys = release_cells.record_keys(SECRET, [f"a:{i}" for i in range(50)])
    assert keys.dtype == np.uint64 and len(set(keys.tolist())) == 50
    one = release_cells.noise(SECRET, [keys.sum(dtype=np.uint64)])
    other = release_cells.noise(SECRET, [keys[::-1].sum(dtype=np.uint64)])
    assert one[0] == other[0] and one[1] == other[1]
    changed = release_cells.noise(b"t" * 32, [keys.sum(dtype=np.uint64)])
    assert changed[1] != one[1]


def test_sums_wrap_at_64_bits() -> None:
    keys = np.full(3, 2**63, np.uint64)
    zero = np.zeros(3, np.int64)
    held = release_cells.tally(zero, 1, zero, zero, zero, keys)
    assert held.sums[0] == 3 * 2**63 % 2**64


def test_noise_is_uniform() -> None:
    t, u = release_cells.noise(SECRET, np.arange(20_000, dtype=np.uint64))
    assert set(t.tolist()) == {-2, -1, 0, 1, 2}
    assert np.bincount(t + 2) == pytest.approx([4000] * 5, abs=250)
    assert np.histogram(u, 10, (0, 1))[0] == pytest.approx([2000] * 10, abs=200)
    assert u.min() >= 0 and u.max() < 1
    assert abs(np.corrcoef(t, u)[0, 1]) < 0.03


@pytest.mark.parametrize("n", [10, 11, 12, 13, 14, 15, 999])
def test_rounding_favors_nothing(n: int) -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    rounded = release_cells.rounded(np.full(len(u), n), u)
    assert rounded.mean() == pytest.approx(n) and set(rounded % 5) == {0}
    assert abs(rounded - n).max() < 5


def test_a_multiple_is_never_moved() -> None:
    assert release_cells.rounded(15, 1 - 2.0**-53) == 15


@pytest.mark.parametrize("t", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("short", ["records", "places", "days", "origins"])
def test_each_limit_moves_with_t(short: str, t: int) -> None:
    least = {name: getattr(POLICY, name) - t for name in ("records", "places", "days", "origins")}
    assert release_cells.published(*least.values(), t, POLICY)
    least[short] -= 1
    assert not release_cells.published(*least.values(), t, POLICY)


def test_without_origins_that_rule_is_left_out() -> None:
    assert release_cells.published(12, 7, 5, None, 0, POLICY)
    assert not release_cells.published(12, 7, 5, 4, 0, POLICY)


def test_no_cell_of_less_than_ten_five_three_three() -> None:
    for t in range(-2, 3):
        assert not release_cells.published(9, 99, 99, 99, t, POLICY)
        assert not release_cells.published(99, 4, 99, 99, t, POLICY)
        assert not release_cells.published(99, 99, 2, 99, t, POLICY)
        assert not release_cells.published(99, 99, 99, 2, t, POLICY)


def test_one_place_and_day_counts_three_times_at_most() -> None:
    cell = np.array([0] * 10 + [1] * 4)
    place = np.array([5] * 10 + [5, 5, 6, -1])
    day = np.array([1] * 6 + [2] * 4 + [1] * 4)
    held = release_cells.counted_for_threshold(cell, place, day, 3)
    assert held.tolist() == [6, 4, 0]


def test_places_are_cells_of_a_fixed_grid() -> None:
    x = [10.0, 290.0, 310.0, -10.0, np.nan, np.nan]
    found = release_cells.places(x, [0.0] * 6)
    assert found[0] == found[1] and len({found[0], found[2], found[3]}) == 3
    assert found[4] == found[5] == -1


def test_a_tally_by_hand() -> None:
    cell, place = np.array([1, 1, 1, 0]), np.array([3, 3, -1, 3])
    day, origin = np.array([19000, 19001, 19001, 19000]), np.array([0, 1, 1, 2])
    held = release_cells.tally(cell, 3, place, day, origin, np.ones(4, np.uint64))
    assert held.n.tolist() == [1, 3, 0] and held.places.tolist() == [1, 2, 0]
    assert held.days.tolist() == [1, 2, 0] and held.origins.tolist() == [1, 2, 0]
    assert held.sums.tolist() == [1, 3, 0]
