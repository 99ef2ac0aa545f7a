"""Trends and patterns: against pymannkendall, and one series by hand for each word."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calibrations import towns
from data.patterns import hot_spots
from geo import emerging, weights

# h hot, c cold, . neither; the slope is added a step
BY_HAND = {
    "new": (".........h", 0),
    "consecutive": (".......hhh", 0),
    "intensifying": ("hhhhhhhhhh", 0.1),
    "diminishing": ("hhhhhhhhhh", -0.1),
    "persistent": ("hhhh.hhhhh", 0),
    "sporadic": ("..h..h..hh", 0),
    "oscillating": ("h..c....hh", 0),
    "historical": ("hhhhhhhhh.", 0),
}


def series(letters: str, slope: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    step = np.array([{"h": 4.0, "c": -4.0, ".": 0.2}[letter] for letter in letters])
    z = step + slope * np.arange(len(step))
    return z[None, :], np.where(np.abs(step) > 1, 0.05, 0.0501)[None, :]


@pytest.mark.parametrize("name", emerging.PATTERNS)
def test_each_pattern_by_hand(name: str) -> None:
    z, q = series(*BY_HAND[name])
    assert emerging.classify(z, q).tolist() == [f"{name} hot spot"]
    assert emerging.classify(-z, q).tolist() == [f"{name} cold spot"]


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        ("..........", "no pattern"),
        ("..hh...h..", "no pattern"),  # was hot, too seldom to be historical
        ("c........h", "new hot spot"),  # before oscillating
        ("c.......hh", "consecutive hot spot"),
        ("h...c...c.", "no pattern"),
        ("ccccccccch", "new hot spot"),  # the last step before history
        ("hhhhhhhhhc", "new cold spot"),
        (".hhhhhhhhh", "persistent hot spot"),  # 90%: no longer consecutive
        ("..hhhhhhhh", "consecutive hot spot"),
        ("hhhhhhhh..", "no pattern"),
        ("hhh..hhhhh", "sporadic hot spot"),
        ("hhhhhhhhhhhhhhhhhhh.", "historical hot spot"),
        ("hhhhhhhhhchhhhhhhhhh", "persistent hot spot"),  # cold once, hot in 95%
    ],
)
def test_what_goes_first(letters: str, wanted: str) -> None:
    # cold once among hot, or hot once among cold: no trend that would say more
    assert emerging.classify(*series(letters)).tolist() == [wanted]


def test_all_areas_at_once() -> None:
    rows = [series(*BY_HAND[name]) for name in emerging.PATTERNS]
    z, q = (np.vstack([row[i] for row in rows]) for i in (0, 1))
    words = emerging.classify(np.vstack([z, -z]), np.vstack([q, q])).tolist()
    kinds = ("hot", "cold")
    assert words == [f"{name} {kind} spot" for kind in kinds for name in emerging.PATTERNS]


@settings(max_examples=200)
@given(st.lists(st.sampled_from("hc."), min_size=10, max_size=24), st.integers(-2, 2))
def test_cold_mirrors_hot_and_every_series_has_a_word(letters: list[str], slope: int) -> None:
    z, q = series("".join(letters), slope / 100)
    (hot,), (cold,) = emerging.classify(z, q), emerging.classify(-z, q)
    turned = {"hot": "cold", "cold": "hot"}
    assert cold == " ".join(turned.get(word, word) for word in hot.split())
    last = letters[-1]
    if last != ".":
        assert hot.endswith({"h": "hot spot", "c": "cold spot"}[last])
        assert not hot.startswith("historical")
    else:
        assert hot == "no pattern" or hot.startswith("historical")


def test_steps_without_a_value_are_neither_and_still_count() -> None:
    z, q = series("hhhhhhhhhh")
    z[0, 3] = q[0, 3] = np.nan
    assert emerging.classify(z, q).tolist() == ["persistent hot spot"]
    z[0, 4] = q[0, 4] = np.nan
    assert emerging.classify(z, q).tolist() == ["sporadic hot spot"]
    nothing = np.full((2, 12), np.nan)
    assert emerging.classify(nothing, nothing).tolist() == ["no pattern"] * 2


def test_too_few_steps_and_wrong_shapes_are_sentences() -> None:
    with pytest.raises(ValueError, match="9 time steps: use at least 10"):
        emerging.classify(np.zeros((3, 9)), np.ones((3, 9)))
    with pytest.raises(ValueError, match=r"use \(areas, steps\)"):
        emerging.classify(np.zeros((3, 12)), np.ones((12, 3)))
    with pytest.raises(ValueError, match=r"use \(areas, steps\)"):
        emerging.mann_kendall(np.zeros(12))


STEPS = st.lists(st.one_of(st.integers(0, 6), st.just(np.nan)), min_size=3, max_size=40)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_trend_is_pymannkendall(steps: list[float]) -> None:
    test = pytest.importorskip("pymannkendall").original_test
    x = np.array(steps, float)
    (found,) = emerging.mann_kendall(x[None, :])
    if np.isfinite(x).sum() < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(test(x).z, abs=1e-12)


def test_trends_of_many_areas() -> None:
    test = pytest.importorskip("pymannkendall").original_test
    rng = np.random.default_rng(3)
    x = rng.normal(size=(20, 60)) + rng.normal(0, 0.03, (20, 1)) * np.arange(60)
    x[:10] = np.round(x[:10])
    x[rng.random(x.shape) < 0.1] = np.nan
    wanted = [test(row).z for row in x]
    np.testing.assert_allclose(emerging.mann_kendall(x), wanted, atol=1e-12)


def test_trends_at_the_edges() -> None:
    x = np.array([[1.0, 1, 1], [np.nan, 5, np.nan], [np.nan] * 3, [1, 2, 3]])
    found = emerging.mann_kendall(x)
    assert found[0] == 0 and np.isnan(found[1:3]).all() and found[3] > 0
    assert emerging.mann_kendall(np.zeros((0, 5))).shape == (0,)
    assert np.isnan(emerging.mann_kendall(np.zeros((2, 0)))).all()


def test_noise_has_a_trend_in_five_percent() -> None:
    z = emerging.mann_kendall(np.random.default_rng(4).poisson(3, (4000, 26)))
    assert np.mean(np.abs(z) >= 1.96) == pytest.approx(0.05, abs=0.012)


STAR = weights.from_pairs([(i, j) for i in range(9) for j in range(9) if i != j and i < 3 > j], 9)


def confirmed(name: str, state: list[int], counts: list[int], trend: float = 0.0) -> str:
    """The word of the first of nine areas, of which the other eight have 50 in each step."""
    steps = len(state)
    n = np.full((9, steps), 50)
    n[:3] = counts
    label = np.full(9, emerging.NOTHING, object)
    label[0] = name
    held = np.zeros((9, steps), int)
    held[0] = state
    trends = np.zeros(9)
    trends[0] = trend
    return str(emerging.confirm(label, held, n, trends, STAR)[0])


@pytest.mark.parametrize(
    ("name", "state", "counts", "wanted"),
    [
        ("new hot spot", [0] * 11 + [1], [20] * 11 + [90], "new hot spot"),
        ("new hot spot", [0] * 11 + [1], [20, 21] * 5 + [19, 24], "sporadic hot spot"),
        ("consecutive hot spot", [0] * 9 + [1] * 3, [20] * 9 + [60] * 3, "consecutive hot spot"),
        ("consecutive hot spot", [0] * 9 + [1] * 3, [20] * 9 + [22] * 3, "sporadic hot spot"),
        ("new cold spot", [0] * 11 + [-1], [60] * 11 + [5], "new cold spot"),
        ("new cold spot", [0] * 11 + [-1], [60] * 11 + [55], "sporadic cold spot"),
        (
            "oscillating hot spot",
            [-1] * 6 + [0] * 5 + [1],
            [20] * 11 + [90],
            "oscillating hot spot",
        ),
        ("historical hot spot", [1] * 11 + [0], [90] * 11 + [20], "historical hot spot"),
        ("historical hot spot", [1] * 11 + [0], [90] * 11 + [85], "persistent hot spot"),
        ("persistent hot spot", [1] * 12, [90] * 12, "persistent hot spot"),
        ("no pattern", [0] * 12, [20] * 12, "no pattern"),
    ],
)
def test_a_word_of_change_needs_a_change(
    name: str, state: list[int], counts: list[int], wanted: str
) -> None:
    assert confirmed(name, state, counts) == wanted


def test_a_trend_needs_to_stand_over_all_areas() -> None:
    # 1.96 is one area's; of nine it takes 2.77
    assert confirmed("intensifying hot spot", [1] * 12, [90] * 12, 2.5) == "persistent hot spot"
    assert confirmed("intensifying hot spot", [1] * 12, [90] * 12, 3.0) == "intensifying hot spot"
    assert confirmed("diminishing hot spot", [1] * 12, [90] * 12, -3.0) == "diminishing hot spot"


def test_what_the_whole_place_has_more_of_is_no_change_of_an_area() -> None:
    n = np.full((9, 12), 50)
    n[:, -1] = 150
    label = np.full(9, "new hot spot", object)
    state = np.zeros((9, 12), int)
    state[:, -1] = 1
    found = emerging.confirm(label, state, n, np.zeros(9), STAR)
    assert set(found) == {"sporadic hot spot"}


@pytest.mark.parametrize("steps", [12, 52])
def test_a_block_in_the_newest_step_is_found_as_on_a_single_map(steps: int) -> None:
    """Nine areas six times as high: of 52 steps none was found, while p had a floor."""
    rng, people = np.random.default_rng(31), towns.residents(1.0)
    share, words = [], []
    for seed in range(3):
        n = towns.counts(rng, np.full((100, steps), 5.0), rise=6.0)
        found = hot_spots.histories(n, people, towns.NEIGHBORS, seed)
        share.append((found.state[towns.BLOCK, -1] > 0).mean())
        words += found.label[towns.BLOCK].tolist()
        assert (found.state[:, :-1] != 0).sum() <= 2
    assert np.mean(share) >= 0.4  # a single map finds 0.57
    assert words.count("new hot spot") >= 0.4 * len(words)


def test_a_cube_of_one_risk_flags_nothing() -> None:
    rng, people = np.random.default_rng(32), towns.residents(25.0)
    flagged = 0
    for seed in range(20):
        n = towns.counts(rng, np.repeat(5 * people[:, None], 12, axis=1), 5.0)
        flagged += (hot_spots.histories(n, people, towns.NEIGHBORS, seed).state != 0).any()
    assert flagged <= 4  # 5% of 20 is one; more than four come up in 1 of 400 such tests


def test_shuffled_steps_of_a_lasting_pattern_say_no_change() -> None:
    rng, people = np.random.default_rng(33), towns.residents(1.0)
    high = np.where(towns.BLOCK, 3.0, 1.0)
    plain, said = 0, 0
    for seed in range(12):
        n = towns.counts(rng, np.repeat(30 * high[:, None], 12, axis=1), 10.0)
        found = hot_spots.histories(n, people, towns.NEIGHBORS, seed)
        q = np.where(found.state != 0, 0.0, 1.0)
        words = emerging.classify(np.where(found.state, found.state * 9.0, found.cells.z), q)
        plain += any(str(w).split()[0] in emerging.WITHOUT_CHANGE for w in words)
        said += any(str(w).split()[0] in emerging.WITHOUT_CHANGE for w in found.label)
    assert plain > 6 and said <= 3
