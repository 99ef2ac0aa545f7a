"""The contents of the store, in lines for a terminal."""

from collections.abc import Iterator

import pyarrow.parquet as pq

from data import words
from data.settings import Settings, first_step
from data.storage import damaged
from data.storage.meta_types import ImportMeta, SourceMeta
from data.storage.store import Store
from data.tables import build


def lines(store: Store, settings: Settings) -> Iterator[str]:
    """The store in words: every row that came is in one of these numbers."""
    stamp = store.stamp()
    yield f"Place: {settings.name}   Store: {store.root}"
    if stamp is None:
        yield first_step(settings)
        return
    meta = store.at(stamp).meta
    behind = (
        ""
        if build.required_stamp(store, settings) == stamp
        else "   (behind: python -m data rebuild)"
    )
    yield f"Data {stamp}: {meta['rows']:,} incidents{behind}"
    if not meta["rows"]:
        yield first_step(settings)
    for source in meta["sources"]:
        yield ""
        yield from _source(store, source)
    yield ""
    for areas in meta["sets"]:
        told = ", ".join(f"{words.spoken(w)} {n:,}" for w, n in areas["placed"].items())
        placed = f"records by {told}" if told else "no records"
        yield f"areas {areas['name']} ({areas['how']}): {areas['areas']:,}; {placed}"
    for label, n in meta["unplaced"][:12]:
        yield f"  outside the areas: {n:,} {f'labelled {label}' if label else 'without a label'}"


def _source(store: Store, source: SourceMeta) -> Iterator[str]:
    span = f"{source['first']} to {source['last']}" if source["rows"] else "none kept"
    yield f"{source['name']}: {source['rows']:,} incidents, {span}"
    for column, counts in source["counts"].items():
        told = ", ".join(f"{words.spoken(w)} {n:,}" for w, n in counts.items())
        yield f"  {words.spoken(column)}: {told}"
    for entry in source["imports"]:
        yield f"  batch {entry['batch']} from {entry['file']}: {_sum([entry])}"
        for reason, n in entry["rejected"].items():
            yield f"    {n:,} rejected: {reason}"
        if entry.get("merged"):
            yield (
                f"    made from {entry['source_rows']:,} rows of the source: "
                f"{entry['merged']:,} were merged into another one"
            )
    if len(source["imports"]) > 1:
        yield f"  all batches: {_sum(source['imports'])}"
    yield f"  {_became(store, source)}"


def _sum(imports: list[ImportMeta]) -> str:
    kept, rows = (sum(entry[what] for entry in imports) for what in ("kept", "rows"))
    rejected = sum(sum(entry["rejected"].values()) for entry in imports)
    return f"{kept:,} kept + {rejected:,} rejected = {rows:,} rows"


def _became(store: Store, source: SourceMeta) -> str:
    """A sentence on where the rows that were kept are now: the parts add up to them."""
    kept, here = sum(entry["kept"] for entry in source["imports"]), source["rows"]
    files = [store.batches / f"{entry['batch']}.parquet" for entry in source["imports"]]
    if bad := [file for file in files if not damaged.has_footer(file)]:
        return str(damaged.problem(bad[0], counts=True))
    held = sum(pq.read_metadata(file).num_rows for file in files)
    retracted = " or retracted" * bool(store.history().counting_corrections)
    return (
        f"{kept:,} kept = {here:,} in the store + {held - here:,} replaced by a newer "
        f"import{retracted} + {kept - held:,} purged"
    )
