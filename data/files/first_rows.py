"""What the columns and first rows of a table answer, the same for every format."""

from data.files.column_names import list_columns


class FirstRows:
    """A table file's columns, and its first rows: not all of them need have every cell."""

    names: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]

    def listed(self) -> str:
        """The columns, for a message."""
        return list_columns(self.names)

    def values(self, column: str) -> list[str]:
        """The values of the first rows in a column, trimmed."""
        place = self.names.index(column)
        return [row[place].strip() for row in self.head if len(row) > place]
