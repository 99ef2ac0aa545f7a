"""The words that records may use, each with its meaning: one table a column.

Tables only grow at the end: a word's position is its code in the store's narrow table.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """A value that a column may hold, and what it means to a reader.

    `label` is what stands in lists and sentences where the code says too little by itself.
    """

    code: str
    meaning: str
    label: str = ""


class Kind(NamedTuple):
    """A kind of incident. A sensitive one is never released finer than city and year."""

    code: str
    meaning: str
    sensitive: bool = False


KINDS = (
    Kind("traffic_stop", "Police stopped a vehicle for a traffic matter."),
    Kind("suspicious_person_stop", "Police stopped somebody or a vehicle as suspicious."),
    Kind("use_of_force", "Police recorded, or others documented, force against people."),
    Kind("call_911", "A call for help to 911, as the dispatch center logged it."),
    Kind("search_or_raid", "A search, warrant or raid of a building or vehicle."),
    Kind("arrest_operation", "An operation to detain or arrest people."),
    Kind("crowd_control", "Police or agents held back, moved or dispersed a crowd."),
    Kind("shooting", "Shots that hit or were aimed at a person."),
    Kind("sighting", "Enforcement activity was seen; nothing else is known."),
    Kind("other", "Anything that fits none of the kinds above."),
)

_SOURCE_KINDS = (
    Word("official", "A public body's own records: what it wrote, not what is verified."),
    Word("press", "What a newsroom reported."),
    Word("community", "What people reported to a network that vets it."),
)

_GRADES = (
    Word("on_record", "Official and press: written down by police or a paper."),
    Word("reported", "Community: received, not yet looked at."),
    Word("corroborated", "Community: a second independent report agrees."),
    Word("verified", "Community: checked by a person against evidence."),
    Word("disputed", "Community: somebody with knowledge contradicts it."),
    Word("rejected", "Community: found untrue or not what it was said to be."),
)

TIME_PRECISIONS = (
    Word("exact", "To the minute or better."),
    Word("hour", "To the hour."),
    Word("day", "Only the day is known."),
    Word("month", "Only the month is known."),
)

PLACE_PRECISIONS = (
    Word("exact", "A point good to about 10 m."),
    Word("block", "A point good to about 100 m."),
    Word("locality", "A point good to about 1 km."),
    Word("area", "Only the neighborhood or other unit is known."),
    Word("city", "Only the city is known."),
)

VIAS = (
    Word("not_recorded", "The source does not say how it came to be known."),
    Word("call_911", "Somebody called 911."),
    Word("officer", "An officer started it."),
    Word("hotline", "A call or message to a community hotline."),
    Word("form", "A web form."),
    Word("press", "A newsroom reported it."),
    Word("not_911", "Not by a call to 911; the source says no more."),
)

_SETTINGS = (
    Word("school", "A school, or the way to it."),
    Word("clinic", "A clinic, hospital or other place of care."),
    Word("worship", "A place of worship."),
    Word("shelter", "A shelter."),
    Word("court", "A court or courthouse."),
    Word("home", "A home or its grounds."),
    Word("street", "A street or other public ground."),
    Word("business", "A business."),
)

_RESPONSES = (
    Word("not_recorded", "What local police did is not recorded."),
    Word("none", "Local police did not come.", "police did not come"),
    Word("in_person", "Local police came."),
    Word("report_after", "Local police took a report afterwards."),
    Word("traffic_control", "Local police directed traffic."),
    Word("crowd_control", "Local police held back or moved a crowd."),
    Word("declined", "Local police were asked and declined."),
)

FORCES = (
    Word("none", "The record says that no force was used.", "no force used"),
    Word("body", "Hands, holds, pushes, blows, batons, dogs or restraints."),
    Word("chemical_irritant", "Pepper spray, tear gas or another irritant."),
    Word("projectile", "Rubber, foam, pepper or other less-lethal projectiles, stun grenades."),
    Word("taser", "A taser was fired, pressed or pointed."),
    Word("firearm", "A firearm was fired or pointed."),
    Word("vehicle", "A vehicle was used against a person."),
    Word("other", "Force of another kind."),
)

HARMS = (
    Word("none", "The record says that nobody was hurt.", "nobody hurt"),
    Word("hurt", "Somebody was hurt."),
    Word("press_hurt", "A journalist at work was hurt."),
    Word("aid_kept_away", "Medical help was kept away."),
)

AGENCIES = (
    Word("local", "City or transit police."),
    Word("county", "A sheriff or other county agency."),
    Word("state", "State troopers or another state agency."),
    Word("federal", "A federal agency."),
    Word("unknown", "It is not known who they were."),
)

# how a record came by its area: the narrow table keeps the position
AREA_BY = (
    Word("none", "Outside the areas, or no place finer than the city is known."),
    Word("label", "The source's own label names the area."),
    Word("point", "The coordinate lies in the area."),
    Word("label_not_point", "The label names the area, though the coordinate lies in another."),
    Word("point_not_label", "The coordinate lies in the area, though the label names another."),
)

TABLES: dict[str, Sequence[Word | Kind]] = {
    "kind": KINDS,
    "source_kind": _SOURCE_KINDS,
    "grade": _GRADES,
    "time_precision": TIME_PRECISIONS,
    "place_precision": PLACE_PRECISIONS,
    "via": VIAS,
    "setting": _SETTINGS,
    "response": _RESPONSES,
    "force": FORCES,
    "harm": HARMS,
    "agencies": AGENCIES,
    "area_by": AREA_BY,
}

CODES: dict[str, dict[str, int]] = {
    column: {word.code: i for i, word in enumerate(table)}
    for column, table in TABLES.items()
}


def use_kinds(own: Sequence[Kind]) -> None:
    """Let records be of a place's own kinds too, from now on in this process.

    Their positions come after those of the kinds that every place has; one that has a code of
    these is that kind. What was in use before is not any more.
    """
    shared = {kind.code for kind in KINDS}
    table = (*KINDS, *(kind for kind in own if kind.code not in shared))
    TABLES["kind"] = table
    CODES["kind"] = {kind.code: i for i, kind in enumerate(table)}


def all_kinds() -> tuple[Kind, ...]:
    """The kinds that every place has, then the place's own."""
    return tuple(kind for kind in TABLES["kind"] if isinstance(kind, Kind))


