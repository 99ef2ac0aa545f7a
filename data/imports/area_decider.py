"""Label or point: which of the two decides the area of a file's rows."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from data.areas import label_or_point
from data.areas.label_or_point import Agreement, Comparison
from data.files.table_file import TableFile
from data.mappings.mapping import FileMapping
from data.parse.date_order import Ask
from data.settings import Problem, Settings
from data.storage import area_sets, projection
from data.storage.projection import Bounds
from data.storage.store import Store
from data.values import location
from data.values.verdicts import Verdicts

LOCATED = ("area_label", "city", "lat", "lon", "lat_lon", "point", "x", "y", "place_precision")


def decided(
    store: Store, settings: Settings, table_file: TableFile, rules: FileMapping, ask: Ask | None
) -> FileMapping:
    """Return the mapping with what decides, where the rows show that it has to be said.

    All rows are compared with the store's area sets, but those that the labels of this
    source drew and those that it was decided for before. Problem where it is in doubt and
    nobody can be asked.
    """
    labelled = "area_label" in {*rules.columns, *rules.constant}
    if rules.place.place_by or not labelled:
        return rules
    crs, known = projection.metric_crs(store, settings), store.history().decisions
    sets = [area_sets.read_areas(file) for file in area_sets.current_sets(store).values()]
    open_sets = [
        Comparison(areas, meta, crs)
        for areas, meta in sets
        if not known.of(rules.source, str(meta["set"]))
        and not label_or_point.learned_from(meta, rules.source)
    ]
    if not open_sets:
        return rules
    doubts = [
        label_or_point.in_words(agreement, why, each.name)
        for each, agreement in zip(
            open_sets, _compared(open_sets, settings, table_file, rules), strict=True
        )
        if (why := agreement.doubt)
    ]
    if not doubts:
        return rules
    label = rules.columns.get("area_label", "area_label")
    doubt = f'{table_file.file.name}, "{label}": {" ".join(doubts)}'
    if ask is None:
        raise Problem(f"{doubt} {label_or_point.WAYS}")
    by = ask(f"{doubt} Which decides?", list(label_or_point.DECIDERS))
    return replace(rules, place=replace(rules.place, place_by=by))


def _compared(
    sets: list[Comparison], settings: Settings, table_file: TableFile, rules: FileMapping
) -> list[Agreement]:
    """The agreement of labels and points of all rows that can be placed, by area set."""
    stated = rules.place.reach_km
    bounds = Bounds(settings.center, settings.reach_km if stated is None else stated)
    columns = dict.fromkeys(rules.columns[t] for t in LOCATED if t in rules.columns)
    found = [Agreement()] * len(sets)
    for frame in table_file.frames(list(columns)):
        verdicts = Verdicts(frame.table.num_rows)
        where = location.located(frame.table, rules, bounds, verdicts)
        kept = verdicts.kept & (where.precision != location.CITY)
        table = pa.table({"label": where.label, "lon": where.lon, "lat": where.lat})
        table = (
            table.filter(pa.array(kept))
            .group_by(["label", "lon", "lat"])
            .aggregate([([], "count_all")])
        )
        labels = table["label"].to_pylist()
        lon, lat = (np.asarray(table[c].to_numpy(), np.float64) for c in ("lon", "lat"))
        n = table["count_all"].to_numpy()
        found = [f + s.agreement(labels, lon, lat, n) for f, s in zip(found, sets, strict=True)]
    return found
