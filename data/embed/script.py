"""data.js: what the embed's script knows, released cells only."""

import json

import numpy as np

from data.embed import style
from data.embed.map import Map
from data.published.grids import MAPPED, Grid, Sort
from data.published.opening import Opening, opening_of
from data.published.released import MadeShare, made_share, policy_numbers, sources_of
from data.release.tables import Manifest


def script(found: dict[str, Sort], drawn: Map, opens: Opening, manifest: Manifest) -> str:
    """data.js: released cells only, the areas' names and middles, nothing else."""
    told = {
        "place": manifest["place"]["name"],
        "asOf": manifest["as_of"],
        "stamp": manifest["stamp"],
        "rules": policy_numbers(manifest),
        "size": [drawn.width, drawn.height],
        "colors": style.picture_colors(),
        "opens": opens._asdict(),
        "areas": [[s.code, s.name, *s.at] for s in drawn.shapes],
        "sources": {name: [s["title"] for s in sources_of(manifest, name)] for name in found},
        "made": {
            name: share.value
            for name in found
            if (share := made_share(manifest, name)) is not MadeShare.NONE
        },
        "sorts": {
            name: {
                "opens": opening_of(sort)[0]._asdict(),
                "exact": sort.exact,
                "kinds": sort.kinds() or [opens.kind],
                "maps": _packed(sort.maps, *MAPPED),
                "city": _packed(sort.city, *(MAPPED if sort.exact else ["week"])),
            }
            for name, sort in found.items()
        },
    }
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
    return f"window.PORCHLIGHT={body};\n"


def _packed(grids: dict[str, dict[str, Grid]], *units: str) -> dict[str, dict[str, object]]:
    found = {unit: grids[unit] for unit in units if unit in grids}
    return {unit: {k: _grid(g) for k, g in own.items()} for unit, own in found.items()}


def _grid(grid: Grid) -> dict[str, object]:
    """Periods, numbers and classes; rows by ";", areas by ",", nothing where not shown."""
    rows = [",".join("" if v != v else str(int(v)) for v in row) for row in grid.n]
    packed = "" if np.isnan(grid.n).all() else ";".join(rows)
    return {"p": list(grid.periods), "n": packed, "b": list(grid.breaks)}
