"""What attacks left behind, and whether a release may be published by it.

A release's own bytes are attacked, and leave attack.json beside its manifest. The mechanism is
attacked on made data, once for each version of its code and each policy, with large counts, and
leaves a record in the store. The attacks themselves are in data/attacks/: here is only what they
must have done.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.privacy.policy import Policy, policy_entries
from data.privacy.tables import PolicyEntry
from data.release.release_manifest import MANIFEST, digest
from data.settings import ROOT, Problem
from data.storage.store import Store

RECORD = "attack.json"  # beside the manifest that it is about
Required = Mapping[str, Mapping[str, int]]  # attack -> the least number of its tries, by their name
REQUIRED_ON_BYTES: Required = {
    "A5": {"builds": 100},
    "A6": {"requests": 10_000},
    "A11": {},
    "A12": {"days": 60},
    "A13": {},
    "A19": {"kills": 24},
    "A20": {},
}
REQUIRED_OF_MECHANISM: Required = {
    "A3": {"weeks": 104},
    "A4": {"draws": 400_000},
    "A16": {"neighbors": 1000},
    "A17": {"runs": 20_000},
    "A18": {"events": 100_000},
}
_CODE = (
    "geo/discrete_laplace.py",
    "geo/consistent_sums.py",
    "data/privacy/*.py",
    "data/release/*.py",
)


def fingerprint(entries: Mapping[str, PolicyEntry]) -> str:
    """The hash of the mechanism's code and of the values of a policy."""
    whole = hashlib.sha256()
    for pattern in _CODE:
        for file in sorted(ROOT.glob(pattern)):
            whole.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    values = {name: entry["value"] for name, entry in entries.items()}
    whole.update(json.dumps(values, sort_keys=True).encode())
    return whole.hexdigest()


def mechanism_file(store: Store, mark: str) -> Path:
    """The record of the attacks on the mechanism of a fingerprint."""
    return store.root / "attack-records" / f"{mark[:16]}.json"


def require_survived(store: Store, folder: Path, rules: Policy) -> None:
    """Problem unless exactly the bytes of a release, and its mechanism, survived their attacks."""
    called = f"python -m data attack {folder.name}"
    release = f"Release {folder.name}"
    _require(folder / RECORD, release, digest(folder / MANIFEST), REQUIRED_ON_BYTES, called)
    mark = fingerprint(policy_entries(rules))
    what, called = "The mechanism of releases", "python -m data attack --mechanism"
    _require(mechanism_file(store, mark), what, mark, REQUIRED_OF_MECHANISM, called)


def survived_mechanism(store: Store, rules: Policy) -> bool:
    """Return whether the mechanism, as its code and the policy are now, survived its attacks."""
    mark = fingerprint(policy_entries(rules))
    try:
        _require(mechanism_file(store, mark), "", mark, REQUIRED_OF_MECHANISM, "")
    except Problem:
        return False
    return True


def _require(file: Path, what: str, about: str, required: Required, called: str) -> None:
    """Problem unless a record is about this, and says that every attack tried often enough and
    failed."""
    try:
        told: dict[str, Any] = json.loads(file.read_bytes())
        results = {str(r["id"]): r["passed"] is True for r in told["results"]}
        count = {str(name): int(n) for name, n in told["count"].items()}
        whole, same = told["passed"] is True, told["about"] == about
    except FileNotFoundError:
        raise Problem(
            f"{what} was not attacked yet, as its code and policy are now. Try: {called}"
            if file.name != RECORD
            else f"{what} was not attacked yet. Try: {called}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Problem(f"{file} cannot be read. Try again: {called}") from None
    if not same:
        raise Problem(f"{file} is about something else. Try again: {called}")
    if untried := [name for name in required if name not in results]:
        raise Problem(f"{what} was not attacked by {', '.join(untried)}. Try: {called}")
    seldom = {
        n for least in required.values() for n, many in least.items() if count.get(n, 0) < many
    }
    if seldom:
        raise Problem(
            f"{what} was attacked too seldom ({', '.join(sorted(seldom))}). Try: {called}"
        )
    lost = [name for name, passed in results.items() if not passed]
    if lost or not whole:
        raise Problem(
            f"{what} did not survive {', '.join(lost) or 'its attacks'}: nothing is published. "
            f"To see what was found: {called}"
        )
