"""Cells that say nothing, unless a rule or a table of words knows them."""

MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "\\n", "?"))


def is_missing(text: str) -> bool:
    """Return whether a text says nothing where nobody states what it means.

    `none` is such a text, and a word of the columns `response` and `force`: there the
    table of words goes first (data.files.cells.translate).
    """
    return text.strip().lower() in MISSING
