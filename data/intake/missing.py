"""What a cell holds that says nothing."""

MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "\\n", "?"))


def missing(text: str) -> bool:
    """Whether a cell says nothing."""
    return text.strip().lower() in MISSING
