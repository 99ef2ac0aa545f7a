"""A city's official boundaries, fetched from their server as one GeoJSON file."""

import json
from pathlib import Path
from typing import Any

from data.cities.cities import Boundaries
from data.cities.fetched import open_web
from data.pulls.web import Web
from data.settings import Problem

_MOST_PAGES = 1000


def fetch_boundaries(boundaries: Boundaries, target: Path, allow: tuple[str, ...] = ()) -> int:
    """Write the polygons to a GeoJSON file; how many came. Problem where they cannot be had, or
    fewer came than the server counts. `allow` are hosts that may have a private address."""
    read = _of_layer if boundaries.kind == "arcgis" else _of_file
    with open_web(boundaries.address, allow) as web:
        features = read(web, boundaries)
    if not features:
        raise Problem(f"{web.host} gives no areas at {boundaries.address}.")
    target.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return len(features)


def _of_file(web: Web, boundaries: Boundaries) -> list[Any]:
    return _features(web, web.json(boundaries.address))


def _of_layer(web: Web, boundaries: Boundaries) -> list[Any]:
    """All features of an ArcGIS layer, page by page: a server may give fewer than it has."""
    address = f"{boundaries.address}/query"
    asked = {"where": boundaries.where or "1=1", "f": "json", "returnCountOnly": "true"}
    expected = _answered(web, web.json(address, asked)).get("count")
    del asked["returnCountOnly"]
    fields = [name for name in (boundaries.name_column, boundaries.code_column) if name]
    asked |= {"f": "geojson", "outFields": ",".join(fields), "outSR": "4326"}
    features: list[Any] = []
    for _ in range(_MOST_PAGES):
        asked["resultOffset"] = str(len(features))
        answer = _answered(web, web.json(address, asked))
        page = _features(web, answer)
        features += page
        more = answer.get("properties") or {}
        if not page or not (
            more.get("exceededTransferLimit") or answer.get("exceededTransferLimit")
        ):
            break
    if expected is not None and expected != len(features):
        raise Problem(
            f"{web.host} counts {expected:,} areas and gave {len(features):,}: nothing was "
            "changed. Try it again later."
        )
    return features


def _answered(web: Web, answer: Any) -> dict[str, Any]:
    """An answer that is no error: ArcGIS tells errors with HTTP 200."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if error is not None or not isinstance(answer, dict):
        code = error.get("code") if isinstance(error, dict) else None
        said = f"error {code}" if isinstance(code, int) else "an answer that is none"
        raise Problem(f"{web.host} gives {said} for the areas: nothing was changed.")
    return answer


def _features(web: Web, answer: Any) -> list[Any]:
    features = answer.get("features") if isinstance(answer, dict) else None
    if not isinstance(features, list):
        raise Problem(f"{web.host} gives no GeoJSON for the areas: nothing was changed.")
    return features
