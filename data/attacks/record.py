"""The records that attacks leave: what was attacked, how often, and what came of it."""

import json
from collections.abc import Sequence
from pathlib import Path

from data.attacks.case import LARGE, Count, Result
from data.privacy.policy import Policy, policy_entries
from data.release.attack_records import (
    RECORD,
    REQUIRED_OF_MECHANISM,
    REQUIRED_ON_BYTES,
    fingerprint,
    mechanism_file,
)
from data.release.release_manifest import MANIFEST, digest
from data.storage.disk import write_whole
from data.storage.store import Store


def write_results(folder: Path, results: Sequence[Result], count: Count) -> bool:
    """Leave the record of attacks on a release beside its manifest; whether all passed."""
    return _write(folder / RECORD, digest(folder / MANIFEST), results, count)


def mechanism_record(store: Store, rules: Policy, results: Sequence[Result], count: Count) -> bool:
    """Leave the record of attacks on the mechanism, as its code and a policy are; whether all
    passed."""
    mark = fingerprint(policy_entries(rules))
    return _write(mechanism_file(store, mark), mark, results, count)


def pretend_survived(store: Store, folder: Path, rules: Policy) -> None:
    """Leave records of a made place that it survived: publishing is what is attacked there."""
    for required in (REQUIRED_ON_BYTES, REQUIRED_OF_MECHANISM):
        results = [Result(one, "pretended", True, "", "") for one in required]
        if required is REQUIRED_ON_BYTES:
            write_results(folder, results, LARGE)
        else:
            mechanism_record(store, rules, results, LARGE)


def _write(file: Path, about: str, results: Sequence[Result], count: Count) -> bool:
    passed = bool(results) and all(result.passed for result in results)
    listed = [result._asdict() for result in results]
    body = {"about": about, "count": count._asdict(), "results": listed, "passed": passed}
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole((json.dumps(body, indent=1) + "\n").encode(), file)
    return passed
