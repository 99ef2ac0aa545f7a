"""Columns of free text: told by the header, else by what they hold."""

import re
from collections.abc import Sequence
from statistics import median

from data.files.cells import is_missing
from data.personal_columns import is_prose, split_header

MOST_WORDS = 5  # on the median; more is a sentence
WORD = re.compile(r"[^\W\d_]{2}")
# headers of texts that are long without being prose: addresses, links and shapes
WRITTEN_OUT = (
    "address",
    "addresses",
    "location",
    "locations",
    "intersection",
    "block",
    "street",
    "url",
    "urls",
    "link",
    "links",
    "geom",
    "geometry",
    "geo",
    "geojson",
    "wkt",
    "shape",
    "point",
    "coordinates",
    "georeference",
    "polygon",
)


def is_free_text(header: str, texts: Sequence[str]) -> bool:
    """Return whether a column is free text, by its header or by these values of it."""
    return is_prose(header) or (not _written_out(header) and looks_like_prose(texts))


def looks_like_prose(texts: Sequence[str]) -> bool:
    """Return whether most of some texts are different and most are as long as a sentence."""
    held = [text for text in texts if not is_missing(text)]
    if len(set(held)) * 2 <= len(held):
        return False
    return median(map(_words, held)) > MOST_WORDS


def _words(text: str) -> int:
    return sum(WORD.search(part) is not None for part in text.split())


def _written_out(header: str) -> bool:
    return not set(split_header(header)).isdisjoint(WRITTEN_OUT)
