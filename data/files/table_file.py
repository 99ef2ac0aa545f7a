"""What the import needs of a file with a table in it: every format meets this Protocol."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from data.files.csv_rows import Frame
from data.files.text_file import Progress


class TableFile(Protocol):
    """One file and how it is read. `names` are its columns, in order, each once.

    `head` are its first rows as texts, `form` says how it is written ("utf-8, comma"), `notes`
    what was noticed; with `no_header` the names were stated by a person. `shaped` are those of
    `names` that shapes of the file became (see data.formats.geometry_columns).
    """

    @property
    def file(self) -> Path: ...
    @property
    def sha256(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def head(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def no_header(self) -> bool: ...
    @property
    def form(self) -> str: ...
    @property
    def shaped(self) -> tuple[str, ...]: ...

    def frames(
        self, include: Sequence[str] | None = None, progress: Progress | None = None
    ) -> Iterator[Frame]:
        """Return all rows in order, with their lines; of the columns only those of `include`."""
        ...

    def listed(self) -> str:
        """Return the columns, for a message."""
        ...

    def values(self, column: str) -> list[str]:
        """Return the values of the first rows in a column, trimmed."""
        ...

    def cells(self, text: str) -> list[str]:
        """Return a row, as the file writes it, cut roughly into its cells."""
        ...
