"""Who does something, by what roles: the first question of every function that acts for a role."""

from dataclasses import dataclass

from data.people.roster import ROLES
from data.settings import Problem

VIEWER, REVIEWER, EDITOR, STEWARD = ROLES
HERE = "this machine"  # where nobody is asked who they are
# whoever has a role may also do what these may; nobody may read tips because of another role
_IMPLIED = {REVIEWER: {VIEWER}, EDITOR: {VIEWER}, STEWARD: {VIEWER}}


class Forbidden(Problem):
    """Somebody asked for what their roles do not let them do."""


@dataclass(frozen=True)
class Actor:
    """Somebody by the ledger's name of them (a keyed pseudonym), with their roles now."""

    who: str
    roles: frozenset[str]

    def has(self, role: str) -> bool:
        """Return whether they have a role, by itself or by another."""
        return role in self.roles or any(role in _IMPLIED.get(own, ()) for own in self.roles)


def machine() -> Actor:
    """Whoever may run commands on this machine: they have every role."""
    return Actor(HERE, frozenset(ROLES))


def require(actor: Actor, *roles: str) -> None:
    """Forbidden unless somebody has one of some roles."""
    if not any(actor.has(role) for role in roles):
        raise Forbidden(f"This is for {' or '.join(f'{role}s' for role in roles)} only.")
