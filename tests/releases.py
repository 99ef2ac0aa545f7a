"""A release of tests that counts as attacked, without the attacks."""

from pathlib import Path

from data.attacks import record, runner
from data.release.release_manifest import read_manifest
from data.storage.store import Store


def survived(folder: Path) -> None:
    """Write the records of a release that survived, of its bytes and of its mechanism."""
    store = Store(folder.parent.parent)
    record.pretend_survived(store, folder, runner.policy_of(read_manifest(folder)))
