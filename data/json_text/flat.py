"""Records that are flat objects, read by Arrow: every value as the text that stands there."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from data.json_text.cut import Cut
from data.json_text.structure import QUOTE, Codes, Places, Structure, structure
from geo.arrays import Flags

_BARE = np.zeros(256, bool)
_BARE[list(b"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] = True
_VALUE = r"^(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null)$"
_COLON, _BLANK, _N = b":"[0], b" "[0], b"n"[0]
# escapes of characters that are taken out
_CONTROLS = re.compile(rb"\\(?:[bf]|u00[01]|u007[fF])")


def read_flat(cut: Cut, names: Sequence[str]) -> pa.Table | None:
    """The records as a table of texts, null where a record has no value.

    None where a record is no flat object, or not of these keys, or is no JSON: then each has to be
    looked at by itself.
    """
    if not len(cut.starts) or not names:
        return None
    text = b"\n".join(cut.records()) + b"\n"
    found = structure(text)
    sizes = cut.ends - cut.starts
    begins = np.cumsum(sizes + 1) - sizes - 1
    if len(found.braces) != 2 * len(begins) or b"[" in _codes(text, found):
        return None
    if (found.braces[::2] != begins).any() or (found.braces[1::2] != begins + sizes - 1).any():
        return None
    if _CONTROLS.search(text):
        return None
    quoted = _quote(text, found)
    return None if quoted is None else _parse(quoted, names, len(begins))


def _codes(text: bytes, found: Structure) -> bytes:
    return np.frombuffer(text, np.uint8)[found.braces].tobytes()


def _quote(text: bytes, found: Structure) -> pa.Buffer | None:
    """The text with quotes around numbers, true and false, so that nothing is made of them."""
    codes = np.frombuffer(text, np.uint8)
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
