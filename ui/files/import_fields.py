"""Options of an import as fields of a page."""

import re

from data import words
from data.imports import advice

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
CRIME_RECORDS = "These are crime records"  # begins the label of a box to tick
_CHOOSE = (
    "choose a kind for each word that this page lists; where you gave a mapping, add rules under "
    "[values.kind] to it"
)
# what a page says in place of advice for the command line: it takes no table of kinds from a reader
_ON_PAGE = {
    advice.GIVE_KINDS: f"tick “{CRIME_RECORDS}” on this page, or {_CHOOSE}",
    advice.about_kinds("crime"): _CHOOSE,
}
_BEFORE, _AFTER = map(re.escape, advice.DRAFTED.split("{file}"))
_DRAFTS = re.compile(rf"{re.escape(advice.DRAFT_OF_KINDS)}.*\n?|{_BEFORE}((?!{_BEFORE}).)*{_AFTER}")


def fields_named(text: str) -> str:
    """The text with what a page has in place of options of the command line, and of its files."""

    labels = {option: label for option, (label, _) in FIELDS.items()} | {"map": MAPPING}

    def field(found: re.Match[str]) -> str:
        label = labels.get(found[1])
        return f"“{label}”" if label else found[0]

    plain = _DRAFTS.sub("", text)
    for advised, instead in _ON_PAGE.items():
        plain = plain.replace(advised, instead)
        plain = plain.replace(words.sentence_case(advised), words.sentence_case(instead))
    # a page writes no mapping to a file of the reader's choice
    plain = re.sub(r"--(official|press|community)\b", r"“Who stands behind it” \1", plain)
    plain = re.sub(r" What was found so far is a mapping[^\n]*", "", plain)
    plain = re.sub(r" [^.\n]*--save-map[^.\n]*\.", "", plain)
    return re.sub(r"--([a-z-]+)(?: [A-Z]+(?![\w:]))?", field, plain)  # nor the VALUE of an option
