"""A table of many incidents from one of few: repeated and moved, in seconds instead of minutes."""

import json
import shutil
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench import stores
from data.storage.store import Current, Store
from data.tables import cube_files

BASE = 100_000
MOVED = 1 << 11  # pixels of the finest world: each copy lies up to 50 m away, in another pixel
ROW_GROUP = 122_880


def kept(rows: int) -> Current:
    """The derived table of so many incidents, ready for the questions of maps."""
    if rows <= BASE:
        made = Store(stores.kept(rows))
        return made.at(str(made.stamp()))
    base = Store(stores.kept(BASE))
    few = base.at(str(base.stamp()))
    root = stores.KEPT / f"many-{rows}-{few.stamp}"
    current = Store(root).at(few.stamp)
    if not current.folder.exists():
        start = time.perf_counter()
        beside = root.with_name(f".{root.name}")
        shutil.rmtree(beside, ignore_errors=True)
        _make(few, beside, rows)
        beside.rename(root)
        print(
            f"{rows:,} rows were made of {BASE:,} in {time.perf_counter() - start:.0f} s and kept.",
            file=sys.stderr,
        )
    return current


def _make(few: Current, root: Path, rows: int) -> None:
    folder, facts = root / "current" / few.stamp, root / "derived" / "facts" / "many.parquet"
    shutil.copytree(few.folder, folder)
    facts.parent.mkdir(parents=True)
    meta = json.loads((folder / "meta.json").read_text())
    meta["rows"] = rows
    every = list(range(len(meta["batches"])))
    days = [
        min(p["days"][0] for p in meta["partitions"]),
        max(p["days"][1] for p in meta["partitions"]),
    ]
    part = {"name": facts.stem, "rows": rows, "batches": every, "days": days, "box": None}
    meta["partitions"] = [{**part, "cubes": facts.stem}]
    for source in meta["sources"]:
        source["rows"] = source["rows"] * rows // BASE
    table = duckdb.sql(few.facts_sql()).to_arrow_table()
    rng = np.random.default_rng(rows)
    places = [table.schema.get_field_index(name) for name in ("mx", "my")]
    with pq.ParquetWriter(facts, table.schema, compression="lz4", use_dictionary=False) as writer:
        left = rows
        while left:
            part = table.slice(0, min(left, len(table)))
            for place in places:
                column = part.column(place).to_numpy()
                moved = (column + rng.integers(-MOVED, MOVED, len(column))).astype(np.int32)
                part = part.set_column(place, table.schema.field(place), pa.array(moved))
            writer.write_table(part, ROW_GROUP)
            left -= len(part)
    cubes = root / "derived" / "cubes" / facts.name
    with duckdb.connect() as connection:
        note = cube_files.make_file(connection, cubes, [facts], len(meta["sets"]))
    meta["cells"] = {cubes.stem: note["cells"]}
    (folder / "meta.json").write_text(json.dumps(meta))
