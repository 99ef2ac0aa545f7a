"""A table of cited numbers: its CSV, its Data Package, and two of them compared row by row.

Old numbers and new ones are compared as the CSV holds them: both were written by the same writer.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from data.cites.cite_folder import NUMBERS, PNG, SVG, CiteManifest, sha256_hex
from data.files import spreadsheet
from data.settings import Problem
from data.views.export import TEAM_ONLY

NEARLY = 1e-9  # relative: sums of floating-point numbers differ so much by the order of their rows
_MEDIA = {NUMBERS: "text/csv", SVG: "image/svg+xml", PNG: "image/png"}

Cells = dict[str, str]  # a row of a table: the texts of its cells by column


class CellChange(NamedTuple):
    """A number that is another one now: its row by the texts of its key, its column, and the texts
    of both cells; None where the row was not there, or is there no longer."""

    row: tuple[str, ...]
    column: str
    old: str | None
    new: str | None


def to_csv(table: pd.DataFrame) -> bytes:
    """A table of plain texts and numbers as CSV that opens safely in a spreadsheet."""
    return spreadsheet.as_csv(spreadsheet.of_frame(table))


def read_cells(body: bytes) -> list[Cells]:
    """The rows of a table that `to_csv` wrote."""
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def compare_tables(
    old: bytes, new: bytes, key: Sequence[str], compared: Sequence[str]
) -> list[CellChange]:
    """What differs between two tables in CSV, in the order of the old one, then of what is new."""
    before, after = _by_key(old, key), _by_key(new, key)
    return [*_changes(before, after, compared), *_additions(before, after, compared)]


NamedRows = Mapping[tuple[str, ...], Cells]


def _by_key(body: bytes, key: Sequence[str]) -> NamedRows:
    return {tuple(row[name] for name in key): row for row in read_cells(body)}


def _changes(before: NamedRows, after: NamedRows, compared: Sequence[str]) -> Iterator[CellChange]:
    for row, cells in before.items():
        now = after.get(row)
        for column in compared:
            new = now.get(column) if now else None
            if new is None or not equal_cells(cells[column], new):
                yield CellChange(row, column, cells[column], new)


def _additions(
    before: NamedRows, after: NamedRows, compared: Sequence[str]
) -> Iterator[CellChange]:
    for row, cells in after.items():
        if row not in before:
            yield from (CellChange(row, column, None, cells[column]) for column in compared)


def equal_cells(old: str, new: str) -> bool:
    """Return whether two cells say the same; numbers up to the rounding of their sums."""
    if old == new:
        return True
    try:
        return math.isclose(float(old), float(new), rel_tol=NEARLY, abs_tol=1e-12)
    except ValueError:
        return False


def check_table(table: pd.DataFrame, columns: Mapping[str, str], key: Sequence[str]) -> None:
    """Problem where a table is none to cite: a column that nothing explains, or two rows of one
    name."""
    if odd := sorted(set(table.columns) ^ set(columns)):
        raise Problem(f"The numbers of this page cannot be cited: {odd[0]} is not explained.")
    if table.duplicated(list(key)).any():
        raise Problem("The numbers of this page cannot be cited: two rows have one name.")


def data_package(manifest: CiteManifest, table: pd.DataFrame, files: Mapping[str, bytes]) -> bytes:
    """datapackage.json: the files of a cite as a Frictionless Data Package (version 1)."""
    body = {
        "profile": "data-package",
        "name": "porchlight-cite",
        "title": manifest.title,
        "description": " ".join(
            (
                f"{TEAM_ONLY}." if manifest.team_only else "",
                *(manifest.sentence, manifest.denominator, manifest.uncertainty, manifest.lacks),
            )
        ).strip(),
        "version": manifest.stamp,
        "sources": [_source(one.title, one.url) for one in manifest.sources],
        "resources": [
            _file(name, content)
            | (_schema(table, manifest.columns, manifest.key) if name == NUMBERS else {})
            for name, content in files.items()
            if name in _MEDIA
        ],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _source(title: str, url: str) -> dict[str, str]:
    return {"title": title, **({"path": url} if url else {})}


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name.replace(".", "-"),
        "path": name,
        "type": "table" if name == NUMBERS else "file",
        "format": name.rpartition(".")[2],
        "mediatype": _MEDIA[name],
        **({"encoding": "utf-8"} if name == NUMBERS else {}),
        "bytes": len(content),
        "hash": f"sha256:{sha256_hex(content)}",
    }


def _schema(table: pd.DataFrame, columns: Mapping[str, str], key: Sequence[str]) -> dict[str, Any]:
    types = spreadsheet.of_frame(table).schema
    fields = [
        {"name": field.name, "type": _type(field.type), "description": columns[field.name]}
        for field in types
    ]
    keys = {"primaryKey": list(key)} if key and not table[list(key)].isna().any(axis=None) else {}
    return {"schema": {"fields": fields, "missingValues": [""], **keys}}


def _type(kind: pa.DataType) -> str:
    rules = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
    )
    return next((name for fits, name in rules if fits(kind)), "string")
