"""The reader of the published release, and of nothing else, for the public dashboard.

No store, no secret, no clock. A file counts only if it is the one that the manifest names.
"""

import io
import json
import os
import re
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from data.release import release_manifest
from data.release.policy import Policy
from data.release.release_manifest import MANIFEST, TOMBSTONE
from data.release.tables import COLUMNS, Manifest, ReleasedArea, ReleasedSource
from data.settings import Problem
from geo.geojson import Feature

NONE = (
    "Nothing is published now. Those who run this site publish a release with: "
    "python -m data publish"
)
RECALLED = "The release that was here was recalled by those who published it. "
_NAMED = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")
_USUAL = Policy()
_NAMED_IN_TEXTS = ("base", "records", "least_residents", "city_delay_hours", "area_delay_days")


class MadeShare(Enum):
    """How many of the reports of some sources are made up, as the sample's are."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


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
    """A release, if its manifest is the one that was written."""
    return Release(folder, release_manifest.read_manifest(folder))


def read_file(release: Release, name: str) -> bytes:
    """A file of a release. Problem unless it is the one that the manifest names."""
    return release_manifest.read_file(release.folder, release.manifest, name)


def has(release: Release, path: str) -> bool:
    """Return whether a release holds a table."""
    return path in COLUMNS and f"{path}.parquet" in release.manifest["files"]


def released_table(release: Release, path: str) -> pd.DataFrame:
    """One released table as it is; `n` is missing where it is not shown."""
    body = io.BytesIO(read_file(release, f"{path}.parquet"))
    frame: pd.DataFrame = pq.read_table(body).to_pandas()
    if list(frame.columns) != COLUMNS[path]:
        raise Problem(f"{path} has other columns than a release may have: it is not shown.")
    return frame.astype({"n": "Int32"})


def area_features(release: Release) -> list[Feature[ReleasedArea]]:
    """The areas as GeoJSON features with area (a number), name and residents."""
    told: list[Feature[ReleasedArea]] = json.loads(read_file(release, "areas.geojson"))["features"]
    return sorted(told, key=lambda f: int(f["properties"]["area"]))


def tables(release: Release) -> dict[str, pd.DataFrame]:
    """All tables that a release holds, by path."""
    return {path: released_table(release, path) for path in COLUMNS if has(release, path)}


def rule(manifest: Manifest, name: str) -> Any:
    """The value of one rule of the policy; the usual one where a manifest does not state it."""
    entry = manifest["policy"].get(name)
    return getattr(_USUAL, name) if entry is None else entry["value"]


def policy_numbers(manifest: Manifest) -> dict[str, int]:
    """The numbers of the policy that texts name, by rule."""
    return {name: int(rule(manifest, name)) for name in _NAMED_IN_TEXTS}


def sources_of(manifest: Manifest, folder: str) -> list[ReleasedSource]:
    """The sources of community, press or official records, as the manifest describes them."""
    return [source for source in manifest["sources"] if source["kind"] == folder]


def made_share(manifest: Manifest, folder: str) -> MadeShare:
    """The share of the sources of a folder that are made up."""
    made = [bool(source.get("made")) for source in sources_of(manifest, folder)]
    if not any(made):
        return MadeShare.NONE
    return MadeShare.ALL if all(made) else MadeShare.SOME
