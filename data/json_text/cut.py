"""The records of a JSON text, each as it is written: the elements of an array, or lines."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

import numpy as np

from data.json_text.structure import Places, structure

CUT_BYTES = 8 << 20  # bytes that are cut at once
MOST_RECORD = 64 << 20  # bytes of one record
LINE_FEED, RETURN, BLANK = 10, 13, 32
_BETWEEN = re.compile(rb"\s*,\s*")
_TOKEN = re.compile(rb'\s*("(?:[^"\\]|\\.)*"|,|[^\s",]+)', re.DOTALL)

Fail = Callable[[int, int], NoReturn]
"""Tell that the text breaks: at which byte, after how many records."""


class Cut(NamedTuple):
    """Some records: the texts in `text` from `starts` to `ends`, and the number or line of each.

    `too_long` are the lines that are longer than any record may be, each with its beginning.
    """

    text: bytes
    starts: Places
    ends: Places
    numbers: Places
    too_long: tuple[tuple[int, bytes], ...] = ()
    blank: int = 0

    def records(self) -> list[bytes]:
        """The text of each record."""
        return [self.text[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist())]

    def part(self, begin: int, end: int) -> "Cut":
        """The records from one place in the cut to another, and whatever else the first part has."""
        own = (self.starts[begin:end], self.ends[begin:end], self.numbers[begin:end])
        return Cut(self.text, *own, *((self.too_long, self.blank) if begin == 0 else ()))


def cut_whole(text: bytes) -> Cut:
    """A text that is one record."""
    return Cut(text, np.array([0]), np.array([len(text)]), np.array([1]))


def cut_lines(pieces: Iterable[bytes]) -> Iterator[Cut]:
    """The lines of a text that are not blank; the first line is 1."""
    rest, line, skipping = b"", 1, False
    for piece in _slices(pieces):
        text = rest + piece
        if skipping:
            after = text.find(b"\n") + 1
            text, skipping = text[after:] if after else b"", not after
            line += bool(after)
        whole = text.rfind(b"\n") + 1
        if whole:
            yield _lines(text[:whole], line)
            line += text.count(b"\n", 0, whole)
        rest = text[whole:]
        if len(rest) > MOST_RECORD:
            none = np.empty(0, np.int64)
            yield Cut(b"", none, none, none, ((line, rest),))
            rest, skipping = b"", True
    if rest:
        yield _lines(rest + b"\n", line)


def _lines(text: bytes, line: int) -> Cut:
    codes = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(codes == LINE_FEED)
    starts = np.concatenate([[0], ends[:-1] + 1])
    ends = ends - (codes[ends - 1] == RETURN)
    some = starts < ends
    for i in np.flatnonzero(some & (codes[starts] <= BLANK)):
        some[i] = bool(text[starts[i] : ends[i]].strip())
    numbers = line + np.flatnonzero(some)
    return Cut(text, starts[some], ends[some], numbers, blank=int((~some).sum()))


@dataclass
class ArrayCutter:
    """The elements of one array of a text, whose first byte after its bracket is `start`.

    `end` is the byte after the closing bracket, once it has been read; `after` yields what follows.
    """

    pieces: Iterable[bytes]
    start: int
    fail: Fail
    end: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        self._slices = _slices(self.pieces)
        self._rest = b""

    def cuts(self) -> Iterator[Cut]:
        """All elements. `fail` is called where the array breaks."""
        text, at = b"", -self.start  # of the whole text, where `text` begins
        for piece in self._slices:
            if at < 0:
                piece, at = piece[-at:], at + min(-at, len(piece))
                if at < 0:
                    continue
                at = self.start
            text += piece
            cut, used, closed = self._elements(text, at)
            if len(cut.starts):
                yield cut
            if closed:
                self.end, self._rest = at + used, text[used:]
                return
            text, at = text[used:], at + used
            if len(text) > MOST_RECORD:
                self.fail(at, self.number)
        self.fail(at + len(text) if at >= 0 else 0, self.number)

    def after(self) -> Iterator[bytes]:
        """What follows the array."""
        yield self._rest
        yield from self._slices

    def _elements(self, text: bytes, at: int) -> tuple[Cut, int, bool]:
        """The whole elements at the beginning of a text, its bytes used, and whether it closes."""
        found = structure(text)
        out = np.flatnonzero(found.depth < 0)
        last = int(out[0]) if len(out) else len(found.braces)
        depth, braces = found.depth[:last], found.braces[:last]
        ends = braces[depth == 0] + 1
        opens = np.flatnonzero(np.concatenate([[0], depth[:-1]]) == 0) if last else ends
        starts = braces[opens][: len(ends)] if last else ends
        stop = int(found.braces[last]) if len(out) else None
        if stop is not None and text[stop : stop + 1] != b"]":
            self.fail(at + stop, self.number + len(starts))
        used = stop + 1 if stop is not None else int(ends[-1]) if len(ends) else 0
        return self._number(text, at, starts, ends, stop), used, stop is not None

    def _number(self, text: bytes, at: int, starts: Places, ends: Places, stop: int | None) -> Cut:
        """The elements with their numbers, those between that are no objects or arrays too."""
        before = np.concatenate([[0], ends])[: len(starts)]
        gaps = zip(before.tolist(), starts.tolist())
        first = self.number == 0
        odd = {text[a:b] for a, b in list(gaps)[first:]}
        tail = text[int(ends[-1]) if len(ends) else 0 : stop] if stop is not None else b""
        plain = all(map(_BETWEEN.fullmatch, odd)) and not tail.strip()
        if plain and first and len(starts):
            plain = not text[: starts[0]].strip()
        if not plain:
            return self._careful(text, at, starts, ends, stop)
        numbers = self.number + 1 + np.arange(len(starts))
        self.number += len(starts)
        return Cut(text, starts, ends, numbers)

    def _careful(self, text: bytes, at: int, starts: Places, ends: Places, stop: int | None) -> Cut:
        found: list[tuple[int, int]] = []
        edges = [*zip(starts.tolist(), ends.tolist())]
        if stop is not None:
            edges.append((stop, stop))
        here = 0
        for begin, end in edges:
            closes = begin == stop and end == stop
            found += self._scalars(text, at, here, begin, bool(self.number + len(found)), closes)
            if not closes:
                found.append((begin, end))
            here = end
        numbers = self.number + 1 + np.arange(len(found))
        self.number += len(found)
        places = np.array(found, np.int64).reshape(-1, 2)
        return Cut(text, places[:, 0], places[:, 1], numbers)

    def _scalars(
        self, text: bytes, at: int, begin: int, end: int, more: bool, closes: bool
    ) -> list[tuple[int, int]]:
        """The places of texts, numbers and such that stand between two elements."""
        found = []
        comma = not more  # a value may come
        here = begin
        while match := _TOKEN.match(text, here, end):
            here = match.end()
            if match[1] == b",":
                if comma:
                    self.fail(at + match.start(1), self.number)
                comma = True
                continue
            if not comma or not _is_scalar(match[1]):
                self.fail(at + match.start(1), self.number)
            comma, more = False, True
            found.append((match.start(1), match.end(1)))
        if (not closes and not comma) or (closes and comma and more) or text[here:end].strip():
            self.fail(at + end, self.number)
        return found


def _is_scalar(text: bytes) -> bool:
    try:
        json.loads(text, strict=False)
    except ValueError:
        return False
    return True


def _slices(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for begin in range(0, len(piece), CUT_BYTES):
            yield piece[begin : begin + CUT_BYTES]
