"""Area sets of the store: official polygons taken in, or areas learned from records."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
import shapely

from data import area_names, boundary_shapes, labelled, ledger, places, residents
from data.boundary_files import read as read_file
from data.settings import Problem, Settings
from data.store import Store, move
from geo import areas as geo_areas

KEY = b"porchlight"
ORDER = b"porchlight order"  # when it was chosen: the number of its event in the ledger
Metadata = dict[str, Any]
Say = Callable[[str], None]


def add(
    store: Store,
    place: Settings,
    file: Path,
    *,
    set_name: str = "neighborhoods",
    name_column: str | None = None,
    code_column: str | None = None,
    population_column: str | None = None,
    population_file: Path | None = None,
    aliases: Path | None = None,
    crs: str | None = None,
    say: Say = print,
) -> str:
    """The id of the area set read from a file of polygons, now the set of this name.

    Residents come from a column, else from a CSV of name,population, else from the set
    that this one replaces. `crs` is for a file that does not say it.
    """
    _check_set_name(set_name)
    known = area_names.aliases(aliases, place.name)
    features = read_file(file)
    columns = {
        "name": name_column,
        "code": code_column,
        "population": population_column,
    }
    frame, notes = boundary_shapes.areas(features, columns, crs, file.name)
    notes += boundary_shapes.told(frame, _metric(store, place, frame))
    if population_column is None:
        frame, more = _peopled(store, frame, known, set_name, population_file)
        notes += more
    meta = _metadata(set_name, "official", file.name, frame, known, notes)
    return _save(store, frame, meta, say)


def learn(
    store: Store,
    place: Settings,
    *,
    set_name: str = "neighborhoods",
    population: Mapping[str, int | None] | None = None,
    replace: bool = False,
    say: Say = print,
) -> str:
    """The id of the area set learned from labelled points, now the set of this name.

    Only records of official sources count: what people report to a network must not
    shape a public border. Official areas give way only to who says so (`replace`).
    """
    _check_set_name(set_name)
    if not replace:
        _keep_official(store, set_name)
    known = area_names.aliases(None, place.name)
    lon, lat, names, sources = labelled.points(store, known)
    frame, lost, notes = _learned(lon, lat, names, places.metric_crs(store, place))
    if population is None:
        frame, more = _peopled(store, frame, known, set_name, None)
    else:
        frame, more = residents.by_name(frame, population, known, "the source")
    source = f"labelled points of {', '.join(sources)}"
    meta = _metadata(set_name, "learned", source, frame, known, notes + more)
    return _save(store, frame, meta | {"lost": lost}, say)


def current_sets(store: Store) -> dict[str, Path]:
    """The newest file of each area set; the sets in the order of their first."""
    files: dict[str, Path] = {}
    for event in store.events():
        if event.verb == "areas":
            files[event.detail["set"]] = store.areas / f"{event.subject}.parquet"
    return files


def read(path: Path) -> tuple[gpd.GeoDataFrame, Metadata]:
    """An area set [code, name, population, geometry] and what is known of it."""
    held = pq.read_schema(path).metadata
    meta: Metadata = json.loads(held[KEY])
    return gpd.read_parquet(path), meta


def label_codes(
    areas: gpd.GeoDataFrame, metadata: Metadata, labels: Sequence[str]
) -> npt.NDArray[np.int32]:
    """The row of the area that each label names, also by an alias; -1 for none."""
    lookup = area_names.Lookup(areas["name"].tolist(), metadata.get("aliases", {}))
    return np.array([lookup.row(label) for label in labels], dtype=np.int32)


def _check_set_name(name: str) -> None:
    if not name or area_names.clean(name) != name or name.startswith("hexagons"):
        raise Problem(
            f'"{area_names.shown(name)}" cannot be the name of an area set. Use '
            "letters, digits and spaces; hexagons are there already."
        )


def _keep_official(store: Store, set_name: str) -> None:
    held = current_sets(store).get(set_name)
    if held is None:
        return
    meta: Metadata = json.loads(pq.read_schema(held).metadata[KEY])
    if meta["how"] == "official":
        raise Problem(
            f"{set_name} are official areas (from {area_names.shown(meta['source'])}), which "
            "learned ones would replace: add --replace to do that, or --set NAME to keep both."
        )


def _learned(
    lon: labelled.Floats, lat: labelled.Floats, names: npt.NDArray[Any], metric: str | None
) -> tuple[gpd.GeoDataFrame, list[str], list[str]]:
    """Areas from labelled points, the labels that got none, and what to say of them."""
    kept, few = labelled.enough(names)
    lon, lat, names = lon[kept], lat[kept], names[kept]
    learned = geo_areas.learn(lon, lat, names, metric or _utm(lon, lat)) if kept.any() else None
    if learned is None or learned.empty:
        raise Problem(
            "No label of an area holds together anywhere, or none has "
            f"{labelled.FEWEST} points: nothing was learned."
        )
    scattered: list[str] = learned.attrs["lost"]
    notes = [f"Learned from {len(lon):,} labelled points: borders are approximate."]
    if scattered:
        notes.append(
            f"No area was found for {len(scattered)}, whose points lie scattered among "
            f"others': {', '.join(scattered)}."
        )
    if few:
        notes.append(
            f"Left out for too few points (fewer than {labelled.FEWEST}), {len(few)}: "
            f"{', '.join(few)}."
        )
    return _coded(learned), sorted([*scattered, *few]), notes


def _coded(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = area_names.codes(area_names.slug(name) for name in areas["name"])
    nobody = pd.array([None] * len(areas), dtype="Int64")
    return gpd.GeoDataFrame(
        {"code": codes, "name": areas["name"].to_numpy(), "population": nobody},
        geometry=areas.geometry.to_numpy(),
        crs=areas.crs,
    )


def _peopled(
    store: Store,
    frame: gpd.GeoDataFrame,
    known: Mapping[str, str],
    set_name: str,
    file: Path | None,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The areas with residents from a file, else from the set of this name before."""
    if file is not None:
        return residents.by_name(frame, residents.read(file), known, file.name)
    before = current_sets(store).get(set_name)
    held = read(before)[0].dropna(subset="population") if before else frame[:0]
    if held.empty:
        return frame, ["Residents are not known: no rates can be given."]
    people = dict(zip(held["name"], held["population"].astype(int)))
    return residents.by_name(frame, people, known, "the areas before")


