"""Ushahidi: the CSV export of a deployment at an address."""

import re
from pathlib import Path

from data.files.form import Form
from data.pulls.by_address import ByAddress
from data.pulls.feeds import Feed
from data.pulls.protocol import Record, as_utc

ROW = "Post ID"
_WHO = re.compile(r"(?i)contact\b.*")  # columns of who sent a post
_UTC = re.compile(r"(?i)(created|updated|post date)\b.*")  # columns of times in UTC
_HXL = re.compile(r"#[a-z]+(\s*\+\s*[a-z_]+)*")  # a tag of the second row


class Ushahidi(ByAddress):
    """The posts of an export: without who sent them, times with their zone."""

    row_id = ROW

    def __init__(self, feed: Feed, folder: Path, form: Form) -> None:
        super().__init__(feed, folder, form)

    def record(self, row: Record) -> Record | None:
        """A post; None for the row of HXL tags."""
        cells = [str(cell).strip() for cell in row.values() if cell]
        if cells and all(map(_HXL.fullmatch, cells)):
            return None
        return {
            name: as_utc(cell) if _UTC.fullmatch(name) else cell
            for name, cell in row.items()
            if not _WHO.fullmatch(name)
        }
