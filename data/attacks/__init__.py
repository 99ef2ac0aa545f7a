"""The attacks that a public release must survive: one row each."""

from collections.abc import Callable
from typing import NamedTuple

from data.attacks import builds, differencing, join, linear_programme, membership, payload, served
from data.attacks.case import Case, Count, Found


class Attack(NamedTuple):
    """One attack. `needs` says what of a case it takes: its tables, or the job itself."""

    id: str
    name: str
    limit: str
    function: Callable[[Case, Count], Found]
    needs: str


def _differencing(case: Case, _: Count) -> Found:
    return differencing.differencing(case)


def _programme(case: Case, _: Count) -> Found:
    return linear_programme.programme(case)


ATTACKS = (
    Attack("A1", "differencing", "no difference known to be 1 to 9", _differencing, "tables"),
    Attack("A2", "linear programme", "every range 10 wide or more", _programme, "tables"),
    Attack("A3", "weekly builds", "no closed cell changes", builds.weekly, "job"),
    Attack("A4", "membership", "advantage 0.40 or less a cell", membership.membership, "job"),
    Attack("A5", "determinism", "one and the same", builds.same_bytes, "job"),
    Attack("A6", "requests", "a released file, or none", served.requests, "tables"),
    Attack("A10", "dominance", "never shown", membership.dominance, "job"),
    Attack("A11", "payload", "nothing found", payload.searched, "tables"),
    Attack("A12", "freshness", "never younger than the delay", builds.freshness, "job"),
    Attack("A13", "schema", "exactly the whitelist", payload.schema, "tables"),
    Attack("A15", "join", "adds 0.05 or less", join.joined, "job"),
)
