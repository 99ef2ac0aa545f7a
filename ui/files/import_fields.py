"""Options of an import as fields of a page."""

import re

# option of the import -> the name of its field here, and an example
FIELDS = {
    "source": ("Short name of the source", "hotline"),
    "source-kind": ("Who stands behind it", "official"),
    "date-format": ("Date format", "%d/%m/%Y %H:%M"),
    "kind": ("Kind of all rows", "sighting"),
    "kinds": ("Table of kinds", "crime"),
    "time": ("Column of the time", "call_time"),
    "zone": ("Time zone", "America/Chicago"),
    "crs": ("EPSG code of the coordinates", "EPSG:26915"),
    "columns": ("Names of the columns", "id, time, lat, lon"),
    "delimiter": ("Delimiter", ";"),
    "encoding": ("Encoding", "cp1252"),
    "decimal": ("Decimal sign", ","),
    "place-by": ("What decides the area", "point"),
    "sheet": ("Sheet of the workbook", "2024"),
    "records": ("Where the records stand in JSON", "data/items"),
    "member": ("Which files of a zip", "*-street.csv"),
    "url": ("Address where it is published", "https://example.org/data"),
    "licence": ("Its terms", "CC0"),
    "covers": ("What is in it", "All calls, without tests."),
}
MAPPING = "Mapping (TOML)"


def fields_named(text: str) -> str:
    """The text with the fields of a page in place of options of the command line."""

    labels = {option: label for option, (label, _) in FIELDS.items()} | {"map": MAPPING}

    def field(found: re.Match[str]) -> str:
        label = labels.get(found[1])
        return f"“{label}”" if label else found[0]

    # a page writes no mapping to a file of the reader's choice
    plain = re.sub(r"--(official|press|community)\b", r"“Who stands behind it” \1", text)
    plain = re.sub(r" What was found so far is a mapping[^\n]*", "", plain)
    return re.sub(r"--([a-z-]+)", field, re.sub(r" [^.\n]*--save-map[^.\n]*\.", "", plain))
