"""Base maps: a local vector map, tile servers of others, water; checked and made ready."""

import difflib
import hashlib
import html
import json
import os
import re
import shutil
import struct
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from data.maps import pmtiles_archive
from data.maps.archive_source import FileSource
from data.settings import Basemap, Problem

MOST_SERVED_BYTES = 200 * 1024 * 1024  # Streamlit serves no larger file
MOST_WATER = 20_000_000
HEADER = 127  # bytes of a PMTiles v3 header
VECTOR, PLAIN, GZIP = 1, 1, 2  # its codes for tiles of vectors, and for how things are packed
_DAY = 86_400.0
_TOLERANCE = 5e-5  # degrees, about 5 m: finer than a screen shows
_DECIMALS = 5
SAFE = re.compile(r"[\w .,'&()·-]{1,40}")
_PLACES = {"x", "y", "z", "r"}  # what an address of a tile may leave open
LEARNS = (
    "Tiles come from {name} ({host}): it sees your network address, your browser and which "
    "part of the map you look at, at which time."
)


class Local(NamedTuple):
    """A vector map of our own: its file, its finest zoom, whom to credit."""

    file: Path
    zoom: int
    credit: str


class Tiles(NamedTuple):
    """Tiles of others, as Leaflet asks for them, and what that tells whom."""

    name: str
    url: str
    subdomains: str
    zoom: int
    credit: str
    learns: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins that the tiles come from, as a content security policy names them."""
        parts = urlsplit(self.url)
        named = (parts.netloc.replace("{s}", letter) for letter in self.subdomains or "a")
        return tuple(f"{parts.scheme}://{host}" for host in dict.fromkeys(named))


def local(asked: Basemap) -> Local | None:
    """The local map, None where none is named. Problem says what is wrong with the file."""
    file = asked.file
    if file is None:
        return None
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(HEADER)
    except OSError as error:
        raise Problem(f"The base map {file} cannot be read: {error.strerror}.") from None
    if size > MOST_SERVED_BYTES:
        raise Problem(
            f"The base map {file.name} has {size:,} bytes; {MOST_SERVED_BYTES:,} can be served. "
            "Cut out a smaller region or fewer zoom levels."
        )
    if len(head) < HEADER or head[:7] != b"PMTiles" or head[7] != 3:
        raise Problem(f"The base map {file.name} is no PMTiles file of version 3.")
    start, length = struct.unpack_from("<QQ", head, 56)
    if start + length > size:
        raise Problem(f"The base map {file.name} is not whole: copy it again.")
    inner, packed, kind, _, zoom = head[97:102]
    if kind != VECTOR or not {inner, packed} <= {PLAIN, GZIP}:
        raise Problem(
            f"The base map {file.name} holds no vector tiles that a browser unpacks (MVT, gzip)."
        )
    return Local(file, int(zoom), plain_text(asked.attribution) or _credit(file))


def _credit(file: Path) -> str:
    """Whom a map itself names; nobody where it says nothing that can be read."""
    source = FileSource(file)
    try:
        found = pmtiles_archive.read_metadata(source, pmtiles_archive.read_header(source))
    except Problem:
        return ""
    return plain_text(html.unescape(str(found.get("attribution") or "")))


def serve(file: Path, folder: Path, keep: float = _DAY) -> str:
    """The name under which a folder that the app serves holds a file: its content's hash.

    A hard link where that is possible, else a copy. Others of its kind in the folder that have
    not been made for `keep` seconds are removed.
    """
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{digest}{file.suffix}"
    beside = folder / f".{target.name}.{os.getpid()}"
    beside.unlink(missing_ok=True)
    try:
        os.link(file.resolve(), beside)
    except OSError:  # another disk, or a file of another user
        shutil.copyfile(file, beside)
    beside.replace(target)
    beside.unlink(missing_ok=True)  # a rename between two links of one file does nothing
    for other in folder.glob(f"*{file.suffix}"):
        if other != target and other.stat().st_ctime < time.time() - keep:
            other.unlink(missing_ok=True)
    return target.name


def tiles(asked: Basemap) -> Tiles | None:
    """The tiles of others that may be switched on; None where none are named."""
    if asked.server:
        return _own(asked.server)
    return _known(asked.provider) if asked.provider else None


def _own(table: dict[str, object]) -> Tiles:
    """A tile server that the team names itself."""
    where = "basemap.provider"
    unknown = table.keys() - {"name", "url", "attribution", "learns", "max_zoom"}
    if unknown or not {"name", "url", "attribution"} <= table.keys():
        raise Problem(f"{where}: a table of name, url, attribution; also learns, max_zoom.")
    name, url = str(table["name"]), str(table["url"])
    if not SAFE.fullmatch(name):
        raise Problem(f"{where}.name: 40 letters, digits and spaces at most.")
    left = set(re.findall(r"{(\w*)}", url))
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("https", "http") or not host:
        raise Problem(f"{where}.url begins with https:// and a host.")
    if not {"x", "y", "z"} <= left <= _PLACES:
        raise Problem(f"{where}.url holds {{z}}, {{x}} and {{y}}, perhaps {{r}}, and no other.")
    zoom = table.get("max_zoom", 19)
    if not isinstance(zoom, int) or not 0 < zoom < 25:
        raise Problem(f"{where}.max_zoom is a whole number from 1 to 24.")
    learns = plain_text(str(table.get("learns", ""))) or LEARNS.format(name=name, host=host)
    return Tiles(name, url, "abc", zoom, plain_text(str(table["attribution"])), learns)


def _known(name: str) -> Tiles:
    """A provider of xyzservices. Problem where there is none of this name that can be used."""
    from xyzservices import providers

    every = providers.flatten()
    if name not in every:
        folded = {known.lower(): known for known in every}
        near = difflib.get_close_matches(name.lower(), folded, 3, 0.5)
        hint = f" Near it: {', '.join(folded[n] for n in near)}." if near else ""
        raise Problem(f"basemap.provider: xyzservices knows no {name!r}.{hint}")
    found = every[name]
    for wrong, why in (
        (found.requires_token(), "needs a key, which every reader of the page would hold"),
        (found.get("status") == "broken", "is known to be broken"),
        (not found.url.startswith("https:"), "sends its tiles unencrypted"),
        (not _mercator(found), "is drawn in another projection than our map"),
    ):
        if wrong:
            raise Problem(f"basemap.provider: {name} {why}. Choose another one.")
    url = found.build_url(fill_subdomain=False, scale_factor="{r}")
    return Tiles(
        name=name,
        url=url,
        subdomains=str(found.get("subdomains", "abc")),
        zoom=int(found.get("max_zoom", 18)),
        credit=plain_text(found.get("attribution", name)),
        learns=LEARNS.format(name=name.split(".")[0], host=urlsplit(url).hostname).replace(
            "{s}.", ""
        ),
    )


def _mercator(provider: Any) -> bool:
    """Return whether tiles lie in Web Mercator and are counted from the north."""
    matrix = str(provider.get("TileMatrixSet", "PM"))
    crs = str(provider.get("crs", "EPSG:3857"))
    return matrix.startswith("PM") and crs == "EPSG:3857" and not provider.get("tms")


def plain_text(given: str) -> str:
    """Plain text on one line: no tags, signs instead of (C)."""
    return " ".join(re.sub(r"<[^>]*>", " ", given).replace("(C)", "©").split())[:300]


def water(asked: Basemap, meridian: float | None = None) -> tuple[str, str] | None:
    """Name and text of the file that brings our own water to the browser, WGS 84.

    Its longitudes are within 180 degrees of a meridian, that of the map.
    """
    file = asked.water
    if file is None:
        return None
    if file.suffix.lower() not in (".geojson", ".json"):
        raise Problem(f"basemap.water: {file.name} is no GeoJSON file.")
    import geopandas as gpd  # heavy, and the start looks in here: only where water is named
    import numpy as np
    import shapely

    from data.areas import boundary_files
    from geo import longitude

    if file.exists() and file.stat().st_size > MOST_WATER:
        raise Problem(f"basemap.water: {file.name} is over {MOST_WATER:,} bytes. Simplify it.")
    held = boundary_files.read_features(file)
    drawn = [s for s in held.shapes if s is not None and shapely.get_dimensions(s) > 0]
    if not drawn:
        raise Problem(f"basemap.water: {file.name} holds no line and no polygon.")
    placed = gpd.GeoSeries(drawn, crs=held.crs).to_crs(4326)
    simple = shapely.simplify(placed.values, _TOLERANCE)
    west, south, east, north = shapely.total_bounds(simple)
    if not np.isfinite([west, south]).all() or max(-west, east) > 180 or max(-south, north) > 90:
        raise Problem(f"basemap.water: {file.name} says another coordinate system than it has.")
    if meridian is not None:
        simple = longitude.shapes_near(simple, meridian)
    rounded = shapely.set_precision(simple, 10.0**-_DECIMALS, mode="pointwise")
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(text)}
        for text in shapely.to_geojson(rounded)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    name = f"{hashlib.sha256(body.encode()).hexdigest()[:16]}.js"
    return name, f"porchlight.shapes({json.dumps(f'/app/static/basemap/{name}')},{body});\n"


def check_basemap(asked: Basemap) -> None:
    """Problem where something that the settings name below the areas cannot be drawn."""
    for look in (local, tiles, water):
        look(asked)
