"""Every row of every broken file is kept or rejected, and no name gets anywhere."""

import csv
import random
import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.imports import importer
from data.record import SCHEMA
from data.settings import Problem, Settings
from data.storage.store import Store
from tests.corpus import CANARY, CASES, Case, mutated

TOWN = Settings(name="Toy town", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_are_accounted_for(case: Case, tmp_path: Path) -> None:
    file = tmp_path / case.file
    file.write_bytes(case.content)
    store = Store(tmp_path / "store")
    said: list[str] = []
    options = importer.Options(**case.options)
    if case.problem:
        with pytest.raises(Problem) as raised:
            importer.import_file(store, TOWN, file, options, say=said.append)
        assert case.problem in str(raised.value)
        assert store.ledger.events() == []
        said.append(str(raised.value))
    else:
        report = importer.import_file(store, TOWN, file, options, say=said.append)
        said += report.sentences()
        assert (report.kept, report.rejected) == (case.kept, case.rejected)
        assert report.kept + sum(report.rejected.values()) == report.rows
        assert said[-1].endswith(f"= {report.rows:,} rows in the file")
        assert report.notes.items() >= case.notes.items()
        assert report.repeats == case.repeats
        batch = pq.read_table(store.batches / f"{report.batch}.parquet")
        assert batch.schema.equals(SCHEMA)
        assert batch.num_rows == report.kept == len(set(batch["incident_id"].to_pylist()))
        lines = [int(row["line"]) for row in rejected(report)]
        assert len(lines) == sum(report.rejected.values())
        assert not case.lines or tuple(lines) == case.lines
    assert not any(mentions(CANARY, where) for where in contents(store.root))
    assert not any(mentions(CANARY, sentence) for sentence in said)


def rejected(report: importer.Report) -> list[dict[str, str]]:
    if report.rejected_file is None:
        return []
    with Path(report.rejected_file).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def mentions(canary: str, text: str) -> bool:
    return any(word.lower() in text.lower() for word in canary.split())


def contents(root: Path) -> list[str]:
    """All that a store says, also inside its Parquet files."""
    texts = []
    for file in root.rglob("*"):
        if file.suffix == ".parquet":
            texts.append(str(pq.read_table(file).to_pylist()))
            texts.append(str(pq.read_schema(file).metadata))
        elif file.is_file():
            texts.append(file.read_bytes().decode("latin-1"))
    return texts


@pytest.mark.parametrize(
    "count", [60, pytest.param(5000, marks=pytest.mark.prove)], ids=["few", "many"]
)
def test_any_file_is_accounted_for_or_refused(count: int, tmp_path: Path) -> None:
    rng = random.Random(20)
    file, outcomes = tmp_path / "x.csv", set()
    for number in range(count):
        content, options = mutated(rng)
        file.write_bytes(content)
        store = Store(tmp_path / str(number))
        wanted = importer.Options(**{"kind": rng.choice([None, "other"]), **options})
        start = time.monotonic()
        try:
            report = importer.import_file(store, TOWN, file, wanted, say=lambda _: None)
        except Problem:
            outcomes.add("refused")
            assert not list(store.batches.glob("*"))
        else:
            outcomes.add("imported")
            assert report.kept + sum(report.rejected.values()) == report.rows > 0
        assert time.monotonic() - start < 5
        shutil.rmtree(store.root, ignore_errors=True)
    assert outcomes == {"refused", "imported"}


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
