"""Reads one GeoPackage or Shapefile: a process of its own, with no other driver.

GDAL opens a file by its content, whatever its name: a description of a virtual layer
makes it read other files or the network. So whoever starts this names all drivers but
one in GDAL_SKIP, which counts when GDAL is loaded, and limits memory and time.
"""

import json
import sys

import pyarrow as pa

if __name__ == "__main__":
    # pyogrio loads these where it finds them, for nothing used here: two thirds of this process's time
    for unused in ("geopandas", "pandas", "pyproj", "shapely"):
        sys.modules[unused] = None  # type: ignore[assignment]

import pyogrio
import pyogrio.raw

ROWS = 10_000  # of a batch


def main(path: str, driver: str, layer: str = "", most: str = "0") -> int:
    """Print the layers and their kinds of shapes as JSON or, of one layer, write its features.

    They are an Arrow stream with the shapes as WKB; at most `most` of them, 0 is all.
    """
    if set(pyogrio.list_drivers()) != {driver}:
        print("other drivers are loaded", file=sys.stderr)
        return 2
    if not layer:
        layers = [[str(name), kind and str(kind)] for name, kind in pyogrio.list_layers(path)]
        json.dump(layers, sys.stdout)
        return 0
    with pyogrio.raw.open_arrow(
        path,
        layer=layer,
        batch_size=ROWS,
        use_pyarrow=True,
        datetime_as_string=True,  # as the file has it, with or without a zone
    ) as (about, reader):
        geometry = about["geometry_name"] or "wkb_geometry"
        metadata = {"crs": about["crs"] or "", "geometry": geometry}
        schema = pa.schema([field.remove_metadata() for field in reader.schema], metadata)
        left = int(most) or sys.maxsize
        with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
            for batch in reader:
                writer.write_batch(pa.record_batch(batch.columns, schema=schema).slice(0, left))
                left -= len(batch)
                if left <= 0:
                    break
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
