"""The objects of a large JSON text, one at a time."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import ijson

from data.files.text_file import ByteSource, Progress
from data.messages.text_source import TextStream
from data.settings import Problem

_DEEPEST = 1000  # characters of a path: what apps write has fifty
_MOST_EVENTS = 200_000  # of one object


class Item(NamedTuple):
    """A value of a JSON text and its path, as ijson writes paths: chats.list.item."""

    path: str
    value: Any


def read_items(
    source: ByteSource,
    lists: Collection[str],
    values: Collection[str] = (),
    progress: Progress | None = None,
) -> Iterator[Item]:
    """Whatever stands at the paths `lists`, whole, and at `values`, where it is a text or number.

    Problem where the text is no JSON, or breaks.
    """
    try:
        yield from _read_items(TextStream(source, progress), lists, values, source.name)
    except (ijson.JSONError, UnicodeDecodeError):
        raise Problem(
            f"{source.name} is cut off or no JSON: it cannot be read to its end. Export it again."
        ) from None


def _read_items(
    stream: TextStream, lists: Collection[str], values: Collection[str], name: str
) -> Iterator[Item]:
    whole, events = None, 0
    for path, event, value in ijson.parse(stream, use_float=True):
        if len(path) > _DEEPEST or events > _MOST_EVENTS:
            raise Problem(f"{name} is no export of messages: it is nested too deep or too large.")
        if whole is None and path in lists and event in ("start_map", "start_array"):
            whole, events = ijson.ObjectBuilder(), 0
        if whole is not None:
            whole.event(event, value)
            events += 1
            if path in lists and event in ("end_map", "end_array"):
                yield Item(path, whole.value)
                whole = None
        elif path in lists or path in values:
            yield Item(path, value)
