"""The bench of a pull with few features: all of them arrive; never how long it took."""

from bench import pull


def test_all_features_arrive() -> None:
    (figure,) = pull.run(4_500)  # two whole pages and a part
    assert figure["equal"] and figure["rows"] == 4_500 and figure["ratio"] > 0
