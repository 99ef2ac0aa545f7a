"""Tables that were measured apart made to agree: by hand, against algebra, and over many draws."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, minimize

from geo import consistent_sums as sums
from geo.consistent_sums import Measured

TOTALS = ("year",)


def table(n: list[float], variance: float, **levels: list[object]) -> Measured:
    return Measured(pd.DataFrame(levels), np.array(n, float), variance)


def test_two_totals_meet_by_their_variances() -> None:
    """10 and 12 with variances 1 and 3: the better one gives way by a quarter."""
    fit = sums.fit([table([10], 1, year=["a"]), table([12], 3, year=["a"])], TOTALS)
    np.testing.assert_allclose(fit.real, [10.5, 10.5])
    number, sd = fit.sums(0, np.array([0]), 1)
    assert number[0] == fit.sums(1, np.array([0]), 1)[0][0] and sd[0] == pytest.approx(0.75**0.5)


def test_parts_and_a_total_as_by_hand() -> None:
    """Parts 3, 5 (variance 1 each) and a total of 11 (variance 2): the gap of 3 is shared 1:1:2."""
    parts, total = table([3, 5], 1, year=["a"] * 2, kind=["x", "y"]), table([11], 2, year=["a"])
    fit = sums.fit([parts, total], TOTALS)
    np.testing.assert_allclose(fit.real, [3.75, 5.75, 9.5])
    assert fit.whole[:2].sum() == fit.whole[2]
    _, sd = fit.sums(0, np.array([0, 0]), 1)
    assert sd[0] == pytest.approx(1.0)  # of the sum: 2 and 2 combined


def test_nothing_is_below_zero_and_the_total_stays() -> None:
    """-4 becomes 0 and the others give way alike, so that 20 stays 20."""
    parts = table([-4, 10, 14], 1, year=["a"] * 3, kind=["x", "y", "z"])
    total = table([20], 1e-9, year=["a"])
    fit = sums.fit([parts, total], TOTALS)
    assert fit.whole.tolist() == [0, 8, 12, 20]
    below = sums.fit(
        [table([-3, 1], 1, year=["a"] * 2, kind=["x", "y"]), table([-2], 1, year=["a"])], TOTALS
    )
    assert below.whole.tolist() == [0, 0, 0]


def test_one_table_alone_keeps_its_total() -> None:
    fit = sums.fit([table([3, -2, 7], 2, year=["a", "b", "c"])], TOTALS)
    assert fit.real.tolist() == [3, -2, 7] and fit.whole.tolist() == [2, 0, 6]
    np.testing.assert_allclose(fit.sums(0, np.arange(3), 3)[1], 2**0.5)
    with pytest.raises(ValueError, match="nothing to fit"):
        sums.fit([], TOTALS)


def crossed(rng: np.random.Generator, truth: np.ndarray) -> list[Measured]:
    """Months, quarters by kind, and groups by quarter of one truth (12 months, 4 kinds, 6 groups)."""
    month, kind, group = np.indices(truth.shape)
    cells = pd.DataFrame(
        {
            "month": month.ravel(),
            "quarter": month.ravel() // 3,
            "year": 0,
            "kind": kind.ravel(),
            "area": group.ravel(),
            "district": group.ravel() // 2,
            "n": truth.ravel(),
        }
    )
    made = []
    for levels, sd in (
        (["month", "quarter", "year"], 4.0),
        (["quarter", "year", "kind"], 6.0),
        (["quarter", "year", "area", "district"], 3.0),
        (["year", "district", "kind"], 5.0),
    ):
        n = cells.groupby(levels)["n"].sum().reset_index()
        noise = np.rint(rng.normal(0, sd, len(n)))
        made.append(Measured(n[levels], n["n"].to_numpy(float) + noise, sd**2))
    return made


def test_every_shared_sum_agrees_and_each_range_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    truth = rng.poisson(2.0, (12, 4, 6))
    months = truth.sum(axis=(1, 2))
    errors, widths, held = [], [], 0
    for _ in range(60):
        tables = crossed(rng, truth)
        fit = sums.fit(tables, ("month", "quarter", "year"))
        named = [
            t.levels.assign(n=fit.whole[a:b]) for t, a, b in zip(tables, fit.starts, fit.starts[1:])
        ]
        assert min(f["n"].min() for f in named) >= 0
        for by in (["quarter"], ["year"]):
            one, *others = [f.groupby(by)["n"].sum() for f in named if set(by) <= set(f)]
            assert all(one.equals(other) for other in others)
        for i, j, by in ((1, 3, ["kind"]), (2, 3, ["district"])):
            assert named[i].groupby(by)["n"].sum().equals(named[j].groupby(by)["n"].sum())
        assert abs(fit.real[:12].sum() - fit.whole[:12].sum()) <= 2  # totals are held, then rounded
        number, sd = fit.sums(0, np.arange(12), 12)
        errors.append(fit.real[:12] - months)
        widths.append(sd)
        held += int((abs(number - months) <= 1.645 * sd).sum())
    assert np.std(errors) == pytest.approx(np.mean(widths), rel=0.1) and np.mean(widths) < 4.0
    assert 0.86 <= held / 720 <= 0.96


def test_the_fit_is_the_nearest_without_a_negative_number() -> None:
    """Against a general solver, where sums cross and most cells are 0: a set of zeros that only
    grows can end where no numbers add up."""
    rng = np.random.default_rng(8)
    for _ in range(8):
        tables = crossed(rng, rng.poisson(0.05, (12, 4, 6)))
        starts = np.r_[0, np.cumsum([len(t.levels) for t in tables])]
        n = np.concatenate([t.n for t in tables])
        variance = np.repeat([t.variance for t in tables], np.diff(starts))
        agree, held = sums._constraints(tables, starts, ("month", "quarter", "year"))
        real, _ = sums._least_squares(n, variance, agree)
        found = sums._without_negatives(real, variance, agree, [held])
        assert found.min() >= 0 and np.abs(agree @ found).max() < 1e-3
        rules = np.vstack([agree.toarray(), held.toarray()])
        rows = LinearConstraint(rules, rules @ found, rules @ found)
        other = minimize(
            lambda x, at=real, by=variance: ((x - at) ** 2 / by).sum(),
            found,
            jac=lambda x, at=real, by=variance: 2 * (x - at) / by,
            bounds=Bounds(0, np.inf),
            constraints=rows,
            method="SLSQP",
        )
        assert ((found - real) ** 2 / variance).sum() == pytest.approx(other.fun, rel=1e-5)
        assert sums.fit(tables, ("month", "quarter", "year")).whole.min() >= 0


def test_a_sum_of_many_small_cells_is_not_lifted_with_them() -> None:
    """Of twelve months that hold none of a kind, half are measured below 0: lifted one by one they
    lift the year, and the kinds that there are lose it. So the year of a kind comes first."""
    rng = np.random.default_rng(5)
    truth = np.zeros((12, 8), int)
    truth[:, 0] = 60
    month, kind = np.indices(truth.shape)
    names = {"month": month.ravel().tolist(), "year": [0] * 96, "kind": kind.ravel().tolist()}

    def years(coarse: list[tuple[str, ...]]) -> tuple[np.ndarray, float]:
        """The fitted year of each kind in 40 draws, and its standard deviation."""
        found = []
        for _ in range(40):
            parts = table((truth.ravel() + rng.normal(0, 8, 96)).tolist(), 64, **names)
            months = (truth.sum(axis=1) + rng.normal(0, 4, 12)).tolist()
            totals = table(months, 16, month=list(range(12)), year=[0] * 12)
            fit = sums.fit([parts, totals], ("month", "year"), coarse)
            number, sd = fit.sums(0, kind.ravel(), 8)
            assert fit.whole.min() >= 0
            assert fit.whole[:96].reshape(12, 8).sum(axis=1).tolist() == fit.whole[96:].tolist()
            found.append(number)
        return np.array(found), float(sd[1])

    number, sd = years([("year", "kind")])
    right = np.abs(number - truth.sum(axis=0)) <= 1.645 * sd
    assert right.mean() > 0.9 and abs(number[:, 0].mean() - 720) < sd
    lifted, _ = years([])
    assert lifted[:, 0].mean() < 720 - 2 * sd  # what the others were lifted by is missing here
    assert lifted[:, 1:].mean() > 2 * number[:, 1:].mean()
