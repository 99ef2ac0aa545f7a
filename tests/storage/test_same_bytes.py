"""The same content has the same bytes, whether it was made at once or step by step."""

import hashlib
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from data.areas import area_import
from data.storage import derived_files
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge
from tests.release.test_publish import areas
from tests.storage.test_partitions import PLACE, put


class Killed(BaseException):
    """The process ends here."""


def content(store: Store) -> dict[str, str]:
    """The bytes of every partition that readers see, and of their cubes, by its name."""
    files = store.at(str(store.stamp())).files()
    return {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def clean(store: Store, root: Path) -> Store:
    """A copy without anything that was made of batches, built at once."""
    shutil.copytree(store.root, root, symlinks=True)
    shutil.rmtree(root / "derived", ignore_errors=True)
    shutil.rmtree(root / "current")
    build.rebuild(Store(root), PLACE)
    return Store(root)


def rebuild_or_die(store: Store, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build; in one of three times be killed on the way, before a file is there or has its note."""
    left, make = chance.randint(0, 8), derived_files.make
    dies = chance.random() < 0.3

    def dying(file: Path, write: Any) -> Any:
        nonlocal left
        left -= 1
        if dies and left < 0:
            file.parent.mkdir(parents=True, exist_ok=True)
            if left % 2:
                file.write_bytes(b"half")
            raise Killed
        return make(file, write)

    with monkeypatch.context() as patch:
        patch.setattr(derived_files, "make", dying)
        try:
            build.rebuild(store, PLACE)
        except Killed:
            return


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(n, marks=pytest.mark.prove) for n in range(3, 60))]
)
def test_steps_end_in_the_bytes_of_one_clean_build(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, store = random.Random(seed), Store(tmp_path / "store")
    areas(tmp_path / "areas.geojson")
    files: list[tuple[str, list[tuple[int, str]]]] = []

    def import_some() -> None:
        rows = [
            (chance.randint(0, 40), f"2024-0{chance.randint(1, 4)}-1{chance.randint(0, 9)} 12:00")
            for _ in range(chance.randint(1, 30))
        ]
        files.append((chance.choice(["calls", "stops"]), rows))
        put(store, tmp_path, *files[-1])

    def import_again() -> None:
        put(store, tmp_path, *chance.choice(files))

    def add_areas() -> None:
        file = tmp_path / "areas.geojson"
        area_import.add(store, PLACE, file, name_column="name", say=lambda _: None)

    def purge_one() -> None:
        source, rows = chance.choice(files)
        purge.purge(store, f"{source}:{chance.choice(rows)[0]}", repeats=True)

    def take_back() -> None:
        if len(store.history().live) > 1:
            purge.unimport(store, chance.choice(store.history().live))

    import_some()
    steps = [import_some, import_some, import_again, add_areas, purge_one, take_back]
    for _ in range(10):
        chance.choice(steps)()
        if chance.random() < 0.7:
            rebuild_or_die(store, chance, monkeypatch)
    build.rebuild(store, PLACE)
    assert content(store) == content(clean(store, tmp_path / "clean"))
    there = {f for kind in ("facts", "cubes") for f in (store.derived / kind).glob("*.parquet")}
    stamps = [folder.name for folder in store.current.glob("*/")]
    kept = {file for stamp in stamps for file in store.at(stamp).files()}
    assert there == kept, "nothing else is left"


def test_a_purge_reaches_everything_that_was_made(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    put(store, tmp_path, "calls", [(i, "2024-01-10 12:00") for i in range(5)])
    put(store, tmp_path, "calls", [(7777, "2024-01-11 12:00"), (1, "2024-01-12 12:00")])
    put(store, tmp_path, "calls", [(8888, "2024-01-13 12:00")])
    build.rebuild(store, PLACE)
    held = [f for f in store.derived.rglob("*") if f.is_file() and b"calls:7777" in f.read_bytes()]
    assert held, "the ids of batches are kept by their hashes"
    before = store.at(str(store.stamp())).files()
    assert {file.parent.name for file in before} == {"facts", "cubes"}
    purge.purge(store, "calls:7777")
    build.rebuild(store, PLACE)
    for file in store.derived.rglob("*"):
        assert file.is_dir() or b"calls:7777" not in file.read_bytes(), file
    assert not any(file.exists() for file in before), (
        "the partition that held it is gone, and what it was counted in"
    )
