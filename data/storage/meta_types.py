"""The types of meta.json, which stands beside each derived table: data.tables.table_meta writes it.

Plain JSON values. What an older version did not write is NotRequired.
"""

from typing import NotRequired, TypedDict


class PlaceMeta(TypedDict):
    """The place: `crs` is None before an import has fixed one."""

    name: str
    zone: str
    crs: str | None
    meridian: NotRequired[float]


class MissingMeta(TypedDict):
    """Texts of a column that stand for nothing, with the rows that hold each."""

    target: str
    column: str
    texts: dict[str, int]


class ImportMeta(TypedDict):
    """One import that counts, as the ledger tells of it; `batch` is its name now."""

    batch: str
    imported_at: str
    file: str
    source: str
    source_kind: str
    rows: int
    kept: int
    rejected: dict[str, int]
    repeats: int
    dropped: dict[str, list[str]]
    others: list[str]
    notes: dict[str, int]
    by_label: NotRequired[dict[str, int]]
    missing: NotRequired[list[MissingMeta]]
    first: str | None
    last: str | None
    replaces: list[str]
    sha256: str
    key: str
    source_rows: NotRequired[int]  # with `merged`: rows of the source's own file
    merged: NotRequired[int]


class SourceMeta(TypedDict):
    """One source: what is stated of it, its days (ISO 8601), and counts of words by column.

    `start` and `end` are what it covers, `first` and `last` its records'.
    """

    name: str
    title: str
    says: str
    kind: str
    url: str
    licence: str
    covers: str
    area: str
    notes: str
    made: bool
    is_count: NotRequired[bool]
    changes: list[tuple[str, str]]  # first day and what changed
    coverage_stated: bool
    start: str | None
    end: str | None
    first: str | None
    last: str | None
    rows: int
    counts: dict[str, dict[str, int]]
    imports: list[ImportMeta]


class AreaFileMeta(TypedDict):
    """What the file of an area set says of itself: `how` it came to be (official, learned)."""

    set: str
    how: str
    source: str
    lost: list[str]
    aliases: dict[str, str]
    notes: list[str]
    areas: int
    learned_from: NotRequired[list[str]]


class AreaSetMeta(AreaFileMeta):
    """An area set in use; `centres` in metres, `placed` counts records by how they were placed.

    `residents` says whether those of any area are known.
    """

    name: str
    names: list[str]
    centres: list[list[int]]
    placed: dict[str, int]
    residents: NotRequired[bool]


class PartitionMeta(TypedDict):
    """A partition of the narrow table: the name of its file, the batches (positions in the table's
    list) that its own numbers of batches stand for, its first and last day (ISO 8601), the box of
    its points in map pixels (west, north, east, south; None without any), and the name of the file
    of its cubes."""

    name: str
    rows: int
    batches: list[int]
    days: tuple[str, str]
    box: tuple[int, int, int, int] | None
    cubes: str


class TableMeta(TypedDict):
    """The metadata of one derived table and its columns; `format` is that of derived files. `cities` are those that
    records are in, by their codes, the place itself first; `unplaced` are labels outside every area, with counts;
    `cells` how many rows each cube has, by the names of their files."""

    format: int
    stamp: str
    place: PlaceMeta
    rows: int
    columns: list[str]
    partitions: list[PartitionMeta]
    cells: dict[str, list[int]]
    batches: list[str]
    purges: int
    events: int
    sources: list[SourceMeta]
    cities: list[str]
    sets: list[AreaSetMeta]
    unplaced: list[tuple[str, int]]
    chosen_set: NotRequired[str]  # of a reader: put in where a link or the filters are read
