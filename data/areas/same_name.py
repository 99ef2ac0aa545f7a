"""Features of one name: parts of one area where they touch, else several areas."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from data.areas.boundary_files import Features
from data.settings import Problem
from data.storage import area_names

_TOUCHING = 1e-5  # degrees, about a metre: borders of one file are often rounded so
_LISTED = 5  # names in a sentence
_OFFERED = 3  # columns in a sentence
CODE_WORDS = ("code", "id", "gid", "gss", "geoid", "number", "num", "no", "key")


def unify_spelling(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names with one spelling, the commonest, for those that differ only in case.

    And what was taken as one, such as "NORTH END and North End".
    """
    ways: dict[str, Counter[str]] = {}
    for name in names:
        ways.setdefault(name.casefold(), Counter())[name] += 1
    chosen = {key: count.most_common(1)[0][0] for key, count in ways.items()}
    alike = [" and ".join(sorted(count)) for count in ways.values() if len(count) > 1]
    return [chosen[name.casefold()] for name in names], alike


def is_connected(shapes: Iterable[Any]) -> bool:
    """Return whether all shapes hang together, each touching another of them."""
    every = np.array([None, *shapes], dtype=object)[1:]
    pairs = shapely.STRtree(every).query(every, predicate="dwithin", distance=_TOUCHING)
    links = coo_matrix((np.ones(pairs.shape[1]), pairs), shape=(len(every),) * 2)
    return int(connected_components(links, directed=False)[0]) == 1


def require_codes(
    table: pd.DataFrame, features: Features, columns: Mapping[str, str | None], file: str
) -> None:
    """Raise Problem where features of one name lie apart and no code says which are one area.

    `table` has a row a feature, by its number in the file: name, code (empty where no column
    says it) and shape. `columns` says which column holds the name, and what else is taken.
    """
    groups = table[table["code"] == ""].groupby("name", sort=False)
    several = ((str(name), part) for name, part in groups if len(part) > 1)
    apart = {name: part for name, part in several if not is_connected(part["shape"])}
    if not apart:
        return
    ways = [_option(way) for way in _columns(apart, features, set(columns.values()))]
    if ways:
        say = f"Say which column tells them apart: {' or '.join(ways[:_OFFERED])}."
    else:
        say = "No column tells them apart: give each a name of its own in the file."
    raise Problem(
        f"{file}: areas of one name lie apart: {_list(apart)}. {say} If each name is one area "
        f"in several parts, say so with {_option(columns['name'] or '')}."
    )


def distinct_names(parts: Sequence[pd.DataFrame]) -> list[str]:
    """Return the name of each area; where several have one name, with the code behind it."""
    names = [str(part["name"].iloc[0]) for part in parts]
    counts = Counter(names)
    longer = [
        area_names.clean_name(f"{name}, {part['code'].iloc[0]}") if counts[name] > 1 else name
        for name, part in zip(names, parts, strict=True)
    ]
    return area_names.codes(longer)


def _columns(
    apart: dict[str, pd.DataFrame], features: Features, taken: set[str | None]
) -> list[str]:
    """The columns that tell areas of these names apart, the likelier first.

    Such that each area is in one piece, or codes of which each name has several.
    """
    found = []
    for column in features.columns:
        groups = [_parts(part, features, column) for part in apart.values()]
        whole = all(group and all(map(is_connected, group)) for group in groups)
        several = _like_a_code(column) and all(len(group) > 1 for group in groups)
        if column not in taken and (whole or several):
            found.append(column)
    return sorted(found, key=lambda column: not _like_a_code(column))


def _parts(part: pd.DataFrame, features: Features, column: str) -> list[Any]:
    """The shapes of each value that a column has for features of one name.

    None where a value is missing, a yes or no, or a measure of the shape: no code.
    """
    values = [features.rows[row].get(column) for row in part.index]
    if any(isinstance(v, bool) or not isinstance(v, str | int | float) for v in values):
        return []
    if any(isinstance(v, float) and not v.is_integer() for v in values):
        return []
    texts = [str(v).strip() for v in values]
    if "" in texts:
        return []
    return [shapes for _, shapes in part["shape"].groupby(texts)]


def _like_a_code(column: str) -> bool:
    words = area_names.fold(column.replace("_", " ")).split()
    return any(word in CODE_WORDS or word.endswith("code") for word in words)


def _list(names: Sequence[str] | dict[str, Any]) -> str:
    shown = ", ".join(list(names)[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def _option(column: str) -> str:
    shown = area_names.printable(column)
    return f'--code-column "{shown}"' if " " in shown else f"--code-column {shown}"
