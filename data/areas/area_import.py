"""Area sets of the store: official polygons taken in, or areas learned from records."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy.typing as npt
import pandas as pd
import shapely

from data import words
from data.areas import area_proposals, boundary_shapes, label_or_point, labelled_points, residents
from data.areas.boundary_files import Features, read_features
from data.areas.label_or_point import Ask
from data.settings import Problem, Settings
from data.storage import area_names, area_sets, place_mark, projection
from data.storage.disk import move
from data.storage.events import AreasSet
from data.storage.meta_types import AreaFileMeta
from data.storage.store import Store
from geo.areas import learn_areas
from geo.arrays import Floats

NO_RESIDENTS = (
    "Residents are not known: no rates can be given. Name a column with --population-column, or a "
    "table with --population-file."
)
NEAR_KM = 40.0  # where areas of a place without a stated reach are expected
Say = Callable[[str], None]


def add(
    store: Store,
    settings: Settings,
    file: Path,
    *,
    set_name: str = "neighborhoods",
    name_column: str | None = None,
    code_column: str | None = None,
    population_column: str | None = None,
    population_file: Path | None = None,
    aliases: Path | None = None,
    crs: str | None = None,
    place_by: Sequence[str] = (),
    ask: Ask | None = None,
    say: Say = print,
) -> str:
    """The id of the area set read from a file of polygons, now the set of this name.

    Residents come from a table with names or codes of the areas, else from a column (with a table
    it is one of its columns; None: found by its header, "": there is none), else from the set that
    this one replaces. The column of names is found where only one has texts. `crs` is for a file that does not say it. `place_by` says, or
    `ask` asks for, what decides where labels of the store's records do not fit their points
    (see data.areas.label_or_point); Problem where neither does.
    """
    place_mark.check_place(store, settings)
    _check_set_name(set_name)
    known = area_names.aliases(aliases, settings.name)
    features = read_features(file)
    if name_column is None:
        name_column = boundary_shapes.find_name_column(features, file.name, ask)
        say(f"Names are from the column {area_names.printable(name_column)}.")
    own = population_column
    if population_file is not None:
        own = None
    elif own is None:
        own = _find_residents(features, file.name, ask, say)
    own = own or None
    columns = {"name": name_column, "code": code_column, "population": own}
    middle = projection.middle(store, settings) or _middle_of_areas(store)
    bounds = projection.Bounds(middle, settings.reach_km or NEAR_KM)
    frame, notes = boundary_shapes.make_areas(features, columns, crs, file.name, bounds)
    notes += boundary_shapes.overlap_sentences(frame, _metric(store, settings, frame))
    if population_file is not None:
        people = residents.read_residents(population_file, frame, known, population_column, ask)
        frame, more = residents.by_name(frame, people, known, population_file.name)
        notes += more
    elif own is None:
        frame, more = _peopled(store, frame, known, set_name)
        notes += more
    meta = _metadata(set_name, "official", file.name, frame, known, notes)
    return _save(store, settings, frame, meta, place_by, ask, say)


def _find_residents(features: Features, file: str, ask: Ask | None, say: Say) -> str:
    """The column of residents by its header; "" where none is, or where nobody says which."""
    found = area_proposals.propose_population_columns(features)
    if len(found) > 1:
        listed = ", ".join(map(area_names.printable, found))
        if ask is not None:
            return ask(f"Which column of {file} holds the residents: {listed}?", found)
        say(f"Several columns could hold the residents: {listed}. Name one: --population-column.")
    elif found:
        say(f"Residents are from the column {area_names.printable(found[0])}.")
    return found[0] if len(found) == 1 else ""


def learn(
    store: Store,
    settings: Settings,
    *,
    set_name: str = "neighborhoods",
    population: Mapping[str, int | None] | None = None,
    replace: bool = False,
    place_by: Sequence[str] = (),
    ask: Ask | None = None,
    say: Say = print,
) -> str:
    """The id of the area set learned from labelled points, now the set of this name.

    Only records of official sources count: what people report to a network must not
    shape a public border. Official areas give way only to who says so (`replace`).
    """
    place_mark.check_place(store, settings)
    _check_set_name(set_name)
    if not replace:
        _keep_official(store, set_name)
    known = area_names.aliases(None, settings.name)
    lon, lat, names, sources = labelled_points.points(store, known)
    frame, lost, notes = _learned(lon, lat, names, projection.metric_crs(store, settings))
    if population is None:
        frame, more = _peopled(store, frame, known, set_name)
    else:
        frame, more = residents.by_name(frame, population, known, "the source")
    source = f"labelled points of {', '.join(sources)}"
    meta = _metadata(set_name, "learned", source, frame, known, notes + more)
    meta = {**meta, "lost": lost, "learned_from": sources}
    return _save(store, settings, frame, meta, place_by, ask, say)


def decide(
    store: Store, settings: Settings, set_name: str, place_by: Sequence[str], say: Say = print
) -> None:
    """Change what decides in an area set that is there: labels or points, by source."""
    file = area_sets.current_sets(store).get(set_name)
    if file is None:
        raise Problem(
            f"There is no area set {area_names.printable(set_name)}. Give it: --set NAME."
        )
    areas, meta = area_sets.read_areas(file)
    before = store.history().decisions.of_sets.get(set_name, {})
    deciders = label_or_point.for_areas(store, settings, areas, meta, place_by, before, None, say)
    if deciders != before:
        _declare(store, file.stem, meta, deciders)


def _declare(store: Store, name: str, meta: AreaFileMeta, deciders: Mapping[str, str]) -> None:
    """Make an area set the one of its name: one event, with what decides in it."""
    store.ledger.append(AreasSet(name, meta["set"], meta["how"], dict(deciders) or None))


def _beside(store: Store, deciders: Mapping[str, str]) -> dict[bytes, bytes]:
    """The event number and the deciders to keep in a set's file, to recover a lost ledger."""
    number, told = str(store.next_number()), json.dumps(dict(deciders))
    return {area_sets.ORDER: number.encode(), area_sets.PLACE_BY: told.encode()}


