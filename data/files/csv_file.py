"""The form of a CSV file (encoding, delimiter, header), and its rows in frames."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.files import csv_rows, text_file
from data.files.csv_grammar import Grammar, Row
from data.files.known_words import known_name
from data.personal_columns import is_forbidden
from data.settings import Problem

DELIMITERS = {",": ",", ";": ";", "\t": "\t", "|": "|"}
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SPOKEN = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_LOOKED_AT = 200  # rows
MOST_COLUMNS = 4000
MOST_LETTERS = 200  # of a header
SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)')  # Excel's own first line
BLANK_LINES = re.compile(rb"(?:[ \t]*(?:\r\n|\n|\r))*")

# marks that only steer the direction or joining of letters
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u0080-\u009f"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_VALUE = re.compile(r"[+-]?[\d.,]*\d|\(?[+-]?\d+[.,]\d+.*|\d{1,4}[-/.:]\d{1,2}[-/.:T ].*")


@dataclass(frozen=True)
class Csv:
    """One file and how it is read. `names` are its columns, in order, each once."""

    file: Path
    sha256: str
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    start: int  # the byte of the UTF-8 text where the first row begins
    line: int  # and its file line
    head: tuple[tuple[str, ...], ...]  # the first rows
    most: int
    notes: tuple[str, ...] = ()
    no_header: bool = False

    def frames(
        self, include: Sequence[str] | None = None, progress: text_file.Progress | None = None
    ) -> Iterator[csv_rows.Frame]:
        """All rows in order; of the columns only those of `include`."""
        pieces = text_file.pieces(self.file, self.encoding, self.most, progress)
        return csv_rows.frames(pieces, self.delimiter, self.names, include, self.start, self.line)

    @property
    def form(self) -> str:
        """How the file is written: its encoding and its delimiter."""
        return f"{self.encoding}, {_MARKS[self.delimiter]}"

    def cells(self, text: str) -> list[str]:
        """Cut a row, as the file writes it, roughly into its cells."""
        return [cell.strip(' "') for cell in text.split(self.delimiter)]

    def listed(self) -> str:
        """The columns, for a message; not where the header may be a row of values."""
        if not any(known_name(name) for name in self.names):
            return f"{len(self.names)} columns, none of which has a known name"
        return ", ".join(name for name in self.names if not is_forbidden(name))

    def values(self, column: str) -> list[str]:
        """The values of the first rows in a column, trimmed."""
        place = self.names.index(column)
        return [row[place].strip() for row in self.head if len(row) > place]


@dataclass(frozen=True)
class Form:
    """The stated form of a file; None where it is to be found."""

    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    no_header: bool = False
    most_bytes: int = text_file.MOST_BYTES


def sniff(file: Path, form: Form = Form()) -> Csv:
    """Find how a file is written in one pass over it. Problem says what to state."""
    found = text_file.survey(file, form.encoding, form.most_bytes)
    text = _head_text(found)
    hint = SEPARATOR_LINE.match(text)
    stated = form.delimiter or (hint[1].decode(errors="replace") if hint else None)
    blank = BLANK_LINES.match(text, hint.end() if hint else 0)
    start = blank.end() if blank else 0
    delimiter = _delimiter(text[start:], stated)
    rows = Grammar(delimiter).rows(_closed(text[start:], found), _LOOKED_AT + 1)
    if not rows or len(rows[0].cells) > MOST_COLUMNS:
        raise Problem(
            f"{file.name}: its first line is no header of a table: it is longer than "
            f"{text_file.HEAD:,} bytes or has more than {MOST_COLUMNS:,} columns."
        )
    no_header = form.no_header or bool(form.columns) or not _is_header(rows[0])
    if no_header:
        names, notes = _stated_names(file, form, rows[0]), found.notes
    else:
        headers = [cell.decode(errors="replace") for cell in rows[0].cells]
        names, notes = unique(headers), found.notes
        if len(set(map(clean_label, headers))) < len(headers):
            notes += ("columns with the same header were numbered",)
        start += rows.pop(0).end
    cells = (tuple(c.decode(errors="replace") for c in row.cells) for row in rows)
    return Csv(
        file=file,
        sha256=found.sha256,
        encoding=found.encoding,
        delimiter=delimiter,
        names=names,
        start=start,
        line=1 + _line_ends(text[:start]),
        head=tuple(row for row in cells if len(row) == len(names)),
        most=form.most_bytes,
        notes=notes,
        no_header=no_header,
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


def _head_text(found: text_file.Survey) -> bytes:
    """The head as the framing will see it: UTF-8, no mark, no control characters."""
    if found.encoding == "utf-8":
        text = found.head
    else:
        decoder = codecs.getincrementaldecoder(found.encoding)(errors="replace")
        text = decoder.decode(found.head).encode(errors="replace")
    return text.translate(None, text_file.CONTROLS)


def _closed(text: bytes, found: text_file.Survey) -> bytes:
    """The head with a line end after its last row, where it is the whole file."""
    return text if found.size > len(found.head) else text + b"\n"


def _delimiter(text: bytes, stated: str | None) -> str:
    if stated:
        mark = SPOKEN.get(stated.lower(), stated)
        if mark not in DELIMITERS:
            raise Problem(
                f"--delimiter {stated!r}: use a comma, semicolon, tab or pipe "
                "(comma, semicolon, tab and pipe may be written out)."
            )
        return mark
    return max(DELIMITERS, key=lambda mark: _agreement(text, mark))


def _agreement(text: bytes, mark: str) -> tuple[bool, float, int]:
    """Measure how evenly a delimiter cuts the first rows: first row fits, share that fit, width."""
    rows = Grammar(mark).rows(text + b"\n", _LOOKED_AT)
    widths = [len(row.cells) for row in rows if any(c.strip() for c in row.cells)]
    if not widths:
        return False, 0.0, 0
    width, often = Counter(widths).most_common(1)[0]
    if width == 1:
        return False, 0.0, 1
    return widths[0] == width, often / len(widths), width


def _is_header(row: Row) -> bool:
    """Return whether a first row names columns: it holds no number, date or coordinate.

    Two names known from the tables of headers outweigh a number (a column "2020").
    """
    cells = [clean_label(cell.decode(errors="replace")) for cell in row.cells]
    if sum(known_name(cell) for cell in cells) >= 2:
        return True
    return not any(_VALUE.fullmatch(cell) for cell in cells)


def _stated_names(file: Path, form: Form, first: Row) -> tuple[str, ...]:
    width = len(first.cells)
    if not form.columns:
        raise MissingHeader(
            f"{file.name} has no header: its first line holds values. Give the names "
            f'of its {width} columns in order, e.g. --columns "id,date,lat,lon,...".',
            width,
        )
    if _is_header(first) and not form.no_header:
        raise Problem(
            f"{file.name}: its first line looks like a header. Add --no-header if it "
            "is a row, or leave --columns out."
        )
    names = unique(form.columns)
    if len(names) != width:
        raise Problem(
            f"{file.name}: --columns names {len(names)} columns, the first line has {width}."
        )
    return names


class MissingHeader(Problem):
    """A file without a header, and how many columns wait for a name."""

    def __init__(self, sentence: str, width: int) -> None:
        super().__init__(sentence)
        self.width = width


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