def _metric(store: Store, place: Settings, frame: gpd.GeoDataFrame) -> str:
    x, y = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy())).T
    return places.metric_crs(store, place) or _utm(x, y)


def _utm(lon: Any, lat: Any) -> str:
    return places.utm_zone(float(np.median(lat)), float(np.median(lon)))


def _metadata(
    set_name: str,
    how: str,
    source: str,
    frame: gpd.GeoDataFrame,
    known: Mapping[str, str],
    notes: list[str],
) -> Metadata:
    aliases = dict(sorted(known.items()))
    meta: Metadata = {"set": set_name, "how": how, "source": source, "lost": []}
    return meta | {"aliases": aliases, "notes": notes, "areas": len(frame)}


def _save(store: Store, frame: gpd.GeoDataFrame, meta: Metadata, say: Say) -> str:
    """Write the set into the store under the hash of its content; the same is kept."""
    told = {key: value for key, value in meta.items() if key != "notes"}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    rows = frame.drop(columns="geometry").to_json(orient="values")
    digest.update(rows.encode())
    for shape in shapely.to_wkb(frame.geometry.to_numpy()):
        digest.update(shape)
    name = digest.hexdigest()[:16]
    for note in meta["notes"]:
        say(note)
    target = store.areas / f"{name}.parquet"
    if current_sets(store).get(meta["set"]) == target:
        say(f"{meta['set']}: these {len(frame)} areas are in the store already.")
        return name
    with store.writing() as scratch:
        made = scratch / target.name
        frame.to_parquet(made)
        table = pq.read_table(made)
        held = {**table.schema.metadata, KEY: json.dumps(meta).encode()}
        held[ORDER] = str(store.next_number()).encode()
        pq.write_table(table.replace_schema_metadata(held), made, compression="zstd")
        move(made, target)
        ledger.append(store.ledger, "areas", name, set=meta["set"], how=meta["how"])
    say(f"{meta['set']}: {len(frame)} {meta['how']} areas.")
    return name
