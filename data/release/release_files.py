"""Releases on the disk: written beside, moved in whole, and the ones that came before."""

import subprocess
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.release import (
    admitted_records,
    chain,
    placed_records,
    policy,
    release_manifest,
    release_numbers,
    secret_key,
)
from data.release.closed_periods import moment
from data.release.policy import Policy
from data.release.release_numbers import Cell
from data.release.tables import DESCRIBED, Manifest, ReleasedSource, Tables
from data.settings import ROOT, Problem, Settings
from data.sources import read_catalogue, source_of
from data.storage import area_sets, build
from data.storage.disk import sync
from data.storage.events import ReleaseBuilt
from data.storage.store import Store

Embed = Callable[[Path, Manifest], None]
Check = Callable[[Tables], Iterable[Cell]]

TYPES = {"period": pa.string(), "kind": pa.string(), "band": pa.string()}
_TRIES = 50  # numbers that an attack may have held back, one after another


class WrittenRelease(NamedTuple):
    """A release on the disk, and whether these bytes were there already."""

    id: str
    folder: Path
    manifest: Manifest
    old: bool


def today(settings: Settings, rules: Policy, now: datetime | None = None) -> date:
    """The newest date whose fixed hour has come in the place's zone."""
    now = now or datetime.now(UTC)
    day = now.astimezone(ZoneInfo(settings.zone)).date()
    return day if moment(day, rules.hour, settings.zone, latest=True) <= now else day - timedelta(1)


def write_release(
    store: Store,
    settings: Settings,
    as_of: date | None = None,
    *,
    embed: Embed | None = None,
    check: Check | None = None,
    now: datetime | None = None,
) -> WrittenRelease:
    """Build a release of the store as of a date and move it into releases/<id>/.

    `embed` writes its files into the folder that it is given, from the manifest so far.
    `check` names cells that must not be shown beside the others: they are held back and
    the tables are built again.
    """
    rules = policy.load_policy(settings)
    newest = today(settings, rules, now)
    as_of = as_of or newest
    if as_of > newest:
        raise Problem(f"{as_of} at {rules.hour:02d}:00 is not over yet: the newest is {newest}.")
    # a second secret is never made: earlier releases were drawn from the first
    secret = secret_key.load_secret(settings, make=not chain.past(store))
    with store.writing() as scratch:
        before = chain.before(store, rules, as_of, secret_key.mark(secret))
        areas, meta = area_sets.read_areas(before.areas)
        crs = placed_records.metric(store, settings, areas)
        group = placed_records.groups(areas, crs, rules.least_residents)
        records = placed_records.records(store, areas, meta, group)
        built = _built(records, sorted({*group.tolist()}), rules, secret, as_of, before, check)
        held = [*built.held_back, *_unstated(store, records)]
        folder = scratch / "release"
        folder.mkdir(mode=0o700)
        _tables(folder, built.tables)
        (folder / "areas.geojson").write_bytes(placed_records.geojson(areas, group, crs))
        manifest = _manifest(store, settings, rules, secret, as_of, held, built.tables)
        if embed is not None:
            embed(folder, manifest)
        manifest = _sealed(folder, manifest)
        target = chain.folder(store, manifest["id"])
        if target.exists():
            return WrittenRelease(manifest["id"], target, manifest, True)
        _into(store, folder, target)
        event = ReleaseBuilt(
            manifest["id"],
            as_of=as_of.isoformat(),
            areas=before.areas.stem,
            least=rules.least_residents,
            stamp=build.required_stamp(store, settings),
            secret=secret_key.mark(secret),
        )
        store.ledger.append(event)
        chain.keep_events(store, manifest["id"])
        folder.rename(target)
        sync(target.parent)
    return WrittenRelease(manifest["id"], target, manifest, False)


def _built(
    records: pd.DataFrame,
    groups: list[int],
    rules: Policy,
    secret: bytes,
    as_of: date,
    before: chain.ReleaseBase,
    check: Check | None,
) -> release_numbers.Built:
    """The tables, with what an attack finds telling held back until it finds nothing."""
    held: set[Cell] = set(before.held)
    for _ in range(_TRIES):
        built = release_numbers.build(
            records, groups, rules, secret, as_of, before.tables, reissue=before.reissue, held=held
        )
        found = set(check(built.tables)) - held if check else set()
        if not found:
            return built
        held |= found
    raise Problem("The attack still finds telling numbers after many were held back.")


