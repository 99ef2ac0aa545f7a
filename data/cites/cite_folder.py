"""The folder of a cite: named by the hash of its manifest, written whole, never changed.

`cited.json` stands beside the manifest and is in no hash: when somebody cited it first.
"""

import fcntl
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from data.settings import Problem
from data.storage.disk import sync

CITES = "cites"  # the folder of them all
MANIFEST, CITED = "manifest.json", "cited.json"
NUMBERS, PACKAGE, SVG, PNG = "numbers.csv", "datapackage.json", "picture.svg", "picture.png"
UNFINISHED = ".unfinished-"
DEMONSTRATION = "Demonstration data: none of these reports is real."
_HASH = re.compile(r"[0-9a-f]{64}")


class Tampered(Problem):
    """A cite whose files are not those that were written."""


class CitedSource(NamedTuple):
    """A source of cited numbers: who recorded them, under which terms, and what it covers."""

    name: str
    title: str
    kind: str
    licence: str
    url: str
    covers: str


@dataclass(frozen=True, kw_only=True)
class CiteManifest:
    """All that a cite says of its numbers, in plain text.

    `link` is the address of the page without its origin, with all filters and the stamp; `stamp`
    is the id of the data, or of the release. `key` and `compared` are columns of the numbers.
    `files` are the SHA-256 of the other files by name.
    """

    place: str
    zone: str
    link: str
    stamp: str
    code: str
    title: str
    subtitle: str
    sentence: str
    denominator: str
    uncertainty: str
    lacks: str
    method: str
    alt: str
    columns: Mapping[str, str]
    key: Sequence[str]
    compared: Sequence[str]
    sources: Sequence[CitedSource]
    queries: Sequence[str] = ()
    seed: int | None = None
    as_of: str = ""  # the date of the release; "" of a cite of the team's numbers
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def team_only(self) -> bool:
        """Whether it holds community reports that no release made public."""
        return not self.as_of and any(source.kind == "community" for source in self.sources)

    @property
    def made(self) -> bool:
        """Whether its reports are demonstration data: the notes of a release then say so."""
        return DEMONSTRATION in self.uncertainty


class Cited(NamedTuple):
    """When a cite was made (UTC in ISO 8601), and the last event of the ledger in its data."""

    at: str
    events: int


class Cite(NamedTuple):
    """A cite as it was written: its name, its manifest, its table in CSV, and when it was made."""

    name: str
    manifest: CiteManifest
    numbers: bytes
    cited: Cited


def is_cite_name(text: str) -> bool:
    """Return whether a text can be the name of a cite."""
    return _HASH.fullmatch(text) is not None


def sha256_hex(body: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(body).hexdigest()


def to_bytes(manifest: CiteManifest) -> bytes:
    """A manifest as bytes: the same content gives the same."""
    said = asdict(manifest) | {"sources": [source._asdict() for source in manifest.sources]}
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def write_cite(root: Path, manifest: CiteManifest, files: Mapping[str, bytes], cited: Cited) -> str:
    """Write the folder of a cite below a folder of cites, whole or not at all; its name.

    What is there already stays; Tampered where it is not what was written.
    """
    body = to_bytes(manifest)
    name = sha256_hex(body)
    with _writing(root):
        if (root / name).exists():
            read_cite(root, name)
            return name
        said = (json.dumps(cited._asdict(), sort_keys=True) + "\n").encode()
        write_folder(root, name, {**files, MANIFEST: body, CITED: said}, 0o600)
    return name


def write_folder(root: Path, name: str, files: Mapping[str, bytes], mode: int) -> None:
    """Write a new folder with files of a mode: it appears whole or not at all."""
    beside = root / f"{UNFINISHED}{name}"
    beside.mkdir(mode=0o700)
    for file, content in files.items():
        made = beside / file
        made.touch(0o600)
        made.write_bytes(content)
        made.chmod(mode)
        sync(made)
    beside.chmod(mode | (mode & 0o444) >> 2)  # who may read a file may enter its folder
    sync(beside)
    beside.rename(root / name)
    sync(root)


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    """Hold the lock of a folder of cites; what a killed writer left is swept away."""
    root.mkdir(exist_ok=True, mode=0o700, parents=True)
    with (root / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in root.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def read_cite(root: Path, name: str) -> Cite:
    """A cite by its name. FileNotFoundError where there is none; Tampered where a file was changed,
    is missing or does not belong there."""
    bodies = checked_files(root, name, CITED)
    try:
        cited = Cited(**json.loads(bodies[CITED]))
    except (ValueError, TypeError):
        raise _tampered(name, CITED) from None
    return Cite(name, read_manifest(name, bodies), bodies[NUMBERS], cited)


def read_manifest(name: str, bodies: Mapping[str, bytes]) -> CiteManifest:
    """The manifest of a cite among its files. Tampered where it is none."""
    try:
        said = json.loads(bodies[MANIFEST])
        sources = tuple(CitedSource(**one) for one in said["sources"])
        lists = {key: tuple(said[key]) for key in ("key", "compared", "queries")}
        return CiteManifest(**{**said, **lists, "sources": sources})
    except (ValueError, TypeError, KeyError):
        raise _tampered(name, MANIFEST) from None


def checked_files(root: Path, name: str, beside: str) -> dict[str, bytes]:
    """The files of a cite by name; `beside` is the one that no manifest names. FileNotFoundError
    where there is no such cite, Tampered unless they are those that were written."""
    folder = root / name
    if not is_cite_name(name) or not folder.is_dir():
        raise FileNotFoundError(folder)
    try:
        bodies = {file.name: file.read_bytes() for file in folder.iterdir()}
        named = dict(json.loads(bodies[MANIFEST])["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise _tampered(folder.name, MANIFEST) from None
    if sha256_hex(bodies[MANIFEST]) != folder.name:
        raise _tampered(folder.name, MANIFEST)
    if odd := sorted(bodies.keys() ^ {*named, MANIFEST, beside}):
        raise _tampered(folder.name, odd[0])
    for name, digest in named.items():
        if sha256_hex(bodies[name]) != digest:
            raise _tampered(folder.name, name)
    return bodies


def _tampered(name: str, file: str) -> Tampered:
    return Tampered(
        f"The cite {name[:12]} is not as it was written: {file} was changed, is missing or does not "
        "belong there. Its numbers are not shown. Put the folder back from a copy."
    )
