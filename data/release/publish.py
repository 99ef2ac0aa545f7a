"""From the store to the public folder and back: publish, and recall."""

import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from data.languages import languages, page_name, protect_name
from data.privacy import issue_key
from data.privacy.policy import load_policy
from data.privacy.tables import Manifest
from data.release import chain
from data.release.attack_records import require_survived
from data.release.release_manifest import MANIFEST, TOMBSTONE, digest, find_release, verify
from data.settings import ROOT, Problem, Settings
from data.storage.disk import sync
from data.storage.events import ReleasePublished, ReleaseRecalled
from data.storage.store import Store

Settle = Callable[[Path], None]  # makes what follows from a public folder what its releases say
STONE = "recalled"  # what `current` shows when no release is left
SAID = "This release was recalled by those who published it. Its numbers must not be used."
_ALSO = "Quienes publicaron estos datos los retiraron. No se deben usar sus cifras."
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Recalled</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    f'<p>{SAID}</p><p lang="es">{_ALSO}</p></html>\n'
)
# in place of the script that an article loads: the article says what happened
SCRIPT = (
    '"use strict";\nvar told = document.createElement("p");\n'
    f'told.setAttribute("role", "note");\ntold.textContent = "{SAID} {_ALSO}";\n'
    "document.currentScript.after(told);\n"
)


def public(settings: Settings) -> Path:
    """The public folder: PORCHLIGHT_PUBLIC. Problem where it is none, or not apart."""
    named = os.environ.get("PORCHLIGHT_PUBLIC")
    if not named:
        raise Problem("PORCHLIGHT_PUBLIC is not set: name the folder that the web server serves.")
    folder = Path(named).expanduser().resolve()
    for other, called in ((settings.store, "the store"), (ROOT, "the repository")):
        if folder.is_relative_to(other) or other.is_relative_to(folder):
            raise Problem(f"PORCHLIGHT_PUBLIC {folder} must not hold or lie in {called}.")
    return folder


def publish(
    store: Store,
    settings: Settings,
    name: str,
    folder: Path,
    *,
    older: bool = False,
    cites: Settle | None = None,
) -> str:
    """Put a release that survived its attacks into the public folder; a sentence on it.

    Its files are there whole, and the ledger says so, before `current` turns to them; then the keys
    of its numbers are destroyed, and `cites` brings the cites of the folder up to date. One that is
    older than what is published is refused without `older`.
    """
    with store.writing():
        name = find_release(chain.known_releases(store), name)
        if name in store.history().recalled:
            raise Problem(f"Release {name} was recalled: it stays so. Make a new one.")
        if not older:
            _newest(store, name, folder / "current")
        source = chain.folder(store, name)
        manifest = verify(source)
        require_survived(store, source, load_policy(settings))
        _settle(store, folder)
        _consistent(source, manifest, folder / "current")
        target = folder / "releases" / name
        store.ledger.append(ReleasePublished(name, digest(source / MANIFEST)))
        chain.keep_events(store, name)
        if not target.exists():
            _copied(source, sorted(manifest["files"]), target)
        verify(target)
        _point(folder, name)
        built = store.history().built.get(name)
        issue_key.destroy_keys(settings, (built and built.issues) or ())
        if cites:
            cites(folder)
    return f"Published {name}: {folder / 'current'} shows it."


def recall(store: Store, name: str, folder: Path, *, cites: Settle | None = None) -> str:
    """Take a release back: a tombstone in its place, and `current` away from it; `cites` does the
    same to the cites of its numbers.

    What others copied cannot be taken back.
    """
    with store.writing():
        name = find_release(chain.known_releases(store), name)
        if name not in store.history().recalled:
            store.ledger.append(ReleaseRecalled(name))
        chain.keep_events(store, name)
        _settle(store, folder)
        if cites:
            cites(folder)
        left = store.history().standing
    shown = f"current shows {left[-1]}" if left else "current says so, and shows nothing else"
    return (
        f"Recalled {name}: {shown}. Copies that others made cannot be recalled. Numbers of closed "
        "periods that only it showed are not shown by any later release: see docs/release.md."
    )


