"""The page and the feed of corrections in the public folder, written whole at every publish, recall
and correction."""

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data.notices.feed import atom
from data.notices.page import FEED_FILE, PAGE_FILE, STYLE_FILE, page, style
from data.notices.public_notices import fixed_hour, list_notices
from data.privacy.policy import load_policy
from data.release.publish import public
from data.settings import Settings
from data.site import load_site
from data.storage.disk import write_whole
from data.storage.store import Store

FILES = (PAGE_FILE, FEED_FILE, STYLE_FILE)


def public_files(store: Store, settings: Settings, folder: Path) -> dict[str, bytes]:
    """The files of corrections by name, as they should stand in a public folder now."""
    notices = list_notices(store, settings, folder)
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.zone)).date()
    days = [name[:10] for name in store.history().published]
    first = datetime.fromisoformat(max(days)).date() if days else today
    origin = load_site("public").origin
    feed = atom(notices, settings.name, origin, load_policy(settings), settings.zone, first)
    return {
        PAGE_FILE: page(notices, settings.name).encode(),
        FEED_FILE: feed,
        STYLE_FILE: style().encode(),
    }


def _behind(store: Store, settings: Settings) -> tuple[Path | None, dict[str, bytes]]:
    """The public folder, and its files that are to be written; no folder where nothing is public."""
    if not os.environ.get("PORCHLIGHT_PUBLIC") or not store.history().published:
        return None, {}
    folder = public(settings)
    wanted = public_files(store, settings, folder)
    there = {n: (folder / n).read_bytes() for n in wanted if (folder / n).is_file()}
    return folder, {name: body for name, body in wanted.items() if there.get(name) != body}


def is_behind(store: Store, settings: Settings) -> bool:
    """Return whether the public folder says something else than it should."""
    folder, files = _behind(store, settings)
    return bool(files or (folder and _half_written(folder)))


def _half_written(folder: Path) -> list[Path]:
    """What a command that was killed left beside the files; no server shows names with a dot."""
    return [left for name in FILES for left in folder.glob(f".{name}.[0-9]*")]


def _shown_time(file: Path, settings: Settings) -> float:
    """The time of change that a public file is to show: the fixed hour of today, for the moment of a
    correction is nobody's business; a second more than before where it changed today already, so
    that nobody keeps the old one."""
    zone = ZoneInfo(settings.zone)
    today = datetime.now(UTC).astimezone(zone).date()
    hour = fixed_hour(today, load_policy(settings), zone).timestamp()
    before = file.stat().st_mtime if file.exists() else 0.0
    return max(hour, float(int(before) + 1))


def refresh(store: Store, settings: Settings) -> list[str]:
    """Bring the public page and feed up to date; sentences on it, none where nothing changed.

    Nothing is written before the first publish, or where PORCHLIGHT_PUBLIC is not set. Problem
    where the folder is none.
    """
    folder, files = _behind(store, settings)
    if folder is None:
        published = bool(store.history().published)
        waits = "PORCHLIGHT_PUBLIC is not set: the public list of corrections follows with the next publish."
        return [waits] if published else []
    for left in _half_written(folder):
        left.unlink()
    for name, body in files.items():
        write_whole(body, folder / name, at=_shown_time(folder / name, settings), mode=0o644)
        (folder / name).chmod(0o644)  # whatever the umask: a web server of another user reads it
    return [f"The public list of corrections says so: {folder / PAGE_FILE}"] if files else []
