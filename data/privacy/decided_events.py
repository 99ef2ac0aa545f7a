"""Events decided for life: which count, whose tables they are in, and in which cells.

28 days after its month an event is decided, once: what is graded, corrected, merged or taken back
later moves nothing. What was not counted by then can only be in the table of late ones. All tables
count the decided events, so no event is in two sorts of tables and sums never disagree.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.privacy.policy import Policy
from data.privacy.tables import BANDS, LATE, ORDINARY, OTHER_SETTING, SENSITIVE, UNKNOWN_BAND
from data.settings import Problem
from data.storage.disk import write_whole
from geo.arrays import Flags

COMMUNITY = "community"
_SCHEMA = pa.schema(
    [
        ("id", pa.binary(16)),
        ("day", pa.date32()),
        ("area", pa.int32()),
        *((name, pa.string()) for name in ("kind", "band", "setting", "sort")),
    ]
)


class Sensitive(NamedTuple):
    """What makes an event sensitive: its kind, or the place where it was."""

    kinds: frozenset[str]
    settings: tuple[str, ...]

    def of(self, records: pd.DataFrame) -> Flags:
        """Mask of the records that are sensitive."""
        by_kind = records["kind"].isin(self.kinds).to_numpy(bool)
        return np.asarray(by_kind | records["setting"].isin(self.settings).to_numpy(bool))


def sensitive_by(policy: Policy) -> Sensitive:
    """What a policy calls sensitive."""
    return Sensitive(policy.kept_apart, policy.sensitive_settings)


def admitted(
    records: pd.DataFrame, grades: Iterable[str], kinds: Iterable[str], sensitive: Sensitive
) -> pd.DataFrame:
    """The community records that count as events, one a row: id, day, area, kind, band, setting,
    sort. Records are those of `placed_records`."""
    kept = (records["source_kind"] == COMMUNITY) & records["grade"].isin(list(grades))
    rows = records[kept & records["kind"].isin(list(kinds))]
    hour = pd.to_numeric(rows["hour"]).to_numpy(float, na_value=np.nan)
    band = np.where(np.isfinite(hour), np.nan_to_num(hour) // 6, len(BANDS)).astype(int)
    at_sensitive = rows["setting"].isin(sensitive.settings).to_numpy(bool)
    return pd.DataFrame(
        {
            "id": np.array([hash_id(one) for one in rows["incident_id"]], object),
            "day": pd.to_datetime(rows["local_date"]).to_numpy("datetime64[s]"),
            "area": rows["group"].to_numpy(np.int32),
            "kind": rows["kind"].to_numpy(object),
            "band": np.array([*BANDS, UNKNOWN_BAND], object)[band],
            "setting": np.where(at_sensitive, rows["setting"].astype(object), OTHER_SETTING),
            "sort": np.where(sensitive.of(rows), SENSITIVE, ORDINARY),
        }
    )


def hash_id(incident_id: str) -> bytes:
    """The id of an event as decisions keep it: 16 bytes of SHA-256."""
    return hashlib.sha256(incident_id.encode()).digest()[:16]


class Decisions:
    """The decided events of a store: a file a month, and one a year of those that came late."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, period: str) -> Path:
        """The file of a month (2026-01) or of a year's late ones (2026)."""
        return self.folder / f"{period}.parquet"

    def has(self, period: str) -> bool:
        """Return whether a month, or the late ones of a year, are decided."""
        return self.file(period).exists()

    def read(self, periods: Sequence[str]) -> pd.DataFrame:
        """The events of some periods. Problem where one is not decided any more."""
        tables = [_SCHEMA.empty_table(), *(self._load(period) for period in periods)]
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame.assign(day=pd.to_datetime(frame["day"]))

    def decide(self, months: Sequence[str], events: pd.DataFrame) -> None:
        """Fix the events of months that are not fixed yet.

        An event that an earlier month counted is in no later one, also where its date was
        corrected since.
        """
        due = [name for name in months if not self.has(name)]
        own = self._not_counted(events) if due else events
        month = own["day"].dt.strftime("%Y-%m")
        for name in due:
            self._write(name, own[month == name])

    def decide_late(self, year: str, events: pd.DataFrame) -> None:
        """Fix the events of a year that nothing counted; once."""
        if not self.has(year):
            own = self._not_counted(events)
            late = own[own["day"].dt.strftime("%Y") == year]
            self._write(year, late.assign(sort=LATE))

    def decided(self) -> list[str]:
        """All that is decided: months, and years of late ones."""
        return sorted(file.stem for file in self.folder.glob("*.parquet"))

    def withdraw(self, year: str) -> None:
        """Put what was decided for a year away, so that it is decided anew; kept beside."""
        for file in sorted(self.folder.glob(f"{year}*.parquet")):
            file.rename(file.with_suffix(".withdrawn"))

    def _not_counted(self, events: pd.DataFrame) -> pd.DataFrame:
        """The events that no month, and no year's late ones, hold."""
        counted = {one for name in self.decided() for one in self._load(name)["id"].to_pylist()}
        return events[np.array([one not in counted for one in events["id"]], bool)]

    def _write(self, name: str, events: pd.DataFrame) -> None:
        rows = events.sort_values("id", kind="stable").drop_duplicates("id")
        dated = rows.assign(day=rows["day"].dt.date)
        self._keep(name, pa.Table.from_pandas(dated, _SCHEMA, preserve_index=False))

    def _keep(self, name: str, table: pa.Table) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        write_whole(sink.getvalue().to_pybytes(), self.file(name))

    def _load(self, period: str) -> pa.Table:
        try:
            return pq.read_table(self.file(period), schema=_SCHEMA)
        except (OSError, pa.ArrowException):
            raise Problem(
                f"What was decided for {period} is missing or broken: {self.file(period)}. Put "
                "its copy back: numbers of this period are drawn only from what was decided."
            ) from None
