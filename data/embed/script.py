"""data.js: what the embed's script knows, released cells only."""

import json
from typing import Any

import numpy as np

from data.embed.grids import Grid, Opening, Sort, opening_of, rules
from data.embed.map import Map


def script(found: dict[str, Sort], drawn: Map, opens: Opening, manifest: dict[str, Any]) -> str:
    """data.js: released cells only, the areas' names and middles, nothing else."""
    told = {
        "place": manifest["place"]["name"],
        "asOf": manifest["as_of"],
        "stamp": manifest["stamp"],
        "rules": rules(manifest),
        "size": [drawn.width, drawn.height],
        "opens": opens._asdict(),
        "areas": [[s.code, s.name, *s.at] for s in drawn.shapes],
        "sources": {
            name: [s["title"] for s in manifest["sources"] if s["kind"] == name] for name in found
        },
        "made": [
            name
            for name in found
            if any(s.get("made") for s in manifest["sources"] if s["kind"] == name)
        ],
        "sorts": {
            name: {
                "opens": opening_of(sort)[0]._asdict(),
                "exact": sort.exact,
                "kinds": sort.kinds() or [opens.kind],
                "maps": _told(sort.maps),
                "city": _told(sort.city),
            }
            for name, sort in found.items()
        },
    }
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
    return f"window.PORCHLIGHT={body};\n"


def _told(grids: dict[str, dict[str, Grid]]) -> dict[str, dict[str, Any]]:
    return {every: {k: _grid(g) for k, g in held.items()} for every, held in grids.items()}


def _grid(grid: Grid) -> dict[str, Any]:
    """Periods, numbers and classes; rows by ";", areas by ",", nothing where not shown."""
    rows = [",".join("" if v != v else str(int(v)) for v in row) for row in grid.n]
    packed = "" if np.isnan(grid.n).all() else ";".join(rows)
    return {"p": list(grid.periods), "n": packed, "b": list(grid.breaks)}
