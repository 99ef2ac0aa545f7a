"""The reader of the published release, and of nothing else, for the public dashboard.

No store, no secret, no clock. A file counts only if it is the one that the manifest names.
"""

import hashlib
import io
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from data.release.tables import OFFICIAL, PATHS, TABLES, Manifest
from data.settings import Problem

_TOMBSTONE = "recalled.json"
# the whitelist: a table with other columns is not shown
COLUMNS = {
    **{f"{path}/{table.name}": [*table.keys, "n"] for path in PATHS for table in TABLES},
    OFFICIAL: ["period", "area", "kind", "n"],
}
NONE = (
    "Nothing is published now. Those who run this site publish a release with: "
    "python -m data publish"
)
RECALLED = "The release that was here was recalled by those who published it. "
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
    if (found / _TOMBSTONE).exists():
        raise Problem(RECALLED + NONE)
    return found


def release_state(name: str) -> str:
    """The state of a release by its name: "published", "recalled", or "" where none is here."""
    folder = current().parent / name
    if not _NAMED.fullmatch(name):
        return ""
    if (folder / _TOMBSTONE).exists():
        return "recalled"
    return "published" if (folder / "manifest.json").exists() else ""


def load_release(folder: Path) -> Release:
    """A release, if its manifest is the one that was written."""
    try:
        manifest: Manifest = json.loads((folder / "manifest.json").read_bytes())
        rest = {key: value for key, value in manifest.items() if key != "id"}
        text = json.dumps(rest, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        named = f"{manifest['as_of']}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        if manifest["id"] != named or folder.name != named:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Problem("The manifest of the release is not the one that was written.") from None
    return Release(folder, manifest)


def file(release: Release, name: str) -> bytes:
    """A file of a release. Problem unless it is the one that the manifest names."""
    told = release.manifest["files"].get(name)
    try:
        body = (release.folder / name).read_bytes() if told else b""
    except OSError:
        body = b""
    if not told or hashlib.sha256(body).hexdigest() != told:
        raise Problem(f"{name} is not the file that was released: it is not shown.")
    return body


def has(release: Release, path: str) -> bool:
    """Return whether a release holds a table."""
    return path in COLUMNS and f"{path}.parquet" in release.manifest["files"]


def released_table(release: Release, path: str) -> pd.DataFrame:
    """One released table as it is; `n` is missing where it is not shown."""
    body = io.BytesIO(file(release, f"{path}.parquet"))
    frame: pd.DataFrame = pq.read_table(body).to_pandas()
    if list(frame.columns) != COLUMNS[path]:
        raise Problem(f"{path} has other columns than a release may have: it is not shown.")
    return frame.astype({"n": "Int32"})


def area_features(release: Release) -> list[dict[str, Any]]:
    """The areas as GeoJSON features with area (a number), name and residents."""
    told: list[dict[str, Any]] = json.loads(file(release, "areas.geojson"))["features"]
    return sorted(told, key=lambda f: int(f["properties"]["area"]))


def tables(release: Release) -> dict[str, pd.DataFrame]:
    """All tables that a release holds, by path."""
    return {path: released_table(release, path) for path in COLUMNS if has(release, path)}
