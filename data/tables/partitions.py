"""The narrow table in partitions: a file for each month of it, or each day where a month is large.

A partition is named by all that it is made of, so what did not change is not made again.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import words
from data.storage import derived_files
from data.storage.batches import CITY, HARM, all_columns_sql
from data.storage.database import literal
from data.storage.store import Store
from data.tables import facts
from data.tables.batch_index import BatchCounts
from data.tables.city_names import Cities

MOST_ROWS = 2_000_000  # of a month in one partition; a larger one is cut into days
PASS_ROWS = 600_000  # that are made into partitions at once
ROW_GROUP = 122_880
COUNTED = ("kind", "grade", "via", "response", "time_precision", "place_precision")
COUNTED_SETS = ("force", "harm")  # by their bits
_COUNTED = (*COUNTED, *COUNTED_SETS, "city")


class Span(NamedTuple):
    """The days (UTC) of a partition, the last one included, and its batches, by position."""

    name: str
    first: date
    last: date
    batches: tuple[int, ...]


@dataclass(frozen=True)
class Placing:
    """How rows become facts: codes of sources, by source the sets whose areas its points decide,
    the area sets, the cities, and as JSON values all that is the same for every source."""

    sources: dict[str, int]
    by_point: dict[str, list[int]]
    sets: Sequence[facts.Areas]
    cities: Cities
    zone: str
    meridian: float
    meaning: list[Any]


def cut_spans(batches: Sequence[BatchCounts]) -> list[Span]:
    """The partitions of some batches, in order of time."""
    months: Counter[date] = Counter()
    touched: dict[date, set[int]] = {}
    for i, batch in enumerate(batches):
        for day, rows in batch.days.items():
            month = day.replace(day=1)
            months[month] += rows
            touched.setdefault(month, set()).add(i)
    spans = []
    for month in sorted(months):
        ids = tuple(sorted(touched[month]))
        if months[month] <= MOST_ROWS:
            after = (month + timedelta(days=31)).replace(day=1)
            spans.append(Span(month.isoformat()[:7], month, after - timedelta(days=1), ids))
            continue
        days = sorted({d for i in ids for d in batches[i].days if d.replace(day=1) == month})
        for day in days:
            own = tuple(i for i in ids if day in batches[i].days)
            spans.append(Span(day.isoformat(), day, day, own))
    return spans or [Span("empty", date.min, date.min, ())]


def name_partition(
    store: Store, span: Span, batches: Sequence[BatchCounts], gone: pa.Table, placing: Placing
) -> Path:
    """The file of a partition; `gone` are the replaced rows of its days: batch and row."""
    rows = [gone["batch"].to_pylist(), gone["row"].to_pylist()] if len(gone) else []
    own = [batches[i] for i in span.batches]
    sources = sorted({batch.source for batch in own})
    told = [
        [batch.key for batch in own],
        [[name, placing.sources[name], placing.by_point[name]] for name in sources],
        {kind: words.CODES["kind"][kind] for batch in own for kind in batch.kinds},
        {name: placing.cities.codes[name] for batch in own for name in batch.cities},
    ]
    made_of = derived_files.digest(span.name, told, rows, placing.meaning)
    return store.derived / "facts" / f"{span.name}-{made_of}.parquet"


class Task(NamedTuple):
    """A partition that is to be made: its file, its span, and the replaced rows of its days:
    batch and row."""

    file: Path
    span: Span
    gone: pa.Table


def group_tasks(tasks: Sequence[Task], batches: Sequence[BatchCounts]) -> Iterator[list[Task]]:
    """Tasks that are done in one pass: neighbors, of so many rows as fit into memory."""
    group: list[Task] = []
    held = 0
    for task in tasks:
        days = (task.span.first, task.span.last)
        rows = sum(
            n
            for i in task.span.batches
            for day, n in batches[i].days.items()
            if days[0] <= day <= days[1]
        )
        if group and held + rows > PASS_ROWS:
            yield group
            group, held = [], 0
        group.append(task)
        held += rows
    if group:
        yield group


def make_partitions(
    connection: duckdb.DuckDBPyConnection,
    tasks: Sequence[Task],
    batches: Sequence[BatchCounts],
    placing: Placing,
) -> None:
    """Make neighboring partitions in one pass over the rows of their days, each with a note.

    In a file `batch` is the position among the partition's own batches.
    """
    schema = facts.schema(len(placing.sets))
    ends = np.array([task.span.last for task in tasks], "datetime64[D]")
    pieces: list[list[pa.Table]] = [[] for _ in tasks]
    told = [_Summary(len(placing.sets)) for _ in tasks]
    done = 0

    def finish(task: Task, tables: list[pa.Table], summary: _Summary) -> None:
        table = pa.concat_tables(tables) if tables else schema.empty_table()

        def write(target: Path) -> dict[str, Any]:
            pq.write_table(
                table, target, row_group_size=ROW_GROUP, compression="lz4", use_dictionary=False
            )
            return summary.note()

        derived_files.make(task.file, write)
        tables.clear()

    for rows in chunks(_rows(connection, tasks, batches, placing)):
        table = facts.narrowed(rows, placing.sets, placing.cities.codes, placing.meridian)
        cuts = np.searchsorted(rows["at"].to_numpy(), ends, side="right")
        start = 0
        for i, end in enumerate(cuts.tolist()):
            if end > start:
                own, size = table.slice(start, end - start), end - start
                told[i].add(own, rows.slice(start, size))
                pieces[i].append(_own_batches(own, tasks[i].span))
                start = end
            if end < len(table) and i >= done:  # the next rows are of later days
                finish(tasks[i], pieces[i], told[i])
                done = i + 1
    for i in range(done, len(tasks)):
        finish(tasks[i], pieces[i], told[i])


def _own_batches(table: pa.Table, span: Span) -> pa.Table:
    """The rows with the positions of their batches among those of the partition."""
    numbers = np.searchsorted(np.array(span.batches), table["batch"].to_numpy())
    at = table.schema.get_field_index("batch")
    return table.set_column(at, table.schema.field(at), pa.array(numbers.astype(np.uint16)))


def _rows(
    connection: duckdb.DuckDBPyConnection,
    tasks: Sequence[Task],
    batches: Sequence[BatchCounts],
    placing: Placing,
) -> pa.RecordBatchReader:
    """The rows of some days in order of time, as positions and numbers; `at` is the day (UTC)."""
    every = sorted({i for task in tasks for i in task.span.batches})
    if not every:
        return pa.RecordBatchReader.from_batches(pa.schema([]), [])
    first, end = tasks[0].span.first, tasks[-1].span.last + timedelta(days=1)
    within = f"occurred_at >= '{first} 00:00:00+00' AND occurred_at < '{end} 00:00:00+00'"
    parts = " UNION ALL BY NAME ".join(
        f"SELECT {all_columns_sql(batches[i].file)}, file_row_number::UINTEGER AS row, {i}::USMALLINT AS batch "
        f"FROM read_parquet({literal(batches[i].file)}, file_row_number = true) WHERE {within}"
        for i in every
    )
    gone = pa.concat_tables([task.gone for task in tasks]).select(["batch", "row"])
    left = ""
    if len(gone):
        connection.register("gone", gone)
        left = "ANTI JOIN gone USING (batch, row)"
    # a batch is sorted by time already
    order = "ORDER BY occurred_at, batch, row" if len(every) > 1 or left else ""
    enums = ", ".join(
        f"{facts.code_sql(name, words.CODES[name])} AS {name}" for name in facts.ENUMS
    )
    return connection.sql(f"""
        SELECT {enums}, {facts.code_sql("source", placing.sources)} AS source, hour, weekday,
            {facts.mask_sql("force")} AS force, {facts.mask_sql("harm", HARM)} AS harm,
            {CITY} AS city, local_date AS day,
            (received_at AT TIME ZONE '{placing.zone}')::DATE AS received,
            CASE WHEN source_kind = 'community'
                THEN settled_at AT TIME ZONE 'UTC' END AS settled_at,
            x, y, lon, lat, area_label, batch, row, occurred_at::DATE AS at
        FROM ({parts}) {left} {order}
    """).to_arrow_reader(ROW_GROUP)


def chunks(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Tables of about one row group each: the reader hands out smaller pieces."""
    held: list[pa.RecordBatch] = []
    for batch in reader:
        held.append(batch)
        if sum(b.num_rows for b in held) >= ROW_GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