def _check_set_name(name: str) -> None:
    if not name or area_names.clean_name(name) != name or name.startswith("hexagons"):
        raise Problem(
            f'"{area_names.printable(name)}" cannot be the name of an area set. Use '
            "letters, digits and spaces; hexagons are there already."
        )


def _keep_official(store: Store, set_name: str) -> None:
    held = area_sets.current_sets(store).get(set_name)
    if held is None:
        return
    meta = area_sets.read_metadata(held)
    if meta["how"] == "official":
        raise Problem(
            f"{set_name} are official areas (from {area_names.printable(meta['source'])}), which "
            "learned ones would replace: add --replace to do that, or --set NAME to keep both."
        )


def _learned(
    lon: Floats, lat: Floats, names: npt.NDArray[Any], metric: str | None
) -> tuple[gpd.GeoDataFrame, list[str], list[str]]:
    """Areas from labelled points, the labels that got none, and what to say of them."""
    kept, few = labelled_points.enough(names)
    lon, lat, names = lon[kept], lat[kept], names[kept]
    learned = (
        learn_areas(lon, lat, names, metric or projection.utm_zone(lat, lon))
        if kept.any()
        else None
    )
    if learned is None or learned.empty:
        raise Problem(
            "No label of an area holds together anywhere, or none has "
            f"{labelled_points.FEWEST} points: nothing was learned."
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
            f"Left out for too few points (fewer than {labelled_points.FEWEST}), {len(few)}: "
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
    store: Store, frame: gpd.GeoDataFrame, known: Mapping[str, str], set_name: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The areas with residents from the set of this name before."""
    before = area_sets.current_sets(store).get(set_name)
    held = area_sets.read_areas(before)[0].dropna(subset="population") if before else frame[:0]
    if held.empty:
        return frame, [NO_RESIDENTS]
    people = dict(zip(held["name"], held["population"].astype(int)))
    return residents.by_name(frame, people, known, "the areas before")


def _middle_of_areas(store: Store) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of areas that are there already."""
    for file in area_sets.current_sets(store).values():
        west, south, east, north = area_sets.read_areas(file)[0].total_bounds
        return (south + north) / 2, (west + east) / 2
    return None


def _metric(store: Store, settings: Settings, frame: gpd.GeoDataFrame) -> str:
    x, y = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy())).T
    return projection.metric_crs(store, settings) or projection.utm_zone(y, x)


def _metadata(
    set_name: str,
    how: str,
    source: str,
    frame: gpd.GeoDataFrame,
    known: Mapping[str, str],
    notes: list[str],
) -> AreaFileMeta:
    aliases = dict(sorted(known.items()))
    return {
        "set": set_name,
        "how": how,
        "source": source,
        "lost": [],
        "aliases": aliases,
        "notes": notes,
        "areas": len(frame),
    }


def _save(
    store: Store,
    settings: Settings,
    frame: gpd.GeoDataFrame,
    meta: AreaFileMeta,
    place_by: Sequence[str],
    ask: Ask | None,
    say: Say,
) -> str:
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
    there = area_sets.current_sets(store).get(meta["set"]) == target
    before = store.history().decisions.of_sets.get(meta["set"], {})
    settled = before if there else {}
    deciders = label_or_point.for_areas(store, settings, frame, meta, place_by, settled, ask, say)
    if there:
        say(f"{meta['set']}: these {len(frame)} areas are in the store already.")
    if not there or deciders != before:
        with store.writing() as scratch:
            made = scratch / target.name
            area_sets.write_areas(frame, meta, made, _beside(store, deciders))
            move(made, target)
            place_mark.mark_place(store, settings)
            _declare(store, name, meta, deciders)
    if not there:
        say(f"{meta['set']}: {words.counted(len(frame), meta['how'] + ' area')}.")
    return name
