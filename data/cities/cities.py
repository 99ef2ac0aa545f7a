"""The cities of cities.toml: where their official boundaries and incidents stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from data import own_kinds
from data.settings import Problem, place_slug, read_toml
from data.words import Kind

CATALOGUE = Path(__file__).parents[1] / "cities.toml"
_KINDS = "kinds"  # the table of own kinds, which is no city


@dataclass(frozen=True)
class Boundaries:
    """Where the polygons of a city's areas stand, and which columns name them."""

    kind: str
    address: str
    name_column: str
    read_at: tuple[str, ...]
    licence: str
    where: str = ""
    code_column: str = ""
    set: str = "neighborhoods"


@dataclass(frozen=True)
class City:
    """One city. `feed` is a table [pull.NAME] of the settings without its mapping; `mapping` is
    a mapping file as a table; `since_column` is the column of days that the server can select by.
    `yearly` feeds hold the current year only. `tried` is False until somebody asked the servers.
    """

    name: str
    zone: str
    center: tuple[float, float]
    reach_km: float
    tried: bool
    notes: tuple[str, ...]
    boundaries: Boundaries
    feed: Mapping[str, str] = field(hash=False)
    mapping: Mapping[str, Any] = field(hash=False)
    read_at: tuple[str, ...]
    since_column: str = ""
    yearly: bool = False

    @property
    def source(self) -> str:
        """The short name of its source, and of its feed."""
        return str(self.mapping["source"]["name"])

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the feed that the mapping reads: no other is asked for."""
        return tuple(dict.fromkeys(self.mapping["columns"].values()))

    def since(self, stated: date | None, today: date) -> date | None:
        """The first day to ask for: the stated one, and never before this year of a feed that
        holds only that. Such a feed may be two months late in January."""
        if not self.yearly:
            return stated
        newest = date(today.year - (today.month <= 2), 1, 1)
        return max(newest, stated or newest)

    def where(self, since: date | None) -> str:
        """The condition by which the server selects, in the language of its kind; "" for all."""
        stated = self.feed.get("where", "")
        if since is None or not self.since_column:
            return stated
        day = f"{since:%Y-%m-%d}"
        literal = {"arcgis": f"TIMESTAMP '{day} 00:00:00'", "socrata": f"'{day}T00:00:00'"}
        newer = f"{self.since_column} >= {literal[self.feed['kind']]}"
        return f"({stated}) AND {newer}" if stated else newer

    def mapping_since(self, since: date | None) -> dict[str, Any]:
        """The mapping of what is asked for: its source begins on that day, not before."""
        source = dict(self.mapping["source"])
        if since and self.since_column:
            source["from"] = max(since, source.get("from", since))
        return {**self.mapping, "source": source}


def read_cities(file: Path = CATALOGUE) -> dict[str, City]:
    """The cities by their short name."""
    tables = {name: t for name, t in read_toml(file).items() if name != _KINDS}
    return {name: _city(table) for name, table in tables.items()}


def read_kinds_of(city: City, file: Path = CATALOGUE) -> tuple[Kind, ...]:
    """The kinds that a city's mapping uses beside those that every place has."""
    tables = read_toml(file)[_KINDS]
    own = [
        Kind("_".join(name.split()), table["definition"], table["sensitive"])
        for name, table in tables.items()
    ]
    used = set(city.mapping["values"]["kind"].values())
    crime = own_kinds.read_kinds(own_kinds.SHIPPED["crime"]).kinds
    return tuple(kind for kind in (*crime, *own) if kind.code in used)


def find_city(name: str, cities: Mapping[str, City]) -> City:
    """The city of a name, however it is written. Problem lists those that there are."""
    found = cities.get(place_slug(name)) or cities.get(place_slug(f"{name}").removesuffix("-city"))
    if found is None:
        names = ", ".join(city.name for city in cities.values())
        raise Problem(
            f"{name!r} is not among the cities with a table: {names}. For tables of other "
            f'places try: python -m data find "{name}"; for files of your own: python -m data init'
        )
    return found


def _city(table: dict[str, Any]) -> City:
    incidents, borders = table["incidents"], table["boundaries"]
    lat, lon = table["center"]
    return City(
        name=table["name"],
        zone=table["zone"],
        center=(lat, lon),
        reach_km=float(table["reach_km"]),
        tried=table["tried"],
        notes=tuple(table["notes"]),
        boundaries=Boundaries(**{**borders, "read_at": tuple(borders["read_at"])}),
        feed=incidents["feed"],
        mapping=table["mapping"],
        read_at=tuple(incidents["read_at"]),
        since_column=incidents.get("since_column", ""),
        yearly=incidents.get("yearly", False),
    )
