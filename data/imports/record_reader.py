"""The rows of a frame made records, or rejected with a reason."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data import words
from data.files import cells
from data.files.csv_rows import Frame
from data.imports.plan import Plan
from data.parse import midnight
from data.record import SCHEMA, UTC
from data.storage import identity, projection
from data.storage.projection import Bounds
from data.values import attributes, location, occurred_at
from data.values.location import Spots
from data.values.occurred_at import Clocks, Moments
from data.values.verdicts import Verdicts
from data.values.word_columns import Worded
from geo.arrays import Ints

LINE = "row_line"  # beside the record until it is in its place


@dataclass(frozen=True)
class Read:
    """The records of one frame, and the verdict on every row.

    `ids`, `kinds` and `own_kinds` (what the source calls them) are those of all rows, also
    of the rejected; `at_midnight` counts what the clocks of records show.
    """

    records: pa.Table
    ids: pa.StringArray
    verdicts: Verdicts
    kinds: pa.StringArray
    own_kinds: pa.StringArray
    at_midnight: midnight.Counts


@dataclass(frozen=True)
class Reader:
    """The reader of all rows of one import: its plan, CRS, key and ids."""

    plan: Plan
    crs: str | None  # None where x and y wait for a CRS
    key: bytes  # of origins
    identify: identity.Identify

    def read(self, frame: Frame) -> Read:
        """The records of a frame, in the order of the file."""
        plan, table = self.plan, frame.table
        rules, verdicts = plan.mapping, Verdicts(frame.table.num_rows)
        clocks = Clocks(plan.zone, plan.settings.zone, plan.now)
        when = occurred_at.occurred(table, rules, clocks, verdicts)
        bounds = Bounds(plan.settings.center, plan.reach_km)
        where = location.located(table, rules, bounds, verdicts, plan.area_names)
        worded = Worded(table, rules, verdicts)
        ids, hashes = self.identify.ids(table)
        for target in ("incident_id", "origin"):
            if target in rules.columns:
                texts = cells.trimmed(table[rules.columns[target]])
                silent = cells.flags(cells.missing_cells(texts))
                verdicts.count_missing(target, cells.count_texts(texts, silent))
        found = {
            "incident_id": ids,
            "row_hash": hashes,
            "same_id": pa.nulls(table.num_rows, pa.string()),
            "repeat": pa.nulls(table.num_rows, pa.int32()),
            "source": worded.same(plan.source.name),
            "source_kind": worded.same(plan.source.kind),
            "origin": self._origin(table),
            "attributes": attributes.as_json(table, plan.attributes),
            **worded.columns(plan.source.grade),
            **self._times(table, when, clocks, verdicts),
            **self._place(where),
        }
        arrays = [found[field.name].cast(field.type) for field in SCHEMA]
        records = pa.Table.from_arrays(
            [*arrays, pa.array(frame.lines)], names=[*SCHEMA.names, LINE]
        )
        if not verdicts.kept.all():
            records = records.filter(pa.array(verdicts.kept))
        at_midnight = when.at_midnight(verdicts.kept)
        return Read(records, ids, verdicts, found["kind"], self._own_kinds(table), at_midnight)

    def _own_kinds(self, table: pa.Table) -> pa.StringArray:
        """The source's own word for each kind; "" where it has none."""
        column = self.plan.own_kinds
        if column is None:
            return pa.repeat("", table.num_rows)
        texts = cells.Dictionary(table[column])
        return texts.array(texts.texts, pa.string())

    def _times(
        self, table: pa.Table, when: Moments, clocks: Clocks, verdicts: Verdicts
    ) -> dict[str, pa.Array]:
        now = int(self.plan.now.timestamp()) * 1_000_000
        received, settled = np.full(len(when.utc), now), when.settled
        rules = self.plan.mapping
        until = pa.nulls(table.num_rows, UTC)
        if "received_at" in rules.columns:
            stated, ok = occurred_at.other(table, rules, "received_at", clocks, verdicts)
            received = np.where(ok, stated.utc, received)
            settled = np.where(ok, np.maximum(settled, stated.settled), settled)
        if "on_scene_until" in rules.columns:
            last, ok = occurred_at.other(table, rules, "on_scene_until", clocks, verdicts)
            until = pa.array(last.utc, mask=~ok).cast(pa.timestamp("us")).cast(UTC)
        return {
            "occurred_at": _utc(when.utc),
            "local_date": when.date(),
            "hour": when.hour(),
            "weekday": when.weekday(),
            "time_precision": _words("time_precision", when.precision),
            "received_at": _utc(received),
            "settled_at": _utc(settled),
            "on_scene_until": until,
        }

    def _place(self, where: Spots) -> dict[str, pa.Array]:
        nothing = pa.nulls(len(where.lon), pa.float32())
        x, y = nothing, nothing
        if self.crs:
            x, y = projection.metres(where.lon, where.lat, self.crs)
        return {
            "lon": pa.array(where.lon, from_pandas=True),
            "lat": pa.array(where.lat, from_pandas=True),
            "x": x,
            "y": y,
            "place_precision": _words("place_precision", where.precision),
            "area_label": where.label,
            "city": where.city,
            "geometry": projection.wkb(where.lon, where.lat),
        }

    def _origin(self, table: pa.Table) -> pa.Array:
        if self.plan.origin is None:
            return pa.nulls(table.num_rows, pa.string())
        return identity.origins(table[self.plan.origin], self.key)


def _utc(micros: Ints) -> pa.Array:
    return pa.array(micros).cast(UTC)


def _words(column: str, codes: npt.NDArray[np.uint8]) -> pa.Array:
    listed = pa.array([word.code for word in words.TABLES[column]])
    return listed.take(pa.array(codes))
