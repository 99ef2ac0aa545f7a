"""The files of cubes: one for some partitions, with all cubes of their rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.storage import cubes, derived_files
from data.storage.cubes import Cube
from data.storage.database import literal
from data.storage.store import Store
from data.tables import facts

MEASURES = (("n", pa.int32()), ("east", pa.int64()), ("south", pa.int64()))


def named_file(store: Store, partitions: Sequence[Path], sets: int) -> Path:
    """The file of the cubes of some partitions, which are of one year or month."""
    names = [file.stem for file in partitions]
    return store.derived / "cubes" / f"{names[0][:7]}-{derived_files.digest(names, sets)}.parquet"


def make_file(
    connection: duckdb.DuckDBPyConnection, file: Path, partitions: Sequence[Path], sets: int
) -> dict[str, Any]:
    """The note of a file of cubes, which is written if it is not there yet: `cells` of each."""
    schema = facts.schema(sets)
    wanted = [pa.field("cube", pa.uint8())]
    wanted += [field for field in schema if field.name not in ("batch", "row")]
    wanted += [pa.field(name, kind) for name, kind in MEASURES]
    held = pa.schema(field for field in wanted if field.name in {"cube", *_columns(sets)})

    def write(target: Path) -> dict[str, Any]:
        files = ", ".join(map(literal, partitions))
        needed = ", ".join(sorted({c for c in _columns(sets) if c in schema.names}))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE own AS SELECT {needed} FROM read_parquet([{files}])"
        )
        cells = []
        with pq.ParquetWriter(target, held, compression="lz4", use_dictionary=False) as writer:
            for cube in cubes.cubes_of(sets):
                found = connection.sql(_counted(cube)).to_arrow_table()
                cells.append(len(found))
                writer.write_table(_filled(found, held))
        connection.execute("DROP TABLE own")
        return {"cells": cells}

    return derived_files.make(file, write)


def _columns(sets: int) -> set[str]:
    return {c for cube in cubes.cubes_of(sets) for c in (*cube.dimensions, *cube.sums)}


def _counted(cube: Cube) -> str:
    columns = {name: name for name in cube.dimensions}
    columns["day"] = cubes.FIRST_DAY[cube.grain]
    sums = {"n": "count(*)"}
    if cube.shift:
        size = 1 << cube.shift
        columns |= {name: f"{name} & {-size}" for name in ("mx", "my")}
        sums |= {
            "east": f"coalesce(sum(mx & {size - 1}), 0)",
            "south": f"coalesce(sum(my & {size - 1}), 0)",
        }
    told = ", ".join(f"{sql} AS {name}" for name, sql in (columns | sums).items())
    order = ", ".join(str(2 + i) for i in range(len(columns)))
    return f"SELECT {cube.number} AS cube, {told} FROM own GROUP BY ALL ORDER BY {order}"


def _filled(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with all columns of a schema, those that it lacks empty."""
    columns = [
        found[field.name].cast(field.type)
        if field.name in found.column_names
        else pa.nulls(len(found), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
