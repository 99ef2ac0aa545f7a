"""Coordinates as people write them, read as numbers, whole columns at a time."""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files import cells
from geo.arrays import Flags, Floats

AMOUNT = r"(?:\d+(?:\.\d*)?|\.\d+)"
_PLAIN = rf"^[+-]?{AMOUNT}(?:[eE][+-]?\d+)?$|(?i)^[+-]?(?:nan|inf|infinity)$"
_DEGREES = re.compile(  # 44.97° N, N 44° 58' 12", 93.26W
    rf"(?P<before>[NSEWO])?\s*(?P<sign>[+-]?)\s*(?P<degrees>{AMOUNT})\s*(?:[°º]|deg)?\s*"
    rf"(?:(?P<minutes>{AMOUNT})\s*['′’]\s*)?(?:(?P<seconds>{AMOUNT})\s*(?:\"|″|”|'')\s*)?"
    r"(?P<after>[NSEWO])?",
    re.IGNORECASE,
)
NEGATIVE = "SWO"  # O is west in Spanish and French

_PART = r"\d+(?:\.\d*)?\s*"
_ONE = (
    rf"[NSEWO]?\s*[+-]?{_PART}[°º]?\s*"
    rf"(?:{_PART}['′’]\s*)?(?:{_PART}[\"″”]\s*)?[NSEWO]?"
)
_COMMA = r"[+-]?\d+(?:,\d+)?\s*[°º]?\s*[NSEWO]?"
# ways of writing two numbers in one cell: which comes first
PAIRS = (
    rf"(?i)(?:^|[(\[])\s*(?P<lat>{_ONE})\s*[,;/\s]\s*(?P<lon>{_ONE})\s*[)\]]?\s*$",
    rf"(?i)(?:^|[(\[])\s*(?P<lat>{_COMMA})\s*[;/\s]\s*(?P<lon>{_COMMA})\s*[)\]]?\s*$",
    # a geopoint of a survey form: altitude and accuracy follow
    r"^(?P<lat>[+-]?\d+(?:\.\d+)?)\s+(?P<lon>[+-]?\d+(?:\.\d+)?)(?:\s+[+-]?\d+(?:\.\d+)?){1,2}$",
    r"(?i)(?:^|[(\[])\s*(?P<lat>[+-]?\d+,\d+),\s*(?P<lon>[+-]?\d+,\d+)\s*[)\]]?\s*$",
)
NO_PAIR = (
    r"(?i)^[(\[]\s*(?:(?:null|none|nan)\s*,\s*(?:null|none|nan))?\s*[)\]]$"  # two that are missing
)
_FLOAT = r"[+-]?[\d.]+(?:[eE][+-]?\d+)?"
POINTS = (
    rf"(?i)^(?:SRID=4326;)?\s*POINT\s*Z?\s*\(\s*(?P<lon>{_FLOAT})\s+(?P<lat>{_FLOAT})[^()]*\)$",
    rf"coordinates\W+?(?P<lon>{_FLOAT})\s*,\s*(?P<lat>{_FLOAT})",
)

# 4.979.650 and 479 497,5: with a decimal comma these part thousands
_POINTS_PART = r"^[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:[\s\p{Z}'’]\d{3})+)(?:,\d*)?$"

_POINT_PARTS = r"^[+-]?\d{1,3}(?:[.\s\p{Z}'’]\d{3})+(?:,\d*)?$"


class Numbers(NamedTuple):
    """Numbers of a column; `said` where the cell is not empty, `ok` where it was read.

    A cell that says NaN was read: its number is NaN.
    """

    values: Floats
    said: Flags
    ok: Flags


def numbers(
    column: pa.ChunkedArray | pa.Array, decimal: str = ".", metric: bool = False
) -> Numbers:
    """Degrees or metres: plain, with signs, minutes, hemisphere, decimal comma, thousands parted.

    With `metric` the point of 479.497 parts thousands where the comma is the decimal mark.
    """
    texts = pc.utf8_trim_whitespace(cells.plain(column))
    said = ~cells.flags(cells.missing_cells(texts)) | cells.flags(
        pc.equal(pc.utf8_lower(texts), "nan")
    )
    if metric and decimal == ",":
        texts = _without_groups(texts, _POINT_PARTS)
    try:
        return _cast(_with_points(texts) if decimal == "," else texts, said)
    except pa.ArrowInvalid:
        texts = (
            _with_points(_without_groups(texts, _POINTS_PART))
            if decimal == ","
            else cells.ungroup(texts)
        )
    try:
        return _cast(texts, said)
    except pa.ArrowInvalid:
        return _one_by_one(texts, said)


def _cast(texts: pa.StringArray, said: Flags) -> Numbers:
    asked = pc.if_else(pa.array(said), texts, pa.scalar(None, pa.string()))
    values = pc.cast(asked, pa.float64()).fill_null(np.nan).to_numpy()
    return Numbers(values, said, said)


def pairs(column: pa.ChunkedArray | pa.Array, ways: tuple[str, ...]) -> tuple[Numbers, Numbers]:
    """Latitude and longitude of cells that hold both."""
    texts = pc.utf8_trim_whitespace(cells.plain(column))
    silent = pc.or_(cells.missing_cells(texts), pc.match_substring_regex(texts, NO_PAIR))
    said = ~cells.flags(silent)
    found = [pa.nulls(len(texts), pa.string())] * 2
    for way in ways:
        left = pc.is_null(found[0])
        if not pc.any(left).as_py():
            break
        match = pc.extract_regex(texts, pattern=way)
        found = [
            pc.coalesce(old, pc.struct_field(match, name))
            for old, name in zip(found, ("lat", "lon"), strict=True)
        ]
    lat, lon = (numbers(_with_points(text.fill_null("")), ".") for text in found)
    return lat._replace(said=said), lon._replace(said=said)


def _with_points(texts: pa.StringArray) -> pa.StringArray:
    """Decimal commas made points; points before a comma part thousands and go."""
    both = pc.and_(pc.match_substring(texts, ","), pc.match_substring(texts, "."))
    texts = pc.if_else(both, pc.replace_substring(texts, ".", ""), texts)
    return pc.replace_substring(texts, ",", ".")


def _without_groups(texts: pa.StringArray, way: str) -> pa.StringArray:
    """Numbers without what parts their thousands where the comma is the decimal mark."""
    grouped = pc.match_substring_regex(texts, way)
    return pc.if_else(grouped, pc.replace_substring_regex(texts, r"[.\s\p{Z}'’]", ""), texts)


def _one_by_one(texts: pa.StringArray, said: Flags) -> Numbers:
    plain = cells.flags(pc.match_substring_regex(texts, _PLAIN)) & said
    asked = pc.if_else(pa.array(plain), texts, pa.scalar(None, pa.string()))
    values = pc.cast(asked, pa.float64()).fill_null(np.nan).to_numpy().copy()
    ok = plain.copy()
    for row in np.flatnonzero(said & ~plain).tolist():
        value = _degrees(texts[row].as_py())
        if value is not None:
            values[row], ok[row] = value, True
    return Numbers(values, said, ok)


def _degrees(text: str) -> float | None:
    match = _DEGREES.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return None
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(match["degrees"]) + minutes / 60 + seconds / 3600
    letter = (match["before"] or match["after"] or "").upper()
    negative = (match["sign"] == "-") != (bool(letter) and letter in NEGATIVE)
    return -value if negative else value
