"""A11: every byte that is public, searched for what nobody may read there."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from data.attacks.case import Case, Count, Found
from data.attacks.served import contents, copied
from data.release.publish import Settle

MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
TOKEN = re.compile(r"[\w:.\-]{5,}")
_NUMBER = re.compile(rb"-?\d{1,3}\.\d{3,}")
_ELSEWHERE = re.compile(
    rb"""(?:<(?:script|img|iframe|source|video|audio|embed|object|link)\b[^>]*?\b(?:src|href|data)"""
    rb"""\s*=\s*["']?|url\(\s*["']?|@import\s+["']|fetch\(\s*["']|importScripts\(\s*["'])"""
    rb"""((?:https?:)?//[^"'\s)>]+)""",
    re.I,
)
_FINE = 1e-5  # of a degree: the public vertices are rounded to this


def searched(case: Case, _: Count) -> Found:
    """Check that no file of a release holds a canary, a coordinate, an id, a time, another host."""
    if case.folder is None or case.manifest is None:
        raise ValueError("There is no release to look at.")
    files = contents(case.folder)
    corners = vertices(files)
    if case.cites:
        files |= _cited_files(case.folder, case.scratch / "cited", case.cites)
    manifest = case.manifest
    epsilons = {e for year in manifest["years"].values() for e in year.values()}
    hour = time(case.rules.hour, tzinfo=ZoneInfo(manifest["place"]["zone"]))
    clock = datetime.combine(date.fromisoformat(manifest["as_of"]), hour)
    found = payload(files, case.canaries, corners, epsilons, clock)
    size = sum(len(body) for body in files.values())
    first = f": {found[0]}" if found else ""
    return Found(not found, f"{len(found)} found in {len(files)} files, {size:,} bytes{first}")


def _cited_files(folder: Path, public: Path, cites: Settle) -> dict[str, bytes]:
    """The files of the cites that publishing a release makes, by name."""
    copied(folder, public / "releases" / folder.name)
    (public / "current").symlink_to(f"releases/{folder.name}")
    cites(public)
    return {name: body for name, body in contents(public).items() if name.startswith("cites/")}


def payload(
    files: Mapping[str, bytes],
    canaries: Iterable[str],
    vertices: frozenset[tuple[int, int]] | None = None,
    epsilons: Iterable[float] = (),
    clock: datetime | None = None,
) -> list[str]:
    """Find what no public byte may hold, as "file: what": also in bytes that a browser got.

    Canaries are looked for in each file and, for Parquet, in its values and notes. Numbers
    that look like degrees have to be area vertices where those are given, or the epsilon of a
    table. The only time is the fixed hour that the release is of, `clock`.
    """
    known = {c for c in map(str, canaries) if c}
    plain = {c for c in known if TOKEN.fullmatch(c)}
    # many are ids: they are looked for as whole words
    whole = known if len(known) < 2000 else known - plain
    out = []
    single = {v for pair in vertices or () for v in pair} | {round(e / _FINE) for e in epsilons}
    fixed = (
        {f"{clock.astimezone(zone):%Y-%m-%dT%H:%M}" for zone in (UTC, clock.tzinfo)}
        if clock
        else set()
    )
    for name, body in files.items():
        for part in _readable(name, body):
            hits = {c for c in whole if c.encode() in part} | (known & _tokens(part))
            out += [f"{name}: canary {sorted(hits)[0]}"] if hits else []
            times = {hit.decode() for hit in MOMENT.findall(part)} - fixed
            out += [f"{name}: a time, {min(times)}"] if times else []
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
    out: set[tuple[int, int]] = set()
    maps = [b for n, b in files.items() if n.endswith(".geojson") and "/" not in n]
    left = [f["geometry"]["coordinates"] for b in maps for f in json.loads(b)["features"]]
    while left:
        item = left.pop()
        if item and isinstance(item[0], int | float):
            out.add((round(item[0] / _FINE), round(item[1] / _FINE)))
        else:
            left += item
    return frozenset(out)
