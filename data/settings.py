"""The settings of this Porchlight, read from porchlight.toml."""

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AUDIENCES = ("team", "public", "door")
SQLITE = "sqlite"  # where the events of a store go, unless a database is named
ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"


class Problem(ValueError):
    """A sentence for the person at the keyboard: what is wrong, where, what to do."""


@dataclass(frozen=True)
class Basemap:
    """The base map as the settings write it: data/maps/basemap.py looks into it.

    `provider` is a name of xyzservices or the team's own tile server as a table.
    """

    file: Path | None = None
    attribution: str = ""
    provider: str = ""
    server: dict[str, Any] = field(default_factory=dict, hash=False)
    water: Path | None = None


@dataclass(frozen=True)
class Settings:
    """One place and how it is shown. `center` is (latitude, longitude) or None."""

    name: str
    zone: str
    crs: str = "auto"
    center: tuple[float, float] | None = None
    reach_km: float = 40.0
    sample: bool = False
    store: Path = ROOT / "data" / "store"
    opens: dict[str, Any] = field(default_factory=dict, hash=False)
    minimum_age: float = 24.0
    basemap: Basemap = field(default_factory=Basemap)


def settings_path() -> Path:
    """The path of porchlight.toml: PORCHLIGHT_CONFIG, else beside dashboard.py."""
    return Path(os.environ.get("PORCHLIGHT_CONFIG", ROOT / "porchlight.toml"))


