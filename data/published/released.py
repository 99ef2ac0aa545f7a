"""The reader of the published release, and of nothing else, for the public dashboard.

No store, no secret, no clock. A file counts only if it is the one that the manifest names.
"""

import io
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from data.privacy.tables import COLUMNS, Manifest, ReleasedArea, ReleasedSource, Tables
from data.published import grids
from data.published.grids import Numbers
from data.published.levels import LEVEL_FILES, Levels, read_level
from data.release import release_manifest
from data.release.release_manifest import MANIFEST, TOMBSTONE
from data.settings import Problem
from geo.geojson import Feature

NONE = (
    "Nothing is published now. Those who run this site publish a release with: "
    "python -m data publish"
)
RECALLED = "The release that was here was recalled by those who published it. "
OLD = (
    "The release that was published here follows older rules and is not shown any more. Those who "
    "run this site publish a new one with: python -m data publish"
)
_NAMED = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


class Release(NamedTuple):
    """A published release: where it lies and what it says of itself."""

    folder: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """The id that citations name."""
        return str(self.manifest["id"])


def current() -> Path:
    """The folder of the release that is published now. Problem where there is none."""
    named = os.environ.get("PORCHLIGHT_PUBLIC")
    if not named:
        raise Problem(
            "PORCHLIGHT_PUBLIC is not set: name the folder that `python -m data publish` fills. "
            "The public dashboard shows nothing else."
        )
    try:
        found = (Path(named).expanduser() / "current").resolve(strict=True)
    except (OSError, RuntimeError):
        raise Problem(NONE) from None
    if (found / TOMBSTONE).exists():
        raise Problem(RECALLED + NONE)
    return found


def release_state(name: str) -> str:
    """The state of a release by its name: "published", "recalled", or "" where none is here."""
    folder = current().parent / name
    if not _NAMED.fullmatch(name):
        return ""
    if (folder / TOMBSTONE).exists():
        return "recalled"
    return "published" if (folder / MANIFEST).exists() else ""


def load_release(folder: Path) -> Release:
    """A release, if its manifest is the one that was written. Problem where its rules are older."""
    manifest = release_manifest.read_manifest(folder)
    if Manifest.__required_keys__ - manifest.keys():
        raise Problem(OLD)
    return Release(folder, manifest)


def read_file(release: Release, name: str) -> bytes:
    """A file of a release. Problem unless it is the one that the manifest names."""
    return release_manifest.read_file(release.folder, release.manifest, name)


def has(release: Release, path: str) -> bool:
    """Return whether a release holds a table."""
    return path in COLUMNS and f"{path}.parquet" in release.manifest["files"]


def released_table(release: Release, path: str) -> pd.DataFrame:
    """One released table as it is."""
    body = io.BytesIO(read_file(release, f"{path}.parquet"))
    frame: pd.DataFrame = pq.read_table(body).to_pandas()
    if list(frame.columns) != COLUMNS[path]:
        raise Problem(f"{path} has other columns than a release may have: it is not shown.")
    return frame


def area_features(release: Release, where: str) -> list[Feature[ReleasedArea]]:
    """The areas of a level ("group", "district") as GeoJSON features, by their numbers; none where
    a release has no such areas."""
    if LEVEL_FILES[where] not in release.manifest["files"]:
        return []
    found: list[Feature[ReleasedArea]]
    found = json.loads(read_file(release, LEVEL_FILES[where]))["features"]
    return sorted(found, key=lambda f: int(f["properties"]["area"]))


def read_levels(release: Release) -> Levels:
    """The areas that a release has numbers for, by level."""
    features = {where: area_features(release, where) for where in LEVEL_FILES}
    return {w: read_level(w, (f["properties"] for f in own)) for w, own in features.items() if own}


def tables(release: Release) -> Tables:
    """All tables that a release holds, by path."""
    return {path: released_table(release, path) for path in COLUMNS if has(release, path)}


def released_numbers(release: Release) -> Numbers:
    """All numbers of a release, as its readers show them."""
    return grids.read_numbers(tables(release), read_levels(release), release.manifest)


def rule(manifest: Manifest, name: str) -> Any:
    """The value of one rule of the policy."""
    return manifest["policy"][name]["value"]


def sources_of(manifest: Manifest, kind: str) -> list[ReleasedSource]:
    """The official or press sources, as the manifest describes them."""
    return [source for source in manifest["sources"] if source["kind"] == kind]
