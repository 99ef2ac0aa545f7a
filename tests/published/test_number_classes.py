"""Classes by what was declared, and stripes where a range reaches into three of them."""

import numpy as np
import pytest

from data.published.grid import Grid, exact_grid
from data.published.number_classes import (
    CLASS_LOOKS,
    STRIPES,
    TIMES,
    class_looks,
    class_rows,
    exact_classes,
    expected_classes,
)
from geo import discrete_laplace

AREAS = 73


def grid(number: object, sd: float) -> Grid:
    n = np.asarray(number, np.int64)
    periods = tuple(f"{2000 + i}" for i in range(len(n)))
    return Grid(
        periods, tuple(range(n.shape[1])), n, n, n, np.full(n.shape, sd), ("year",) * len(n)
    )


def test_edges_are_a_half_one_two_and_four_times_what_is_expected_of_so_many_residents() -> None:
    found = expected_classes(2040, 4, (1000, 3000))
    # a quarter expects 510: 127.5 and 382.5
    assert found.edges.tolist() == [[63.75, 191.25], [127.5, 382.5], [255, 765], [510, 1530]]
    assert found.by_rate and found.shown == (63.75, 127.5, 255.0, 510.0)  # per 1,000 residents
    looks = class_looks(grid([[63, 191], [64, 192], [128, 383], [255, 765], [510, 1530]], 1), found)
    assert looks.tolist() == [[look, look] for look in CLASS_LOOKS]


@pytest.mark.parametrize("residents", [(1000, None), (1000, 0)])
def test_without_residents_all_areas_are_expected_to_be_equal(residents: tuple[int]) -> None:
    found = expected_classes(800, 4, residents)
    assert not found.by_rate and found.shown == (50, 100, 200, 400)
    assert found.edges.tolist() == [[e, e] for e in found.shown]


def test_classes_depend_on_nothing_that_was_counted() -> None:
    one = expected_classes(2040, 4, (1000, 3000))
    rows = [class_rows(one, most) for most in (0, 1, 100_000)]
    assert rows[0] == rows[1] == rows[2] and len(rows[0]) == 5
    assert rows[0][0].low is None and rows[0][-1].high is None


def test_stripes_have_the_first_and_the_last_class_of_the_range() -> None:
    found = expected_classes(40, 1, (1,))  # edges 20, 40, 80, 160
    cases = [(48, 24, "s02"), (50, 10, "r2"), (25, 8, "r1"), (60, 25, "s13"), (120, 35, "s24")]
    cases += [(80, 64, "s04")]
    for number, sd, look in cases:
        assert class_looks(grid([[number]], sd), found).tolist() == [[look]], number
    assert {look for _, _, look in cases} & {*STRIPES} == {"s02", "s13", "s24", "s04"}
    assert STRIPES == ("s02", "s03", "s04", "s13", "s14", "s24")  # the script has the same list


@pytest.mark.parametrize(
    ("mean", "epsilon", "right", "striped"),
    [(15.5, 0.45, 0.78, (0.0, 0.08)), (7, 0.5, 0.66, (0.05, 0.4)), (48, 0.5, 0.88, (0.0, 0.01))],
)
def test_colors_are_right_as_often_as_the_plan_says(
    mean: float, epsilon: float, right: float, striped: tuple[float, float]
) -> None:
    """Areas as skewed as real ones: sd by mean of .20, .40 and .06; nearly never two classes off."""
    rng = np.random.default_rng(3)
    weight = rng.lognormal(0, 1, (60, AREAS))
    true = rng.poisson(mean * AREAS * weight / weight.sum(axis=1, keepdims=True))
    a = np.exp(-epsilon)
    noise = (rng.geometric(1 - a, (2, *true.shape)) - 1) * np.array([1, -1])[:, None, None]
    sd = float(np.sqrt(discrete_laplace.variance(epsilon)))
    classes = expected_classes(mean * AREAS, 1, (1000,) * AREAS)
    drawn = class_looks(grid(np.maximum(true + noise.sum(axis=0), 0), sd), classes)
    truth = class_looks(grid(true, 0), classes)
    plain = np.isin(drawn, CLASS_LOOKS)
    assert striped[0] <= 1 - plain.mean() <= striped[1]
    assert (drawn == truth)[plain].mean() >= right
    off = np.array([abs(int(d[1]) - int(t[1])) for d, t in zip(drawn[plain], truth[plain])])
    assert (off >= 2).mean() <= 0.04
    # the true class is nearly always one that the stripes reach
    inside = [d[1] <= t[1] <= d[2] for d, t in zip(drawn[~plain], truth[~plain])]
    assert not inside or np.mean(inside) >= 0.85


def test_exact_counts_have_classes_of_their_own() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        n = rng.geometric(rng.uniform(0.01, 0.5), (3, 40)) - 1
        classes = exact_classes(n.astype(float))
        rows = class_rows(classes, int(n.max()))
        lows = [row.low for row in rows]
        assert lows == sorted({*lows}) and 1 <= len(rows) <= 5
        assert rows[-1].high == n.max() and lows[0] == n[n > 0].min()
        looks = class_looks(exact_grid(["a", "b", "c"], range(40), n), classes)
        assert ((looks == "zero") == (n == 0)).all()
        for row in rows:
            own = (n >= row.low) & (n <= row.high)  # type: ignore[operator]
            assert (looks[own] == row.look).all()
    nothing = exact_classes(np.zeros((2, 3)))
    assert class_rows(nothing, 0) == []
    assert (
        class_looks(exact_grid(["a", "b"], range(3), np.zeros((2, 3), int)), nothing) == "zero"
    ).all()


def test_there_are_four_edges() -> None:
    assert TIMES == (0.5, 1.0, 2.0, 4.0) and len(CLASS_LOOKS) == 5
