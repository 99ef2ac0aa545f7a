"""data.js: what the embed's script knows, released numbers only."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from data.embed import map_svg, style
from data.embed.pages import Series
from data.embed.sentences import RULES, View
from data.pictures.area_shapes import SIZES, WIDE, Map
from data.privacy.tables import Manifest
from data.published.grid import Grid
from data.published.grids import COMMUNITY, Numbers
from data.published.number_classes import STRIPES, class_rows
from data.published.opening import Opening
from data.published.ranges import short_number, step_of
from data.published.released import rule, sources_of

Views = dict[str, dict[str, View]]  # by name and kind


def script(
    numbers: Numbers,
    views: dict[str, Views],
    series: dict[str, list[Series]],
    drawn: dict[str, Map],
    opens: dict[str, Opening],
    manifest: Manifest,
) -> str:
    """data.js: released numbers, the areas' names and shapes, nothing else. Views, series and what
    opens are by sort; the first one opens."""
    first = next(iter(opens.values()))
    told = {
        "place": manifest["place"]["name"],
        "asOf": manifest["as_of"],
        "made": manifest["made"],
        "declared": manifest["declared"],
        "rate": _rate(manifest),
        "rules": {name: rule(manifest, name) for name in RULES},
        "size": [drawn[next(iter(drawn))].width, max(m.height for m in drawn.values())]
        if drawn
        else [0, 0],
        "colors": style.picture_colors(),
        "opens": first._asdict(),
        "levels": {
            where: _level(level, where == first.map.partition("-")[0])
            for where, level in drawn.items()
        },
        "sources": {n: [s["title"] for s in sources_of(manifest, n)] for n in numbers.sorts},
        "sorts": {
            name: {
                "opens": opens[name]._asdict(),
                "exact": name != COMMUNITY,
                "maps": {
                    own: {kind: _view(view) for kind, view in kinds.items()}
                    for own, kinds in views[name].items()
                },
                "series": {s.kind: {"unit": s.unit} | _packed([s.grid]) for s in series[name]},
            }
            for name in numbers.sorts
        },
    }
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
    return f"window.PORCHLIGHT={body};\n"


def _rate(manifest: Manifest) -> str:
    people = manifest["residents"]
    return short_number(1000 * manifest["declared"] / people) if people else ""


def _level(level: Map, in_page: bool) -> dict[str, Any]:
    """Areas by name; their paths and the wide labels unless the page has them."""
    areas = [[s.code, s.name, *s.at, *([] if in_page else [s.path])] for s in level.shapes]
    labels = {
        which: [[n.code, n.x, map_svg.lines_of(n, which)] for n in level.names[which]]
        for which in SIZES
        if which != WIDE or not in_page
    }
    return {"areas": areas, "labels": labels}


def _view(view: View) -> dict[str, Any]:
    """A map's numbers: areas by name, then what has no known area, then the whole place."""
    parts = [view.grid, *([view.unknown] if view.unknown else []), view.city]
    found = _packed(parts) | {"t": list(view.city.status)}
    if view.classes is None:
        return found
    if view.classes.exact:  # the script finds the class of an exact count by itself
        return found | {"c": _class_list(view)}
    return found | {
        "k": ";".join("".join(map(_look, row)) for row in view.looks),
        "m": ";".join(",".join(str(i) for i, more in enumerate(row) if more) for row in view.more),
        "c": _class_list(view),
        "rate": view.classes.by_rate,
    }


def _class_list(view: View) -> list[list[str]]:
    assert view.classes
    rows = class_rows(view.classes, int(view.grid.number.max(initial=0)))
    return [[r.look, *("" if e is None else short_number(e) for e in r[1:])] for r in rows]


def _look(look: str) -> str:
    """One letter a look: 0 to 4 of a class, a to f of stripes, z of an exact zero."""
    return "abcdef"[STRIPES.index(look)] if look in STRIPES else look[-1] if look[0] == "r" else "z"


def _packed(parts: list[Grid]) -> dict[str, Any]:
    """Periods, numbers, how far above the high end lies (and the low one below, where it is not as
    far or 0), and the steps of sentences (in powers of ten): rows by ";", columns by ","; ends and
    steps not where all are zero."""
    number, low, high, sd = (
        np.hstack([part[i] for part in parts]) for i in range(2, 6)
    )  # number, low, high, sd of a grid
    steps = np.vectorize(lambda v: len(str(step_of(v))) - 1, otypes=[int])(sd)
    # a low end that is not cut at 0 lies as far from the number as the high one
    below = np.maximum(2 * number - high, 0) - low
    ends = {"l": below, "h": high - number, "s": steps}
    return {"p": list(parts[-1].periods), "n": _rows(number)} | {
        name: _rows(own) for name, own in ends.items() if own.any()
    }


def _rows(values: Iterable[Iterable[Any]]) -> str:
    return ";".join(",".join(str(int(v)) for v in row) for row in values)
