"""The feeds of a place: the tables [pull.NAME] of porchlight.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from data.mappings.mapping import source_name
from data.own_kinds import SHIPPED
from data.settings import Problem, read_toml, settings_path

STRICT_KIND = "community"
_COMMON = (
    *("kind", "address", "source", "source_kind", "map", "kinds", "token", "allow", "every"),
)
_KINDS_OF_SOURCES = ("official", "press", STRICT_KIND)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EVERY = re.compile(r"(\d{1,4})\s*(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
SHORTEST = timedelta(minutes=5)  # no server is asked more often
SELECTS = ("where", "columns")  # a server that selects is asked for no more


class FeedKind(NamedTuple):
    """A kind of feed: what it needs beside the common entries, each with what it is, whether
    its records are always those of a community, and what it may state beside."""

    needs: Mapping[str, str]
    community: bool = False
    may: tuple[str, ...] = ()


FEED_KINDS: Mapping[str, FeedKind] = {
    "socrata": FeedKind(
        {"dataset": 'the data set, eight letters and digits: "abcd-1234"'}, may=SELECTS
    ),
    "arcgis": FeedKind({}, may=SELECTS),
    "file": FeedKind({}),
    "kobo": FeedKind({"form": 'the uid of the form, as its address shows it: "aXb..."'}, True),
    "odk": FeedKind({"project": "the number of the project", "form": "the id of the form"}, True),
    "ushahidi": FeedKind({}, True),
}


@dataclass(frozen=True)
class Feed:
    """One feed as the settings state it. `token` is the name of an environment variable; `allow`
    are hosts that may have a private address; `kinds` is a table of own kinds, a file or one that
    comes with us; `ids` tell the data set or form. `where` is a
    condition in the server's language, `columns` are all that it is asked for. Without `source` and
    `source_kind` the mapping tells them."""

    name: str
    kind: str
    address: str
    source: str
    map: Path
    source_kind: str = ""
    kinds: str = ""
    token: str = ""
    allow: tuple[str, ...] = ()
    every: timedelta | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    columns: tuple[str, ...] = ()

    @property
    def public_address(self) -> str:
        """The address without what stands behind "?", where it may hold a secret."""
        return self.address.partition("?")[0].partition("#")[0]


def read_feeds(file: Path | None = None) -> dict[str, Feed]:
    """The feeds of the settings by name. Problem names the entry to mend, and its line."""
    file = file or settings_path()
    try:
        tables: Any = read_toml(file).get("pull", {})
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    if not isinstance(tables, dict) or any(not isinstance(t, dict) for t in tables.values()):
        raise Problem(f"{file}: each feed is a table with a name: write [pull.NAME].")
    return {name: _Table(file, text, name, table).feed() for name, table in tables.items()}


def parse_every(text: str, where: str) -> timedelta:
    """A time between two pulls: 30m, 1h, 1d. Problem for anything else."""
    found = _EVERY.fullmatch(text.strip())
    if found is None:
        raise Problem(f'{where} is {text!r}: write minutes, hours or days, e.g. "1h".')
    every = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if every < SHORTEST:
        raise Problem(f"{where} is {text!r}: no server is asked more often than every 5 minutes.")
    return every


class _Table:
    """One table [pull.NAME], which knows how to complain about its entries."""

    def __init__(self, file: Path, text: str, name: str, table: dict[str, Any]) -> None:
        self.file, self.text, self.name, self.table = file, text, name, table

    def feed(self) -> Feed:
        """The feed of this table."""
        if not _NAME.fullmatch(self.name):
            raise Problem(
                f"{self._at()}: a feed has a short name of small letters, digits and hyphens."
            )
        kind = self._text("kind")
        if kind not in FEED_KINDS:
            raise self._wrong("kind", f"is {kind!r}. Use one of: {', '.join(FEED_KINDS)}.")
        needs = FEED_KINDS[kind].needs
        known = (*_COMMON, *needs, *FEED_KINDS[kind].may)
        for word in self.table:
            if word not in known:
                article = "An" if kind[0] in "aeiou" else "A"
                has = f"{article} {kind} feed has: {', '.join(known)}."
                raise self._wrong(word, f"means nothing. {has}")
        every = self._text("every", "")
        return Feed(
            name=self.name,
            kind=kind,
            address=self._address(),
            source=self._source(),
            map=(self.file.parent / self._text("map")).resolve(),
            source_kind=self._source_kind(kind),
            kinds=self._kinds(),
            token=self._token(),
            allow=tuple(host.strip().lower() for host in self._list("allow", "hosts")),
            every=parse_every(every, self._at("every")) if every else None,
            ids={word: self._id(word, what) for word, what in needs.items()},
            where=self._text("where", ""),
            columns=tuple(self._list("columns", "columns of the feed")),
        )

    def _text(self, word: str, usual: str | None = None) -> str:
        value = self.table.get(word, usual)
        if value is None:
            raise Problem(f"{self._at()}: {word} is missing.")
        if not isinstance(value, str):
            raise self._wrong(word, 'is a text in quotes: "...".')
        return value.strip()

    def _id(self, word: str, what: str) -> str:
        value = self.table.get(word)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise Problem(f"{self._at(word)}: {word} is missing: {what}.")
        if not re.fullmatch(r"[\w.~-]{1,100}", str(value)):
            raise self._wrong(word, f"is {value!r}. It is {what}.")
        return str(value)

    def _address(self) -> str:
        address = self._text("address")
        try:
            parts = urlsplit(address)
            parts.port  # noqa: B018 (it is checked where it is asked for)
        except ValueError:
            raise self._wrong("address", "is no address.") from None
        if "@" in parts.netloc:  # the address itself is not repeated: it holds a password
            raise self._wrong(
                "address",
                "holds a name or password. Put it in an environment variable, and its name "
                "under token.",
            )
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._wrong("address", "begins with https:// (or http://) and a host.")
        return address

    def _source(self) -> str:
        name = self._text("source", "")
        return name and source_name(name, self._at("source"))

    def _source_kind(self, kind: str) -> str:
        stated = self._text("source_kind", STRICT_KIND if FEED_KINDS[kind].community else "")
        if stated and stated not in _KINDS_OF_SOURCES:
            raise self._wrong("source_kind", f"is one of: {', '.join(_KINDS_OF_SOURCES)}.")
        if FEED_KINDS[kind].community and stated != STRICT_KIND:
            raise self._wrong(
                "source_kind", f"is community: what people send through {kind} is never official."
            )
        return stated

    def _kinds(self) -> str:
        stated = self._text("kinds", "")
        return stated if stated in ("", *SHIPPED) else str((self.file.parent / stated).resolve())

    def _token(self) -> str:
        name = self._text("token", "")
        if name and not _VARIABLE.fullmatch(name):  # it may be the token itself: not repeated
            raise self._wrong(
                "token",
                'is the name of an environment variable, e.g. "CITY_TOKEN", never a secret.',
            )
        return name

    def _list(self, word: str, what: str) -> list[str]:
        listed = self.table.get(word, [])
        if not isinstance(listed, list) or any(not isinstance(one, str) for one in listed):
            raise self._wrong(word, f'is a list of {what}: ["...", "..."].')
        return listed

    def _wrong(self, word: str, what: str) -> Problem:
        return Problem(f"{self._at(word)}: {word} {what}")

    def _at(self, word: str = "") -> str:
        line = _line(self.text, self.name, word) or _line(self.text, self.name, "")
        return f"{self.file}" + (f", line {line}" if line else "") + f": [pull.{self.name}]"


def _line(text: str, name: str, word: str) -> int:
    """The line of a word in a table, of the table itself without one; 0 where not found."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.sub(r"""[\s"']""", "", line.partition("#")[0])
        if bare.startswith("["):
            inside = bare == f"[pull.{name}]"
            if inside and not word:
                return number
        elif inside and bare.startswith(f"{word}="):
            return number
    return 0
