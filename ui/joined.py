"""The map's scripts and styles as one file, at an address that changes with its content.

The map's frame asks for files one after the other, and each costs a round trip.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from data.settings import STATIC

SERVED = "/app/static"
# Leaflet and the map's own code, one file a part, in the order in which they draw
SCRIPTS = (
    "vendor/leaflet.js",
    "porchlight.js",
    "map/legend.js",
    "map/basemap.js",
    "map/compass.js",
    "map/fills.js",
    "map/heat.js",
    "map/hexes.js",
    "map/labels.js",
    "map/incidents.js",
    "map/draw.js",
    "map/versus.js",
    "map/player.js",
    "map/window.js",
    "map/rows.js",
    "map/gestures.js",
    "map/fit.js",
)
STYLES = ("vendor/leaflet.css", "porchlight.css")
LETTERS = "vendor/source-sans-3-latin-wght-normal.woff2"  # of the map's frame and of the page
_MAP_OF_SOURCE = re.compile(r"^//# sourceMappingURL=.*$", re.M)
_BESIDE = re.compile(r"url\(\"?(?!#|data:)([^\")]+)\"?\)")


class Joined(NamedTuple):
    """One file made of several: its address and its text."""

    address: str
    text: str


def versioned(name: str) -> str:
    """The address of a file of ours in static/, which changes with its content."""
    return f"{SERVED}/{name}?v={_digest((STATIC / name).read_bytes())}"


@cache
def script() -> Joined:
    """The map's scripts, in their order, after its styles, which they put into their page.

    What `make` has not fetched yet is not in it.
    """
    style = json.dumps("\n".join(_with_addresses(name) for name in STYLES))
    dress = f'document.head.append(Object.assign(document.createElement("style"), {{textContent: {style}}}))'
    code = (_MAP_OF_SOURCE.sub("", _read(name)) for name in SCRIPTS)
    text = "\n;".join([dress, *code])
    return Joined(f"{SERVED}/joined/{_digest(text.encode())}.js", text)


def _with_addresses(name: str) -> str:
    folder = PurePosixPath(name).parent

    def whole(found: re.Match[str]) -> str:
        named = str(folder / found[1])
        return f'url("{versioned(named) if (STATIC / named).is_file() else found[1]}")'

    return _BESIDE.sub(whole, _read(name))


def _read(name: str) -> str:
    file = STATIC / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
