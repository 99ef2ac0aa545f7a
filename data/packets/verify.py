"""Checks this packet, offline: python3 verify.py. It tells every file that was changed, is missing
or was added since the packet was made. It needs nothing but Python 3.9 or later."""

import hashlib
import sys
from pathlib import Path

MANIFESTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")


def stated(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that the manifests name."""
    found = {}
    for name in MANIFESTS:
        for line in (folder / name).read_text("utf-8").splitlines():
            digest, _, path = line.partition(" ")
            path = path.strip().replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            found[path] = digest
    return found


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file."""
    total = hashlib.sha256()
    with file.open("rb") as opened:
        for piece in iter(lambda: opened.read(1 << 20), b""):
            total.update(piece)
    return total.hexdigest()


def problems(folder: Path) -> list[str]:
    """Every file that is not as the packet was made."""
    try:
        named = stated(folder)
    except (OSError, UnicodeDecodeError) as error:
        return [f"a manifest cannot be read ({error}): this is not the whole packet"]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    found = [f"missing: {name}" for name in sorted(named.keys() - there)]
    found += [f"added: {name}" for name in sorted(there - named.keys() - {MANIFESTS[1]})]
    for name in sorted(named.keys() & there):
        if sha256_of(folder / name) != named[name]:
            found.append(f"changed: {name}")
    return found


def check_packet() -> int:
    """Print what is wrong, or that nothing is; 1 where something is."""
    folder = Path(__file__).resolve().parent
    found = problems(folder)
    for line in found:
        print(line)
    if not found:
        print(f"Every file is as it was when the packet was made ({len(stated(folder))} files).")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(check_packet())
