"""The areas that numbers are released for: groups of neighborhoods, and districts of groups."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

GROUP, DISTRICT, CITY = "group", "district", "city"
LEVEL_FILES = {GROUP: "areas.geojson", DISTRICT: "districts.geojson"}


class Level(NamedTuple):
    """Areas of one size, in the order of their numbers; residents are None where not known."""

    where: str
    codes: tuple[int, ...]
    names: tuple[str, ...]
    residents: tuple[int | None, ...]
    districts: tuple[int, ...]


Levels = dict[str, Level]


def read_level(where: str, areas: Iterable[Mapping[Any, Any]]) -> Level:
    """The areas of a file of a release: rows of area, name, residents, district."""
    rows = sorted(areas, key=lambda a: int(a["area"]))
    people = [a.get("residents") for a in rows]
    return Level(
        where,
        tuple(int(a["area"]) for a in rows),
        tuple(str(a["name"]) for a in rows),
        tuple(None if r is None or r != r else int(r) for r in people),
        tuple(int(a.get("district") or 0) for a in rows),
    )
