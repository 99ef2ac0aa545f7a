"""A release of tests that counts as attacked, without the attacks."""

import json
from pathlib import Path

from data.release.attack_records import (
    RECORD,
    REQUIRED_OF_MECHANISM,
    REQUIRED_ON_BYTES,
    Required,
    fingerprint,
    mechanism_file,
)
from data.release.release_manifest import MANIFEST, digest
from data.storage.store import Store


def survived(folder: Path) -> None:
    """Write what the attacks on a release, and on the mechanism by its policy, leave."""
    entries = json.loads((folder / MANIFEST).read_bytes())["policy"]
    mark = fingerprint(entries)
    of_mechanism = mechanism_file(Store(folder.parent.parent), mark)
    of_mechanism.parent.mkdir(exist_ok=True)
    _write(of_mechanism, mark, REQUIRED_OF_MECHANISM)
    _write(folder / RECORD, digest(folder / MANIFEST), REQUIRED_ON_BYTES)


def _write(file: Path, about: str, required: Required) -> None:
    results = [{"id": one, "passed": True} for one in required]
    count = {name: n for least in required.values() for name, n in least.items()}
    body = {"about": about, "count": count, "results": results, "passed": True}
    file.write_text(json.dumps(body))
