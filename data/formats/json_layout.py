"""How a JSON file holds its records: as lines, as an array at a path, or as one object."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, NoReturn

import ijson

from data.files import text_file
from data.files.column_names import clean_label, is_header, stated_names, unique
from data.files.form import Form, NeedsChoice
from data.files.text_file import Progress, Survey
from data.formats.json_shapes import stated_crs
from data.json_text import outline
from data.json_text.cut import ArrayCutter, Cut, cut_lines, cut_whole
from data.json_text.outline import OUTLINE_BYTES, ArrayPlace
from data.json_text.values import Header, NoRecord, header_texts, load
from data.settings import Problem

_SHOWN = 60  # letters of a path
_LOCATION = ("human_address", "latitude", "longitude", "machine_address", "needs_recoding")
# where a server says that it has more than it sent
_MORE = ("exceededTransferLimit", "next", "@odata.nextLink")


@dataclass
class Layout:
    """Where the records of a file are. `array` is None for lines, and for one object alone.

    `header` names the columns of records that are arrays; the first `skipped` records are none.
    `around` is what stands beside the records, as far as it has been read.
    """

    file: Path
    form: Form
    survey: Survey
    head: bytes
    lines: bool = False
    array: ArrayPlace | None = None
    header: Header | None = None
    no_header: bool = False
    skipped: int = 0
    notes: tuple[str, ...] = ()
    around: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The format, for people."""
        if self.lines:
            return "JSON Lines"
        if self.around.get("type") in ("Feature", "FeatureCollection"):
            return "GeoJSON"
        path = self.array.path if self.array else ""
        return f"JSON, records in {_short(path)}" if path else "JSON"

    @property
    def crs(self) -> str | None:
        """The coordinate system of shapes, where the file says one."""
        return stated_crs(self.around)

    def cuts(self, progress: Progress | None = None) -> Iterator[Cut]:
        """All records, and a check of what follows them: Problem where the file is damaged."""
        clean = _clean(self.file, self.form, self.survey, progress)
        if self.lines:
            yield from cut_lines(clean)
        elif self.array is None:
            yield cut_whole(self.head)
        else:
            cutter = ArrayCutter(clean, self.array.start, self._fail)
            for cut in cutter.cuts():
                begin = max(self.skipped + 1 - int(cut.numbers[0]), 0)
                yield cut.part(begin, len(cut.numbers)) if begin else cut
            self._check(self.array, cutter)

    def _check(self, array: ArrayPlace, cutter: ArrayCutter) -> None:
        before, after, at = self.head[: array.start] + b"]", b"", cutter.end
        rest = cutter.after()
        for piece in rest:
            after += piece
            if len(after) > OUTLINE_BYTES:
                break
        if len(after) <= OUTLINE_BYTES:
            if (byte := _break(before + after)) is not None:
                self._fail(byte if byte < len(before) else byte - len(before) + at, cutter.number)
            self.around = outline.envelope(self.head, array, after) or self.around
            return
        events = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events)
        try:
            parser.send(before)
            for piece in itertools.chain([after], rest):
                parser.send(piece)
                at += len(piece)
                events.clear()
            parser.close()
        except ijson.JSONError:
            self._fail(at, cutter.number)

    def _fail(self, byte: int, records: int) -> NoReturn:
        mark = 3 if self.survey.encoding == "utf-8-sig" else 0
        raise Problem(
            f"{self.file.name} is cut off or damaged: as JSON it breaks at byte {byte + mark:,}, "
            f"after {records:,} records. Nothing was imported; fetch it again."
        )


def find_layout(file: Path, form: Form, survey: Survey) -> Layout:
    """How a file holds its records. Problem, or NeedsChoice, where that cannot be told."""
    layout = Layout(file, form, survey, _head(file, form, survey), notes=survey.notes)
    suffixes = tuple(one.lower() for one in PurePath(file.name).suffixes)
    if not layout.head.lstrip().startswith(b"[") and form.records is None:
        layout.lines = outline.is_lines(layout.head, suffixes)
    if layout.lines:
        return layout
    places = outline.arrays(layout.head)
    whole = _whole(layout.head)
    layout.array = _choose(layout, places, whole)
    if layout.array is None:
        layout.around = whole or {}
        return layout
    layout.around = whole or outline.envelope(layout.head, layout.array)
    if layout.array.arrays > layout.array.objects:
        _name_columns(layout, layout.array)
    return layout


