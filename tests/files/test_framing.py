"""Rows cut from bytes: what csv.writer wrote comes back, each with its file line."""

import csv
import io
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.files import csv_rows
from data.files.csv_grammar import Grammar
from data.files.csv_rows import Frame
from data.files.row_reasons import RowReason

# characters that make CSV hard, and few others, so that short texts meet them often
CELL = st.text(alphabet='ab"\n\r ,;\t|é\u2028', max_size=8)
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, int]:
    """Rows of one width, a delimiter, a line end and a way of quoting."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=12))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    if quoting == csv.QUOTE_MINIMAL and end != "\r\n":
        # Python 3.11 leaves the other line end unquoted, which nobody can read back
        other = "\r" if end == "\n" else "\n"
        rows = [[cell.replace(other, "x") for cell in row] for row in rows]
    return rows, draw(DELIMITERS), end, quoting


def written(rows: list[list[str]], mark: str, end: str, quoting: int) -> tuple[bytes, list[int]]:
    """The rows as CSV, and the line on which each begins."""
    out, lines = io.StringIO(newline=""), []
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=quoting)
    for row in rows:
        text = out.getvalue()
        lines.append(1 + len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1)
        writer.writerow(row)
    return out.getvalue().encode(), lines


def cut(data: bytes, mark: str, width: int, piece: int = 1 << 20) -> list[Frame]:
    names = [f"c{place}" for place in range(width)]
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    return list(csv_rows.frames(pieces, mark, names))


def rows_of(frames: list[Frame]) -> list[list[str]]:
    return [list(row.values()) for frame in frames for row in frame.table.to_pylist()]


def lines_of(frames: list[Frame]) -> list[int]:
    return [line for frame in frames for line in frame.lines.tolist()]


@settings(max_examples=400, deadline=None)
@given(tables(), st.integers(1, 60))
@example(([["a\r", "\nb"]], ",", "\r\n", csv.QUOTE_ALL), 2)
def test_what_was_written_is_read(table: tuple[list[list[str]], str, str, int], piece: int) -> None:
    rows, mark, end, quoting = table
    data, lines = written(rows, mark, end, quoting)
    frames = cut(data, mark, len(rows[0]) if rows else 1, piece)
    assert not any(frame.broken for frame in frames)
    assert rows_of(frames) == rows
    assert lines_of(frames) == lines


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a"\n\r, ', max_size=80), st.integers(1, 40))
@example('"\r,"\r",', 1)  # the second line is judged when all of it is there
@example('"\r,,"\r",', 1)
def test_any_text_is_accounted_for_alike_in_any_pieces(text: str, piece: int) -> None:
    data = text.encode()
    whole, parts = cut(data, ",", 3), cut(data, ",", 3, piece)
    assert rows_of(whole) == rows_of(parts)
    assert lines_of(whole) == lines_of(parts)
    broken = [[b for f in frames for b in f.broken] for frames in (whole, parts)]
    assert [b[:2] for b in broken[0]] == [b[:2] for b in broken[1]]
    assert sum(f.blank for f in whole) == sum(f.blank for f in parts)
    met = sorted(lines_of(whole) + [b.line for b in broken[0]])
    assert met == sorted(set(met)), "two rows begin on one line"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(['a"b,c,d', 'a,"b"x,c', 'a, "b,c", d', "a,b,c", '"a","b","c"']), max_size=20
    )
)
def test_the_fast_way_reads_as_the_careful_one(lines: list[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    careful = [row.cells for row in Grammar(",").rows(data, 1000)]
    expected = [[cell.decode() for cell in row] for row in careful if len(row) == 3]
    assert rows_of(cut(data, ",", 3)) == expected


def test_only_named_columns_are_read() -> None:
    (frame, _) = csv_rows.frames([b"1,secret,3\n"], ",", ["a", "b", "c"], ["c", "a"])
    assert frame.table.to_pylist() == [{"c": "3", "a": "1"}]


def test_a_quote_that_never_closes_swallows_one_line() -> None:
    frames = cut(b'1,"open\n2,b\n3,"c ""d"""\n', ",", 2)
    assert rows_of(frames) == [["2", "b"], ["3", 'c "d"']]
    assert [b[:2] for f in frames for b in f.broken] == [(1, RowReason.NEVER_CLOSES)]


def test_a_long_cell_that_closes_is_one_row() -> None:
    text = "line\n" * 900
    frames = cut(f'1,"{text}"\n2,b\n'.encode(), ",", 2, 700)
    assert rows_of(frames) == [["1", text], ["2", "b"]]
    assert lines_of(frames) == [1, 902]


@pytest.mark.parametrize("piece", [1 << 16, 1 << 24])
def test_endless_lines_take_no_memory_and_no_time(piece: int) -> None:
    data = b"1,a\n" + b"x" * 5_000_000 + b"\n2,b\n" + b'"' + b"y" * 5_000_000
    start = time.monotonic()
    frames = cut(data, ",", 2, piece)
    assert time.monotonic() - start < 5
    assert rows_of(frames) == [["1", "a"], ["2", "b"]]
    reasons = [b[:2] for f in frames for b in f.broken]
    assert reasons == [(2, RowReason.TOO_LONG), (4, RowReason.NEVER_CLOSES)]


def test_many_odd_rows_take_linear_time() -> None:
    row = b'1,a "quoted" word, "b, c"\n'
    start = time.monotonic()
    frames = cut(row * 50_000, ",", 3)
    assert time.monotonic() - start < 8
    assert sum(frame.table.num_rows for frame in frames) == 50_000
