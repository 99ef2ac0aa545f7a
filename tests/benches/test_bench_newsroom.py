"""The bench of the newsroom's pages with few rows: answers are equal; never how long it took."""

from pathlib import Path

from bench import made_force, newsroom
from data.storage.store import Store


def test_answers_are_those_of_a_frame_in_memory(sample_store: Path, tmp_path: Path) -> None:
    store = made_force.store(tmp_path / "store", 5_000, given=Store(sample_store))
    current = store.at(str(store.stamp()))
    lines = newsroom.figures(current, 1)
    assert len(lines) == 4 and all(line["equal"] for line in lines)
    (source,) = current.meta["sources"]
    assert source["counts"]["city"]["Burnsville"] > 500 and source["counts"]["harm"]["hurt"] > 500
