"""A11, A13: every byte that is public, searched, and every table held against the whitelist."""

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data import words
from data.attacks.case import EXACT, STRICT, YEARLY, Case, Count, Found
from data.attacks.served import contents

MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
TOKEN = re.compile(r"[\w:.\-]{5,}")
_NUMBER = re.compile(rb"-?\d{1,3}\.\d{3,}")
_ELSEWHERE = re.compile(
    rb"""(?:<(?:script|img|iframe|source|video|audio|embed|object|link)\b[^>]*?\b(?:src|href|data)"""
    rb"""\s*=\s*["']?|url\(\s*["']?|@import\s+["']|fetch\(\s*["']|importScripts\(\s*["'])"""
    rb"""((?:https?:)?//[^"'\s)>]+)""",
    re.I,
)
PERIODS = {
    "week": re.compile(r"\d{4}-W\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
}
_BANDS = {"00-06", "06-12", "12-18", "18-24"}
RESIDENTS = 2000  # at least, in every public area
_FINE = 1e-5  # of a degree: the public vertices are rounded to this


def searched(case: Case, _: Count) -> Found:
    """Check that no file of a release holds a canary, a coordinate, an id, a time, another host."""
    if case.folder is None:
        files = {f"{p}.csv": f.to_csv(index=False).encode() for p, f in case.tables.items()}
    else:
        files = contents(case.folder)
    records = case.records
    ids = [] if records is None else records["incident_id"].astype(str).tolist()
    found = payload(files, {*case.canaries, *(i for i in ids if len(i) > 7)}, vertices(files))
    size = sum(len(body) for body in files.values())
    told = f": {found[0]}" if found else ""
    return Found(not found, f"{len(found)} found in {len(files)} files, {size:,} bytes{told}")


def payload(
    files: Mapping[str, bytes],
    canaries: Iterable[str],
    vertices: frozenset[tuple[int, int]] | None = None,
) -> list[str]:
    """Find what no public byte may hold, as "file: what": also in bytes that a browser got.

    Canaries are looked for in each file and, for Parquet, in its values and notes. Numbers
    that look like degrees have to be area vertices where those are given.
    """
    known = {c for c in map(str, canaries) if c}
    plain = {c for c in known if TOKEN.fullmatch(c)}
    # many are ids: they are looked for as whole words
    whole = known if len(known) < 2000 else known - plain
    out = []
    single = {v for pair in vertices or () for v in pair}
    for name, body in files.items():
        for part in _readable(name, body):
            hits = {c for c in whole if c.encode() in part} | (known & _tokens(part))
            out += [f"{name}: canary {sorted(hits)[0]}"] if hits else []
            if hit := MOMENT.search(part):
                out.append(f"{name}: a time, {hit.group().decode()}")
            if hit := _ELSEWHERE.search(part):
                out.append(f"{name}: another host, {hit.group(1).decode(errors='replace')}")
            if vertices is not None and name.endswith((".csv", ".json", ".geojson", ".parquet")):
                numbers = (float(n) for n in _NUMBER.findall(part))
                odd = [n for n in numbers if round(n / _FINE) not in single]
                out += [f"{name}: a coordinate, {odd[0]}"] if odd else []
    return out


def _tokens(part: bytes) -> set[str]:
    return set(TOKEN.findall(part.decode(errors="replace")))


def _readable(name: str, body: bytes) -> Iterator[bytes]:
    """Yield the parts of a file to search: its bytes, or the notes and values of a Parquet file."""
    if not name.endswith(".parquet"):
        yield body
        return
    file = pq.ParquetFile(io.BytesIO(body))
    yield repr(
        (file.schema_arrow.metadata, file.metadata.metadata, file.metadata.created_by)
    ).encode()
    yield file.read().to_pandas().to_csv(index=False).encode()


def vertices(files: Mapping[str, bytes]) -> frozenset[tuple[int, int]]:
    """The corners of the public areas, in steps of the last decimal."""
    body = files.get("areas.geojson")
    if body is None:
        return frozenset()
    out: set[tuple[int, int]] = set()
    left = [f["geometry"]["coordinates"] for f in json.loads(body)["features"]]
    while left:
        item = left.pop()
        if item and isinstance(item[0], int | float):
            out.add((round(item[0] / _FINE), round(item[1] / _FINE)))
        else:
            left += item
    return frozenset(out)


def schema(case: Case, _: Count) -> Found:
    """Check that each table is on the whitelist, with its columns, integers and known words."""
    wrong: list[str] = []
    for path, frame in case.tables.items():
        side, name = path.split("/")
        wrong += [f"{path}: {what}" for what in _table(side, name, frame, case)]
    for side in case.sides():
        wrong += [f"{side}/{n}: missing" for n in STRICT if f"{side}/{n}" not in case.tables]
    if case.folder is not None:
        wrong += _files(case)
    told = f": {wrong[0]}" if wrong else ""
    return Found(not wrong, f"{len(wrong)} of {len(case.tables)} tables wrong{told}")


def _table(side: str, name: str, frame: pd.DataFrame, case: Case) -> Iterator[str]:
    official = side == "official"
    columns = EXACT if official else STRICT | YEARLY
    if side not in ("community", "press", "official") or name not in columns:
        yield "not on the list"
        return
    if tuple(frame.columns) != columns[name]:
        yield f"columns {', '.join(map(str, frame.columns))}"
        return
    unit = PERIODS[name.split("-")[1]]
    if not all(unit.fullmatch(str(p)) for p in frame["period"].unique()):
        yield "a period of another kind"
    if frame.duplicated(list(columns[name][:-1])).any():
        yield "a cell twice"
    for column in {"area", "n"} & set(columns[name]):
        if not pd.api.types.is_integer_dtype(frame[column]):
            yield f"{column} is no whole number"
            return
    kinds = {*words.CODES["kind"], *({"all"} if name == "city-week-kind" else ())}
    if "kind" in frame and not set(frame["kind"].unique()) <= kinds:
        yield "a kind that is in no list"
    if "band" in frame and not set(frame["band"].unique()) <= _BANDS:
        yield "a band of the day that is in no list"
    n = frame["n"].dropna().to_numpy(np.int64)
    if not official and ((n % case.base != 0) | (n < case.least)).any():
        yield "a number that was not rounded or is too small"
    if official and (n < 1).any():
        yield "a number below 1"


def _files(case: Case) -> list[str]:
    """List the faults of a release's files: not as the manifest says, or too few residents."""
    folder = case.folder
    assert folder is not None
    files = contents(folder)
    told = json.loads(files["manifest.json"])["files"]
    areas = json.loads(files["areas.geojson"])["features"]
    few = [f["properties"]["name"] for f in areas if f["properties"]["residents"] < RESIDENTS]
    wrong = [
        f"{n}: not in the manifest"
        for n in sorted(files.keys() - told.keys())
        if n != "manifest.json"
    ]
    wrong += [f"{n}: missing" for n in sorted(told.keys() - files.keys())]
    wrong += [f"areas.geojson: few live in {name}" for name in few if len(areas) > 1]
    for name in sorted(told.keys() & files.keys()):
        if hashlib.sha256(files[name]).hexdigest() != told[name]:
            wrong.append(f"{name}: other bytes than the manifest says")
        if name.endswith(".csv") and (table := case.tables.get(name[:-4])) is not None:
            read = pd.read_csv(
                io.BytesIO(files[name]), dtype=str, keep_default_na=False, comment="#"
            )
            same = table.astype(object).where(table.notna(), "").astype(str)
            if not np.array_equal(read.to_numpy(), same.to_numpy()):
                wrong.append(f"{name}: not the same as the Parquet file")
    return wrong