LARGEST_TOML = 1_000_000  # bytes
DEEPEST_TOML = 40  # tables in tables: what people write has three
# strings and comments: brackets and dots in them are no tables
_QUOTED = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*' r"|'''[\s\S]*?'''|'[^'\n]*'")
_DOTTED = re.compile(rf"(?<![\w-])(?:[\w-]+\s*\.\s*){{{DEEPEST_TOML}}}")


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file. FileNotFoundError where there is none; Problem where it cannot
    be read, or is so large or so deep that reading it would take minutes."""
    try:
        if file.stat().st_size > LARGEST_TOML:
            raise Problem(f"{file} is larger than {LARGEST_TOML:,} bytes: it is no such file.")
        text = file.read_text(encoding="utf-8-sig")
        plain = _QUOTED.sub("s", text)
        if _DOTTED.search(plain) or max(_depths(plain), default=0) > DEEPEST_TOML:
            raise Problem(f"{file} has tables in tables, more than {DEEPEST_TOML} deep.")
        return tomllib.loads(text)
    except FileNotFoundError:
        raise
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise Problem(f"{file} cannot be read as TOML: {said}.") from None


def _depths(plain: str) -> Iterator[int]:
    """Yield how many brackets are open after each bracket of a text without strings."""
    depth = 0
    for sign in re.findall(r"[\[\]{}]", plain):
        depth += 1 if sign in "[{" else -1
        yield depth


def load_settings(file: Path | None = None) -> Settings:
    """The settings. Problem says which entry of which file to mend."""
    file = file or settings_path()
    try:
        table = read_toml(file)
    except FileNotFoundError:
        raise Problem(
            f"{file} is missing. Write one with: "
            'python -m data init "Your city" --zone America/Chicago'
        ) from None
    try:
        return _settings(table, file)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, Problem):
            raise
        raise Problem(f"{file}: an entry is missing or not of its kind: {error}.") from None


def _settings(table: dict[str, Any], file: Path) -> Settings:
    place = table["place"]
    center = tuple(float(v) for v in place.get("center", ()))
    if center and len(center) != 2:
        raise Problem(f"{file}: place.center is [latitude, longitude] or [].")
    named = os.environ.get("PORCHLIGHT_STORE") or place.get("store", "data/store")
    store = (ROOT / named).resolve()
    return Settings(
        name=str(place["name"]),
        zone=check_zone(str(place["zone"]), f"{file}: place.zone"),
        crs=str(place.get("crs", "auto")),
        center=(center[0], center[1]) if center else None,
        reach_km=float(place.get("reach_km", 40)),
        sample=bool(place.get("sample", False)),
        store=store,
        opens=dict(table.get("opens", {})),
        minimum_age=float(table.get("team", {}).get("minimum_age", 24)),
        basemap=_basemap(table.get("basemap", {}), file, fetched_basemap(place["name"], store)),
    )


def fetched_basemap(name: str, store: Path) -> Path:
    """Where `python -m data basemap get` puts the base map of a place: beside its store."""
    return store.parent / "basemap" / f"{place_slug(str(name))}.pmtiles"


def _basemap(table: dict[str, Any], file: Path, fetched: Path) -> Basemap:
    """The table [basemap], and the base map that was fetched where it names none.

    What its files hold is not looked at: no command needs them.
    """
    if not isinstance(table, dict):
        raise Problem(f"{file}: basemap is a table: write [basemap].")
    known = {"file", "attribution", "provider", "water"}
    if unknown := sorted(table.keys() - known):
        raise Problem(
            f"{file}: basemap.{unknown[0]} means nothing. There are {', '.join(sorted(known))}."
        )
    provider = table.get("provider", "")
    for word in sorted(known & table.keys()):
        kind, called = ((str, dict), "text or a table") if word == "provider" else (str, "text")
        if not isinstance(table[word], kind):
            raise Problem(f"{file}: basemap.{word} is {called}, not {table[word]!r}.")
    named = {word: table.get(word, "") for word in ("file", "water")}
    found = fetched if fetched.is_file() else None
    return Basemap(
        file=ROOT / named["file"] if named["file"] else found,
        attribution=table.get("attribution", ""),
        provider=provider.strip() if isinstance(provider, str) else "",
        server=dict(provider) if isinstance(provider, dict) else {},
        water=ROOT / named["water"] if named["water"] else None,
    )


def table_of(stated: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    """A table of a TOML file that was read, empty where it has none; Problem where it is no table."""
    table: Any = stated.get(name, {})
    if not isinstance(table, dict):
        raise Problem(f"{file}: {name} is a table: write [{name}].")
    return table


def own_file(name: str, sample: Path, file: Path | None = None) -> Path | None:
    """The file of a place that stands beside its settings: NAME.toml, or what `[NAME] file` says.

    The sample place has one of its own; None where a place has none, or has no settings.
    """
    file = file or settings_path()
    try:
        stated = read_toml(file)
    except FileNotFoundError:
        return None
    table = table_of(stated, name, file)
    if unknown := sorted(table.keys() - {"file"}):
        raise Problem(f"{file}: {name}.{unknown[0]} means nothing. There is only file.")
    named = table.get("file", "")
    if not isinstance(named, str):
        raise Problem(f'{file}: {name}.file is text, e.g. "{name}.toml", not {named!r}.')
    found = file.parent / (named or f"{name}.toml")
    if found.is_file():
        return found
    if named:
        raise Problem(f"{file}: {name}.file is {named!r}, and there is no such file: {found}.")
    return sample if table_of(stated, "place", file).get("sample", False) else None


def read_audience(file: Path | None = None) -> str:
    """The audience of this dashboard: "team", or "public", who see the released folder only, or
    "door", who see the form for reports only.

    Read apart from the rest: nothing else of the settings may stand in the way of it.
    PORCHLIGHT_AUDIENCE comes before `audience` in porchlight.toml.
    """
    said, where = _read_entry("audience", AUDIENCES[0], file)
    if said not in AUDIENCES:
        raise Problem(f"{where} is one of {', '.join(AUDIENCES)}, not {said!r}.")
    return str(said)


def read_ledger(file: Path | None = None) -> str:
    """Where the events of the store go: "sqlite" (a file in it), or a database on PostgreSQL
    ("postgresql://user@host/database").

    PORCHLIGHT_LEDGER comes before `ledger` in porchlight.toml. Problem where it is neither, or
    where the file holds a password. What it says of an address never shows a password.
    """
    said, where = _read_entry("ledger", SQLITE, file)
    if said == SQLITE:
        return SQLITE
    parts = urlsplit(str(said))
    if parts.scheme not in ("postgresql", "postgres"):
        raise Problem(
            f'{where} is "sqlite", or the address of a database on PostgreSQL such as '
            '"postgresql://porchlight@db.example.org/porchlight".'
        )
    secret = parts.password or "password" in parse_qs(parts.query)
    if secret and not where.startswith("PORCHLIGHT"):
        raise Problem(
            f"{where} holds a password: take it out. Give it by PGPASSWORD or in ~/.pgpass, and "
            "change it if others could read this file."
        )
    return parts._replace(scheme="postgresql").geturl()


def _read_entry(name: str, usual: str, file: Path | None) -> tuple[Any, str]:
    """An entry above the tables of porchlight.toml, or what its variable of the environment says;
    and where it stands."""
    file, variable = file or settings_path(), f"PORCHLIGHT_{name.upper()}"
    if said := os.environ.get(variable):
        return said, variable
    where = f"{file}: {name}"
    try:
        state = file.stat()
        table = _read_again(file, state.st_mtime_ns, state.st_size, state.st_ino)
    except FileNotFoundError:
        return usual, where
    for other, part in table.items():
        if isinstance(part, dict) and name in part:
            raise Problem(f"{where} stands in [{other}]: write it above the first table.")
    return table.get(name, usual), where


@lru_cache(maxsize=4)
def _read_again(file: Path, changed: int, size: int, number: int) -> dict[str, Any]:  # noqa: ARG001
    """The tables of a TOML file, read anew once it has changed: every run of a page asks."""
    return read_toml(file)


def check_zone(zone: str, where: str) -> str:
    """The zone itself if it is in the time zone database; Problem otherwise."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Problem(
            f"{where} is {zone!r}, which is no time zone. "
            "Use a name such as America/Chicago or Europe/Berlin."
        ) from None
    return zone


def place_slug(name: str) -> str:
    """A name in lower-case letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-") or "place"


def first_step(settings: Settings) -> str:
    """A sentence on what to type where there are no records; the sample only where it belongs."""
    own = "python -m data import FILE"
    if settings.sample:
        return f"No records yet. Try: python -m data sample (or your own: {own})"
    return f"No records yet. Try: {own}"
