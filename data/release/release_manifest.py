"""The manifest of a release: its bytes, the id that they give, and the files that it names.

No store and no clock: the team's commands and the public dashboard check with the same code.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from data.privacy.tables import Manifest
from data.settings import Problem

MANIFEST = "manifest.json"
TOMBSTONE = "recalled.json"  # in place of a recalled release's files
_OURS = {MANIFEST, "attack.json"}  # what no manifest can name


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """A manifest as bytes: the same content gives the same."""
    return (json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def release_id(manifest: Manifest) -> str:
    """The id of a release: its date, and a hash of all that its manifest says but the id."""
    content = {key: value for key, value in manifest.items() if key != "id"}
    return f"{manifest['as_of']}-{hashlib.sha256(manifest_bytes(content)).hexdigest()[:8]}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release's folder. Problem unless it is the one that was written there."""
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_bytes())
        right, files = release_id(manifest), manifest["files"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Problem(f"Release {folder.name} has no manifest that can be read.") from None
    if not manifest.get("id") == folder.name == right or not isinstance(files, dict):
        raise Problem(f"The manifest of {folder.name} is not the one that was written.")
    return manifest


def read_file(folder: Path, manifest: Manifest, name: str) -> bytes:
    """The bytes of a file of a release. Problem unless it is the one that the manifest names."""
    try:
        body = (folder / name).read_bytes() if name in manifest["files"] else b""
    except OSError:
        body = b""
    if hashlib.sha256(body).hexdigest() != manifest["files"].get(name):
        raise Problem(f"Release {folder.name}: {name} is not the file that was written.")
    return body


def verify(folder: Path) -> Manifest:
    """The manifest of a folder whose files are exactly those it names; Problem otherwise."""
    manifest = read_manifest(folder)
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()} - _OURS
    if wrong := sorted(there ^ set(manifest["files"])):
        raise Problem(f"Release {folder.name}: {wrong[0]} is missing or should not be there.")
    for name in manifest["files"]:
        read_file(folder, manifest, name)
    return manifest


def find_release(known: Sequence[str], name: str) -> str:
    """The one of some releases that a name or its beginning means; Problem where none or several
    are called so."""
    if not known:
        raise Problem("There is no release yet. Build one: python -m data release")
    fits = [k for k in known if k == name] or [k for k in known if name and k.startswith(name)]
    if len(fits) != 1:
        raise Problem(f"No single release is called {name!r}. Releases: {', '.join(known)}.")
    return fits[0]