def _choose(
    layout: Layout, places: list[ArrayPlace], whole: dict[str, Any] | None
) -> ArrayPlace | None:
    """The array of records; None where the file is one object."""
    name, stated = layout.file.name, layout.form.records
    if stated is not None:
        wanted = stated.strip("/")
        listed = ", ".join(_short(one.path) or "/" for one in places) or "none"
        if found := [one for one in places if one.path == wanted]:
            return found[0]
        raise Problem(f'{name} has no list of records at "{_short(stated)}". It has: {listed}.')
    if places and not places[0].path:  # the file is a list
        return places[0]
    full = [one for one in places if one.objects or one.arrays]
    if (whole or {}).get("type") == "Feature" or not full:
        _check_one_object(layout, places, whole)
        return None
    best = max(one.rank for one in full)
    equal = [one for one in full if one.rank == best]
    if len(equal) > 1:
        listed = ", ".join(_short(one.path) for one in equal)
        choices = [one.path for one in equal]
        raise NeedsChoice(f"{name} has several lists of records: {listed}.", "records", choices)
    rivals = [_short(one.path) for one in full if one.rank[0] == best[0] and one is not equal[0]]
    if rivals:
        layout.notes += (
            f"the longest list of records, {_short(equal[0].path)}, was read; "
            f"others are not: {', '.join(rivals)}",
        )
    return equal[0]


def _check_one_object(
    layout: Layout, places: list[ArrayPlace], whole: dict[str, Any] | None
) -> None:
    """Check that a file is one object that may be a record."""
    name = layout.file.name
    if whole is None and (byte := _break(layout.head)) is not None:
        if layout.survey.size <= OUTLINE_BYTES:
            layout._fail(byte, 0)
        raise Problem(
            f"{name}: in its first {OUTLINE_BYTES >> 20} MB there is no list of records. Say where it "
            'is: --records "data/items".'
        )
    if "error" in (whole or {}):
        raise Problem(f"{name} holds the error message of a server and no records. Fetch it again.")
    if any(one.rank[0] for one in places):
        raise Problem(f"{name} has no records: its list of them is empty.")


def _whole(head: bytes) -> dict[str, Any] | None:
    """The object that a text is; None where it is none, or goes on."""
    try:
        found = json.loads(head, strict=False) if len(head) < OUTLINE_BYTES else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _break(text: bytes) -> int | None:
    """The byte at which a text is no JSON any more; None where it is."""
    plain = text.decode("utf-8", errors="replace")
    try:
        json.loads(plain, strict=False)
    except json.JSONDecodeError as error:
        return len(plain[: error.pos].encode())
    except RecursionError:
        return len(text)
    return None


def _name_columns(layout: Layout, array: ArrayPlace) -> None:
    """Find the names of records that are arrays: beside them, else in the first, else stated."""
    if described := _described(layout.around, array.path):
        layout.header = described
        if described.skipped:
            layout.notes += ("the server's own columns about each row were left out",)
        return
    cutter = ArrayCutter([layout.head], array.start, layout._fail)
    try:
        text = next(cutter.cuts()).records()[0]
        first = header_texts(load(text))
    except (StopIteration, NoRecord):
        first = None
    if first is None:
        raise Problem(f"{layout.file.name}: the first of its records names no columns.")
    form = layout.form
    layout.no_header = form.no_header or bool(form.columns) or not is_header(first)
    names = stated_names(layout.file.name, form, first) if layout.no_header else unique(first)
    layout.skipped = 0 if layout.no_header else 1
    layout.header = Header(names, ((),) * len(names))


def _described(around: dict[str, Any], path: str) -> Header | None:
    """The columns as Socrata (meta/view/columns), CKAN (fields) or pandas (columns) list them."""
    parent: Any = around
    for key in path.split("/")[:-1]:
        parent = parent.get(key) if isinstance(parent, dict) else None
    view = around.get("meta", {}).get("view") if isinstance(around.get("meta"), dict) else None
    for holder, key in ((view, "columns"), (parent, "fields"), (parent, "columns")):
        listed = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(listed, list) and listed:
            columns = [one if isinstance(one, dict) else {"name": one} for one in listed]
            names = [str(one.get("name") or one.get("id") or "") for one in columns]
            own = [i for i, one in enumerate(columns) if one.get("dataTypeName") == "meta_data"]
            return Header(unique(names), tuple(map(_parts, columns)), frozenset(own))
    return None


def _parts(column: dict[str, Any]) -> tuple[str, ...]:
    listed = column.get("subColumnTypes")
    if isinstance(listed, list):
        return tuple(map(str, listed))
    return _LOCATION if column.get("dataTypeName") == "location" else ()


def has_more(around: dict[str, Any]) -> bool:
    """Return whether a server says beside the records that it has more of them."""
    properties = around.get("properties")
    holders = [around, properties if isinstance(properties, dict) else {}]
    return any(holder.get(key) for holder in holders for key in _MORE)


def _head(file: Path, form: Form, survey: Survey) -> bytes:
    head = b""
    for piece in _clean(file, form, survey):
        head += piece[: OUTLINE_BYTES - len(head)]
        if len(head) == OUTLINE_BYTES:
            break
    return head


def _clean(
    file: Path, form: Form, survey: Survey, progress: Progress | None = None
) -> Iterator[bytes]:
    """The file as UTF-8 without control characters."""
    for piece in text_file.pieces(file, survey.encoding, form.most_bytes, progress):
        yield piece.translate(None, text_file.CONTROLS)


def _short(path: str) -> str:
    plain = clean_label(path)
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "..."
