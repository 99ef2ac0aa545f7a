"""Long names in a chart's data, shortened before it is drawn: the library cuts them too, but slowly."""

from collections.abc import Iterator, Mapping
from typing import Any

from data.pictures.letters import REGULAR, letters

_SIZE = 12  # of an axis' labels
_FEWEST = 24  # letters: no shorter text is too wide
_DOTS = "…"


def with_short_labels(spec: Mapping[str, Any], wide: float) -> dict[str, Any]:
    """The specification with every text that is wider than so many units cut in its middle, the
    same wherever it stands, and no two alike. Axes cut nothing more."""
    long = sorted({text for text in _texts(spec) if len(text) > _FEWEST and _width(text) > wide})
    names: dict[str, str] = {}
    for text in long:
        names[text] = _unlike(_shorten(text, wide), {*names.values()})
    drawn: dict[str, Any] = _renamed(spec, names)
    return drawn


def _texts(node: Any, in_rows: bool = False) -> Iterator[str]:
    """The texts of rows of data."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts(value, in_rows or key in ("datasets", "values"))
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, in_rows)
    elif in_rows and isinstance(node, str):
        yield node


def _width(text: str) -> float:
    return letters(_SIZE, REGULAR).getlength(text)


def _shorten(text: str, wide: float) -> str:
    """The beginning and the end of a text, as much as fits."""
    low, high = 2, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if _width(_middle_cut(text, middle)) <= wide else (low, middle - 1)
        )
    return _middle_cut(text, low)


def _middle_cut(text: str, many: int) -> str:
    end = many // 3
    return f"{text[: many - end].rstrip()}{_DOTS}{text[len(text) - end :].lstrip()}"


def _unlike(text: str, taken: set[str]) -> str:
    tries = (text, *(f"{text} ({n})" for n in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        rest = {key: _renamed(value, names) for key, value in node.items()}
        return rest | ({"labelLimit": 0} if "labelLimit" in rest else {})
    if isinstance(node, list):
        return [_renamed(value, names) for value in node]
    return names.get(node, node) if isinstance(node, str) else node
