"""People and what they may do: [roles] in porchlight.toml, and sessions that were ended.

An identity provider says who somebody is; these lists say what they may do. They are read anew
whenever a file of them changes, so taking a line away ends access at the next request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from data import settings
from data.settings import Problem
from data.storage import disk
from data.storage.disk import write_whole
from data.storage.events import SessionsRevoked
from data.storage.history import fold_events
from data.storage.store import Store, open_ledger

ROLES = ("viewer", "reviewer", "editor", "steward")
_HOURS = 12  # then one signs in again
AHEAD = 60  # seconds that the provider's clock may be ahead of ours
GROUP, ADDRESS = "group:", "address:"
_DIGITS = 32  # of a keyed hash
EVERYBODY = "everybody"  # the subject of a revocation that ends all sessions

Claims = Mapping[str, Any]


class Standing(Enum):
    """The standing of somebody who asks to come in."""

    LISTED = "listed"
    STRANGER = "stranger"  # has not signed in
    OVER = "over"  # signed in too long ago, or the session was ended
    UNLISTED = "unlisted"  # signed in, and has no role here


@dataclass(frozen=True)
class Roster:
    """The roles of groups and addresses, and the time from when a session must be."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    revoked: Mapping[str, float] = field(default_factory=dict)  # seconds since 1970
    key: bytes = b""

    def roles(self, claims: Claims) -> frozenset[str]:
        """The roles of a person; none where nobody listed them.

        An address counts only where the provider says that it was verified.
        """
        if claims.get("email_verified") is False:
            return frozenset()
        listed = claims.get("groups")
        named = [g for g in listed if isinstance(g, str)] if isinstance(listed, list) else []
        found = frozenset[str]().union(*(self.groups.get(g, frozenset()) for g in named))
        if claims.get("email_verified") is True and self.key:
            found |= self.addresses.get(self.pseudonym(claims), frozenset())
        return found

    def pseudonym(self, claims: Claims) -> str:
        """The ledger's name of a person: a keyed hash of their address, else of their number."""
        email = claims.get("email")
        who = email if isinstance(email, str) and email else f"sub:{claims.get('sub')}"
        return pseudonym(self.key, who)

    def current(self, claims: Claims, now: float) -> bool:
        """Return whether a session counts: at most 12 hours old, and not revoked since."""
        since = claims.get("iat")
        if isinstance(since, bool) or not isinstance(since, (int, float)):
            return False
        if not -AHEAD <= now - since <= _HOURS * 3600:
            return False
        ended = max(self.revoked.get(EVERYBODY, 0.0), self.revoked.get(self.pseudonym(claims), 0.0))
        return since > ended


def person_standing(claims: Claims | None, listed: Roster, now: float) -> Standing:
    """The standing of a person now (`now` in seconds since 1970)."""
    if not claims or claims.get("is_logged_in") is not True:
        return Standing.STRANGER
    if not listed.current(claims, now):
        return Standing.OVER
    return Standing.LISTED if listed.roles(claims) else Standing.UNLISTED


def pseudonym(key: bytes, address: str) -> str:
    """A keyed hash of an e-mail address, alike for all ways of writing it."""
    plain = address.strip().casefold()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def key(root: Path, *, make: bool = False) -> bytes:
    """The store's key for addresses; b"" where there is none yet and none is to be made."""
    file = root / "people.key"
    if make and not file.exists():
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(secrets.token_bytes(32), file)
        file.chmod(0o600)
    return file.read_bytes() if file.exists() else b""


def roster(root: Path, file: Path | None = None) -> Roster:
    """The lists as they stand now. Problem where they cannot be read: then nobody comes in."""
    file = file or settings.settings_path()
    changed = (disk.state(file), open_ledger(root).state(), disk.state(root / "people.key"))
    return _roster(root, file, changed)


@lru_cache(maxsize=4)
def _roster(root: Path, file: Path, _changed: tuple[object, ...]) -> Roster:
    groups, addresses = listed(file)
    ended = fold_events(open_ledger(root).events()).revoked
    revoked = {who: datetime.fromisoformat(at).timestamp() for who, at in ended.items()}
    return Roster(groups, addresses, revoked, key(root))


def listed(file: Path) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The roles of each group, and of each keyed hash of an address, as [roles] says."""
    try:
        table: Any = settings.read_toml(file).get("roles", {})
    except FileNotFoundError:
        return {}, {}
    if not isinstance(table, dict):
        raise Problem(f"{file}: roles is a table: write [roles].")
    found: dict[str, dict[str, frozenset[str]]] = {GROUP: {}, ADDRESS: {}}
    for role, entries in table.items():
        if role not in ROLES:
            raise Problem(f"{file}: roles.{role} means nothing. Roles are {', '.join(ROLES)}.")
        if not isinstance(entries, list):
            raise Problem(f'{file}: roles.{role} is a list, e.g. ["group:desk"].')
        for entry in entries:
            sort, name = _entry(entry, f"{file}: roles.{role}")
            found[sort][name] = found[sort].get(name, frozenset()) | {role}
    return found[GROUP], found[ADDRESS]


def _entry(entry: object, where: str) -> tuple[str, str]:
    for sort in (GROUP, ADDRESS):
        if isinstance(entry, str) and entry.startswith(sort) and entry != sort:
            return sort, entry.removeprefix(sort)
    raise Problem(
        f'{where}: an entry is "group:NAME", as the identity provider calls it, or '
        '"address:HASH", as `python -m data address` prints it. Addresses themselves are not '
        "written down."
    )


def revoke(store: Store, address: str) -> str:
    """End the sessions of one address, or of everybody (""): a sentence on what was done."""
    subject = pseudonym(key(store.root, make=True), address) if address else EVERYBODY
    with store.writing():
        store.ledger.append(SessionsRevoked(subject))
    whose = "All sessions" if not address else "The sessions of this address"
    at = datetime.now(UTC).strftime("%H:%M UTC")
    return (
        f"{whose} that began until {at} are over, also the open ones. Whoever is still listed "
        f"under [roles] in {settings.settings_path()} may sign in again: take their line out as well."
    )
