"""A small archive of vector tiles, and a web server that sends parts of it, well or badly."""

import gzip
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pmtiles import writer
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from data.maps import tile_cover
from data.maps.tile_cover import Box

TOWN = Box(-93.345, 44.885, -93.185, 45.055)
FINEST = 13
CREDIT = '<a href="https://www.openstreetmap.org/copyright">&copy; OpenStreetMap contributors</a>'


def varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def part(number: int, body: bytes) -> bytes:
    """A field of a message that holds bytes."""
    return varint(number << 3 | 2) + varint(len(body)) + body


def mvt(
    name: str, line: list[tuple[int, int]], kind: str = "minor_road", layer: str = "roads"
) -> bytes:
    """A vector tile with one line, written by hand after the specification."""
    steps, at = [9], (0, 0)
    for i, (x, y) in enumerate(line):
        dx, dy = x - at[0], y - at[1]
        steps += [(len(line) - 1) << 3 | 2] if i == 1 else []
        steps += [dx << 1 ^ dx >> 31, dy << 1 ^ dy >> 31]
        at = x, y
    shape = part(2, bytes([0, 0, 1, 1])) + b"\x18\x02" + part(4, b"".join(map(varint, steps)))
    words = part(3, b"name") + part(3, b"kind")
    values = part(4, part(1, name.encode())) + part(4, part(1, kind.encode()))
    head = b"\x78\x02" + part(1, layer.encode())
    return part(3, head + part(2, shape) + words + values + b"\x28" + varint(4096))


def archive(path: Path, tiles: dict[int, bytes] | None = None, **metadata: Any) -> Path:
    """An archive of the town and of ground far from it, as the writer of `pmtiles` makes it."""
    numbers = tile_cover.tile_numbers(TOWN, 0, FINEST)
    far = tile_cover.tile_numbers(Box(8.4, 49.0, 8.5, 49.1), 9, FINEST)
    made = {n: gzip.compress(mvt(f"Street {n}", [(0, 0), (4096, 4096)])) for n in {*numbers, *far}}
    with writer.write(str(path)) as out:
        for number, body in sorted((made if tiles is None else made | tiles).items()):
            out.write_tile(number, body)
        out.finalize(
            {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP},
            {"attribution": CREDIT, "name": "Town", "secret": "x"} | metadata,
        )
    return path


@dataclass
class Web:
    """A web server, what it does wrong, and what it was asked."""

    folder: Path
    port: int = 0
    fault: str = ""
    left: int = 1
    """How often the fault happens."""
    after: int = 3
    """From which request on."""
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    """Path, and first and last byte."""

    def address(self, name: str, host: str = "127.0.0.1") -> str:
        """The address of a file."""
        return f"http://{host}:{self.port}/{name}"


class Answer(http.server.BaseHTTPRequestHandler):
    """Sends the part of a file that was asked for."""

    web: Web

    def do_GET(self) -> None:
        """Answer one request."""
        file = self.web.folder / self.path.removeprefix("/again/").strip("/")
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        assert found, "no range was asked for"
        first, last = map(int, found.groups())
        self.web.asked.append((self.path, first, last))
        fault = self.web.fault if len(self.web.asked) >= self.web.after and self.web.left else ""
        self.web.left -= bool(fault)
        if not file.exists():
            return self._head(404, {})
        whole = file.read_bytes()
        if fault in ("503", "429", "500", "403", "416"):
            return self._head(int(fault), {"Retry-After": "0"})
        if fault == "redirect" or (fault == "again" and not self.path.startswith("/again/")):
            host = "localhost" if fault == "redirect" else "127.0.0.1"
            to = f"http://{host}:{self.web.port}/again{self.path}"
            return self._head(302, {"Location": to})
        if fault == "whole":
            self._head(200, {"Content-Length": str(len(whole))})
            self.wfile.write(whole[:100_000])
            return None
        body = whole[first : last + 1]
        head = {
            "Content-Range": f"bytes {first}-{first + len(body) - 1}/{len(whole)}",
            "Content-Length": str(len(body)),
            "ETag": '"two"' if fault == "changed" else '"one"',
        }
        if fault == "shifted":
            head["Content-Range"] = f"bytes {first + 1}-{first + len(body)}/{len(whole)}"
        if fault == "no range":
            del head["Content-Range"]
        if fault == "packed":
            head["Content-Encoding"] = "gzip"
        if fault == "less":
            body = body[: len(body) // 2]
            head["Content-Range"] = f"bytes {first}-{first + len(body) - 1}/{len(whole)}"
            head["Content-Length"] = str(len(body))
        self._head(206, head)
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
        return None

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[Web]:
    """A server of the files in a folder."""
    web = Web(folder)
    handler = type("Answer", (Answer,), {"web": web})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    web.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


def number(zoom: int, x: int, y: int) -> int:
    """The number of a tile."""
    return zxy_to_tileid(zoom, x, y)
