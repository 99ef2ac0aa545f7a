"""A local server that answers for the hosts of the five cities, each under its own name as a path.

It speaks Socrata, ArcGIS and files as the real ones do: few rows at once, counts, conditions.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from data.cities.cities import City
from tests.cities.made_answers import MadeCity, Row, archive

MOST = 25  # rows or features of one answer
_NEWER = re.compile(r"(\w+) >= (?:TIMESTAMP )?'([^']+)'")
_EQUAL = re.compile(r"\(?(\w+) = '([^']+)'\)?")
_LIKE = re.compile(r"(\w+) LIKE '([^%']+)%'")


@dataclass
class Served:
    """What is asked of the server, and what it has. `short`: it leaves out a feature of areas."""

    city: City
    made: MadeCity
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    short: bool = False

    def answer(self, path: str, params: dict[str, str]) -> Any:
        """The answer to one question: JSON, or bytes; None where there is nothing."""
        self.asked.append((path, params))
        path = path.removeprefix("/")
        if path.endswith(".zip"):
            return archive(self.made.rows)
        if path.endswith(".geojson"):
            return {"type": "FeatureCollection", "features": self.made.features}
        if "/resource/" in path:
            return self._socrata(params)
        areas = path.startswith(_path(self.city.boundaries.address))
        rows = _selected(self._features() if areas else self.made.rows, params.get("where", ""))
        if not path.endswith("/query"):
            return _layer(rows)
        if params.get("returnCountOnly"):
            return {"count": len(rows)}
        if params.get("returnIdsOnly"):
            return {"objectIds": [row["OBJECTID"] for row in rows]}
        return self._page(rows, params, areas)

    def _features(self) -> list[Row]:
        return [
            {"OBJECTID": i, "_": f, **f["properties"]} for i, f in enumerate(self.made.features)
        ]

    def _page(self, rows: list[Row], params: dict[str, str], areas: bool) -> Any:
        offset = int(params.get("resultOffset", 0))
        page, more = rows[offset : offset + MOST], len(rows) > offset + MOST
        if areas:
            features = [row["_"] for row in page][: len(page) - self.short]
            told = {"properties": {"exceededTransferLimit": True}} if more else {}
            return {"type": "FeatureCollection", "features": features, **told}
        fields = params["outFields"].split(",")
        cut = [row if fields == ["*"] else {f: row[f] for f in fields} for row in page]
        told = {"exceededTransferLimit": True} if more else {}
        return {"features": [{"attributes": row} for row in cut], **told}

    def _socrata(self, params: dict[str, str]) -> Any:
        rows = [
            {":id": f"row-{i:04}", ":updated_at": "2026-02-01T00:00:00.000Z", **row}
            for i, row in enumerate(self.made.rows)
        ]
        rows = _selected(rows, params.get("$where", ""))
        if params.get("$select", "").startswith("count("):
            return [{"count": str(len(rows))}]
        offset = int(params.get("$offset", 0))
        columns = params.get("$select", "*").split(",")
        page = rows[offset : offset + min(int(params.get("$limit", 1000)), MOST)]
        if "*" in columns:
            return page
        return [{c: row[c] for c in columns if c in row} for row in page]


def _selected(rows: list[Row], where: str) -> list[Row]:
    """The rows that fit the conditions of the five cities."""
    for column, text in _NEWER.findall(where):
        rows = [row for row in rows if _comparable(row.get(column)) >= text[:10]]
    for column, text in _EQUAL.findall(where):
        rows = [row for row in rows if row.get(column) == text]
    for column, text in _LIKE.findall(where):
        rows = [row for row in rows if str(row.get(column)).startswith(text)]
    return rows


def _comparable(value: object) -> str:
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).date().isoformat()
    return str(value)


def _layer(rows: list[Row]) -> Any:
    kinds = {int: "esriFieldTypeInteger", float: "esriFieldTypeDouble", str: "esriFieldTypeString"}
    fields = [
        {"name": n, "type": kinds.get(type(v), "esriFieldTypeString")} for n, v in rows[0].items()
    ]
    for one in fields:
        if one["name"] == "OBJECTID":
            one["type"] = "esriFieldTypeOID"
        if one["name"].endswith("_Date"):
            one["type"] = "esriFieldTypeDate"
    return {
        "maxRecordCount": MOST,
        "objectIdField": "OBJECTID",
        "advancedQueryCapabilities": {"supportsPagination": True},
        "fields": fields,
    }


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}{parts.path}"


@contextmanager
def serving(city: City, made: MadeCity) -> Iterator[tuple[City, Served]]:
    """The city with addresses of a local server that answers for it."""
    served = Served(city, made)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            answer = served.answer(parts.path, dict(parse_qsl(parts.query)))
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield moved(city, f"http://127.0.0.1:{server.server_port}"), served
    finally:
        server.shutdown()
        server.server_close()


def moved(city: City, base: str) -> City:
    """The city with its addresses on another server, each host's name as the first folder."""

    def there(address: str) -> str:
        return f"{base}/{address.removeprefix('https://')}"

    borders = replace(city.boundaries, address=there(city.boundaries.address))
    return replace(
        city, boundaries=borders, feed={**city.feed, "address": there(city.feed["address"])}
    )
