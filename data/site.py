"""The address of this Porchlight, and who may show it in a frame: [site]."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data import settings
from data.settings import Problem

_ENTRIES = ("team", "public", "door", "frames")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
USUAL_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Site:
    """The public name of one dashboard. It comes from the settings, never from a request.

    `origin` is scheme, name and port as a browser writes them ("https://team.example.org"), or
    "" where only this machine is served. `frames` are the origins that may show the public's
    pages in a frame.
    """

    origin: str = ""
    frames: tuple[str, ...] = ()

    @property
    def https(self) -> bool:
        """Return whether browsers reach it through an encrypted connection."""
        return self.origin.startswith("https://")

    def hosts(self, port: int) -> dict[str, str]:
        """The Host headers that are answered, and the origin that belongs to each.

        The machine's own names always count: whoever may come in is decided apart from them.
        """
        own = {f"{name}:{port}": f"http://{name}:{port}" for name in LOOPBACK}
        if port == USUAL_PORT["http"]:
            own |= {name: f"http://{name}" for name in LOOPBACK}
        if self.origin:
            own[urlsplit(self.origin).netloc] = self.origin
        return own


def load_site(audience: str, file: Path | None = None) -> Site:
    """The site of an audience. Problem says which entry to mend."""
    file = file or settings.settings_path()
    try:
        table: Any = settings.read_toml(file).get("site", {})
    except FileNotFoundError:
        return Site()
    if not isinstance(table, dict):
        raise Problem(f"{file}: site is a table: write [site].")
    if unknown := sorted(table.keys() - set(_ENTRIES)):
        raise Problem(f"{file}: site.{unknown[0]} means nothing. There are {', '.join(_ENTRIES)}.")
    frames = table.get("frames", [])
    if not isinstance(frames, list):
        raise Problem(f'{file}: site.frames is a list, e.g. ["https://news.example.org"].')
    stated = table.get(audience, "")
    return Site(
        _origin(stated, f"{file}: site.{audience}") if stated else "",
        tuple(_origin(frame, f"{file}: site.frames") for frame in frames),
    )


def _origin(stated: object, where: str) -> str:
    """An address as a browser writes the origin of its pages."""
    told = f'{where} is {stated!r}: write an address without a path, e.g. "https://example.org".'
    if not isinstance(stated, str):
        raise Problem(told)
    try:
        parts = urlsplit(stated.strip().lower().rstrip("/"))
        port = parts.port
    except ValueError:
        raise Problem(told) from None
    if parts.scheme not in USUAL_PORT or not HOST.fullmatch(parts.netloc):
        raise Problem(told)
    if parts.path or parts.query or parts.fragment:
        raise Problem(told)
    usual = port is None or port == USUAL_PORT[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}{'' if usual else f':{port}'}"
