"""What attacks on a release and on its mechanism left, and whether it may be published."""

from pathlib import Path

from data.release.policy import Policy
from data.storage.store import Store


def require_survived(store: Store, folder: Path, rules: Policy) -> None:
    """Problem unless the release and the mechanism survived their attacks."""
    raise NotImplementedError(store, folder, rules)
