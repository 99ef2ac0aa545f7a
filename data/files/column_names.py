"""The names of a table's columns: one line each, each once; and whether a row holds names."""

import re
from collections.abc import Sequence

from data.files.form import Form, MissingHeader
from data.files.known_words import known_name
from data.personal_columns import is_forbidden
from data.settings import Problem

MOST_COLUMNS = 4000
MOST_LETTERS = 200  # of a header

# marks that only steer the direction or joining of letters
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u0080-\u009f"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_VALUE = re.compile(
    r"[+-]?[\d.,]*\d|\(?[+-]?\d+[.,]\d+.*|\d{1,4}[-/.:]\d{1,2}[-/.:T ].*|"
    # 5 Jan 2024, Fri, 05-Jan-24, January 5, 2024
    r"(?:[^\W\d]{2,10}\.?,? )?\d{1,2}\.?[-/ .]{1,2}[^\W\d]{3,10}\.?[-/ .,]{1,2}\d{2,4}\b.*|"
    r"(?:[^\W\d]{2,10}\.?,? )?[^\W\d]{3,10}\.? \d{1,2}, ?\d{4}\b.*"
)


def clean_label(label: str) -> str:
    """A label in one line, without marks that cannot be seen."""
    return " ".join(_INVISIBLE.sub("", label).split())


def unique(headers: Sequence[str]) -> tuple[str, ...]:
    """Column names, each once: empty ones numbered by place, repeated ones counted."""
    names: dict[str, None] = {}
    for place, header in enumerate(headers, start=1):
        name = base = clean_label(header)[:MOST_LETTERS] or f"column {place}"
        counter = 2
        while name in names:
            name, counter = f"{base} ({counter})", counter + 1
        names[name] = None
    return tuple(names)


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a first row names columns: it holds no number, date or coordinate.

    Two names known from the tables of headers outweigh a number (a column "2020").
    """
    labels = [clean_label(cell) for cell in cells]
    if sum(known_name(label) for label in labels) >= 2:
        return True
    return not any(_VALUE.fullmatch(label) for label in labels)


def stated_names(file_name: str, form: Form, first: Sequence[str]) -> tuple[str, ...]:
    """The names that a person stated for a file without a header. Problem where they do not fit."""
    width = len(first)
    if not form.columns:
        raise MissingHeader(
            f"{file_name} has no header: its first line holds values. Give the names "
            f'of its {width} columns in order, e.g. --columns "id,date,lat,lon,...".',
            width,
        )
    if is_header(first) and not form.no_header:
        raise Problem(
            f"{file_name}: its first line looks like a header. Add --no-header if it "
            "is a row, or leave --columns out."
        )
    names = unique(form.columns)
    if len(names) != width:
        raise Problem(
            f"{file_name}: --columns names {len(names)} columns, the first line has {width}."
        )
    return names


def list_columns(names: Sequence[str]) -> str:
    """The columns, for a message; not where the header may be a row of values."""
    if not any(known_name(name) for name in names):
        return f"{len(names)} columns, none of which has a known name"
    return ", ".join(name for name in names if not is_forbidden(name))
