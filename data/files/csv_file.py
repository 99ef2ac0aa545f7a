"""The form of a CSV file (encoding, delimiter, header), and its rows in frames."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.files import csv_rows, text_file
from data.files.column_names import MOST_COLUMNS, clean_label, is_header, stated_names, unique
from data.files.csv_grammar import Grammar
from data.files.first_rows import FirstRows
from data.files.form import Form
from data.settings import Problem

DELIMITERS = {",": ",", ";": ";", "\t": "\t", "|": "|"}
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SPOKEN = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_LOOKED_AT = 200  # rows
SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)')  # Excel's own first line
BLANK_LINES = re.compile(rb"(?:[ \t]*(?:\r\n|\n|\r))*")


@dataclass(frozen=True)
class Csv(FirstRows):
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
    source: text_file.ByteSource | None = None  # its bytes, where they are not on the disk
    shaped: tuple[str, ...] = ()  # text has no shapes

    def frames(
        self, include: Sequence[str] | None = None, progress: text_file.Progress | None = None
    ) -> Iterator[csv_rows.Frame]:
        """All rows in order; of the columns only those of `include`."""
        pieces = text_file.pieces(self.source or self.file, self.encoding, self.most, progress)
        return csv_rows.frames(pieces, self.delimiter, self.names, include, self.start, self.line)

    @property
    def form(self) -> str:
        """How the file is written: its encoding and its delimiter."""
        return f"{self.encoding}, {_MARKS[self.delimiter]}"

    def cells(self, text: str) -> list[str]:
        """Cut a row, as the file writes it, roughly into its cells."""
        return [cell.strip(' "') for cell in text.split(self.delimiter)]


def sniff(
    file: Path,
    form: Form = Form(),  # noqa: B008 (it is frozen)
    source: text_file.ByteSource | None = None,
) -> Csv:
    """Find how a file is written in one pass over it. Problem says what to state.

    Its bytes come from `source` where the file is none on the disk.
    """
    found = text_file.survey(source or file, form.encoding, form.most_bytes)
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
    first = [cell.decode(errors="replace") for cell in rows[0].cells]
    no_header = form.no_header or bool(form.columns) or not is_header(first)
    if no_header:
        names, notes = stated_names(file.name, form, first), found.notes
    else:
        names, notes = unique(first), found.notes
        if len(set(map(clean_label, first))) < len(first):
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
        source=source,
    )


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


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
