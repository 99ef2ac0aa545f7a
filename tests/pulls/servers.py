"""Servers of ours that speak the protocols of feeds, and can be made to fail as real ones do."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass
class Asked:
    """A request: `number` counts from 1."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """An answer; `cut` sends so many bytes of the body and closes, `wait` seconds pass before."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait: float = 0.0


def as_json(value: Any, status: int = 200, **more: Any) -> Answer:
    """An answer of JSON."""
    return Answer(json.dumps(value).encode(), status, {"Content-Type": "application/json"}, **more)


Fault = Callable[[Asked], Answer | None]


class Server:
    """A server of some protocol. A `fault` may answer in its place, or change its records."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.fault: Fault = lambda asked: None
        self.address = ""
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """What the server says."""
        raise NotImplementedError

    @contextmanager
    def running(self, host: str = "127.0.0.1") -> Iterator["Server"]:
        """The server, listening on a port of its own."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with server._lock:
                    asked = Asked(
                        len(server.asked) + 1,
                        self.command,
                        parts.path,
                        dict(parse_qsl(parts.query, keep_blank_values=True)),
                        {name.lower(): value for name, value in self.headers.items()},
                        body,
                    )
                    server.asked.append(asked)
                    said = server.fault(asked) or server.answer(asked)
                time.sleep(said.wait)
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                if said.cut is not None:
                    self.wfile.write(said.body[: said.cut])
                    self.wfile.flush()
                    self.close_connection = True
                    self.connection.shutdown(2)
                    return
                if said.status != 304:
                    self.wfile.write(said.body)

            do_POST = do_GET

            def log_message(self, *args: object) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # who asked went away
                    super().handle()

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

        http = Quiet((host, 0), Handler)
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.address = f"http://{host}:{http.server_port}"
        try:
            yield self
        finally:
            http.shutdown()
            http.server_close()
            thread.join()


class ArcGisServer(Server):
    """A layer of a FeatureServer. `rows` are attributes with x and y; a `token` is asked for."""

    LAYER = "/arcgis/rest/services/Calls/FeatureServer/0"

    def __init__(self, rows: list[dict[str, Any]], most: int = 3) -> None:
        super().__init__()
        self.rows, self.most = rows, most
        self.pagination = True
        self.edited: str | None = None
        self.token = ""
        self.dates = ["WHEN", "EDITED"]

    def answer(self, asked: Asked) -> Answer:
        """What the server says: errors come as HTTP 200."""
        if self.token and asked.headers.get("x-esri-authorization") != f"Bearer {self.token}":
            return as_json({"error": {"code": 498, "message": "Invalid token", "details": []}})
        if asked.path == self.LAYER:
            return as_json(self._layer())
        if asked.path != f"{self.LAYER}/query":
            return as_json({"error": {"code": 400, "message": "Invalid URL"}})
        query = asked.query
        rows = sorted(filter(self._where(query), self.rows), key=lambda row: row["OBJECTID"])
        if query.get("returnCountOnly") == "true":
            return as_json({"count": len(rows)})
        if query.get("returnIdsOnly") == "true":
            ids = [row["OBJECTID"] for row in rows]
            return as_json({"objectIdFieldName": "OBJECTID", "objectIds": ids or None})
        if "resultOffset" in query and not self.pagination:
            return as_json({"error": {"code": 400, "message": "Pagination is not supported."}})
        start = int(query.get("resultOffset", 0))
        most = min(int(query.get("resultRecordCount", self.most)), self.most)
        page = rows[start : start + most]
        return as_json(self.page(page, start + most < len(rows)))

    def page(self, rows: list[dict[str, Any]], exceeded: bool) -> dict[str, Any]:
        """A page of features."""
        said: dict[str, Any] = {"features": [self._feature(row) for row in rows]}
        return said | ({"exceededTransferLimit": True} if exceeded else {})

    def _feature(self, row: dict[str, Any]) -> dict[str, Any]:
        attributes = {name: cell for name, cell in row.items() if name not in ("x", "y")}
        return {"attributes": attributes, "geometry": {"x": row["x"], "y": row["y"]}}

    def _layer(self) -> dict[str, Any]:
        names = [name for name in self.rows[0] if name not in ("x", "y")] if self.rows else []
        kinds = {"OBJECTID": "OID", **dict.fromkeys(self.dates, "Date")}
        return {
            "name": "Calls",
            "objectIdField": "OBJECTID",
            "maxRecordCount": self.most,
            "geometryType": "esriGeometryPoint",
            "advancedQueryCapabilities": {"supportsPagination": self.pagination},
            "editFieldsInfo": {"editDateField": self.edited} if self.edited else None,
            "fields": [
                {"name": name, "type": f"esriFieldType{kinds.get(name, 'String')}"}
                for name in names
            ],
        }

    def _where(self, query: dict[str, str]) -> Callable[[dict[str, Any]], bool]:
        if "objectIds" in query:
            ids = set(map(int, query["objectIds"].split(",")))
            return lambda row: row["OBJECTID"] in ids
        where = query["where"]
        if where == "1=1":
            return lambda row: True
        if found := re.fullmatch(r"(\w+) >= TIMESTAMP '(.+)'", where):
            at = datetime.fromisoformat(found[2]).replace(tzinfo=UTC).timestamp() * 1000
            return lambda row: row[found[1]] >= at
        between = re.fullmatch(r"OBJECTID >= (\d+) AND OBJECTID <= (\d+)", where)
        assert between, where
        return lambda row: int(between[1]) <= row["OBJECTID"] <= int(between[2])


