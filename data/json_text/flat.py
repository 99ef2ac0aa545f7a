"""Records that are flat objects, read by Arrow: every value as the text that stands there."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from data.json_text.cut import LINE_FEED, Cut
from data.json_text.structure import QUOTE, Codes, Places, structure
from geo.arrays import Flags

_BARE = np.zeros(256, bool)
_BARE[list(b"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] = True
_VALUE = r"^(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null)$"
_BEGIN, _END, _COLON, _COMMA, _BLANK, _N = b"{}:, n"
# escapes of characters that are taken out
_CONTROLS = re.compile(rb"\\(?:[bf]|u00[01]|u007[fF])")


def read_flat(cut: Cut, names: Sequence[str]) -> pa.Table | None:
    """The records as a table of texts, null where a record has no value.

    None where a record is no flat object, or not of these keys, or is no JSON: then each has to be
    looked at by itself.
    """
    if not names or (found := _flat(cut)) is None or _CONTROLS.search(found.text):
        return None
    quoted = _quote(found)
    return None if quoted is None else _parse(quoted, names, len(cut.starts))


def has_only(cut: Cut, names: Sequence[str]) -> bool:
    """Return whether the records are surely flat objects of no other keys than these."""
    found = _flat(cut)
    if found is None:
        return False
    codes, opens, closes = found.codes, found.quotes[::2], found.quotes[1::2]
    after = codes[closes + 1]
    spaced = after == _BLANK
    after[spaced] = codes[closes[spaced] + 2]
    is_key = after == _COLON
    if not (is_key | ((after == _COMMA) | (after == _END)) & ~spaced).all():
        return False
    buffers = [None, pa.py_buffer(found.quotes.astype(np.int32)), pa.py_buffer(found.text)]
    texts = pa.BinaryArray.from_buffers(pa.binary(), len(found.quotes) - 1, buffers)
    keys = texts.take(pa.array(2 * np.flatnonzero(is_key))).unique().to_pylist()
    return {key[1:] for key in keys} <= {name.encode() for name in names} and len(opens) > 0


class _Flat(NamedTuple):
    """Flat objects, one after the other on lines of their own, and the quotes in them."""

    text: bytes
    codes: Codes
    quotes: Places


def _flat(cut: Cut) -> _Flat | None:
    """The records of a cut, where each is an object without others in it and all quotes close."""
    if not len(cut.starts):
        return None
    text, begins, ends = _on_lines(cut)
    codes = np.frombuffer(text, np.uint8)
    many = len(begins)
    if (codes[begins] != _BEGIN).any() or (codes[ends - 1] != _END).any():
        return None
    if b"\\" not in text and text.count(b"{") == text.count(b"}") == many and b"[" not in text:
        quotes = np.flatnonzero(codes == QUOTE)
    else:
        found = structure(text)
        if len(found.braces) != 2 * many or (found.braces[::2] != begins).any():
            return None
        if (found.braces[1::2] != ends - 1).any():
            return None
        quotes = found.quotes
    return None if (np.searchsorted(quotes, ends) % 2).any() else _Flat(text, codes, quotes)


def _on_lines(cut: Cut) -> tuple[bytes, Places, Places]:
    """The records as one text with a line end after each; where each begins and ends in it."""
    first, last = int(cut.starts[0]), int(cut.ends[-1])
    codes = np.frombuffer(cut.text, np.uint8)
    if (cut.starts[1:] == cut.ends[:-1] + 1).all() and (codes[cut.ends[:-1]] == LINE_FEED).all():
        return cut.text[first:last] + b"\n", cut.starts - first, cut.ends - first
    sizes = cut.ends - cut.starts
    ends = np.cumsum(sizes + 1) - 1
    return b"\n".join(cut.records()) + b"\n", ends - sizes, ends


def _quote(found: _Flat) -> pa.Buffer | None:
    """The text with quotes around numbers, true and false, so that nothing is made of them."""
    codes = found.codes
    toggles = np.zeros(len(codes), np.uint8)
    toggles[found.quotes] = 1
    bare = _BARE[codes]
    bare &= np.bitwise_xor.accumulate(toggles) == 0
    edges = np.flatnonzero(bare[1:] != bare[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    before = codes[starts - 1]
    spaced = before == _BLANK
    before[spaced] = codes[starts[spaced] - 2]
    if (before != _COLON).any() or not _are_values(codes, bare, starts, ends):
        return None
    value = (codes[starts] != _N) | (ends - starts != 4)  # null stays
    at = np.column_stack([starts[value], ends[value]]).ravel()
    whole = np.full(len(codes) + len(at), QUOTE, np.uint8)
    own = np.ones(len(whole), bool)
    own[at + np.arange(len(at))] = False
    whole[own] = codes
    return pa.py_buffer(whole)


def _are_values(codes: Codes, bare: Flags, starts: Places, ends: Places) -> bool:
    offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int32)
    texts = pa.StringArray.from_buffers(
        len(starts), pa.py_buffer(offsets), pa.py_buffer(codes[bare])
    )
    return bool(pc.all(pc.match_substring_regex(texts, _VALUE), min_count=0).as_py())


def _parse(text: pa.Buffer, names: Sequence[str], rows: int) -> pa.Table | None:
    schema = pa.schema([(name, pa.string()) for name in names])
    read = pajson.ReadOptions(use_threads=False, block_size=text.size + 1)
    parse = pajson.ParseOptions(
        explicit_schema=schema, newlines_in_values=True, unexpected_field_behavior="error"
    )
    try:
        table = pajson.read_json(pa.BufferReader(text), read, parse)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    return table if table.num_rows == rows else None