def _newest(store: Store, name: str, current: Path) -> None:
    """Problem where a newer release than this one is published.

    Newer is one as of a later day; of one day that which was made later. The public folder
    itself counts too: a store made anew knows nothing of it.
    """
    history = store.history()
    made = {built: event.seq for built, event in history.built.items()}
    shown = {*history.standing, *([current.resolve().name] if current.exists() else [])}
    shown -= {name, STONE, *history.recalled}
    age = {other: (other[:10], made.get(other, 0)) for other in (name, *shown)}
    newer = [other for other in shown if age[other] > age[name]]
    if newer:
        last = max(newer, key=lambda other: age[other])
        raise Problem(
            f"Release {name} is older than {last}, which is published: readers would see older "
            f"numbers again. If that is meant: python -m data publish {name} --older"
        )


def _consistent(source: Path, manifest: Manifest, current: Path) -> None:
    """Problem where a measured number is not the one that is public already, but for years that are
    declared to be measured twice.

    Looked up in the public folder itself: a store made anew knows nothing of it.
    """
    if not (current / MANIFEST).exists() or current.resolve().name == source.name:
        return
    new, old = chain.tables(source), chain.tables(current.resolve())
    for path, frame in old.items():
        keys = [c for c in frame.columns if c not in ("n", "epsilon")]
        frame = frame[~frame["period"].str[:4].isin(manifest["redone"])]
        both = frame.merge(new.get(path, frame.head(0)), "inner", keys, suffixes=("", "_new"))
        if (both["n"] != both["n_new"]).any():
            raise Problem(
                f"Release {source.name} says other numbers than {current.resolve().name} of periods "
                f"that are public ({path}): it is not published. Make a new one."
            )


def _copied(source: Path, files: list[str], target: Path) -> None:
    """Copy the files that the manifest names; the folder appears whole or not at all."""
    beside = _beside(target)
    for name in [*files, MANIFEST]:
        made = beside / name
        made.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, made)
        made.chmod(0o644)
    _whole(beside, target)


def _beside(target: Path) -> Path:
    """An empty folder beside a target, closed to others until it is whole."""
    for folder in reversed([target.parent, *target.parent.parents]):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)  # whatever the umask: a web server of another user reads it
    made = target.parent / f".{target.name}-{secrets.token_hex(8)}"
    made.mkdir(mode=0o700)
    return made


def _whole(beside: Path, target: Path) -> None:
    for path in sorted(beside.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
        sync(path)
    beside.chmod(0o755)
    sync(beside)
    beside.rename(target)
    sync(target.parent)


def _point(folder: Path, name: str) -> None:
    """Let `current` show a release: readers see the old one or the new."""
    beside = folder / f".current-{secrets.token_hex(8)}"
    beside.symlink_to(f"releases/{name}")
    beside.replace(folder / "current")
    sync(folder)


def _settle(store: Store, folder: Path) -> None:
    """Make the public folder what the ledger says, also after a command that was killed.

    `current` leaves a recalled release before its files go.
    """
    current, history = folder / "current", store.history()
    left, gone = history.standing, history.recalled
    if current.is_symlink() and current.readlink().name in gone:
        there = [name for name in left if (folder / "releases" / name).exists()]
        if there:
            _point(folder, there[-1])
        else:
            if not (folder / "releases" / STONE).exists():
                _buried(folder / "releases" / STONE)
            _point(folder, STONE)
    for name in gone:
        target = folder / "releases" / name
        seen = name in history.published
        if (target.exists() or seen) and not (target / TOMBSTONE).exists():
            _buried(target)
    for stray in [*folder.glob(".current-*"), *folder.glob("releases/.*")]:
        stray.unlink() if stray.is_symlink() else shutil.rmtree(stray)


def _buried(target: Path) -> None:
    """Put a tombstone in place of a release's files."""
    stone = _beside(target)
    (stone / "embed").mkdir()
    told = {"id": target.name, "recalled": True, "says": SAID}
    (stone / TOMBSTONE).write_text(json.dumps(told, sort_keys=True) + "\n")
    pages = [f"embed/{name(code)}" for code in languages() for name in (page_name, protect_name)]
    for page in ("index.html", *pages):
        (stone / page).write_text(PAGE, encoding="utf-8")
    (stone / "embed" / "embed.js").write_text(SCRIPT, encoding="utf-8")
    for file in stone.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    if target.exists():
        away = target.parent / f".{target.name}-{secrets.token_hex(8)}"
        target.chmod(0o700)  # closed first: what is left of it is read by nobody
        target.rename(away)
    _whole(stone, target)
