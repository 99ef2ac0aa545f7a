"""A made place with a store of its own in a scratch folder: the job as it is, run on made records.

Its areas are squares, its policy that of who attacks. The environment is that of the made place
while it is open, so that the job finds its policy and its keys, and not those of the real one.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.areas import area_import
from data.attacks import made_records
from data.imports import importer
from data.imports.options import Options
from data.privacy.policy import Policy
from data.release import release_files
from data.release.release_files import Embed, WrittenRelease
from data.settings import SQLITE, Settings, load_settings
from data.storage.store import Store

WEST, SOUTH, SIDE = -93.40, 44.85, 0.02
ACROSS, AREAS = 8, 40
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # the clock of a made place: every date is over
_CONFIG, _STORE = "PORCHLIGHT_CONFIG", "PORCHLIGHT_STORE"
_LEDGER = "PORCHLIGHT_LEDGER"
_KEYS, _PUBLIC = "PORCHLIGHT_KEYS", "PORCHLIGHT_PUBLIC"


class MadePlace(NamedTuple):
    """The folder of a made place, and what lies in it."""

    folder: Path

    @property
    def store(self) -> Store:
        """Its store."""
        return Store(self.folder / "store")

    @property
    def keys(self) -> Path:
        """The folder of its keys."""
        return self.folder / "keys"

    @property
    def public(self) -> Path:
        """The folder of what it publishes."""
        return self.folder / "public"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which commands find it."""
        return {
            _CONFIG: str(self.folder / "porchlight.toml"),
            _STORE: str(self.folder / "store"),
            _LEDGER: SQLITE,
            _KEYS: str(self.keys),
            _PUBLIC: str(self.public),
        }

    def settings(self) -> Settings:
        """Its settings; only while it is open."""
        return load_settings()

    def import_rows(self, rows: pd.DataFrame, source: str = made_records.HOTLINE) -> None:
        """Import some records, as `report_rows` gives them; of an id that is there the newest
        counts."""
        if not len(rows):
            return
        file = self.folder / "rows.csv"
        rows.to_csv(file, index=False)
        options = Options(source=source, kind=None)
        importer.import_file(
            self.store, self.settings(), file, options, ask=None, say=lambda text: None
        )
        file.unlink()

    def release(self, as_of: date, embed: Embed | None = None) -> WrittenRelease:
        """Make its release as of a date."""
        return release_files.write_release(
            self.store, self.settings(), as_of, embed=embed, now=LATER, public=self.public
        )

    def copy(self, folder: Path) -> "MadePlace":
        """A copy of all of it in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return MadePlace(folder)


@contextmanager
def open_place(place: MadePlace, rules: Policy) -> Iterator[MadePlace]:
    """Let the environment be that of a made place with a policy, as long as it is open."""
    place.folder.mkdir(parents=True, exist_ok=True)
    (place.folder / "porchlight.toml").write_text(_toml(rules), encoding="utf-8")
    with environment(place.environment):
        yield place


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def clean_environment() -> dict[str, str]:
    """The environment without what names a place."""
    return {n: v for n, v in os.environ.items() if not n.startswith("PORCHLIGHT_")}


def fill_areas(place: MadePlace) -> None:
    """Give an open place its areas; one in nine has too few residents to stand alone."""
    features = []
    for i in range(AREAS):
        west, south = _corner(i)
        ring = [
            [west, south],
            [west + SIDE, south],
            [west + SIDE, south + SIDE],
            [west, south + SIDE],
        ]
        people = 900 if i % 9 == 4 else 4000 + 37 * i
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        properties = {"name": f"Square {i + 1}", "people": people}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    file = place.folder / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    area_import.add(
        place.store,
        place.settings(),
        file,
        name_column="name",
        population_column="people",
        say=lambda text: None,
    )


def report_rows(records: pd.DataFrame) -> pd.DataFrame:
    """Records of `made_records` with `AREAS` groups as a hotline's table; only the community's."""
    rows = records[records["source_kind"] == "community"]
    at = (rows["group"].to_numpy(int) - 1).clip(0)
    corner = np.array([_corner(i) for i in range(AREAS)])[at]
    number = rows["incident_id"].str[-6:].astype(int).to_numpy()
    spots = np.random.default_rng(1).uniform(0.2, 0.8, (number.max(initial=0) + 1, 2))
    inside = spots[number] * SIDE
    nowhere = (rows["group"] == 0).to_numpy()
    lon, lat = (np.where(nowhere, np.nan, (corner + inside)[:, i].round(5)) for i in (0, 1))
    hour = pd.to_numeric(rows["hour"]).astype("Float64")
    day = pd.to_datetime(rows["local_date"]).dt.strftime("%Y-%m-%d")
    clock = hour.map(lambda h: f" {int(h):02d}:20", na_action="ignore").fillna("")
    return pd.DataFrame(
        {
            "id": rows["incident_id"].to_numpy(object),
            "time": (day + clock).to_numpy(object),
            "lat": lat,
            "lon": lon,
            "kind": rows["kind"].to_numpy(object),
            "grade": rows["grade"].to_numpy(object),
            "setting": rows["setting"].to_numpy(object),
        }
    )


def _corner(i: int) -> tuple[float, float]:
    """West and south of a square."""
    return round(WEST + i % ACROSS * SIDE, 5), round(SOUTH + i // ACROSS * SIDE, 5)


def _toml(rules: Policy) -> str:
    """The settings of a made place with a policy."""
    lines = ["[place]", 'name = "A made place"', f"zone = {json.dumps(rules.zone)}"]
    lines += [f"center = [{SOUTH + 2.5 * SIDE}, {WEST + 4 * SIDE}]", "sample = true", "[release]"]
    lines += [
        f"{field.name} = {_toml_value(value)}"
        for field in fields(Policy)
        if field.name != "zone" and (value := getattr(rules, field.name)) is not None
    ]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(list(value) if isinstance(value, tuple) else value)
