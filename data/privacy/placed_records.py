"""The input of a release: the store's records, placed in the groups of a partition."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data import sources
from data.areas.area_import import AreaFileMeta
from data.settings import Problem
from data.storage import area_sets, batches
from data.storage.database import literal, query
from data.storage.store import Store
from geo.area_index import locate_points
from geo.arrays import Ints

REPEATED = ("kind", "source", "source_kind", "grade", "setting", "area_label")
_COLUMNS = (
    *("incident_id", "local_date", "hour", *REPEATED, "received_at"),
    *("lon", "lat", "place_precision"),
)
KEPT = (
    *("incident_id", "group", "local_date", "hour", "kind", "source", "source_kind"),
    *("grade", "setting", "already_public", "received_at"),
)


def records(store: Store, areas: gpd.GeoDataFrame, meta: AreaFileMeta, group: Ints) -> pd.DataFrame:
    """The records that count, the newest of each id, with the group (1, 2 ...; 0 for none) of each.

    An area is found as on the team's screens: the source's own label wins where it names
    one, unless it was decided that points do. Records known only to the month are left out.
    """
    frame = _read(store)
    names = frame["source"].unique().tolist()
    by_point = store.history().decisions.by_point(meta["set"], names)
    area = _areas(frame, areas, meta, by_point)
    known = sources.read_catalogue(store.root)
    public = {name: sources.source_of(name, known).already_public for name in names}
    public_rows = frame["source"].map(public).astype(bool)
    placed = frame.assign(group=np.append(group, 0)[area], already_public=public_rows)
    return placed.loc[:, list(KEPT)]


def _read(store: Store) -> pd.DataFrame:
    files = batches.live_files(store)
    if not files:
        raise Problem("No records yet: there is nothing to release.")
    parts = " UNION ALL ".join(
        f"SELECT {', '.join(_COLUMNS)}, time_precision, {i} AS batch FROM {literal(file)}"
        for i, file in enumerate(files)
    )
    table = query(
        store.root,
        f"""SELECT {", ".join(_COLUMNS)} FROM ({parts})
            QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY batch DESC) = 1
                AND time_precision <> 'month'""",
    )
    for name in (*REPEATED, "place_precision"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].dictionary_encode())
    frame: pd.DataFrame = table.to_pandas()
    return frame.assign(local_date=pd.to_datetime(frame["local_date"]))


def _areas(
    frame: pd.DataFrame, areas: gpd.GeoDataFrame, meta: AreaFileMeta, by_point: list[str]
) -> Ints:
    """The row of each record's area; -1 for none."""
    labels: Any = frame["area_label"].cat
    rows = area_sets.label_codes(areas, meta, labels.categories.tolist())
    named = np.append(rows, -1)[labels.codes.to_numpy()]
    # a city may be called like one of its areas
    named[(frame["place_precision"] == "city").to_numpy()] = -1
    named[frame["source"].isin(by_point).to_numpy()] = -1
    lon, lat = (frame[c].to_numpy(float, na_value=np.nan) for c in ("lon", "lat"))
    located = locate_points(lon, lat, areas)
    return np.where(named >= 0, named, located).astype(np.int64)
