"""What is in the store, in lines for a terminal."""

from collections.abc import Iterator

from data import build, words
from data.settings import Settings
from data.store import Store


def lines(store: Store, place: Settings) -> Iterator[str]:
    """The store in words: every row that came is in one of these numbers."""
    stamp = store.stamp()
    yield f"Place: {place.name}   Store: {store.root}"
    if stamp is None:
        yield "No records yet. Try: python -m data sample"
        return
    meta = store.at(stamp).meta
    behind = "" if build.due(store, place) == stamp else "   (behind: python -m data rebuild)"
    yield f"Data {stamp}: {meta['rows']:,} incidents{behind}"
    for source in meta["sources"]:
        yield ""
        span = f"{source['first']} to {source['last']}" if source["rows"] else "none kept"
        yield f"{source['name']}: {source['rows']:,} incidents, {span}"
        for column, counts in source["counts"].items():
            told = ", ".join(f"{words.spoken(w)} {n:,}" for w, n in counts.items())
            yield f"  {words.spoken(column)}: {told}"
        for entry in source["imports"]:
            rejected = sum(entry["rejected"].values())
            yield (
                f"  batch {entry['batch']} from {entry['file']}: {entry['kept']:,} kept + "
                f"{rejected:,} rejected = {entry['rows']:,} rows"
            )
            for reason, n in entry["rejected"].items():
                yield f"    {n:,} rejected: {reason}"
        kept = sum(entry["kept"] for entry in source["imports"])
        if kept != source["rows"]:
            yield f"  {kept - source['rows']:,} replaced by a newer import of the same id"
    yield ""
    for areas in meta["sets"]:
        told = ", ".join(f"{words.spoken(w)} {n:,}" for w, n in areas["placed"].items())
        yield f"areas {areas['name']} ({areas['how']}): {areas['areas']}; records by {told}"
    for label, n in meta["unplaced"][:12]:
        yield f"  outside the areas: {n:,} labelled {label or '(nothing)'}"