def _unstated(store: Store, records: pd.DataFrame) -> list[str]:
    """A sentence on the sources whose records the rule on origins cannot look at."""
    known = read_catalogue(store.root)
    strict = records[records["source_kind"] != "official"]
    names = sorted({*strict["source"].unique().tolist()} - admitted_records.stating(records))
    titles = ", ".join(source_of(name, known).title for name in names)
    if not names:
        return []
    return [f"The rule on origins is left out for sources that state none: {titles}."]


def _manifest(
    store: Store,
    settings: Settings,
    rules: Policy,
    secret: bytes,
    as_of: date,
    held: list[str],
    tables: Tables,
) -> Manifest:
    """The manifest of a release, but for its files and its id."""
    return {
        "place": {"name": settings.name, "zone": settings.zone},
        "as_of": as_of.isoformat(),
        "stamp": chain.public_stamp(secret, build.required_stamp(store, settings)),
        "code": _code(),
        "policy": policy.policy_entries(rules),
        "warnings": policy.warnings(rules),
        "held_back": held,
        "sources": _sources(store),
        "tables": {
            path: {"columns": list(frame.columns), "rows": len(frame), "what": DESCRIBED[path]}
            for path, frame in sorted(tables.items())
        },
    }


def _sources(store: Store) -> list[ReleasedSource]:
    """The sources that may be in a table, by name: whatever they hold."""
    known = read_catalogue(store.root)
    told = [source_of(name, known) for name in sorted(store.history().sources)]
    return [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "says": source.says,
            "covers": source.covers,
            "licence": source.licence,
            "url": source.url,
            "made": source.made,
        }
        for source in told
        if source.kind != "official" or source.already_public
    ]


def _code() -> str:
    """The version of the code: what git calls it, else the package's number."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        return str(told["project"]["version"])


def _tables(folder: Path, tables: Tables) -> None:
    """Every table as Parquet and CSV, the same bytes for the same numbers."""
    for path, frame in tables.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        kinds = [(c, TYPES.get(c, pa.int32())) for c in frame.columns]
        arrays = [pa.array(frame[c], kind, from_pandas=True) for c, kind in kinds]
        table = pa.Table.from_arrays(arrays, schema=pa.schema(kinds))
        pq.write_table(
            table,
            file.with_suffix(".parquet"),
            compression="zstd",
            version="2.6",
            row_group_size=1 << 20,
            store_schema=False,
        )
        frame.to_csv(file.with_suffix(".csv"), index=False, lineterminator="\n")


def _sealed(folder: Path, manifest: Manifest) -> Manifest:
    """Write manifest.json with the hash of every file; the id is that of its content."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    hashes = {str(p.relative_to(folder)): release_manifest.digest(p) for p in files}
    manifest = {**manifest, "files": hashes}
    manifest = {**manifest, "id": release_manifest.release_id(manifest)}
    (folder / release_manifest.MANIFEST).write_bytes(release_manifest.manifest_bytes(manifest))
    return manifest


def _into(store: Store, folder: Path, target: Path) -> None:
    """Bring all of a folder to the disk before it gets its name."""
    target.parent.mkdir(exist_ok=True, mode=0o700)
    sync(store.root)
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sentences(made: WrittenRelease) -> list[str]:
    """Sentences on what was made, for who typed the command: also what no page will tell."""
    shown = []
    for path, told in made.manifest["tables"].items():
        n = pq.read_table(made.folder / f"{path}.parquet", columns=["n"])["n"]
        shown.append(f"  {path}: {told['rows'] - n.null_count:,} of {told['rows']:,} cells shown")
    what = "is there already" if made.old else "is made; nothing of it is public yet"
    return [
        *(f"Warning: {text}" for text in made.manifest["warnings"]),
        f"Release {made.id} {what}: {made.folder}",
        *shown,
        f"Next: python -m data attack {made.id}, then python -m data publish {made.id}",
    ]