class SocrataServer(Server):
    """A data set of Socrata: rows have :id and :updated_at; nulls are left out."""

    PATH = "/resource/abcd-1234.json"

    def __init__(self, rows: list[dict[str, Any]], most: int = 3) -> None:
        super().__init__()
        self.rows, self.most = rows, most

    def answer(self, asked: Asked) -> Answer:
        """What the server says."""
        if asked.path != self.PATH:
            return as_json({"error": True, "message": "Not found"}, 404)
        query = asked.query
        found = re.fullmatch(r":updated_at >= '(.+)'", query.get("$where", ""))
        since = found[1] if found else ""
        assert found or "$where" not in query
        rows = sorted((r for r in self.rows if r[":updated_at"] >= since), key=lambda r: r[":id"])
        if query["$select"].startswith("count(*)"):
            return as_json([{"count": str(len(rows))}])
        start = int(query.get("$offset", 0))
        most = min(int(query.get("$limit", 1000)), self.most)  # cut without a word
        return as_json(
            [
                {name: cell for name, cell in row.items() if cell is not None}
                for row in rows[start : start + most]
            ]
        )


class KoboServer(Server):
    """A form of KoboToolbox: at most `most` submissions a page, larger limits are cut."""

    PATH = "/api/v2/assets/aForm1/data/"

    def __init__(self, rows: list[dict[str, Any]], most: int = 3) -> None:
        super().__init__()
        self.rows, self.most, self.token = rows, most, "kobo-secret"

    def answer(self, asked: Asked) -> Answer:
        """What the server says."""
        if asked.headers.get("authorization") != f"Token {self.token}":
            return as_json({"detail": "Invalid token."}, 401)
        if asked.path != self.PATH:
            return as_json({"detail": "Not found."}, 404)
        query = json.loads(asked.query.get("query", "{}"))
        since = query.get("_submission_time", {}).get("$gte", "")
        rows = [row for row in self.rows if row["_submission_time"] >= since]
        assert json.loads(asked.query["sort"]) == {"_id": 1}
        rows.sort(key=lambda row: row["_id"])
        start, limit = int(asked.query["start"]), min(int(asked.query["limit"]), self.most)
        end = start + limit
        following = f"{self.address}{self.PATH}?start={end}" if end < len(rows) else None
        return as_json(
            {"count": len(rows), "next": following, "previous": None, "results": rows[start:end]}
        )


class OdkServer(Server):
    """A form of ODK Central: newest first, pages by a token in the next link, sessions that end."""

    PATH = "/v1/projects/7/forms/tips.svc/Submissions"

    def __init__(self, rows: list[dict[str, Any]], most: int = 2) -> None:
        super().__init__()
        self.rows, self.most = rows, most
        self.session, self.sessions = "session-0", 0
        self.next_host = ""

    def answer(self, asked: Asked) -> Answer:
        """What the server says."""
        if asked.path == "/v1/sessions":
            said = json.loads(asked.body)
            if said != {"email": "desk@example.org", "password": "odk-secret"}:
                return as_json({"code": 401.2}, 401)
            self.sessions += 1
            self.session = f"session-{self.sessions}"
            return as_json({"token": self.session})
        if asked.headers.get("authorization") != f"Bearer {self.session}":
            return as_json({"code": 401.2, "message": "no session"}, 401)
        if asked.path != self.PATH:
            return as_json({"code": 404.1}, 404)
        rows = self.rows[::-1]
        if found := re.match(
            r"__system/submissionDate ge (\S+) or", asked.query.get("$filter", "")
        ):
            keys = ("submissionDate", "updatedAt")
            rows = [r for r in rows if any((r["__system"][k] or "") >= found[1] for k in keys)]
        start = int(asked.query.get("$skiptoken", 0))
        most = min(int(asked.query["$top"]), self.most)
        said = {"value": rows[start : start + most], "@odata.count": len(rows)}
        if start + most < len(rows):
            host = self.next_host or self.address
            link = {**asked.query, "$top": most, "$skiptoken": start + most}
            said["@odata.nextLink"] = f"{host}{self.PATH}?{urlencode(link)}"
        return as_json(said)


class FileServer(Server):
    """One file with an ETag, which answers conditions and ranges."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def answer(self, asked: Asked) -> Answer:
        """What the server says."""
        etag = f'"{hash(self.body)}"'
        headers = {"ETag": etag, "Content-Type": "text/csv"}
        if asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, headers)
        asks = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
        if asks and asked.headers.get("if-range") == etag:
            start, size = int(asks[1]), len(self.body)
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
            return Answer(self.body[start:], 206, headers)
        return Answer(self.body, 200, headers)
