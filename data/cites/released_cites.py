"""Cites of released numbers as they lie in the public folder: static files, for anybody.

No store and no clock: the public's process reads them, and writes nothing.
"""

import json
from pathlib import Path

from data.cites.cite_folder import (
    CITES,
    NUMBERS,
    Cite,
    Cited,
    Tampered,
    checked_files,
    is_cite_name,
    read_manifest,
)
from data.cites.cite_page import notice_page

PAGE = "index.html"
INDEX = "index.json"  # of each link of the public pages: the cite of its numbers now
TOMBSTONE = "recalled.json"  # in place of what is cited where its release was recalled


def read_index(public: Path) -> dict[str, str]:
    """The name of the cite of each table and period, by its link."""
    try:
        found: dict[str, str] = json.loads((public / CITES / INDEX).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def read_released_cite(public: Path, name: str) -> Cite:
    """A cite of released numbers. FileNotFoundError where there is none, Tampered where it is not
    as it was written."""
    bodies = checked_files(public / CITES, name, PAGE)
    manifest = read_manifest(name, bodies)
    return Cite(name, manifest, bodies[NUMBERS], Cited(manifest.as_of, 0))


def is_recalled(public: Path, name: str) -> bool:
    """Return whether a cite was of a release that was recalled."""
    return (public / CITES / name / TOMBSTONE).exists()


def read_page_or_file(public: Path, name: str, file: str) -> bytes | None:
    """The page of a cite, or another file of it; None where there is none. Of a cite whose files
    are not those that were written there is a sentence."""
    folder = public / CITES / name
    if not is_cite_name(name) or not folder.is_dir():
        return None
    if (folder / TOMBSTONE).exists():
        return (folder / PAGE).read_bytes() if file in ("", PAGE) else None
    try:
        return checked_files(public / CITES, name, PAGE).get(file or PAGE)
    except Tampered as tampered:
        return tampered_page(tampered) if not file else None


def tampered_page(tampered: Tampered) -> bytes:
    """The page in place of a cite whose files are not those that were written."""
    return notice_page(
        "Cited numbers", "", "These numbers are not shown", (str(tampered),)
    ).encode()
