"""A table of a release as files: Parquet, CSV and JSON, the same bytes for the same numbers.

JSON is a list of one object a row: what Observable's `FileAttachment` and D3's `json`, pandas and
R read by an address as it is. QGIS and Datawrapper read the CSV, QGIS and DuckDB also the Parquet.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.files.spreadsheet import guard_table
from data.release.released_columns import released_column


def table_schema(path: str, names: list[str]) -> pa.Schema:
    """The types of a table's columns, by its path without suffix."""
    fields = [(name, released_column(path, name)) for name in names]
    return pa.schema([pa.field(name, column.type, column.empty) for name, column in fields])


def released_table(path: str, frame: pd.DataFrame) -> pa.Table:
    """A frame with exactly its declared types. ArrowInvalid where a value does not fit.

    ValueError where a column is empty that must not be.
    """
    schema = table_schema(path, list(frame.columns))
    arrays = [
        pa.array(frame[field.name], field.type, from_pandas=True, safe=True) for field in schema
    ]
    for field, array in zip(schema, arrays):
        if array.null_count and not field.nullable:
            raise ValueError(f"{path}: {field.name} is empty in {array.null_count} rows.")
    return pa.Table.from_arrays(arrays, schema=schema)


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(
        table,
        out,
        compression="zstd",
        version="2.6",
        row_group_size=1 << 20,
        store_schema=False,  # what the file says of itself is its columns: no words of pandas
    )
    return out.getvalue()


def _csv(table: pa.Table) -> bytes:
    """UTF-8 with LF; a text that a spreadsheet would run has an apostrophe before it."""
    safe, out = guard_table(table), io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(safe.column_names)
    rows.writerows(zip(*(column.to_pylist() for column in safe.columns)))
    return out.getvalue().encode()


def _json(table: pa.Table) -> bytes:
    """One row a line, so that two releases can be compared line by line."""
    rows = [
        json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for row in table.to_pylist()
    ]
    return ("[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n").encode()


# suffix -> how a table becomes the bytes of its file
TABLE_FORMATS: Mapping[str, Callable[[pa.Table], bytes]] = {
    "parquet": _parquet,
    "csv": _csv,
    "json": _json,
}


def write_table(folder: Path, path: str, frame: pd.DataFrame) -> list[Path]:
    """Write a table in every format below a folder; the files."""
    table = released_table(path, frame)
    files = []
    for suffix, as_bytes in TABLE_FORMATS.items():
        file = folder / f"{path}.{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_bytes(table))
        files.append(file)
    return files
