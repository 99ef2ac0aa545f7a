"""Entries that a written mapping shows as possible, in comments: by part, with examples."""

from data import words
from data.mappings.mapping import TARGETS

# part of a mapping -> its entries: name, an example as TOML, its meaning
EXAMPLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "source": (
        ("kind", '"official"', "official, press or community"),
        ("title", '"911 calls of Saint Paul"', ""),
        ("url", '"https://example.org/data"', ""),
        ("licence", '"CC0"', ""),
        ("zone", '"America/Chicago"', "the clock of all files of the source"),
        ("from", "2024-01-01", "the first day that it covers"),
        ("to", "2024-12-31", "the last day"),
        ("covers", '"What is in it, and what is not."', ""),
    ),
    "file": (
        ("encoding", '"cp1252"', ""),
        ("delimiter", '";"', ""),
        ("no_header", "true", ""),
        ("columns", '["id", "date", "lat", "lon"]', "the names, where no_header = true"),
    ),
    "columns": tuple((target, '"..."', meaning) for target, meaning in TARGETS.items()),
    "time": (
        ("format", '"%d/%m/%Y[ %H:%M[:%S]]"', "of occurred_at"),
        ("time_of_day_format", '"%H:%M"', ""),
        ("received_at_format", '"%d/%m/%Y"', ""),
        ("on_scene_until_format", '"%d/%m/%Y"', ""),
        ("midnight", '"exact"', "what 00:00 means: day, utc day, exact"),
        ("time_of_day_midnight", '"day"', "where 00:00 stands for a time that is not known"),
        ("received_at_midnight", '"exact"', ""),
        ("on_scene_until_midnight", '"exact"', ""),
        ("zone", '"America/Chicago"', ""),
        ("received_at_zone", '"UTC"', "where it is not on the file's clock"),
        ("on_scene_until_zone", '"UTC"', ""),
        ("precision", '"day"', ""),
    ),
    "place": (
        ("crs", '"EPSG:26915"', ""),
        ("precision", '"block"', ", ".join(words.CODES["place_precision"])),
        ("reach_km", "40", ""),
        ("decimal", '","', ""),
        ("swapped", "true", ""),
        ("place_by", '"point"', "or label: what decides where they name different areas"),
    ),
    "tags": (),
    "values": (),
    "constant": (
        ("kind", '"other"', ""),
        ("via", '"call_911"', ", ".join(words.CODES["via"])),
        ("area_label", '"Downtown"', ""),
        ("city", '"Saint Paul"', ""),
    ),
    "patterns": (),
    "keep": (("attributes", '["column", "another column"]', ""),),
}
# tables within a part, shown whole where the mapping has none
INNER = {
    "tags": (
        "[tags.force]",
        'separator = ","',
        "[tags.force.words]",
        '"pepper" = "chemical_irritant"',
    ),
    "patterns": (
        "[[patterns.occurred_at]]",
        'prefix = "about "',
        'time_precision = "day"',
        'note = "dates that the source only believes"',
    ),
}


def entries(part: str, stated: set[str]) -> list[str]:
    """The entries of a part that are not stated, as comments."""
    lines = []
    for name, example, meaning in EXAMPLES[part]:
        if name not in stated:
            lines.append(f"# {name} = {example}" + (f"  # {meaning}" if meaning else ""))
    return lines


def kind_examples() -> list[str]:
    """All kinds that a record can have, as comments."""
    wide = max(map(len, words.CODES["kind"]))
    return [f"#   {kind.code:{wide}}  {kind.meaning}" for kind in words.all_kinds()]
