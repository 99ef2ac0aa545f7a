"""The made stops of ten years with what a newsroom asks of: responses, force, harm and cities."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench import made
from data import settings, words
from data.record import SCHEMA
from data.settings import Problem
from data.storage import projection
from data.storage.store import Store
from data.tables import build

CITIES = (None, "Burnsville", "St. Paul", "Edina", "Richfield")
SILENT = 0.4  # of the records say nothing in a column
MOST_WORDS = 3  # of a set


def add_words(stops: Iterator[pa.Table], seed: int = made.SEED) -> Iterator[pa.Table]:
    """The same stops with responses, sets of force and harm, and cities, by chance."""
    rng = np.random.default_rng([seed, len(CITIES)])
    listed = pa.array([word.code for word in words.TABLES["response"]])
    for table in stops:
        size = len(table)
        response = np.where(
            rng.random(size) < SILENT, 0, rng.integers(0, len(listed), size, dtype=np.int64)
        )
        new = {
            "response": listed.take(pa.array(response)),
            "force": _sets("force", size, rng),
            "harm": _sets("harm", size, rng),
            "city": pa.array(CITIES).take(pa.array(rng.integers(0, len(CITIES), size))),
        }
        columns = [new.get(name, table[name]) for name in SCHEMA.names]
        yield pa.table(columns, schema=SCHEMA)


def _sets(column: str, size: int, rng: np.random.Generator) -> pa.Array:
    """Sets of up to three words of a column, null where the record says nothing."""
    every = [word.code for word in words.TABLES[column]]
    sets = [
        sorted({str(word) for word in rng.choice(every, rng.integers(1, MOST_WORDS + 1))})
        for _ in range(200)
    ]
    kinds = pa.array([None, *sets], SCHEMA.field(column).type)
    which = np.where(rng.random(size) < SILENT, 0, rng.integers(1, len(kinds), size))
    return kinds.take(pa.array(which))


def store(
    root: Path, rows: int = made.ROWS, seed: int = made.SEED, given: Store | None = None
) -> Store:
    """A store of so many such incidents, ready for readers; drawn from the stops of `given`, a
    store of the sample, else of a new one."""
    filled, place = Store(root), replace(settings.load_settings(), store=root)
    if filled.history().count:
        raise Problem(f"{root} holds a store already. Choose another folder.")
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        given = given or made.sample_store(Path(folder) / "sample")
        with filled.writing() as scratch:
            made.keep_areas(filled, given)
            crs = projection.metric_crs(filled, place) or "EPSG:26915"
            stops = made.draw_stops(made.sample_stops(given), place.zone, crs, rows, seed)
            name = made.batch_name(rows, seed)
            made.keep_batch(filled, scratch, name, made.SOURCE, add_words(stops, seed), crs)
    build.rebuild(filled, place)
    return filled


def main() -> int:
    """Make a store; return 0 once it is made, 1 with a sentence where it cannot be."""
    parser = argparse.ArgumentParser(description="Make a store of responses, force and harm.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=made.ROWS)
    asked = parser.parse_args()
    try:
        store(asked.folder, asked.rows)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
