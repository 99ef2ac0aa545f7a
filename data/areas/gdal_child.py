"""Reads one GeoPackage or Shapefile: a process of its own, with no other driver.

GDAL opens a file by its content, whatever its name: a description of a virtual layer
makes it read other files or the network. So whoever starts this names all drivers but
one in GDAL_SKIP, which counts when GDAL is loaded, and limits memory and time.
"""

import base64
import json
import math
import sys
from typing import Any

import pyogrio
import pyogrio.raw


def main(path: str, driver: str, most: int) -> int:
    """Print the first layer with polygons as JSON, geometries as base64 WKB."""
    if set(pyogrio.list_drivers()) != {driver}:
        print("other drivers are loaded", file=sys.stderr)
        return 2
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if _areal(kind)]
    if not layers:
        json.dump({"layers": []}, sys.stdout)
        return 0
    meta, _, shapes, values = pyogrio.raw.read(
        path, layer=layers[0], max_features=most + 1, datetime_as_string=True
    )
    rows = [[_plain(value) for value in row] for row in zip(*values, strict=True)]
    found = {
        "layers": layers,
        "crs": meta["crs"],
        "columns": [str(name) for name in meta["fields"]],
        "rows": rows or [[] for _ in shapes],
        "shapes": [None if s is None else base64.b64encode(s).decode() for s in shapes],
    }
    json.dump(found, sys.stdout)
    return 0


def _areal(kind: str | None) -> bool:
    return kind is not None and ("Polygon" in kind or "Unknown" in kind)


def _plain(value: Any) -> str | int | float | bool | None:
    value = value.item() if hasattr(value, "item") else value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, str | int | float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
