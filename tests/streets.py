"""A small made map over the sample place, in the layers of the Protomaps basemap."""

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

WEST, SOUTH, EAST, NORTH = -93.345, 44.885, -93.185, 45.055
RIVER = [(-93.29, 45.06), (-93.27, 45.0), (-93.25, 44.975), (-93.21, 44.96), (-93.2, 44.88)]
LAKES = [(-93.31, 44.948, 0.008), (-93.306, 44.922, 0.009), (-93.245, 44.93, 0.005)]
PARKS = [(-93.325, 44.985, 0.011), (-93.29, 44.965, 0.004), (-93.22, 44.915, 0.008)]
HIGHWAYS = [
    [(WEST, 44.97), (-93.27, 44.967), (EAST, 44.955)],
    [(-93.275, SOUTH), (-93.268, 44.96), (-93.285, 45.0), (-93.3, NORTH)],
]


TOWNS = {"Westtown": (-93.4, 44.97), "Easttown": (-93.14, 44.96)}
AVENUE = "Orchard Avenue"


def feature(kind: str, shape: str, coordinates: Any, name: str = "") -> dict[str, Any]:
    """One thing of a kind, with a name if it has one."""
    return {
        "type": "Feature",
        "properties": {"kind": kind} | ({"name": name} if name else {}),
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def disc(lon: float, lat: float, reach: float) -> list[list[tuple[float, float]]]:
    """An eight-cornered ring, somewhat higher than wide."""
    round_ = [(1, 0), (0.7, 0.8), (0, 1), (-0.8, 0.7), (-1, 0), (-0.7, -0.8), (0, -1), (0.8, -0.7)]
    return [[(lon + reach * x, lat + reach * y) for x, y in [*round_, round_[0]]]]


def layers() -> dict[str, list[dict[str, Any]]]:
    """Features by layer: a river, lakes, parks, streets on a grid, two highways."""
    banks = [(x - 0.003, y) for x, y in RIVER] + [(x + 0.003, y) for x, y in RIVER[::-1]]
    roads = []
    for i in range(65):
        x, y = WEST + 0.0025 * i, SOUTH + 0.0025 * i
        kind = "major_road" if i % 8 == 4 else "minor_road"
        names = (AVENUE if i == 28 else f"{i} Avenue", f"{i} Street")
        roads.append(feature(kind, "LineString", [(x, SOUTH), (x, NORTH)], names[0]))
        roads.append(feature(kind, "LineString", [(WEST, y), (EAST, y)], names[1]))
    roads += [feature("highway", "LineString", line, "Long Highway") for line in HIGHWAYS]
    roads.append(feature("rail", "LineString", HIGHWAYS[0], "Old Railway"))
    # two short streets of one name at two ends of the town
    for x, y in ((WEST + 0.01, SOUTH + 0.01), (EAST - 0.01, NORTH - 0.01)):
        roads.append(feature("minor_road", "LineString", [(x, y), (x + 0.002, y)], "Mill Lane"))
    roads.append(feature("minor_road", "LineString", [(-93.0, 45.0), (-92.99, 45.0)], "Far Road"))
    return {
        "landuse": [feature("park", "Polygon", disc(*place)) for place in PARKS],
        "water": [feature("lake", "Polygon", disc(*place)) for place in LAKES]
        + [feature("river", "Polygon", [[*banks, banks[0]]])],
        "roads": roads,
        "places": [feature("locality", "Point", at, name) for name, at in TOWNS.items()],
    }


def make(folder: Path) -> Path:
    """The map as a PMTiles file, made by tippecanoe."""
    words = []
    for name, features in layers().items():
        file = folder / f"{name}.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        words += ["-L", f"{name}:{file}"]
    made = folder / "town.pmtiles"
    tool = Path(sysconfig.get_path("scripts")) / "tippecanoe"
    subprocess.run(
        [str(tool), "-q", "-f", "-o", str(made), "-Z8", "-z14", *words],
        check=True,
        capture_output=True,
    )
    return made
