"""The key of an issue: random bytes that its noise is drawn from, and that live until it is published.

There is no lasting key. While an issue is not published its key lets it be made again with the same
bytes; with publishing it is destroyed, and nothing is left to steal that could take noise away.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from data.settings import ROOT, Problem, Settings, place_slug
from data.storage.disk import sync

BYTES = 32


def key_folder(settings: Settings) -> Path:
    """The folder of the keys: PORCHLIGHT_KEYS, else below the home folder of who runs this.

    Problem where it lies in the store or the repository: it would be copied with them.
    """
    named = os.environ.get("PORCHLIGHT_KEYS")
    home = Path.home() / ".local" / "share" / "porchlight" / place_slug(settings.name)
    folder = Path(named).expanduser().absolute() if named else home / "issue-keys"
    for other, called in ((ROOT, "the repository"), (settings.store, "the store")):
        if folder.resolve().is_relative_to(other.resolve()):
            raise Problem(
                f"The folder of issue keys {folder} lies inside {called}: keys would be copied with "
                "it. Name another folder with PORCHLIGHT_KEYS."
            )
    return folder


def load_key(settings: Settings, issue: str) -> bytes | None:
    """The key of an issue; None where there is none. Problem where it is broken, or others could
    read it."""
    file = _file(settings, issue)
    try:
        mode, body = file.stat().st_mode & 0o777, file.read_bytes()
    except FileNotFoundError:
        return None
    if mode & 0o077:
        raise Problem(f"Others can read the key of an issue: chmod 600 {file}")
    if len(body) != BYTES:
        raise Problem(f"{file} holds no key of {BYTES} bytes: put its copy back there.")
    return body


def make_key(settings: Settings, issue: str) -> bytes:
    """The key of an issue, made where there is none: for its owner alone, and on the disk before
    anything is drawn from it."""
    file = _file(settings, issue)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, secrets.token_bytes(BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(beside, file)
    finally:
        beside.unlink()
    sync(file.parent)
    key = load_key(settings, issue)
    if key is None:
        raise Problem(f"The key of the issue {issue} could not be written: {file}")
    return key


def destroy_keys(settings: Settings, issues: Iterable[str]) -> None:
    """Overwrite and remove the keys of issues, also what a killed command left of them."""
    folder = key_folder(settings)
    for issue in issues:
        for file in [_file(settings, issue), *folder.glob(f".{issue}.key.*")]:
            with contextlib.suppress(FileNotFoundError):
                handle = os.open(file, os.O_WRONLY)
                try:
                    os.write(handle, bytes(BYTES))
                    os.fsync(handle)
                finally:
                    os.close(handle)
                file.unlink()
    if folder.exists():
        sync(folder)


def mark(key: bytes) -> str:
    """A mark that the ledger keeps to tell one key from another; nothing follows from it."""
    return hashlib.sha256(b"porchlight issue key\0" + key).hexdigest()[:16]


def _file(settings: Settings, issue: str) -> Path:
    return key_folder(settings) / f"{issue}.key"
