"""The secret that a release draws its noise from: made once, kept outside the repository."""

import hashlib
import os
import secrets
from pathlib import Path

from data.settings import ROOT, Problem, Settings, place_slug
from data.storage.disk import sync

BYTES = 32


def secret_path(settings: Settings) -> Path:
    """The file of the secret: PORCHLIGHT_SECRET, else below the home folder of who runs this."""
    named = os.environ.get("PORCHLIGHT_SECRET")
    if named:
        return Path(named).expanduser().absolute()
    return Path.home() / ".local" / "share" / "porchlight" / place_slug(settings.name) / "secret"


def load_secret(settings: Settings, *, make: bool = True) -> bytes:
    """The secret, made on first use. Problem where others could read it."""
    file = secret_path(settings)
    for folder, called in ((ROOT, "the repository"), (settings.store, "the store")):
        if file.resolve().is_relative_to(folder.resolve()):
            raise Problem(
                f"The secret {file} lies inside {called}: it would be copied with it. "
                "Name another file with PORCHLIGHT_SECRET."
            )
    if make and not file.exists():
        _make(file)
    try:
        mode = file.stat().st_mode & 0o777
        text = file.read_text(encoding="ascii").strip()
        secret = bytes.fromhex(text)
    except FileNotFoundError:
        raise Problem(f"The secret {file} is missing: put its copy back there.") from None
    except ValueError:
        raise Problem(f"{file} holds no secret: put its copy back there.") from None
    if mode & 0o077:
        raise Problem(f"Others can read the secret: chmod 600 {file}")
    if len(secret) != BYTES:
        raise Problem(f"{file} holds no secret of {BYTES} bytes: put its copy back there.")
    return secret


def mark(secret: bytes) -> str:
    """A mark that the ledger keeps to tell one secret from another; nothing follows from it."""
    return hashlib.sha256(b"porchlight release secret\0" + secret).hexdigest()[:16]


def _make(file: Path) -> None:
    """Write a new secret in whole: two that start at once get the same one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, secrets.token_hex(BYTES).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    sync(file.parent)
