"""The format of what is made from batches, and whether a store's table has it; quick to load."""

import contextlib
import json
from pathlib import Path

FORMAT = 13  # of all derived files: a change of any of them makes all anew


def is_outdated(root: Path) -> bool:
    """Return whether the table that readers of a store see was made by another version."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        now = (root / "current" / "now").read_text().strip()
        meta = json.loads((root / "current" / now / "meta.json").read_bytes())
        return bool(now) and meta.get("format") != FORMAT
    return False
