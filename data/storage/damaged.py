"""Batches that cannot be read: which they are, and what to do, in a sentence."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.settings import Problem

ERRORS = (duckdb.Error, pa.ArrowException)  # what the libraries say of a file that they cannot read


def has_footer(file: Path) -> bool:
    """Return whether a Parquet file has a readable footer; quick, whatever its size."""
    try:
        pq.read_metadata(file)
    except (OSError, ValueError, pa.ArrowException):
        return False
    return True


def is_whole(file: Path) -> bool:
    """Return whether every row of a Parquet file can be read."""
    try:
        with pq.ParquetFile(file) as opened:
            for _ in opened.iter_batches():
                pass
    except (OSError, ValueError, pa.ArrowException):
        return False
    return True


def problem(file: Path, counts: bool) -> Problem:
    """A Problem on a missing or damaged batch, with what to do; `counts`: part of the store."""
    state = "is missing"
    if file.exists():
        state = "is damaged" if file.stat().st_size else "is empty"
    if not counts:
        return Problem(f"The batch {file} {state}. It does not count: delete the file.")
    return Problem(
        f"The batch {file} {state}. Put its copy back; or take it back (python -m data "
        f"unimport {file.stem}) and import its file again."
    )


def checked(files: Iterable[Path], counts: bool) -> list[Path]:
    """The files themselves where each is there and says what it holds; else Problem."""
    found = list(files)
    for file in found:
        if not has_footer(file):
            raise problem(file, counts)
    return found


def explained(files: Iterable[Path], error: Exception) -> Problem:
    """The sentence for what a library says: which batch is damaged, if one is.

    The library's own words may hold what a record says, so they are left out.
    """
    for file in files:
        if not is_whole(file):
            return problem(file, counts=True)
    return Problem(
        f"The data could not be read or written ({type(error).__name__}): is there room on the "
        "disk and in memory? What was done before is kept: type it again."
    )