class _Summary:
    """What the metadata of the whole table needs of a partition, added up as it is written."""

    def __init__(self, sets: int) -> None:
        self.rows = 0
        self.sources: dict[int, dict[str, Any]] = {}
        self.placed = [Counter[int]() for _ in range(sets)]
        self.unplaced = Counter[str]()
        self.days: list[date] = []
        self.pixels: list[tuple[int, int, int, int]] = []

    def add(self, table: pa.Table, rows: pa.Table) -> None:
        """Add some facts, and the rows that they were made of."""
        self.rows += len(table)
        codes = table["source"].to_numpy()
        month_only = pc.is_null(table["weekday"]).to_numpy()
        days = table["day"].to_numpy()
        self.days += [days.min().item(), days.max().item()]
        self._add_box(table)
        counted = table.select(_COUNTED)
        here = _often(table["source"])
        for code in here:
            if len(here) == 1:  # then nothing need be picked out
                self._add_source(code, counted, days, month_only)
                break
            mask = codes == code
            self._add_source(code, counted.filter(pa.array(mask)), days[mask], month_only[mask])
        for i, placed in enumerate(self.placed):
            placed.update(_often(table[f"by{i}"]))
        if self.placed:
            # not of community reports: the list has no clock to hide young ones by
            outside = table["area0"].to_numpy() < 0
            outside &= rows["settled_at"].is_null().to_numpy()
            self.unplaced.update(rows["area_label"].filter(pa.array(outside)).to_pylist())

    def _add_box(self, table: pa.Table) -> None:
        west, east = pc.min_max(table["mx"]).as_py().values()
        north, south = pc.min_max(table["my"]).as_py().values()
        if west is not None:
            self.pixels.append((west, north, east, south))

    def _add_source(
        self,
        code: int,
        table: pa.Table,
        days: "np.ndarray[Any, Any]",
        month_only: "np.ndarray[Any, Any]",
    ) -> None:
        # a record known only to the month may have happened up to its last day
        after = days[month_only].astype("datetime64[M]") + 1
        ends = days.copy()
        ends[month_only] = after.astype("datetime64[D]") - 1
        told = self.sources.setdefault(
            code, {"rows": 0, "first": [], "last": [], "counts": {c: Counter() for c in _COUNTED}}
        )
        told["rows"] += len(table)
        told["first"].append(str(days.min()))
        told["last"].append(str(ends.max()))
        for column in _COUNTED:
            told["counts"][column].update(_often(table[column]))

    def note(self) -> dict[str, Any]:
        """All of it as JSON values."""
        sources = {
            code: {**told, "first": min(told["first"]), "last": max(told["last"])}
            for code, told in self.sources.items()
        }
        unplaced = [[label, n] for label, n in self.unplaced.items()]
        days = [min(self.days, default=date.min), max(self.days, default=date.min)]
        corners = list(zip(*self.pixels))
        box = [*map(min, corners[:2]), *map(max, corners[2:])] if corners else None
        plain: dict[str, Any] = json.loads(
            json.dumps(
                {
                    "rows": self.rows,
                    "days": [day.isoformat() for day in days],
                    "box": box,
                    "sources": sources,
                    "placed": self.placed,
                    "unplaced": unplaced,
                }
            )
        )
        return plain


def _often(codes: pa.ChunkedArray) -> dict[int, int]:
    """How often each code of a column stands in it."""
    counts = np.bincount(codes.to_numpy())
    return {code: int(counts[code]) for code in np.flatnonzero(counts).tolist()}
