"""Where the records of a JSON text are, by its first megabytes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from data.words import listed

OUTLINE_BYTES = 4 << 20  # bytes of a text
# keys under which records stand, in the formats of servers and in exports
KNOWN = listed("features records results result value values items data rows incidents entries")
# arrays of arrays that are shapes
_SHAPES = listed("coordinates rings paths points")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+|"', re.DOTALL)
_ENOUGH = 200  # elements, to tell what a list is of
_LINES = 20  # that are looked at
_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines", ".geojsonl", ".geojsons", ".geojsonseq", ".ldjson")


@dataclass
class ArrayPlace:
    """An array of a text: the keys to it, the byte after its bracket, what closes it at once (so
    that all before it is JSON), and how many objects and arrays of it were seen."""

    path: str
    start: int
    closers: bytes
    objects: int = 0
    arrays: int = 0
    closed: bool = False

    @property
    def rank(self) -> tuple[bool, float]:
        """How good a list of records it is: by its key, then by its length."""
        known = self.path.rpartition("/")[2].casefold() in KNOWN
        return known, self.objects + self.arrays if self.closed else float("inf")


@dataclass
class _Level:
    """An object or array that is open."""

    is_object: bool
    path: tuple[str, ...] | None  # None inside of an array
    array: ArrayPlace | None = None
    key: str = ""
    at_key: bool = field(default=True)


def arrays(head: bytes) -> list[ArrayPlace]:
    """The arrays of objects, or of arrays, that stand at the top of a text or under keys."""
    found: list[ArrayPlace] = []
    stack = [_Level(False, None)]
    root = True
    for token, end in _tokens(head):
        level = stack[-1]
        if found and not found[0].path and found[0].objects + found[0].arrays > _ENOUGH:
            break  # the text is a list: there is no other
        if token in b"{[":
            path: tuple[str, ...] | None = () if root else None
            root = False
            if level.is_object and level.path is not None:
                path = (*level.path, level.key)
            if level.array:
                level.array.objects += token == b"{"
                level.array.arrays += token == b"["
            array = None
            if token == b"[" and path is not None:
                open_ = b"".join(b"}" if one.is_object else b"]" for one in stack[:0:-1])
                array = ArrayPlace("/".join(path), end, b"]" + open_)
                found.append(array)
            stack.append(_Level(token == b"{", path if token == b"{" else None, array))
        elif token in b"}]":
            if level.array:
                level.array.closed = True
            if len(stack) > 1:
                stack.pop()
        elif token == b",":
            level.at_key = True
        elif token == b":":
            level.at_key = False
        elif level.is_object and level.path is not None and level.at_key:
            level.key = _string(token)
    return [one for one in found if not _is_shape(one.path)]


def _is_shape(path: str) -> bool:
    return path.rpartition("/")[2] in _SHAPES


def _tokens(head: bytes) -> Iterator[tuple[bytes, int]]:
    for match in _TOKEN.finditer(head):
        if match[0] == b'"':  # it closes beyond what is looked at
            return
        yield match[0], match.end()


def _string(token: bytes) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token.decode(errors="replace")


def envelope(head: bytes, array: ArrayPlace, after: bytes | None = None) -> dict[str, Any]:
    """What stands around an array, its elements left out: all of it where `after`, the text that
    follows the array, is stated, else what stands before. {} where that is no object."""
    text = head[: array.start] + (array.closers if after is None else b"]" + after)
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_lines(head: bytes, suffixes: tuple[str, ...]) -> bool:
    """Return whether a text is JSON Lines: a value a line, two of which are objects, or the first
    and something follows it; by its name where one line is all."""
    if set(suffixes) & set(_SUFFIXES):
        return True
    lines = [line.strip() for line in head.split(b"\n", _LINES)[:_LINES]]
    lines = [line for line in lines if line]
    if not lines or not lines[0].startswith(b"{"):
        return False
    first, *others = (_is_object(line) for line in lines)
    if first:
        return bool(others)
    return lines[0].endswith(b"}") and any(others[:1])


def _is_object(line: bytes) -> bool:
    try:
        return line.startswith(b"{") and isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False