NOT_RECORDED = "not_recorded"  # where a set of words is empty: the record says nothing
# the city of a record that is in none of the store's list: its code there, and its name
ANOTHER_CITY, CITY_NOT_KNOWN = 254, 255
UNLISTED_CITIES = {ANOTHER_CITY: "another city", CITY_NOT_KNOWN: "city not known"}

# area sets that are always there -> H3 resolution
HEXAGONS = {"hexagons 0.7 km²": 8, "hexagons 0.1 km²": 9}


TEAM_ONLY = "Team only, not for publication"  # across what holds community reports


def spoken(code: str) -> str:
    """A word as readers see it: the code with spaces for underscores."""
    return code.replace("_", " ")


def label(column: str, code: str) -> str:
    """A word of a column as readers see it in lists and sentences."""
    word = TABLES[column][CODES[column][code]]
    return getattr(word, "label", "") or spoken(code)


def spell_area(name: str) -> str:
    """An area's name as readers see it: Near North for Near - North. Links keep the stored one."""
    return " ".join(name.replace(" - ", " ").split())


def shorten_area(name: str) -> str:
    """The name of joined areas in short: the first two, and how many more: Armatage + Fulton + 5."""
    first = spell_area(name).split(" + ")
    return " + ".join([*first[:2], str(len(first) - 2)] if len(first) > 3 else first)


def name_units(area_set: str, n: int) -> str:
    """The noun for units of an area set, for so many: neighborhoods, hexagon, areas."""
    noun = area_set.partition(" ")[0].lower() if area_set in HEXAGONS else area_set.lower()
    plural = noun if noun.isalpha() and noun.endswith("s") and noun[-3:] != "ies" else "areas"
    return plural[:-1] if n == 1 else plural


def listed(text: str) -> frozenset[str]:
    """The words of a text, as a set: how tables of many words are written."""
    return frozenset(text.split())


def counted(n: int, noun: str) -> str:
    """A number and what it counts: 1 incident, 2,000 incidents."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def meaning(column: str, code: str) -> str:
    """The meaning of a word of a column; KeyError for a word that is not in its table."""
    return TABLES[column][CODES[column][code]].meaning


def sentence_case(text: str) -> str:
    """The text with its first letter large; the others keep their case."""
    return text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """A share as readers write it: 55%, and 4.2% where whole percents are too coarse."""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
