"""The source's other columns as one JSON object a row."""

import json
from json.encoder import encode_basestring

import pyarrow as pa
import pyarrow.compute as pc

from data.files import cells

_BETWEEN = ", "


def as_json(table: pa.Table, columns: tuple[str, ...]) -> pa.StringArray:
    """{"column": "text", ...} of the cells that say something; null where none does."""
    if not columns:
        return pa.nulls(table.num_rows, pa.string())
    parts = [_entries(table[name], name) for name in columns]
    # joined without nulls: a row of nulls only would be lost (pyarrow 26, skip)
    inner = pc.binary_join_element_wise(*parts, "")
    whole = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(inner, len(_BETWEEN)), "}", "")
    return pc.if_else(pc.equal(pc.binary_length(inner), 0), None, whole)


def _entries(column: pa.ChunkedArray, name: str) -> pa.StringArray:
    """One entry a row, "" for an empty cell; each different text is written once."""
    encoded = cells.trimmed(column).dictionary_encode()
    key = _BETWEEN + json.dumps(name, ensure_ascii=False) + ": "
    texts = encoded.dictionary.to_pylist()
    entries = [key + encode_basestring(text) if text else "" for text in texts]
    return pa.array(entries, pa.string()).take(encoded.indices)
