"""The attacks that a public release must survive: one row each."""

from collections.abc import Callable
from typing import NamedTuple

from data.attacks import (
    budgets,
    freshness,
    neighbors,
    paired_builds,
    payload,
    same_bytes,
    schema,
    served,
    shapes,
    shared_draws,
    side_files,
    weekly_builds,
)
from data.attacks.case import Case, Count, Found
from data.release.attack_records import REQUIRED_OF_MECHANISM


class Attack(NamedTuple):
    """One attack: on the bytes of a release, or on the mechanism with made data."""

    id: str
    name: str
    limit: str
    function: Callable[[Case, Count], Found]

    @property
    def on_mechanism(self) -> bool:
        """Return whether it runs once for each version of code and policy, on made data."""
        return self.id in REQUIRED_OF_MECHANISM


ATTACKS = (
    Attack("A3", "weekly builds", "no measured cell changes", weekly_builds.weekly),
    Attack("A4", "paired builds", "the declared epsilon", paired_builds.told_apart),
    Attack("A5", "the same issue again", "one and the same", same_bytes.same_bytes),
    Attack("A6", "requests", "a released file, or none", served.requests),
    Attack("A11", "payload", "nothing found", payload.searched),
    Attack("A12", "freshness", "never younger than 28 and 42 days", freshness.freshness),
    Attack("A13", "schema", "exactly the whitelist", schema.schema),
    Attack("A16", "neighbors", "one cell a table, by one", neighbors.sensitivity),
    Attack("A17", "shared chance", "no name twice, below 0.05", shared_draws.shared),
    Attack("A18", "shape", "nothing but numbers differs", shapes.shapes),
    Attack("A19", "budget", "nothing measured twice", budgets.spending),
    Attack("A20", "side files", "no key, no exact count", side_files.leftovers),
)
