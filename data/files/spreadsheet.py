"""Tables as CSV that opens safely in a spreadsheet, alone or in a zip with notes and a dictionary.

A spreadsheet runs a cell that begins like a formula (OWASP, "CSV Injection"). One guard for every
file that leaves Porchlight: such a cell gets an apostrophe before it; a plain number stays.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

# blanks and marks that cannot be seen: some programs cut them off the beginning of a cell. Spelled
# out, for Python and arrow do not mean the same characters by \s and \d
_BLANKS = "\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff"
# signs that begin a formula, also as wide characters of East Asian keyboards
_FORMULA = rf"^(?:[\t\r\n]|[{_BLANKS}]*[=+\-@＝＋－＠])"
_NUMBER = r"^[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?%?$"
_MARK = b"\xef\xbb\xbf"  # byte order mark: by it Excel knows UTF-8
_MADE = (1980, 1, 1, 0, 0, 0)  # of every file in a zip: the same content gives the same bytes


def guard(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if re.match(_FORMULA, cell) and not re.fullmatch(_NUMBER, cell) else cell


def guard_table(table: pa.Table) -> pa.Table:
    """The table with lists as text, and every text and name guarded, whatever its string type."""
    columns = [_guarded(table[i]) for i in range(table.num_columns)]
    return pa.table(columns, names=[guard(name) for name in table.column_names])


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _guarded(column.cast(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        texts = column.cast(pa.list_(pa.string()))
        return _guarded(pa.compute.binary_join(texts, "; "))
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return _guarded(column.cast(pa.string()))
    if not pa.types.is_string(kind):
        return column
    risky = pa.compute.match_substring_regex(column, _FORMULA)
    plain = pa.compute.match_substring_regex(column, _NUMBER)
    safe = pa.compute.binary_join_element_wise("'", column, "")
    return pa.compute.if_else(pa.compute.and_not(risky, plain), safe, column)


def as_csv(table: pa.Table, marked: bool = False) -> bytes:
    """CSV in UTF-8, its header first; `marked` with a byte order mark, which Excel wants."""
    out = io.BytesIO(_MARK if marked else b"")
    out.seek(0, io.SEEK_END)
    pacsv.write_csv(guard_table(table), out)
    return out.getvalue()


def as_zip(name: str, table: pa.Table, notes: Sequence[str], meanings: Mapping[str, str]) -> bytes:
    """A zip of NAME.csv, NAME-notes.txt and NAME-columns.csv: what each column means.

    A column that `meanings` does not know is listed without one.
    """
    columns = pa.table(
        {
            "column": table.column_names,
            "type": [type_words(field.type) for field in table.schema],
            "meaning": [meanings.get(column, "") for column in table.column_names],
        }
    )
    files = {
        f"{name}.csv": as_csv(table),
        f"{name}-notes.txt": ("\n".join(" ".join(n.split()) for n in notes) + "\n").encode(),
        f"{name}-columns.csv": as_csv(columns),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, body in files.items():
            packed.writestr(zipfile.ZipInfo(path, _MADE), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def type_words(kind: pa.DataType) -> str:
    """The type of a column, in plain words."""
    rules = (
        (pa.types.is_boolean, "true or false"),
        (pa.types.is_integer, "whole number"),
        (pa.types.is_floating, "number"),
        (pa.types.is_timestamp, "moment"),
        (pa.types.is_date, "date"),
    )
    return next((name for is_kind, name in rules if is_kind(kind)), "text")


def of_frame(frame: pd.DataFrame) -> pa.Table:
    """A pandas table without its index."""
    return pa.Table.from_pandas(frame, preserve_index=False)
