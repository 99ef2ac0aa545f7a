"""Points of the store's records that carry the name of their area."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from data.settings import Problem
from data.storage.area_names import clean_name, fold
from data.storage.batches import live_files
from data.storage.database import literal, query
from data.storage.store import Store
from geo.arrays import Floats

FEWEST = 5  # points of a label: fewer are slips of a pen, or one record drawn on the map


def points(
    store: Store, known: Mapping[str, str]
) -> tuple[Floats, Floats, npt.NDArray[Any], list[str]]:
    """Longitudes, latitudes, labels, and the sources they come from.

    Spellings of one name are one label, an old name (`known`) is the new one where
    both occur.

    Only points good to a block, and only of official sources: what people report to a
    network must not shape a public border.
    """
    files = ", ".join(literal(file) for file in live_files(store))
    if files:
        table = query(
            store.root,
            f"""SELECT lon, lat, area_label, source FROM read_parquet([{files}])
                WHERE source_kind = 'official' AND lon IS NOT NULL
                AND area_label IS NOT NULL AND place_precision IN ('exact', 'block')""",
        )
        if table.num_rows:
            labels = table["area_label"].combine_chunks().dictionary_encode()
            names = _spelled(labels.dictionary.to_pylist(), labels.indices.to_numpy(), known)
            sources = sorted(table["source"].unique().to_pylist())
            return table["lon"].to_numpy(), table["lat"].to_numpy(), names, sources
    raise Problem(
        "There are no records to learn from: it takes points of an official source "
        "that carry the name of their area. Import such records first, or give a file "
        "of polygons."
    )


def enough(names: npt.NDArray[Any]) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Mask of the points whose label has enough of them, and the labels that have not."""
    labels, which, counts = np.unique(names, return_inverse=True, return_counts=True)
    few = counts < FEWEST
    return ~few[which], [str(label) for label in labels[few] if label]


def _spelled(
    texts: list[str], position: npt.NDArray[Any], known: Mapping[str, str]
) -> npt.NDArray[Any]:
    """Each label as the commonest spelling of its name, in the checked characters."""
    counts = np.bincount(position, minlength=len(texts))
    chosen: dict[str, str] = {}
    for i in np.argsort(-counts, kind="stable"):
        chosen.setdefault(fold(texts[i]), clean_name(texts[i]))
    for old, new in ((fold(old), fold(new)) for old, new in known.items()):
        if old in chosen and new in chosen:
            chosen[old] = chosen[new]
    names = [chosen[fold(text)] for text in texts]
    spelled: npt.NDArray[Any] = np.array(names, dtype=object)[position]
    return spelled
