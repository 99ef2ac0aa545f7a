"""datapackage.json: a release as a Frictionless Data Package (version 1).

It is made of the bytes of the tables, which are public, and of what the catalogue and the
settings say: nothing in it depends on records in another way.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.privacy.tables import ReleasedPlace, ReleasedSource, TableEntry
from data.release.released_columns import TEXT, WHOLE, key_columns, released_column
from data.release.table_files import TABLE_FORMATS

PACKAGE = "datapackage.json"
# suffix -> media type, and what a validator that knows no more than the standard makes of it: only
# CSV is a table without another library, of all files the length and the hash are checked
_FORMATS = {
    "csv": ("text/csv", "table"),
    "json": ("application/json", "json"),
    "parquet": ("application/vnd.apache.parquet", "file"),
    "geojson": ("application/geo+json", "json"),
}
# beginning of a map's name -> what it shows; years that began with other areas have maps of their own
_MAPS = {
    "areas": "The areas of the tables: number, name, residents (WGS 84).",
    "districts": "The districts of the tables: number, name, residents (WGS 84).",
}
_GUARDED = (
    " In the CSV file a text that a spreadsheet would run as a formula has an apostrophe before it."
)


def data_package(
    folder: Path,
    place: ReleasedPlace,
    created: datetime,
    tables: Mapping[str, TableEntry],
    sources: Sequence[ReleasedSource],
) -> bytes:
    """The package of a release whose tables and maps are in a folder already.

    `created` is the moment that the release is of. `sources` are those of official and press
    tables; what stands for community reports names none.
    """
    resources = [
        _table(folder, path, suffix, entry, sources)
        for path, entry in sorted(tables.items())
        for suffix in TABLE_FORMATS
    ]
    maps = [
        {**_file(folder, file.name), "description": what}
        for name, what in _MAPS.items()
        for file in sorted(folder.glob(f"{name}*.geojson"))
    ]
    body = {
        "profile": "data-package",
        "name": f"porchlight-{_slug(place['name'])}",
        "title": f"Civic incidents of {place['name']}",
        "description": (
            f"Incidents of {place['name']} by area and time, as of {created:%Y-%m-%d}. Community "
            "reports have chance added to every number; manifest.json says by which rules. "
            "Community, press and official tables must never be added up."
        ),
        "version": f"{created:%Y-%m-%d}",
        "created": created.isoformat(),
        "sources": [_source(source) for source in sources],
        "resources": [*resources, *maps],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _table(
    folder: Path, path: str, suffix: str, entry: TableEntry, sources: Sequence[ReleasedSource]
) -> dict[str, Any]:
    """One file of a table as a resource, its columns described."""
    described: dict[str, Any] = {
        **_file(folder, f"{path}.{suffix}"),
        "title": path.rpartition("/")[2].replace("-", " "),
        "description": entry["what"] + _GUARDED * (suffix == "csv"),
        "schema": _schema(path, entry["columns"]),
    }
    mine = [source for source in sources if source["kind"] == path.partition("/")[0]]
    if mine:
        described["sources"] = [_source(source) for source in mine]
        terms = {(source["licence"], source["url"]) for source in mine if source["url"]}
        if terms:
            # the terms as the source words them, at the page that states them
            described["licenses"] = [{"title": t, "path": url} for t, url in sorted(terms)]
    return described


def _file(folder: Path, name: str) -> dict[str, Any]:
    """What is said of any file: its name, kind, length and hash."""
    body, suffix = (folder / name).read_bytes(), name.rpartition(".")[2]
    media, sort = _FORMATS[suffix]
    return {
        "name": name.replace("/", "."),
        "path": name,
        "type": sort,
        "format": suffix,
        "mediatype": media,
        **({} if suffix == "parquet" else {"encoding": "utf-8"}),
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
    }


def _schema(path: str, names: list[str]) -> dict[str, Any]:
    """The Table Schema of a table."""
    fields = [
        {
            "name": name,
            "type": _type(column.type),
            "description": column.meaning,
            "constraints": column.constraints,
        }
        for name, column in ((name, released_column(path, name)) for name in names)
    ]
    keys = key_columns(path, names)
    return {"fields": fields, "missingValues": [""], **({"primaryKey": keys} if keys else {})}


def _type(kind: pa.DataType) -> str:
    return {TEXT: "string", WHOLE: "integer"}.get(kind, "number")


def _source(source: ReleasedSource) -> dict[str, str]:
    return {"title": source["title"], **({"path": source["url"]} if source["url"] else {})}


def _slug(name: str) -> str:
    """A name in small letters, digits and hyphens; "place" where none of it can be written so."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "place"
