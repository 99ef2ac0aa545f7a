"""Records as a GeoPackage: a layer of points, and two tables: notes and dictionary."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from data.files.spreadsheet import type_words

# GDAL writes it as the time of each layer: the same content gives the same bytes
_CREATED = {"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"}


def as_geopackage(table: pa.Table, notes: Mapping[str, str], meanings: Mapping[str, str]) -> bytes:
    """The GeoPackage as bytes; rows without `lon` and `lat` are in it without a geometry.

    Lists are texts with semicolons. Times are UTC.
    """
    frame = _plain(table).to_pandas()
    lon, lat = (frame[name].to_numpy(float) for name in ("lon", "lat"))
    there = np.isfinite(lon) & np.isfinite(lat)
    points = np.full(len(frame), None, object)
    points[there] = shapely.points(lon[there], lat[there])
    records = gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points, crs=4326)
    about = pd.DataFrame(
        {
            "column": table.column_names,
            "type": [type_words(field.type) for field in table.schema],
            "meaning": [meanings.get(name, "") for name in table.column_names],
        }
    )
    told = pd.DataFrame({"note": list(notes), "text": list(notes.values())})
    with tempfile.TemporaryDirectory(prefix="porchlight-geopackage-") as folder:
        file = Path(folder) / "records.gpkg"
        pyogrio.set_gdal_config_options(_CREATED)
        pyogrio.write_dataframe(
            records, file, layer="records", driver="GPKG", geometry_type="Point"
        )
        for name, rows in (("notes", told), ("dictionary", about)):
            pyogrio.write_dataframe(rows, file, layer=name, driver="GPKG")
        return file.read_bytes()


def _plain(table: pa.Table) -> pa.Table:
    """The table with lists as texts: a layer has no lists."""
    columns = [
        pa.compute.binary_join(column.cast(pa.list_(pa.string())), "; ")
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)
