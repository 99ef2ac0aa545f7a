"""A13: every table, column, cell and file of a release held against the attackers' own list."""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import words
from data.attacks import whitelist
from data.attacks.case import Case, Count, Found
from data.attacks.served import contents
from data.files.spreadsheet import guard_table
from data.privacy.tables import Tables

PERIODS = {
    "week-part": re.compile(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d"),
    "week": re.compile(r"\d{4}-W\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "articles": re.compile(r"\d{4}-\d\d(-\d\d)?"),
}
TYPES = {"period": pa.string(), "status": pa.string(), "sd": pa.float64(), "epsilon": pa.float64()}
TYPES |= dict.fromkeys(("area", "district", "n", "number", "low", "high"), pa.int32())
RESIDENTS = 2000  # at least, in every public area
_EMBED = re.compile(
    r"embed/(tables/)?[\w.\-]+\.(html|js|css|svg|png|json|geojson|csv|txt|woff2|xlsx)"
)
_OLDER = re.compile(r"(areas|districts)-[0-9a-f]{16}\.geojson")
_MANY = 1e-9


def schema(case: Case, _: Count) -> Found:
    """Check that a release has exactly the listed tables, columns, cells and files."""
    if case.tables is None or case.manifest is None or case.folder is None:
        raise ValueError("There is no release to look at.")
    files, manifest = contents(case.folder), dict(case.manifest)
    wrong = [f"{path}: {what}" for path, f in case.tables.items() for what in _table(path, f)]
    wrong += _cells(case.tables, manifest)
    wrong += _manifest(manifest)
    wrong += _files(files, case.tables, manifest)
    wrong += _areas(files)
    first = f": {wrong[0]}" if wrong else ""
    return Found(not wrong, f"{len(wrong)} wrong in {len(case.tables)} tables{first}")


def _table(path: str, frame: pd.DataFrame) -> Iterator[str]:
    """What is wrong with a table alone: its name, columns, words, numbers."""
    try:
        columns = whitelist.listed_columns(path)
    except (KeyError, ValueError):
        yield "not on the list"
        return
    if tuple(frame.columns) != columns:
        yield f"columns {', '.join(map(str, frame.columns))}"
        return
    name = path.rpartition("/")[2].partition("-")[2] or "articles"
    unit = max((unit for unit in PERIODS if name.startswith(unit) or unit == name), key=len)
    if not all(PERIODS[unit].fullmatch(str(period)) for period in frame["period"].unique()):
        yield "a period of another kind"
    known_words = {**_WORDS, "kind": tuple(words.CODES["kind"])}  # with the place's own
    for column, known in known_words.items():
        if column in frame and not {*frame[column].unique()} <= {*known}:
            yield f"a {column} that is in no list"
    if path.startswith("community/"):
        yield from _community(frame)
    elif "n" in frame and (frame["n"] < 1).any():
        yield "a number below 1"


_WORDS: Mapping[str, Sequence[str]] = {
    "band": whitelist.BANDS,
    "setting": (*whitelist.SENSITIVE_SETTINGS, *words.CODES["setting"], "other"),
    "status": tuple(whitelist.STATUS),
}


def _community(frame: pd.DataFrame) -> Iterator[str]:
    keys = [str(c) for c in frame if c not in (*whitelist.MEASURED_NUMBERS, *whitelist.RANGES)]
    if frame.duplicated(keys).any():
        yield "a cell twice"
    if frame.isna().to_numpy().any():
        yield "a cell without a number"
    cells = frame[keys].reset_index(drop=True)
    if not cells.equals(cells.sort_values(keys, ignore_index=True)):
        yield "rows in another order than that of their cells"
    if "low" in frame:
        low, number, high = (frame[c].to_numpy() for c in ("low", "number", "high"))
        if not ((low >= 0) & (low <= number) & (number <= high)).all():
            yield "a number outside its range"


def _cells(tables: Tables, manifest: Mapping[str, Any]) -> list[str]:
    """Tables that are not those of their year's volume, or have not every cell of a period."""
    wrong = []
    for year, frozen in manifest["budgets"].items():
        areas = bool(frozen["districts"])
        spent, listed = manifest["years"][year], whitelist.tables_of(frozen["volume"], areas=areas)
        if {*spent} != listed:
            wrong.append(f"{year}: other tables than those of the volume {frozen['volume']}")
        for sort in ("", "sensitive", "late"):
            total = sum(share for name, share in spent.items() if _sort(name) == sort)
            if total > manifest["epsilon"] + _MANY:
                wrong.append(f"{year}: tables spend {total:g}, more than epsilon")
        for path, frame in tables.items():
            side, _, name = path.rpartition("/")
            own = frame[frame["period"].str[:4] == year]
            if side == "community/measured" and len(own):
                if name not in listed:
                    wrong.append(f"{path}: not a table of {year}")
                elif not np.isclose(own["epsilon"], spent[name]).all():
                    wrong.append(f"{path}: another epsilon than the manifest says")
            if path.startswith("community/") and (many := _missing(own, frozen, name)):
                wrong.append(f"{path}: {many} cells of {year} missing or too many")
    return wrong


def _sort(name: str) -> str:
    return next((sort for sort in ("sensitive", "late") if f"-{sort}" in name), "")


def _missing(frame: pd.DataFrame, frozen: Mapping[str, Any], name: str) -> int:
    """How many cells of a year's periods are not there, or not in the grid."""
    apart = "-sensitive" in name
    kinds = {*frozen["kinds"]} - (set() if apart else {*frozen["sensitive_kinds"]})
    values: dict[str, set[Any]] = {
        "kind": kinds,
        "band": {*whitelist.BANDS},
        "setting": {*frozen["sensitive_settings"], "other"},
        "area": {*range(len(frozen["districts"]) + 1)},
        "district": {0, *frozen["districts"]},
    }
    keys = [c for c in frame if c in values]
    size = int(np.prod([len(values[key]) for key in keys]))
    odd = sum(int((~frame[key].isin(values[key])).sum()) for key in keys)
    return odd + abs(len(frame) - size * frame["period"].nunique())


def _manifest(manifest: Mapping[str, Any]) -> list[str]:
    """Entries of the manifest that are not on the list; sources of the community."""
    wrong = [f"manifest: {key}" for key in sorted({*manifest} ^ whitelist.MANIFEST)]
    for year, frozen in manifest["budgets"].items():
        wrong += [f"manifest: {year}: {key}" for key in sorted({*frozen} ^ whitelist.FROZEN)]
    for source in manifest["sources"]:
        wrong += [f"manifest: a source's {key}" for key in sorted({*source} ^ whitelist.SOURCE)]
        if source["kind"] not in ("official", "press"):
            wrong.append(f"manifest: names the source {source['name']}")
    for path, entry in manifest["tables"].items():
        if {*entry} != {"columns", "rows", "what"}:
            wrong.append(f"manifest: {path}: {', '.join(sorted(entry))}")
    return wrong


def _files(files: Mapping[str, bytes], tables: Tables, manifest: Mapping[str, Any]) -> list[str]:
    """Files that are not on the list, not as the manifest says, or not one table in each format."""
    listed = manifest["files"]
    known = {
        *whitelist.RELEASE_FILES,
        *(f"{path}.{s}" for path in tables for s in whitelist.FORMATS),
    }
    odd = [
        f for f in files if f not in known and not _EMBED.fullmatch(f) and not _OLDER.fullmatch(f)
    ]
    wrong = [f"{name}: not on the list" for name in sorted(odd)]
    there = files.keys() - {"manifest.json"}
    wrong += [f"{name}: missing, or not in the manifest" for name in sorted(there ^ listed.keys())]
    for name in sorted(there & listed.keys()):
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            wrong.append(f"{name}: other bytes than the manifest says")
    for path in tables:
        bodies = [files.get(f"{path}.{suffix}") for suffix in whitelist.FORMATS]
        if any(body is None for body in bodies):
            wrong.append(f"{path}: not in every format")
        else:
            wrong += [f"{path}: {what}" for what in _formats(path, *(b or b"" for b in bodies))]
    return wrong


def _formats(path: str, parquet: bytes, csv: bytes, listed: bytes) -> Iterator[str]:
    """Whether the types are right, and CSV and JSON say what the Parquet file says."""
    table = pq.read_table(io.BytesIO(parquet))
    for field in table.schema:
        if field.type != TYPES.get(field.name, pa.string()):
            yield f"{field.name} is {field.type}"
    if (rows := table.to_pylist()) != json.loads(listed):
        yield "JSON says something else than Parquet"
    read = pd.read_csv(io.BytesIO(csv), dtype=str, keep_default_na=False)
    same = [
        ["" if v is None else str(v) for v in row.values()]
        for row in guard_table(table).to_pylist()
    ]
    if list(read.columns) != table.column_names or read.to_numpy().tolist() != same:
        yield "CSV says something else than Parquet"
    if not rows and path.startswith("community/measured"):
        yield "no rows"


def _areas(files: Mapping[str, bytes]) -> list[str]:
    """Areas of which more is said than is listed, or in which too few live."""
    wrong = []
    for name, body in files.items():
        if name.rpartition("/")[0] or not name.endswith(".geojson"):
            continue
        features = json.loads(body)["features"]
        for told in (feature["properties"] for feature in features):
            if {*told} != whitelist.AREA:
                wrong.append(f"{name}: {', '.join(sorted(told))}")
            elif told["residents"] < RESIDENTS and len(features) > 1:
                wrong.append(f"{name}: few live in {told['name']}")
    return wrong
