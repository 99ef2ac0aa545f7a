"""The files of cubes: one for some partitions, with all cubes of their rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.storage import cubes, derived_files
from data.storage.cubes import MONTH, QUARTER, YEAR, Cube
from data.storage.store import Store
from data.tables import facts
from geo.hexagons import parent_sql

FEW_ROWS, MOST_ROWS = 300_000, 2_000_000  # of a block of partitions: joined to, cut at
MEASURES = (("n", pa.int32()), ("east", pa.int64()), ("south", pa.int64()))


def cut_blocks(partitions: Sequence[tuple[date, int]]) -> list[list[int]]:
    """The blocks that partitions are counted and held in memory by, by their positions.

    They are whole years, quarters or months, so that what is new in one leaves the others as they
    are; small neighbors are one. Of each partition its first day and its rows are told.
    """
    blocks: list[list[int]] = []
    held = 0
    for own in _cut(partitions, range(len(partitions)), (YEAR, QUARTER, MONTH)):
        rows = sum(partitions[i][1] for i in own)
        if blocks and held + rows <= FEW_ROWS:
            blocks[-1] += own
            held += rows
        else:
            blocks.append(own)
            held = rows
    return blocks


def _cut(
    partitions: Sequence[tuple[date, int]], places: Iterable[int], steps: Sequence[str]
) -> list[list[int]]:
    """Positions by the first of some steps of time; by the next one where they have many rows."""
    found = []
    for _, group in groupby(places, lambda i: cubes.step_start(steps[0], partitions[i][0])):
        own = list(group)
        many = len(steps) > 1 and sum(partitions[i][1] for i in own) > MOST_ROWS
        found += _cut(partitions, own, steps[1:]) if many else [own]
    return found


def named_file(store: Store, partitions: Sequence[Path], sets: int) -> Path:
    """The file of the cubes of a block of partitions."""
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
        needed = sorted(name for name in _columns(sets) if name in schema.names)
        own = pa.concat_tables([pq.read_table(file, columns=needed) for file in partitions])
        connection.register("own", own)
        cells = []
        with pq.ParquetWriter(target, held, compression="lz4", use_dictionary=False) as writer:
            for cube in cubes.cubes_of(sets):
                found = connection.sql(_counted(cube)).to_arrow_table()
                cells.append(len(found))
                writer.write_table(_filled(found, held))
        connection.unregister("own")
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
    if "cell" in columns:
        columns["cell"] = parent_sql("cell", cube.resolution)
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
